"""Counts, times and differences, worded the same way everywhere."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from azremediate.core.json_value import Json
from azremediate.report.phrases import count, differences, moment, moment_of, rows, value_text


@pytest.mark.parametrize(
    ("number", "nouns", "said"),
    [(0, ("change",), "0 changes"), (1, ("identity", "identities"), "1 identity"), (2, ("a", "as"), "2 as")],
)
def test_count(number: int, nouns: tuple[str, ...], said: str) -> None:
    """One of a thing is not many."""
    assert count(number, *nouns) == said


def test_times_are_utc() -> None:
    """Whatever zone they came in; a time without a zone is none."""
    assert moment(datetime(2024, 4, 9, 23, 30, tzinfo=timezone(timedelta(hours=2)))) == "2024-04-09 21:30 UTC"
    assert moment_of("2024-04-09T17:02:11.250Z") == datetime(2024, 4, 9, 17, 2, 11, 250_000, UTC)
    assert moment_of("2024-04-09T17:02:11") is None
    assert moment_of("never") is None


@pytest.mark.parametrize(("lines", "said"), [((), "no row"), ((3,), "row 3"), ((3, 7), "rows 3, 7")])
def test_rows(lines: tuple[int, ...], said: str) -> None:
    """Where rows stand."""
    assert rows(lines) == said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (True, False, "yes -> no"),
        (None, "x", "none -> x"),
        ("", "x", "(empty) -> x"),
        (["a", "b", "c"], ["b", "d"], "- a  - c  + d  (1 kept)"),
        (["a", "b"], ["b", "a"], "(2 kept)"),
        ([], ["a"], "+ a"),
        ([{"keyId": "k", "displayName": "n", "hint": "abc"}], [], "- n k"),
        ({"a": 1}, {"a": 2}, "a 1 -> a 2"),
    ],
    ids=str,
)
def test_differences(old: Json, new: Json, said: str) -> None:
    """One fact, before and after."""
    assert list(differences({"fact": old, "same": 1}, {"fact": new, "same": 1})) == [f"fact: {said}"]


def test_facts_of_one_side_alone() -> None:
    """What only comes, or was only there, is shown as it is."""
    assert list(differences({"old": 1}, {"new": 2})) == ["old: 1", "new: 2"]
    assert list(differences(None, None)) == []
    assert value_text({"a": ["b", {}]}) == "a b, (empty)"
