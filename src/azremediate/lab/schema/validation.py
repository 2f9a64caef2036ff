"""Whether a JSON body fits a type of the simulated Graph; what does not fit is refused as Graph refuses it."""

from __future__ import annotations

import base64
import binascii
import re
import uuid
from collections.abc import Callable
from typing import Any, Final

from azremediate.lab.clock import parse_time
from azremediate.lab.schema.complex import COMPLEX
from azremediate.lab.schema.entity import EntityType, Kinds
from azremediate.lab.schema.enums import ENUMS, FLAGS


class BodyProblem(Exception):
    """A body that does not fit; `unknown` says that it names something the type does not have."""

    def __init__(self, message: str, *, unknown: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.unknown = unknown


def check_update(entity: EntityType, body: dict[str, Any]) -> None:
    """Check the properties of a PATCH; raises BodyProblem on unknown, read-only or ill-typed ones."""
    for name, value in body.items():
        if "@" in name:
            continue
        if name not in entity.kinds:
            raise BodyProblem(f"Invalid property '{name}'.", unknown=True)
        if name in entity.read_only:
            raise BodyProblem(f"Property '{name}' is read-only and cannot be set.")
        check_value(value, entity.kinds[name], name)


def check_parameters(kinds: Kinds, body: dict[str, Any]) -> None:
    """Check the parameters of an action; names are exact."""
    for name, value in body.items():
        if name not in kinds:
            raise BodyProblem(f"The parameter '{name}' in the request payload is not a valid parameter.", unknown=True)
        check_value(value, kinds[name], name)


def check_value(value: object, kind: str, where: str) -> None:
    """Check one value against a kind; null fits everything but a collection."""
    if kind.startswith("["):
        if not isinstance(value, list):
            raise BodyProblem(f"A collection was expected for the property '{where}'.")
        for item in value:
            check_value(item, kind[1:-1], where)
    elif value is None:
        return
    elif kind in COMPLEX:
        _check_complex(value, kind, where)
    elif kind in ENUMS:
        _check_enum(value, kind, where)
    elif not _fits(value, kind):
        raise BodyProblem(f"Invalid value specified for property '{where}' of resource.")


def _check_complex(value: object, kind: str, where: str) -> None:
    if not isinstance(value, dict):
        raise BodyProblem(f"An object of type 'microsoft.graph.{kind}' was expected for the property '{where}'.")
    for name, item in value.items():
        if "@" in name:
            continue
        if name not in COMPLEX[kind]:
            raise BodyProblem(f"The property '{name}' does not exist on type 'microsoft.graph.{kind}'.", unknown=True)
        check_value(item, COMPLEX[kind][name], f"{where}/{name}")


def _check_enum(value: object, kind: str, where: str) -> None:
    names = [value]
    if isinstance(value, str) and kind in FLAGS:
        names = [part.strip() for part in value.split(",")]
    if any(name not in ENUMS[kind] for name in names):
        raise BodyProblem(f"Invalid value specified for property '{where}' of resource.")


def _is_time(value: object) -> bool:
    try:
        parse_time(str(value))
    except ValueError:
        return False
    return isinstance(value, str)


def is_guid(value: object) -> bool:
    """Return whether a value is a GUID in its usual form of 36 characters."""
    try:
        return isinstance(value, str) and len(value) == 36 and uuid.UUID(value) is not None
    except ValueError:
        return False


def _is_binary(value: object) -> bool:
    try:
        base64.b64decode(str(value), validate=True)
    except (binascii.Error, ValueError):
        return False
    return isinstance(value, str)


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_DURATION: Final = re.compile(r"-?P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?")

_PRIMITIVES: Final[dict[str, Callable[[object], bool]]] = {
    "String": lambda value: isinstance(value, str),
    "Boolean": lambda value: isinstance(value, bool),
    "Int32": _is_integer,
    "Double": lambda value: _is_integer(value) or isinstance(value, float),
    "DateTimeOffset": _is_time,
    "Guid": is_guid,
    "Binary": _is_binary,
    "Duration": lambda value: isinstance(value, str) and _DURATION.fullmatch(value) is not None,
}


def _fits(value: object, kind: str) -> bool:
    check = _PRIMITIVES.get(kind)
    if check is None:
        raise BodyProblem(f"Values of type '{kind}' cannot be set here.", unknown=True)
    return check(value)
