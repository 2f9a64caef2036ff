"""Objects one after the other, and what stands in their place."""

import pytest

from azremediate.core.errors import InputInvalid
from azremediate.intake.json_rows import JsonObject, as_text, json_array, json_lines


def test_array() -> None:
    """Positions count from 1; numbers stay the text they were written as; what is no object is one row."""
    rows = list(json_array(b'[{"a": 1.50, "a": null}, 7]', "n.json"))
    assert [(row.line, list(row.pairs), row.unreadable) for row in rows] == [
        (1, [("a", "1.50"), ("a", None)], ""),
        (2, [], "is not a JSON object"),
    ]


def test_lines() -> None:
    """Blank lines count and are no rows; a broken line is one row once it is sure that there are lines."""
    rows = list(json_lines(b'{"a": "b"}\n\n{\n', "n.txt", sure=False))
    assert [(row.line, row.unreadable) for row in rows] == [(1, ""), (3, "is not a JSON object on one line")]
    with pytest.raises(InputInvalid, match="neither a JSON array nor JSON Lines"):
        list(json_lines(b"{\n}\n", "n.txt", sure=False))


def test_depth() -> None:
    """Deep nesting is refused for its row alone."""
    deep = b'{"a": ' + b"[" * 60 + b"]" * 60 + b"}"
    (row,) = json_lines(deep, "n.jsonl", sure=True)
    assert row.unreadable == "is nested too deep"


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, ""), ("x", "x"), (True, "true"), (["1", JsonObject([("a", None)])], '["1", {"a": null}]')],
)
def test_as_text(value: object, expected: str) -> None:
    """Texts as they are, everything else as JSON."""
    assert as_text(value) == expected
