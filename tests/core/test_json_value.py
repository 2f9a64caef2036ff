"""Members of a service's answer have the type they should, and one byte form of JSON is read."""

import json
from collections.abc import Callable

import pytest
import rfc8785
from hypothesis import given, strategies

from azremediate.core.errors import ServiceFailing
from azremediate.core.json_value import (
    Json,
    JsonObject,
    canonical,
    flag_at,
    object_of,
    objects_at,
    parse_canonical,
    text_at,
    texts_at,
)

READERS: dict[str, tuple[Callable[[JsonObject, str], object], Json, object]] = {
    "text": (text_at, "x", ""),
    "flag": (flag_at, False, None),
    "objects": (objects_at, [{"a": 1}], []),
    "texts": (texts_at, ["x"], []),
}
WRONG: list[tuple[str, Json]] = [
    ("text", 1),
    ("text", ["x"]),
    ("flag", 0),
    ("flag", "false"),
    ("objects", "x"),
    ("objects", {"a": 1}),
    ("objects", [1]),
    ("texts", "x"),
    ("texts", [1]),
    ("texts", {"x": 1}),
]


@pytest.mark.parametrize("name", READERS)
def test_present_absent_and_null(name: str) -> None:
    """The value as it is, or the same for absent as for null."""
    read, value, nothing = READERS[name]
    assert read({"m": value}, "m") == value
    assert read({}, "m") == nothing
    assert read({"m": None}, "m") == nothing


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_another_type_is_a_broken_answer(name: str, value: Json) -> None:
    """Never a value of another type, and never an empty one: nothing would look like nothing to do."""
    with pytest.raises(ServiceFailing, match=r"'s m|of m"):
        READERS[name][0]({"m": value}, "m")


def test_object_of() -> None:
    """An object or an error that names it."""
    assert object_of({"a": 1}, "a policy") == {"a": 1}
    with pytest.raises(ServiceFailing, match="a policy"):
        object_of([], "a policy")


ANY_JSON = strategies.recursive(
    strategies.none()
    | strategies.booleans()
    | strategies.integers(-(2**53) + 1, 2**53 - 1)
    | strategies.floats(-1e15, 1e15)
    | strategies.text(),
    lambda inner: strategies.lists(inner) | strategies.dictionaries(strategies.text(), inner),
    max_leaves=12,
)


@given(ANY_JSON)
def test_the_canonical_form_is_read(value: Json) -> None:
    """What has the canonical form is read as the standard library reads it."""
    try:
        text = canonical(value)
    except ValueError:  # half a surrogate
        return
    assert parse_canonical(text) == json.loads(text)


@given(ANY_JSON, strategies.booleans(), strategies.booleans())
def test_only_the_canonical_form_is_read(value: Json, ascii_only: bool, in_order: bool) -> None:
    """Any other text of the same value is refused."""
    text = json.dumps(value, ensure_ascii=ascii_only, sort_keys=in_order, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )
    try:
        same = canonical(json.loads(text)) == text
    except ValueError:
        same = False
    if same:
        assert parse_canonical(text) == json.loads(text)
    else:
        with pytest.raises(ValueError):
            parse_canonical(text)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[1 ]", '{"b":1,"a":2}', '{"a":1,"a":1}', "NaN", "Infinity", "-0", "1.0", "1e2", str(2**53), "9" * 5000,
     '"\\u0041"', '"\\/"', '{"\U00010000":1,"\ue000":2}x', '{"\ue000":1,"\U00010000":2}', "\ufeff1", "[[1], 2]"],
)  # fmt: skip
def test_other_forms(text: str) -> None:
    """No form but the canonical one, and nothing that is not JSON."""
    with pytest.raises(ValueError):
        parse_canonical(text.encode())


@pytest.mark.parametrize("text", ["1.5", "1e+21", "333333333.3333333", '{"\U00010000":1,"\ue000":2}', "[]"])
def test_what_the_fast_way_cannot_judge(text: str) -> None:
    """Fractions and far characters have their canonical form, too."""
    assert parse_canonical(text.encode()) == json.loads(text)


@given(
    strategies.recursive(
        strategies.none() | strategies.booleans() | strategies.integers() | strategies.floats() | strategies.text(),
        lambda inner: strategies.lists(inner) | strategies.dictionaries(strategies.text(), inner),
        max_leaves=20,
    )
)
def test_canonical_form_is_that_of_the_standard(value: Json) -> None:
    """The quick way writes what RFC 8785 says, byte by byte, and refuses what it refuses."""
    try:
        expected = rfc8785.dumps(value)
    except ValueError:
        with pytest.raises(ValueError):
            canonical(value)
        return
    assert canonical(value) == expected
