"""A condition holds or says what is different now."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azremediate.core.json_value import Json
from azremediate.core.observed import Comparison, Precondition, State

FACTS = State(
    {"on": True, "count": 1, "keys": ["a", "b"], "pair": ("x", "y"), "a/b~c": {"in": [{"deep": "d"}]}, "text": "abc"}
)
EQUALS, CONTAINS, LACKS = Comparison.EQUALS, Comparison.CONTAINS, Comparison.LACKS


@pytest.mark.parametrize(
    ("pointer", "test", "value", "holds"),
    [
        ("/on", EQUALS, True, True),
        ("/on", EQUALS, 1, False),
        ("/on", EQUALS, False, False),
        ("/count", EQUALS, 1, True),
        ("/count", EQUALS, True, False),
        ("/missing", EQUALS, None, True),
        ("/missing", EQUALS, False, False),
        ("/keys", EQUALS, ["a", "b"], True),
        ("/keys", EQUALS, ("a", "b"), True),
        ("/pair", EQUALS, ["x", "y"], True),
        ("/keys", EQUALS, ["b", "a"], False),
        ("/keys/1", EQUALS, "b", True),
        ("/keys/9", EQUALS, "b", False),
        ("/keys/-1", EQUALS, "b", False),
        ("/keys/²", EQUALS, "b", False),
        ("/text/0", EQUALS, "a", False),
        ("/a~1b~0c/in/0/deep", EQUALS, "d", True),
        ("/keys", CONTAINS, "a", True),
        ("/keys", CONTAINS, "c", False),
        ("/pair", CONTAINS, "x", True),
        ("/text", CONTAINS, "a", False),
        ("/missing", CONTAINS, "a", False),
        ("/keys", LACKS, "c", True),
        ("/keys", LACKS, "a", False),
        ("/missing", LACKS, "a", False),
        ("/text", LACKS, "a", False),
    ],
)
def test_condition(pointer: str, test: Comparison, value: Json, holds: bool) -> None:
    """Compared as JSON: true is not 1, a tuple is a list, a text is no list, and what is missing lacks nothing."""
    broken = Precondition(pointer, test, value).broken_by(FACTS)
    assert (broken is None) is holds
    assert holds or pointer in str(broken)


@given(st.text(), st.sampled_from(Comparison))
def test_any_pointer_is_answered(pointer: str, test: Comparison) -> None:
    """A pointer from a file never raises."""
    Precondition(pointer, test, "x").broken_by(FACTS)


def test_overlay_changes_known_facts_only() -> None:
    """What a planned change says for people is no fact."""
    assert State({"on": True}).overlaid({"on": False, "newSecret": "in the vault"}).facts == {"on": False}
    assert FACTS.overlaid({"unknown": 1}) is FACTS


def test_digest_is_of_the_content() -> None:
    """Key order does not count, values do."""
    assert State({"a": 1, "b": 2}).digest == State({"b": 2, "a": 1}).digest
    assert State({"a": 1}).digest != State({"a": True}).digest
