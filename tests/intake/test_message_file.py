"""The messages that intake hands on."""

import json
from pathlib import Path

import pytest

from azremediate.core.codec import encode
from azremediate.core.errors import InputInvalid
from azremediate.core.notice import NoticedMessage
from azremediate.intake.message_file import read_messages

MESSAGE = NoticedMessage("a@x", "ana@contoso.com", recipients=("b@x",), has_secret=None, row=2, context={"Folder": "é"})


def test_written_and_read(tmp_path: Path) -> None:
    """The same messages in their order; blank lines are none."""
    file = tmp_path / "m.jsonl"
    file.write_text(f"{json.dumps(encode(MESSAGE))}\n\n{json.dumps(encode(MESSAGE))}\n", encoding="utf-8")
    assert read_messages(file) == (MESSAGE, MESSAGE)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"row": "2"}, r"the message\.row is not of type int"),
        ({"extra": 1}, "unknown member 'extra'"),
        ({"mailbox": "a\u202eb"}, "control character"),
        ({"message_id": "a\nb"}, "control character"),
    ],
)
def test_refused(tmp_path: Path, change: dict[str, object], said: str) -> None:
    """With the line."""
    file = tmp_path / "m.jsonl"
    good = encode(MESSAGE)
    assert isinstance(good, dict)
    file.write_text(f"{json.dumps(good)}\n{json.dumps(good | change)}\n", encoding="utf-8")
    with pytest.raises(InputInvalid, match=said) as told:
        read_messages(file)
    assert told.value.line == 2


@pytest.mark.parametrize("text", ["[]", "{", "[" * 100_000, "null"])
def test_no_message(tmp_path: Path, text: str) -> None:
    """Whatever stands there instead."""
    file = tmp_path / "m.jsonl"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputInvalid, match=r"m\.jsonl:1: "):
        read_messages(file)
