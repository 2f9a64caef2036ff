"""MAPI properties as a winmail.dat holds them (MS-OXTNEF, MsgPropertyList)."""

import struct
from dataclasses import dataclass
from typing import Final

SUBJECT: Final = 0x0037
TEXT_BODY: Final = 0x1000
_MOST: Final = 5000
_OBJECT, _TEXT_8, _TEXT, _BINARY = 0x000D, 0x001E, 0x001F, 0x0102
_SIZES: Final = {0x0014: 8, 0x0005: 8, 0x0006: 8, 0x0007: 8, 0x0040: 8, 0x0048: 16}
"""Bytes of the values of fixed types; of all others four."""

Value = bytes | str
"""Text is `str` where the property says its letters have two bytes, else bytes in a code page."""


@dataclass(frozen=True, slots=True)
class Property:
    """The first value of a property that holds text, bytes or an object."""

    number: int
    value: Value


def properties(data: bytes, found: list[Property]) -> bool:
    """Add the properties to `found`; False when the list ends before it should."""
    try:
        (count,) = struct.unpack_from("<I", data)
        at = 4
        for _ in range(min(count, _MOST)):
            at = _property(data, at, found)
    except struct.error:
        return False
    return int(count) <= _MOST


def _property(data: bytes, at: int, found: list[Property]) -> int:
    """Add the property that begins here when it has a value of these kinds; where the next one begins."""
    kind, number = struct.unpack_from("<HH", data, at)
    at = _after_name(data, at + 4) if number >= 0x8000 else at + 4
    many, kind = kind & 0x1000, kind & 0x0FFF
    if kind not in (_OBJECT, _TEXT_8, _TEXT, _BINARY):
        values = struct.unpack_from("<I", data, at)[0] if many else 1
        at += 4 * bool(many) + values * _SIZES.get(kind, 4)
        if at > len(data):
            raise struct.error("a value ends beyond the list")
        return at
    (values,) = struct.unpack_from("<I", data, at)
    at += 4
    for turn in range(values):
        (size,) = struct.unpack_from("<I", data, at)
        value = data[at + 4 : at + 4 + size]
        if not turn and number < 0x8000:
            found.append(
                Property(number, value.decode("utf-16-le", "replace").rstrip("\0") if kind == _TEXT else value)
            )
        if len(value) < size:
            raise struct.error("a value ends beyond the list")
        at += 4 + size + -size % 4
    return at


def _after_name(data: bytes, at: int) -> int:
    """Where a named property's value begins, after its set, kind and name."""
    (kind,) = struct.unpack_from("<I", data, at + 16)
    if kind == 0:
        return at + 24
    (size,) = struct.unpack_from("<I", data, at + 20)
    return int(at + 24 + size + -size % 4)
