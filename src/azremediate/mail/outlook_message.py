"""An Outlook .msg (MS-OXMSG) as a message in RFC 5322 form, which is then taken apart like any other."""

import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from azremediate.mail.compressed_rich_text import uncompressed
from azremediate.mail.one_line import one_line
from azremediate.mail.property_storage import PropertyStorage

_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_SENT = (0x0039, 0x0E06)
_MOST = 500
_MOST_MOMENT = 10**17
"""Microseconds since the epoch that are still a date; Outlook writes larger ones for a date that is not known."""


def outlook_message(data: bytes, depth: int = 0) -> bytes | None:
    """The raw message with its bodies and files; None when the bytes are no .msg or damaged.

    The headers of its transport are kept where it has them; else sender, recipients, subject and time are taken from
    its properties. Messages inside become attached .eml files, to a depth of ten.
    """
    try:
        file = PropertyStorage(data)
        return _message(file, "", depth) if file.is_message else None
    except (OSError, ValueError, IndexError, KeyError, struct.error, AttributeError, TypeError, RecursionError):
        return None


def _message(file: PropertyStorage, root: str, depth: int) -> bytes:
    message = EmailMessage(policy=SMTP)
    message.set_content(file.text(root, "1000") or "", cte="base64")
    if markup := _html(file, root):
        message.add_alternative(markup.decode("utf-8", "replace"), subtype="html", cte="base64")
    if packed := file.binary(root, "1009"):
        message.add_attachment(uncompressed(packed), maintype="application", subtype="rtf", filename="body.rtf")
    _attach(file, root, message, depth)
    head = [*_sent_headers(file.text(root, "007D")), *_headers(file, root)]
    return b"".join(line.encode("utf-8", "replace") + b"\r\n" for line in head) + message.as_bytes()


def _headers(file: PropertyStorage, root: str) -> Iterator[str]:
    """Headers made of properties; written as they are, for names of people are often no addresses."""
    texts = {
        "Subject": file.text(root, "0037"),
        "From": file.text(root, "5D01") or file.text(root, "0C1F"),
        "To": file.text(root, "0E04"),
        "Cc": file.text(root, "0E03"),
        "Message-ID": file.text(root, "1035"),
    }
    for name, text in texts.items():
        if shown := one_line(text, 900):
            yield f"{name}: {shown}"
    if moment := _moment(file, root):
        yield f"Date: {format_datetime(moment)}"


def _sent_headers(head: str) -> list[str]:
    """The headers that the mail was sent with, which stand first; those of the content stay ours."""
    kept: list[str] = []
    keep = False
    for line in head.replace("\r\n", "\n").split("\n"):
        if line[:1] not in " \t":
            keep = bool(line.strip()) and not line.lower().startswith(("content-", "mime-version"))
        if keep:
            kept.append(line)
    return kept


def _attach(file: PropertyStorage, root: str, message: EmailMessage, depth: int) -> None:
    for folder in file.attachments(root)[:_MOST]:
        name = one_line(file.text(folder, "3707") or file.text(folder, "3704"), 150, "attachment")
        within = f"{folder}__substg1.0_3701000D/"
        if file.has_message(within) and depth < 10:
            inner = _message(file, within, depth + 1)
            message.add_attachment(inner, maintype="application", subtype="octet-stream", filename=f"{name[:100]}.eml")
        elif content := file.binary(folder, "3701"):
            message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)


def _html(file: PropertyStorage, root: str) -> bytes:
    return file.binary(root, "1013") or file.text(root, "1013").encode("utf-8", "replace")


def _moment(file: PropertyStorage, root: str) -> datetime | None:
    """When it was sent: a FILETIME among the fixed properties."""
    data = file.fixed(root)
    skip = 32 if not root else 24
    for at in range(skip, len(data) - 15, 16):
        tag, kind = struct.unpack_from("<HH", data, at)[::-1]
        if kind == 0x0040 and tag in _SENT:
            moment = struct.unpack_from("<Q", data, at + 8)[0] // 10
            return _EPOCH + timedelta(microseconds=moment) if moment < _MOST_MOMENT else None
    return None
