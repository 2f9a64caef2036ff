"""Dataclasses survive the way to JSON and back; any other shape is refused with its place."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azremediate.core.codec import ShapeError, decode, encode
from azremediate.core.json_value import Json, JsonObject


class Colour(StrEnum):
    """Two colours."""

    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Inner:
    """A part."""

    when: datetime
    colour: Colour


@dataclass(frozen=True)
class Outer:
    """A whole."""

    name: str
    count: int
    share: float
    flag: bool
    inner: tuple[Inner, ...]
    pair: tuple[str, str]
    maybe: Inner | None
    anything: JsonObject
    lasting: timedelta


def _outer(**changes: Json) -> dict[str, Json]:
    inner: Json = {"when": "2024-04-09T17:00:00.000Z", "colour": "red"}
    good: dict[str, Json] = {
        "name": "n",
        "count": 1,
        "share": 0.5,
        "flag": True,
        "inner": [inner],
        "pair": ["a", "b"],
        "maybe": None,
        "anything": {"x": [1, {"y": None}]},
        "lasting": 90.0,
    }
    return {**good, **changes}


def test_round_trip() -> None:
    """Every kind of field comes back equal."""
    value = decode(Outer, _outer())
    assert value.inner[0].when == datetime(2024, 4, 9, 17, tzinfo=UTC)
    assert decode(Outer, encode(value)) == value


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"count": "1"}, "count"),
        ({"count": True}, "count"),
        ({"flag": 1}, "flag"),
        ({"inner": {}}, "inner"),
        ({"inner": [{"when": "2024-04-09T17:00:00", "colour": "red"}]}, r"inner\[0\]\.when"),
        ({"inner": [{"when": "2024-04-09T17:00:00Z", "colour": "green"}]}, "colour"),
        ({"inner": [{"colour": "red"}]}, "when"),
        ({"pair": ["a"]}, "pair"),
        ({"maybe": 3}, "maybe"),
        ({"anything": []}, "anything"),
        ({"unknown": 1}, "unknown"),
        ({"lasting": "x"}, "lasting"),
        ({"lasting": True}, "lasting"),
        ({"lasting": float("nan")}, "lasting"),
        ({"lasting": 10**400}, "lasting"),
        ({"share": True}, "share"),
        ({"share": "0.5"}, "share"),
        ({"share": float("inf")}, "share"),
        ({"share": 10**400}, "share"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_wrong_shape_names_the_place(changes: dict[str, Json], place: str) -> None:
    """A wrong member is refused and named."""
    with pytest.raises(ShapeError, match=place):
        decode(Outer, _outer(**changes))


_ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(_ANY_JSON)
def test_never_another_exception(value: Json) -> None:
    """Whatever a file holds, the only way out is a value or `ShapeError`."""
    with suppress(ShapeError):
        decode(Outer, value)
