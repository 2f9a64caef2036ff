"""JSON as the tool reads and writes it, with readers that refuse a shape they did not expect."""

import json
import math
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import TypeAlias

import rfc8785

from azremediate.core.errors import ServiceFailing

Json: TypeAlias = bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"] | None
JsonObject: TypeAlias = Mapping[str, Json]


def canonical(value: Json) -> bytes:
    """The one byte form of a JSON value (RFC 8785), as it is hashed and signed; `ValueError` where there is none.

    The standard library's writer is some ten times faster than the canonical one; see `parse_canonical` for where the
    two differ.
    """
    try:
        text = _WRITER.encode(value)
        written = text.encode("utf-8")
        if text.isascii() or max(written) < _BEYOND_BASIC_PLANE:
            _EXACT_ONLY.decode(text)
            return written
    except (TypeError, ValueError):
        pass  # whatever is wrong with it is the canonical writer's to say
    return rfc8785.dumps(value)


def parse_canonical(text: bytes) -> Json:
    """The value of a text in canonical form; raises `ValueError` for any other text, `RecursionError` for a deep one.

    The standard library's writer is some ten times faster, and differs in three things: fractions, numbers that JSON
    cannot carry exactly, and the order of members whose names mix characters beyond and at the end of the basic plane.
    Texts with any of these are left to the canonical one.
    """
    value: Json = _PLAIN.decode(text.decode("utf-8"))
    if _same_text(value, text):
        return value
    value = json.loads(text)
    if canonical(value) != text:
        raise ValueError("the text is not in canonical form")
    return value


def _same_text(value: Json, text: bytes) -> bool:
    return (text.isascii() or max(text) < _BEYOND_BASIC_PLANE) and _WRITER.encode(value).encode() == text


def _no_fraction(text: str) -> float:
    """Not a number that the standard library would write: such a text is never the same again."""
    return math.nan


def _refused(text: str) -> float:
    raise ValueError(f"{text} is not JSON")


def _exact(text: str) -> float:
    number = int(text) if len(text) < _MOST_DIGITS else _LARGEST + 1
    return number if -_LARGEST <= number <= _LARGEST else math.nan


def _exact_only(text: str) -> float:
    number = _exact(text)
    return _refused(text) if math.isnan(number) else number


_BEYOND_BASIC_PLANE = 0xF0
_LARGEST = 2**53 - 1
_MOST_DIGITS = 18
_PLAIN = json.JSONDecoder(parse_float=_no_fraction, parse_int=_exact, parse_constant=_refused)
_EXACT_ONLY = json.JSONDecoder(parse_float=_refused, parse_int=_exact_only, parse_constant=_refused)
_WRITER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(value: Json) -> str:
    """SHA-256 of the canonical form, in hexadecimal."""
    return sha256(canonical(value)).hexdigest()


def object_of(value: Json, what: str) -> JsonObject:
    """The value as an object, or `ServiceFailing` that names what was expected to be one."""
    if not isinstance(value, Mapping):
        raise ServiceFailing(f"{what} is not a JSON object")
    return value


def text_at(holder: JsonObject, key: str, default: str = "") -> str:
    """The string at `key`; absent and null give the default, any other type is refused."""
    value = holder.get(key)
    if value is None:
        return default
    if not isinstance(value, str):
        raise ServiceFailing(f"the answer's {key} is not a string")
    return value


def flag_at(holder: JsonObject, key: str) -> bool | None:
    """The boolean at `key`; absent and null give None."""
    value = holder.get(key)
    if value is not None and not isinstance(value, bool):
        raise ServiceFailing(f"the answer's {key} is not a boolean")
    return value


def objects_at(holder: JsonObject, key: str) -> list[JsonObject]:
    """The list of objects at `key`; absent and null give an empty list."""
    value = holder.get(key)
    if value is None:
        return []
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise ServiceFailing(f"the answer's {key} is not a list")
    return [object_of(item, f"an item of {key}") for item in value]


def texts_at(holder: JsonObject, key: str) -> list[str]:
    """The list of strings at `key`; absent and null give an empty list."""
    value = holder.get(key)
    if value is None:
        return []
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise ServiceFailing(f"the answer's {key} is not a list")
    texts = [item for item in value if isinstance(item, str)]
    if len(texts) != len(value):
        raise ServiceFailing(f"the answer's {key} holds something other than strings")
    return texts
