"""Parameters of an action: from a playbook or a command line to a checked dataclass."""

import dataclasses
import re
from collections.abc import Mapping
from datetime import timedelta
from difflib import get_close_matches
from enum import Enum
from typing import Any, get_args, get_origin, get_type_hints

from azremediate.core.codec import encode
from azremediate.core.errors import InputInvalid
from azremediate.core.json_value import Json, JsonObject

_DURATION = re.compile(
    r"P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)


def parse_duration(text: str) -> timedelta:
    """An ISO 8601 duration such as PT15M or P1DT12H; years and months have no fixed length and are refused."""
    match = _DURATION.fullmatch(text)
    if match is None or text.endswith(("P", "T")):
        raise InputInvalid(f"{text!r} is not an ISO 8601 duration", hint="write for example PT15M, PT2H or P1D")
    try:
        return timedelta(**{unit: float(number) for unit, number in match.groupdict().items() if number})
    except OverflowError:
        raise InputInvalid(f"the duration {text!r} is too long") from None


def format_duration(duration: timedelta) -> str:
    """A duration as ISO 8601, in days and seconds."""
    seconds = f"{duration.seconds}.{duration.microseconds:06d}".rstrip("0").rstrip(".")
    days = f"{duration.days}D" if duration.days else ""
    return f"P{days}T{seconds}S" if seconds != "0" or not days else f"P{days}"


def parse_parameters(kind: type[Any], given: Mapping[str, Json], where: str) -> Any:
    """An object of the dataclass `kind` from given values, which may be JSON or the texts of `--with key=value`.

    Raises `InputInvalid` that names `where`, the parameter and what it takes.
    """
    hints = get_type_hints(kind)
    for name in given:
        if name not in hints:
            close = get_close_matches(name, hints, n=1)
            known = ", ".join(sorted(hints)) or "none"
            raise InputInvalid(
                f"{where} has no parameter {name!r}",
                hint=f"did you mean {close[0]!r}?" if close else f"its parameters: {known}",
            )
    values = {name: _parse(hints[name], value, f"{where}: {name}") for name, value in given.items()}
    return kind(**values)


def parameters_json(params: object) -> JsonObject:
    """Parameters in the one form in which plans hold them (durations as ISO 8601)."""
    fields = dataclasses.fields(params)  # type: ignore[arg-type]  # params is always a dataclass instance
    return {item.name: _json(getattr(params, item.name)) for item in fields}


def _json(value: object) -> Json:
    return format_duration(value) if isinstance(value, timedelta) else encode(value)


def _parse(kind: Any, value: Json, where: str) -> Any:
    if get_origin(kind) is tuple:
        items = [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
        if not isinstance(items, list | tuple):
            raise InputInvalid(f"{where} is not a list")
        return tuple(_parse(get_args(kind)[0], item, where) for item in items)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _parse_choice(kind, value, where)
    if kind is bool:
        return _parse_flag(value, where)
    if kind is int:
        return _parse_number(value, where)
    if kind is timedelta and isinstance(value, str):
        return _parse_duration_at(value, where)
    if kind is str and isinstance(value, str):
        return value
    raise InputInvalid(f"{where} does not take {value!r}")


def _parse_duration_at(value: str, where: str) -> timedelta:
    try:
        return parse_duration(value)
    except InputInvalid as error:
        raise InputInvalid(f"{where}: {error.message}", hint=error.hint) from None


def _parse_choice(kind: type[Enum], value: Json, where: str) -> Enum:
    for item in kind:
        if item.value == value:
            return item
    raise InputInvalid(f"{where} is none of {', '.join(str(item.value) for item in kind)}")


def _parse_flag(value: Json, where: str) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise InputInvalid(f"{where} is neither true nor false")


def _parse_number(value: Json, where: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,15}", value):
        return int(value)
    raise InputInvalid(f"{where} is not a whole number")
