"""A winmail.dat (TNEF, MS-OXTNEF) as a message in RFC 5322 form, which is then taken apart like any other."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

from azremediate.mail.compressed_rich_text import uncompressed

SIGNATURE: Final = b"\x78\x9f\x3e\x22"
_ATTACHMENT = 2
_SUBJECT, _BODY, _PROPERTIES = 0x0037, 0x1000, 0x9003
_NUMBERS: Final = {0x8004: _SUBJECT, 0x800C: _BODY}
"""The attributes that say what a property says as well."""

_NEW_ATTACHMENT, _TITLE, _DATA, _ATTACHMENT_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
_MOST_ATTACHMENTS, _MOST_PROPERTIES = 500, 5000

_OBJECT, _TEXT_8, _TEXT, _BINARY = 0x000D, 0x001E, 0x001F, 0x0102
_SIZES: Final = {0x0014: 8, 0x0005: 8, 0x0006: 8, 0x0007: 8, 0x0040: 8, 0x0048: 16}
"""Bytes of the values of fixed types; of all others four."""


@dataclass(slots=True)
class _Attachment:
    """One file; what stands in its properties counts before what stands in its attributes."""

    title: str = ""
    data: bytes = b""
    properties: dict[int, bytes | str] = field(default_factory=dict)


def winmail_message(data: bytes) -> bytes | None:
    """The raw message with its bodies and files; None when the bytes are no TNEF.

    What is cut off or damaged gives what came before it.
    """
    if not data.startswith(SIGNATURE):
        return None
    properties: dict[int, bytes | str] = {}
    files: list[_Attachment] = []
    for level, name, value in _attributes(data):
        if level == _ATTACHMENT:
            _take(files, name, value)
        elif name in _NUMBERS:
            properties.setdefault(_NUMBERS[name], _plain(value))
        elif name == _PROPERTIES:
            properties |= dict(_properties(value))
    message = _written(properties)
    for number, one in enumerate(files, 1):
        _attach(message, one, number)
    return message.as_bytes()


def _written(properties: dict[int, bytes | str]) -> EmailMessage:
    """A message with the bodies that stand in its properties."""
    message = EmailMessage(policy=SMTP)
    if subject := _words(properties.get(_SUBJECT, "")):
        message["Subject"] = " ".join(subject.split())[:900]
    message.set_content(_words(properties.get(_BODY, "")), cte="base64")
    if markup := _words(properties.get(0x1013, "")):
        message.add_alternative(markup, subtype="html", cte="base64")
    if isinstance(packed := properties.get(0x1009), bytes):
        message.add_attachment(uncompressed(packed), maintype="application", subtype="rtf", filename="body.rtf")
    return message


def _attach(message: EmailMessage, one: _Attachment, number: int) -> None:
    found = one.properties
    name = _words(found.get(0x3707, "")) or _words(found.get(0x3704, "")) or one.title or f"attachment-{number}"
    content = found.get(0x3701, one.data)
    if isinstance(content, bytes) and content:
        if content[16:20] == SIGNATURE:  # an object: the id of its interface, then a message of its own
            content, name = content[16:], f"{name[:100]}.dat"
        safe = " ".join(name.encode("utf-8", "replace").decode().split())[:150] or f"attachment-{number}"
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=safe)


def _take(files: list[_Attachment], name: int, value: bytes) -> None:
    if name == _NEW_ATTACHMENT and len(files) < _MOST_ATTACHMENTS:
        files.append(_Attachment())
    elif not files:
        return
    elif name == _TITLE:
        files[-1].title = _plain(value)
    elif name == _DATA:
        files[-1].data = value
    elif name == _ATTACHMENT_PROPERTIES:
        files[-1].properties |= dict(_properties(value))


def _attributes(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Level, name and value of each attribute."""
    at = 6
    while at + 9 <= len(data):
        level, name, _, length = struct.unpack_from("<BHHI", data, at)
        yield level, name, data[at + 9 : at + 9 + length]
        at += 9 + length + 2


def _properties(data: bytes) -> Iterator[tuple[int, bytes | str]]:
    """Number and value of each MAPI property with one value that is text, binary or an object."""
    at = 4
    try:
        count = min(struct.unpack_from("<I", data)[0], _MOST_PROPERTIES)
        for _ in range(count):
            kind, number = struct.unpack_from("<HH", data, at)
            at = _after_name(data, at + 4) if number >= 0x8000 else at + 4
            many, kind = kind & 0x1000, kind & 0x0FFF
            if kind not in (_OBJECT, _TEXT_8, _TEXT, _BINARY):
                values = struct.unpack_from("<I", data, at)[0] if many else 1
                at += 4 * bool(many) + values * _SIZES.get(kind, 4)
                continue
            (values,) = struct.unpack_from("<I", data, at)
            at += 4
            for turn in range(values):
                (size,) = struct.unpack_from("<I", data, at)
                value = data[at + 4 : at + 4 + size]
                at += 4 + size + -size % 4
                if not turn and number < 0x8000:
                    yield number, _read(kind, value)
                if at > len(data):
                    return
    except struct.error:
        return


def _after_name(data: bytes, at: int) -> int:
    """Where a named property's value begins, after its set, kind and name."""
    (kind,) = struct.unpack_from("<I", data, at + 16)
    if kind == 0:
        return at + 24
    (size,) = struct.unpack_from("<I", data, at + 20)
    return int(at + 24 + size + -size % 4)


def _read(kind: int, value: bytes) -> bytes | str:
    if kind == _TEXT:
        return value.decode("utf-16-le", "replace").rstrip("\0")
    return _plain(value) if kind == _TEXT_8 else value


def _plain(value: bytes) -> str:
    return value.decode("cp1252", "replace").rstrip("\0")


def _words(value: bytes | str) -> str:
    """Text, also where it is kept as bytes, as HTML is."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
