"""Notices of JSON objects."""

import json
from pathlib import Path

import pytest

from tests.intake.notices import OBJECT, reading


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("n.json", json.dumps([OBJECT], indent=2)),
        ("n.jsonl", json.dumps(OBJECT)),
        ("n.txt", json.dumps(OBJECT)),
        ("n.txt", json.dumps([OBJECT])),
    ],
)
def test_json(tmp_path: Path, name: str, content: str) -> None:
    """An array or one object on each line, with addresses as Graph writes them."""
    (message,) = reading(tmp_path, content, name=name).messages
    assert (message.message_id, message.sender, message.recipients) == ("a@x", "s@x", ("a@x", "b@x"))
    assert (message.has_secret, message.context) == (True, {"size": "12"})


def test_keys_that_differ_between_objects(tmp_path: Path) -> None:
    """Each object has its own; one that has a key twice is no row."""
    first = '{"internetMessageId": "a@x", "n": [1, {"m": null}]}'
    text = f'{first}\n{{"subject": "S", "internetMessageId": "b@x"}}\n{{"a": 1, "a": 2}}'
    found = reading(tmp_path, text, name="n.jsonl")
    assert [(one.message_id, one.subject) for one in found.messages] == [("a@x", ""), ("b@x", "S")]
    assert found.messages[0].context == {"n": '1\n{"m": null}'}
    assert [(one.row, one.reason) for one in found.rejected] == [(3, "has a key twice")]


def test_secrets_within_a_value(tmp_path: Path) -> None:
    """What a key says to be a secret is not taken over, however deep it stands."""
    row = {"internetMessageId": "a@x", "details": {"app": "x", "hits": [[{"secretValue": {"a": "hunter2"}}]]}}
    (message,) = reading(tmp_path, json.dumps(row), name="n.jsonl").messages
    assert message.context == {"details": '{"app": "x", "hits": [[{"secretValue": "[removed]"}]]}'}
