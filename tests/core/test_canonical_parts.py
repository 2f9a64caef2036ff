"""A dataclass written in pieces is byte for byte what it is as a whole."""

from dataclasses import dataclass

import pytest

from azremediate.core.canonical_parts import canonical_parts
from azremediate.core.codec import encode
from azremediate.core.json_value import JsonObject, canonical
from tests.core.plans import a_plan


@dataclass(frozen=True)
class Whole:
    """One member of each kind."""

    zeta: tuple[object, ...] = ()
    alpha: str = "é\n"
    number: int = 7
    nothing: None = None


@pytest.mark.parametrize("items", [(), (1,), ("a", None, {"b": [1, 2]})], ids=["none", "one", "several"])
def test_pieces_make_the_whole(items: tuple[object, ...]) -> None:
    """Members in the order of the canonical form, lists with their commas."""
    whole = Whole(items)
    assert b"".join(canonical_parts(whole)) == canonical(encode(whole))


def test_a_member_left_out() -> None:
    """As if it were not there."""
    body: JsonObject = {"zeta": [], "number": 7, "nothing": None}
    assert b"".join(canonical_parts(Whole(), without="alpha")) == canonical(body)


def test_a_plan() -> None:
    """What is hashed and written of a plan is its canonical form."""
    plan = a_plan()
    assert b"".join(canonical_parts(plan)) == canonical(encode(plan))
