"""Members of a service's answer have the type they should, or the answer is told to be broken."""

from collections.abc import Callable

import pytest

from azremediate.core.errors import ServiceFailing
from azremediate.core.json_value import Json, JsonObject, flag_at, object_of, objects_at, text_at, texts_at

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
