"""Dataclasses to JSON and back, refusing what a file should not hold."""

import dataclasses
import math
import types
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from azremediate.core.clock import iso
from azremediate.core.json_value import Json

T = TypeVar("T")

_JSON_NAMES: dict[str, Any] = {"Json": Any, "Mapping": Mapping, "Sequence": Sequence}
"""The names in the recursive aliases of `json_value`, which a type hint cannot look up where it is used."""


class ShapeError(ValueError):
    """A JSON value does not have the shape of its type; the text names the place."""


def encode(value: object) -> Json:
    """A value made of dataclasses, enums, tuples, mappings and moments as plain JSON."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: encode(getattr(value, item.name)) for item in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return encode(value.value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [encode(item) for item in value]
    if isinstance(value, frozenset | set):
        return sorted(str(encode(item)) for item in value)
    raise TypeError(f"a {type(value).__name__} has no JSON form")


def decode(wanted: type[T], value: Json, where: str = "") -> T:
    """JSON as a value of type `wanted`; an unknown, missing or ill-typed member raises `ShapeError`."""
    return _decode(wanted, value, where or "the document")  # type: ignore[no-any-return]  # by construction a T


def _decode(wanted: Any, value: Json, where: str) -> Any:
    origin = get_origin(wanted)
    if origin in (Union, types.UnionType):
        return _decode_union(wanted, value, where)
    if origin is tuple:
        if not isinstance(value, list | tuple):
            raise ShapeError(f"{where} is not a list")
        return _decode_tuple(get_args(wanted), value, where)
    if origin is frozenset:
        if not isinstance(value, list):
            raise ShapeError(f"{where} is not a list")
        return frozenset(_decode(get_args(wanted)[0], item, where) for item in value)
    if origin is not None and issubclass(origin, Mapping):
        if not isinstance(value, Mapping):
            raise ShapeError(f"{where} is not an object")
        inner = get_args(wanted)[1]
        return {key: _decode(inner, item, f"{where}.{key}") for key, item in value.items()}
    if dataclasses.is_dataclass(wanted):
        return _decode_dataclass(wanted, value, where)
    return _decode_leaf(wanted, value, where)


def _decode_union(wanted: Any, value: Json, where: str) -> Any:
    options = get_args(wanted)
    if value is None and type(None) in options:
        return None
    rest = [option for option in options if option is not type(None)]
    if len(rest) == 1:
        return _decode(rest[0], value, where)
    return value  # the Json alias: any JSON value


def _decode_tuple(arguments: tuple[Any, ...], value: list[Json] | tuple[Json, ...], where: str) -> tuple[Any, ...]:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return tuple(_decode(arguments[0], item, f"{where}[{index}]") for index, item in enumerate(value))
    if len(arguments) != len(value):
        raise ShapeError(f"{where} has {len(value)} items instead of {len(arguments)}")
    return tuple(_decode(kind, item, where) for kind, item in zip(arguments, value, strict=True))


@cache
def _hints(wanted: type) -> dict[str, Any]:
    return get_type_hints(wanted, localns=_JSON_NAMES)


def _decode_dataclass(wanted: Any, value: Json, where: str) -> Any:
    if not isinstance(value, Mapping):
        raise ShapeError(f"{where} is not an object")
    fields = {item.name: item for item in dataclasses.fields(wanted)}
    if unknown := sorted(set(value) - set(fields)):
        raise ShapeError(f"{where} has an unknown member {unknown[0]!r}")
    if missing := sorted(set(fields) - set(value)):
        raise ShapeError(f"{where} lacks {missing[0]!r}")
    hints = _hints(wanted)
    return wanted(**{name: _decode(hints[name], value[name], f"{where}.{name}") for name in fields})


def _decode_leaf(wanted: Any, value: Json, where: str) -> Any:
    if wanted is Any:
        return value
    if isinstance(wanted, type):
        if issubclass(wanted, Enum):
            return _convert(wanted, value, where, f"is none of {', '.join(str(item.value) for item in wanted)}")
        if wanted is datetime:
            return _convert(_moment, value, where, "is not a time with zone")
        if wanted is timedelta:
            return _convert(_seconds, value, where, "is not a number of seconds")
        if wanted is float:
            return _convert(_number, value, where, "is not a number")
        if isinstance(value, wanted) and not (wanted is int and isinstance(value, bool)):
            return value
        raise ShapeError(f"{where} is not of type {wanted.__name__}")
    raise TypeError(f"{where}: no rule for the type {wanted!r}")


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


def _convert(rule: Callable[[Any], Any], value: Json, where: str, problem: str) -> Any:
    try:
        return rule(value)
    except (TypeError, ValueError, OverflowError):
        raise ShapeError(f"{where} {problem}") from None
