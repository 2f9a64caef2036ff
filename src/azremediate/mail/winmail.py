"""A winmail.dat (TNEF, MS-OXTNEF) as a message in RFC 5322 form, which is then taken apart like any other."""

import struct
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

from azremediate.mail.compressed_rich_text import uncompressed
from azremediate.mail.decoded_text import decoded
from azremediate.mail.mapi_property import SUBJECT, TEXT_BODY, Property, Value, properties
from azremediate.mail.ole_file import OLE_SIGNATURE
from azremediate.mail.one_line import one_line
from azremediate.mail.reasons import Reason
from azremediate.mail.rewritten_message import MissedPart, RewrittenMessage

SIGNATURE: Final = b"\x78\x9f\x3e\x22"
_MESSAGE, _ATTACHMENT = 1, 2
_CODE_PAGE, _PROPERTIES = 0x9007, 0x9003
_NUMBERS: Final = {0x8004: SUBJECT, 0x800C: TEXT_BODY}
"""The attributes that say what a property says as well."""

_NEW_ATTACHMENT, _TITLE, _DATA, _ATTACHMENT_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
_MOST_ATTACHMENTS: Final = 500


@dataclass(slots=True)
class _Attachment:
    """One file; what stands in its properties counts before what stands in its attributes."""

    title: bytes = b""
    data: bytes = b""
    properties: dict[int, Value] = field(default_factory=dict)


@dataclass(slots=True)
class _Content:
    """What was read so far."""

    properties: dict[int, Value] = field(default_factory=dict)
    files: list[_Attachment] = field(default_factory=list)
    code_page: str = "cp1252"
    missed: Reason | None = None

    def take(self, name: int, value: bytes) -> None:
        """An attribute of the message."""
        if name in _NUMBERS:
            self.properties.setdefault(_NUMBERS[name], value)
        elif name == _CODE_PAGE:
            self.code_page = f"cp{int.from_bytes(value[:4], 'little')}"
        elif name == _PROPERTIES:
            self.properties |= self._read(value)

    def take_of_file(self, name: int, value: bytes) -> None:
        """An attribute of the attachment that began last."""
        if name == _NEW_ATTACHMENT:
            self.files.append(_Attachment())
        elif not self.files:
            self.missed = self.missed or Reason.DAMAGED
        elif name == _TITLE:
            self.files[-1].title = value
        elif name == _DATA:
            self.files[-1].data = value
        elif name == _ATTACHMENT_PROPERTIES:
            self.files[-1].properties |= self._read(value)

    def text(self, value: Value) -> str:
        """Text, also where it is kept as bytes, as HTML is."""
        if isinstance(value, str):
            return value
        try:
            return value.decode("utf-8").rstrip("\0")
        except UnicodeDecodeError:
            return decoded(value, self.code_page).rstrip("\0")

    def _read(self, value: bytes) -> dict[int, Value]:
        found: list[Property] = []
        if not properties(value, found):
            self.missed = self.missed or Reason.DAMAGED
        return {one.number: one.value for one in found}


def winmail_message(data: bytes) -> RewrittenMessage | None:
    """The message in the bytes; None when they are no TNEF.

    What is cut off or damaged gives what came before it.
    """
    if not data.startswith(SIGNATURE):
        return None
    content = _Content()
    at = 6
    while at + 9 <= len(data):
        level, name, _, length = struct.unpack_from("<BHHI", data, at)
        value = data[at + 9 : at + 9 + length]
        if level not in (_MESSAGE, _ATTACHMENT):
            break
        if level == _MESSAGE:
            content.take(name, value)
        elif len(content.files) < _MOST_ATTACHMENTS or name != _NEW_ATTACHMENT:
            content.take_of_file(name, value)
        else:
            content.missed = Reason.TOO_MANY
            break
        at += 9 + length + 2
    else:
        if at > len(data):
            content.missed = content.missed or Reason.DAMAGED
    if data[at:].strip(b"\0\r\n"):
        content.missed = content.missed or Reason.DAMAGED
    missed = () if content.missed is None else (MissedPart("", content.missed, len(data)),)
    return RewrittenMessage(_written(content), missed)


def _written(content: _Content) -> bytes:
    """A message with the bodies that stand in the properties, and the files."""
    message = EmailMessage(policy=SMTP)
    found = content.properties
    if subject := content.text(found.get(SUBJECT, "")):
        message["Subject"] = one_line(subject, 900)
    message.set_content(content.text(found.get(TEXT_BODY, "")), cte="base64")
    if markup := content.text(found.get(0x1013, "")):
        message.add_alternative(markup, subtype="html", cte="base64")
    if isinstance(packed := found.get(0x1009), bytes):
        message.add_attachment(uncompressed(packed), maintype="application", subtype="rtf", filename="body.rtf")
    for number, one in enumerate(content.files, 1):
        _attach(message, content, one, number)
    return message.as_bytes()


def _attach(message: EmailMessage, content: _Content, one: _Attachment, number: int) -> None:
    found = one.properties
    name = content.text(found.get(0x3707, "")) or content.text(found.get(0x3704, "")) or content.text(one.title)
    name = one_line(name, 150, f"attachment-{number}")
    data = found.get(0x3701, one.data)
    if isinstance(data, bytes) and data:
        if data[16:20] == SIGNATURE:  # an object: the id of its interface, then a message of its own
            data, name = data[16:], f"{name[:100]}.dat"
        elif data[16:24] == OLE_SIGNATURE:  # or a document
            data = data[16:]
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
