"""Fault files: what is accepted, and how a bad one is described."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from azremediate.lab.faults import FaultBook, FaultRule, load_faults, parse_faults
from azremediate.lab.files import LabFileError


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        pytest.param([], "expected an object", id="no object"),
        pytest.param({}, "kind must be one of", id="no kind"),
        pytest.param({"kind": "reset", "colour": 1}, "unknown key 'colour'", id="unknown key"),
        pytest.param({"kind": "reset", "service": "mail"}, "service must be one of", id="service"),
        pytest.param({"kind": "reset", "when": "during"}, "when must be before or after", id="when"),
        pytest.param({"kind": "reset", "path": "("}, "path is not a regular expression", id="path"),
        pytest.param({"kind": "reset", "times": -1}, "times must be a whole number", id="times"),
        pytest.param({"kind": "reset", "every": True}, "every must be a whole number", id="bool"),
        pytest.param({"kind": "delay", "seconds": "1"}, "seconds must be a number", id="seconds"),
        pytest.param({"kind": "drop", "fields": "id"}, "fields must be a list", id="fields"),
        pytest.param({"kind": "redirect"}, "a redirect needs a location", id="location"),
        pytest.param({"kind": "status", "code": 4}, "code must be text", id="code"),
    ],
)
def test_bad_rule_is_named(rule: object, message: str) -> None:
    """The error names the rule by number and says what is wrong."""
    with pytest.raises(LabFileError, match=message) as caught:
        parse_faults([{"kind": "reset"}, rule], "faults.json")
    assert str(caught.value).startswith("faults.json: rule 2: ")


def test_file_errors_name_file_and_line(tmp_path: Path) -> None:
    """Broken JSON has a line, a missing file a reason."""
    path = tmp_path / "faults.json"
    path.write_text('[\n {"kind": "reset",}\n]', encoding="utf-8")
    with pytest.raises(LabFileError, match=r"faults\.json, line 2: "):
        load_faults(path)
    with pytest.raises(LabFileError, match=r"missing\.json: cannot be read"):
        load_faults(tmp_path / "missing.json")
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(LabFileError, match="expected a list"):
        load_faults(path)


def test_file_is_loaded(tmp_path: Path) -> None:
    """A good file gives the rules in order."""
    path = tmp_path / "faults.json"
    rules = [{"kind": "status", "status": 429, "retry_after": 3}, {"kind": "hang", "seconds": None, "times": None}]
    path.write_text(json.dumps(rules), encoding="utf-8")
    assert load_faults(path) == [
        FaultRule("status", status=429, retry_after="3"),
        FaultRule("hang", times=None),
    ]


def test_probability_is_repeatable() -> None:
    """The same seed hits the same requests; about the wanted share of them."""
    rule = FaultRule("reset", probability=0.25, seed=7, times=None)
    runs = []
    for _ in range(2):
        book = FaultBook()
        book.replace([rule])
        runs.append([book.choose("graph", "GET", "/v1.0/users") is not None for _ in range(400)])
    assert runs[0] == runs[1]
    assert 60 < sum(runs[0]) < 140


def test_first_due_rule_wins() -> None:
    """Rules are tried in order; a rule that has fired often enough makes room for the next."""
    book = FaultBook()
    book.replace(parse_faults([{"kind": "reset", "times": 1}, {"kind": "empty", "times": None}]))
    chosen = [book.choose("graph", "GET", "/") for _ in range(3)]
    assert [rule.kind if rule else None for rule in chosen] == ["reset", "empty", "empty"]
