"""The forms of a credential list: what is no list at all is refused, and limits hold."""

import pytest

from azremediate.core.errors import InputInvalid
from azremediate.intake import credential_rows, json_rows
from azremediate.intake.credential_rows import read_rows


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        pytest.param("l.csv", b"", "l.csv: is empty", id="empty"),
        pytest.param("l.csv", b"\xef\xbb\xbf \n", "l.csv: is empty", id="only a byte order mark"),
        pytest.param("l.csv", b"kind,key_id\n", "l.csv:1: its header has no column 'identity'", id="no identity"),
        pytest.param("l.csv", b"\n\nkind,identity,Kind\n", "l.csv:3: has the column 'kind' twice", id="twice"),
        pytest.param("l.csv", b"kind;identity\n", "not separated by commas", id="semicolons"),
        pytest.param("l.csv", b"kind,identity,\n", "a column without a name", id="nameless column"),
        pytest.param("l.csv", b'kind,identity\nsession,"a"b\n', "l.csv:2: is not valid CSV", id="quote inside"),
        pytest.param("l.csv", b'kind,identity\nsession,"a\n', "is not valid CSV", id="quote without end"),
        pytest.param("l.csv", b"kind,identity\nsession,\xff\n", "l.csv:2: is not UTF-8", id="latin 1"),
        pytest.param("l.csv", "kind,identity\n".encode("utf-16"), "is not UTF-8", id="utf 16"),
        pytest.param("l.json", b"[{},", "l.json:1:5: is not valid JSON", id="cut off"),
        pytest.param("l.json", b"[{}]\n[", "l.json:2:0: is not valid JSON|is not valid JSON", id="more after the end"),
        pytest.param("l.json", b"[NaN]", "is not valid JSON", id="not a number"),
        pytest.param("l.json", b"[" * 100_000, "is not valid JSON", id="depth"),
        pytest.param("l.json", b"3", "is not a JSON array", id="number"),
        pytest.param("l.json", b'{\n"kind": "session"}', "neither a JSON array nor JSON Lines", id="one object"),
        pytest.param("l.jsonl", b'{"kind": "session"}\n\xff', "l.jsonl:2: is not UTF-8", id="latin 1 line"),
    ],
)
def test_what_is_no_list_is_refused(name: str, content: bytes, sentence: str) -> None:
    """When rows cannot be told apart, the whole file is refused with the place."""
    with pytest.raises(InputInvalid, match=sentence):
        list(read_rows(content, name))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b'{"kind":', "is not a JSON object on one line", id="cut off"),
        pytest.param(b"3", "is not a JSON object", id="number"),
        pytest.param(b'{"kind":"a","Kind":"b"}', "has a key twice", id="repeated key"),
        pytest.param(b'{"kind":["a"]}', "its kind is not text", id="list in a field"),
        pytest.param(b'{"x":' + b"[" * 100_000, "is not a JSON object on one line", id="unclosed depth"),
        pytest.param(b'{"x":' + b"[" * 900 + b"]" * 900 + b"}", "nested too deep", id="depth"),
        pytest.param(b'{"x":"' + b"a" * (64 << 10) + b'b"}', "longer than 64 KiB", id="long cell"),
        pytest.param(b'{"x":"' + b"a" * (1 << 20) + b'"}', "longer than 1 MiB", id="long line"),
    ],
)
def test_a_broken_line_is_a_rejected_row(content: bytes, reason: str) -> None:
    """In JSON Lines one bad line does not touch the others."""
    broken, good = read_rows(content + b'\n{"kind":"session"}\n', "l.jsonl")
    assert reason in broken.unreadable
    assert (broken.line, good.line, good.unreadable, good.cells) == (1, 2, "", {"kind": "session"})


def test_a_value_of_an_own_column_is_kept_as_json() -> None:
    """Nested values are text, so that context is always text."""
    (row,) = read_rows(b'[{"kind": "session", "tags": ["a", {"b": null}], "n": 7, "none": null}]', "l.json")
    assert row.context == {"tags": '["a", {"b": null}]', "n": "7"}


@pytest.mark.fault("X2")
def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is one number; the error names the first line beyond it."""
    monkeypatch.setattr(credential_rows, "MAX_ROWS", 2)
    assert len(list(read_rows(b"kind,identity\na,b\na,b\n", "l.csv"))) == 2
    with pytest.raises(InputInvalid, match=r"l\.csv:4: has more than 2 rows"):
        list(read_rows(b"kind,identity\na,b\na,b\na,b\n", "l.csv"))


@pytest.mark.fault("X2")
def test_too_many_values_are_refused_before_they_are_built(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small file can hold a great many objects."""
    monkeypatch.setattr(json_rows, "MAX_JSON_VALUES", 100)
    with pytest.raises(InputInvalid, match="too many values"):
        list(read_rows(b"[" + b"[]," * 100 + b"[]]", "l.json"))


def test_too_many_columns_are_refused() -> None:
    """A header that is compared name by name must not keep anybody waiting for hours."""
    with pytest.raises(InputInvalid, match=r"l\.csv:1: has more than 1000 columns"):
        list(read_rows(b"kind,identity" + b",x" * 999 + b"\n", "l.csv"))
