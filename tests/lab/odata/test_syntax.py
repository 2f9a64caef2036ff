"""Reading the text of a $filter."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azremediate.lab.odata.predicate import compile_filter
from azremediate.lab.odata.problem import QueryProblem
from azremediate.lab.odata.syntax import AnyOf, Call, Compare, Constant, Join, Not, parse_filter
from azremediate.lab.schema.directory import APPLICATION, USER


def test_precedence() -> None:
    """`and` binds closer than `or`, and parentheses closer than both."""
    tree = parse_filter("a eq 1 or b eq 2 and (c eq 3 or d eq 4)")
    assert isinstance(tree, Join)
    assert tree.word == "or"
    inner = tree.parts[1]
    assert isinstance(inner, Join)
    assert inner.word == "and"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("n eq 'it''s'", Compare(("n",), "eq", Constant("it's", True))),
        ("n eq null", Compare(("n",), "eq", Constant(None, False))),
        ("n ge 2024-03-01T00:00:00Z", Compare(("n",), "ge", Constant(datetime(2024, 3, 1, tzinfo=UTC), False))),
        ("n ge 2024-03-01", Compare(("n",), "ge", Constant(datetime(2024, 3, 1, tzinfo=UTC), False))),
        ("a/b eq true", Compare(("a", "b"), "eq", Constant(True, False))),
        ("startsWith(n,'x')", Call("startswith", ("n",), Constant("x", True))),
        ("not(n eq 1)", Not(Compare(("n",), "eq", Constant(1, False)))),
        ("tags/any(t:t eq 'x')", AnyOf(("tags",), "t", Compare(("t",), "eq", Constant("x", True)))),
        ("tags/any()", AnyOf(("tags",), None, None)),
    ],
)
def test_tree(text: str, expected: object) -> None:
    """Each form of condition gives its own node."""
    assert parse_filter(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a eq",
        "eq 1",
        "a eq 'x",
        "a eq 1)",
        "(a eq 1",
        "a eq 1 b",
        "a in ()",
        "length(a) eq 1",
        "a eq 2024-99-01",
        "a/any(b c)",
        "a/any(b/c: c eq 1)",
        "startswith('x', a)",
        "not",
        "(" * 50 + "a eq 1" + ")" * 50,
        "a eq 1" + " " * 20_000,
    ],
)
def test_refusal(text: str) -> None:
    """Text that is no filter, is nested too deeply, or is no condition on its type raises the one error of queries."""
    with pytest.raises(QueryProblem):
        compile_filter(parse_filter(text), USER)


WORDS = st.sampled_from(
    [
        "displayName",
        "eq",
        "ne",
        "and",
        "or",
        "not",
        "in",
        "(",
        ")",
        ",",
        "'x'",
        "null",
        "true",
        "any(",
        "x:",
        "tags/any(",
        "startswith(",
        "endswith(",
        "2024-01-01",
        "appId",
        "-1",
        "1.5",
        "$count",
        "owners/$count",
        "'",
        "\x00",
        "id",
        "info/logoUrl",
    ]
)


@given(st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=14).map(" ".join)))
def test_no_other_error(text: str) -> None:
    """Whatever the text, reading it and applying it to an object raises nothing but QueryProblem."""
    with contextlib.suppress(QueryProblem):
        matches = compile_filter(parse_filter(text), APPLICATION)
        matches({"id": "1", "displayName": None, "tags": ["x"], "appId": "a"})
