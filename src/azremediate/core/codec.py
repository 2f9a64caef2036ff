"""Dataclasses to JSON and back, refusing what a file should not hold."""

import dataclasses
import math
import types
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

from azremediate.core.clock import iso
from azremediate.core.json_value import Json

T = TypeVar("T")

_LEAVES = frozenset({bool, int, float, str, type(None)})
_JSON_NAMES: dict[str, Any] = {"Json": Any, "Mapping": Mapping, "Sequence": Sequence}
"""The names in the recursive aliases of `json_value`, which a type hint cannot look up where it is used."""


class ShapeError(ValueError):
    """A JSON value does not have the shape of its type; the text names the place."""


def encode(value: object) -> Json:
    """A value made of dataclasses, enums, tuples, mappings and moments as plain JSON."""
    kind: type = type(value)
    return value if kind in _LEAVES else _writer(kind)(value)  # type: ignore[return-value]  # one of the leaves' types


@cache
def _writer(kind: type) -> Callable[[Any], Json]:
    """How values of one type are written; made once, because plans hold millions of them."""
    if dataclasses.is_dataclass(kind):
        return _dataclass_writer(tuple(item.name for item in dataclasses.fields(kind)))
    if issubclass(kind, Enum):
        return lambda value: encode(value.value)
    for base, write in _WRITERS:
        if issubclass(kind, base):
            return write
    raise TypeError(f"a {kind.__name__} has no JSON form")


def _dataclass_writer(names: tuple[str, ...]) -> Callable[[Any], Json]:
    # given twice, so that one name gives a tuple as well; a dataclass without any has nothing to read
    read: Callable[[Any], tuple[Any, ...]] = attrgetter(*names, *names[:1]) if names else lambda _: ()

    def write(value: Any) -> Json:
        return {
            name: item if type(item) in _LEAVES else encode(item)
            for name, item in zip(names, read(value), strict=False)
        }

    return write


def _as_list(value: Any) -> Json:
    return [item if type(item) in _LEAVES else encode(item) for item in value]


def _as_object(value: Any) -> Json:
    return {str(key): item if type(item) in _LEAVES else encode(item) for key, item in value.items()}


_WRITERS: tuple[tuple[Any, Callable[[Any], Json]], ...] = (
    ((bool, int, float, str), lambda value: value),
    (datetime, iso),
    (timedelta, timedelta.total_seconds),
    (Mapping, _as_object),
    ((tuple, list), _as_list),
    ((frozenset, set), lambda value: sorted(map(str, _as_list(value)))),  # type: ignore[arg-type]  # a list
)


def decode(wanted: type[T], value: Json, where: str = "") -> T:
    """JSON as a value of type `wanted`; an unknown, missing or ill-typed member raises `ShapeError`."""
    kind: Any = wanted
    found: T = _rule(kind)(value, where or "the document")
    return found


_Place: TypeAlias = "str | tuple[_Place, str | int]"
"""Where a value stands: the name of the whole, or the place around it with a member's name or an item's index."""

_Rule: TypeAlias = Callable[[Any, _Place], Any]


def _text(place: _Place) -> str:
    if isinstance(place, str):
        return place
    around, name = place
    return f"{_text(around)}[{name}]" if isinstance(name, int) else f"{_text(around)}.{name}"


def _misfit(place: _Place, problem: str) -> ShapeError:
    return ShapeError(f"{_text(place)} {problem}")


@cache
def _rule(wanted: Any) -> _Rule:
    """How values of one type are read; made once, because logs hold millions of them."""
    origin = get_origin(wanted)
    if origin in (Union, types.UnionType):
        return _union_rule(wanted)
    if origin is tuple:
        return _tuple_rule(get_args(wanted))
    if origin is frozenset:
        item = _rule(get_args(wanted)[0])
        return lambda value, place: frozenset(item(one, place) for one in _list(value, place))
    if origin is not None and issubclass(origin, Mapping):
        return _mapping_rule(_rule(get_args(wanted)[1]))
    return _dataclass_rule(wanted) if dataclasses.is_dataclass(wanted) else _leaf_rule(wanted)


def _union_rule(wanted: Any) -> _Rule:
    options = get_args(wanted)
    rest = [option for option in options if option is not type(None)]
    # of several only the Json alias is used: any JSON value
    inner = _rule(rest[0]) if len(rest) == 1 else _as_it_is
    if len(rest) == len(options):
        return inner
    return lambda value, place: None if value is None else inner(value, place)


def _as_it_is(value: Any, _place: _Place) -> Any:
    return value


def _list(value: Any, place: _Place) -> list[Any]:
    if not isinstance(value, list):
        raise _misfit(place, "is not a list")
    return value


def _tuple_rule(arguments: tuple[Any, ...]) -> _Rule:
    rules = [_rule(kind) for kind in arguments if kind is not Ellipsis]
    endless = len(arguments) == 2 and arguments[1] is Ellipsis

    def read(value: Any, place: _Place) -> tuple[Any, ...]:
        found = value if isinstance(value, tuple) else _list(value, place)
        if endless:
            return tuple(rules[0](item, (place, index)) for index, item in enumerate(found))
        if len(found) != len(rules):
            raise _misfit(place, f"has {len(found)} items instead of {len(rules)}")
        return tuple(rule(item, place) for rule, item in zip(rules, found, strict=True))

    return read


def _mapping_rule(inner: _Rule) -> _Rule:
    def read(value: Any, place: _Place) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise _misfit(place, "is not an object")
        return {key: inner(item, (place, key)) for key, item in value.items()}

    return read


def _dataclass_rule(wanted: Any) -> _Rule:
    names = [item.name for item in dataclasses.fields(wanted)]
    hints = get_type_hints(wanted, localns=_JSON_NAMES)
    known = frozenset(names)
    rules: list[tuple[str, _Rule]] = []

    def read(value: Any, place: _Place) -> Any:
        if not isinstance(value, Mapping):
            raise _misfit(place, "is not an object")
        if value.keys() != known:
            if unknown := sorted(set(value) - known):
                raise _misfit(place, f"has an unknown member {unknown[0]!r}")
            raise _misfit(place, f"lacks {min(known - set(value))!r}")
        if not rules:  # not before, because a type may hold itself
            rules.extend((name, _rule(hints[name])) for name in names)
        return wanted(**{name: rule(value[name], (place, name)) for name, rule in rules})

    return read


def _leaf_rule(wanted: Any) -> _Rule:
    if wanted is Any:
        return _as_it_is
    if not isinstance(wanted, type):
        raise TypeError(f"no rule for the type {wanted!r}")
    if issubclass(wanted, Enum):
        return _converting(wanted, f"is none of {', '.join(str(item.value) for item in wanted)}")
    if wanted in _CONVERTED:
        return _converting(*_CONVERTED[wanted])

    def read(value: Any, place: _Place) -> Any:
        if isinstance(value, wanted) and not (wanted is int and isinstance(value, bool)):
            return value
        raise _misfit(place, f"is not of type {wanted.__name__}")

    return read


def _converting(convert: Callable[[Any], Any], problem: str) -> _Rule:
    def read(value: Any, place: _Place) -> Any:
        try:
            return convert(value)
        except (TypeError, ValueError, OverflowError):
            raise _misfit(place, problem) from None

    return read


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no zone")
    return moment.astimezone(UTC)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("no finite number")
    return float(value)


def _seconds(value: Any) -> timedelta:
    return timedelta(seconds=_number(value))


_CONVERTED: dict[type, tuple[Callable[[Any], Any], str]] = {
    datetime: (_moment, "is not a time with zone"),
    timedelta: (_seconds, "is not a number of seconds"),
    float: (_number, "is not a number"),
}
