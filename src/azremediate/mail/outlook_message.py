"""An Outlook .msg (MS-OXMSG) as a message in RFC 5322 form, which is then taken apart like any other."""

import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from azremediate.mail.compressed_rich_text import uncompressed
from azremediate.mail.embedded_object import embedded_objects
from azremediate.mail.old_office import old_office_text
from azremediate.mail.one_line import one_line
from azremediate.mail.property_storage import WITHIN, PropertyStorage
from azremediate.mail.reasons import Reason
from azremediate.mail.rewritten_message import MissedPart, RewrittenMessage

_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_SENT = (0x0039, 0x0E06)
_MOST = 500
_DEEPEST = 10
_MOST_MOMENT = 10**17
"""Microseconds since the epoch that are still a date; Outlook writes larger ones for a date that is not known."""


def outlook_message(data: bytes) -> RewrittenMessage | None:
    """The message with its bodies and files; None when the bytes are no .msg or damaged.

    The headers of its transport are kept where it has them; else sender, recipients, subject and time are taken from
    its properties. Messages inside become attached .eml files, to a depth of ten; of objects of other programs, which
    are storages and no files, what can be read becomes files.
    """
    try:
        file = PropertyStorage(data)
        if not file.is_message:
            return None
        missed: list[MissedPart] = []
        message = _message(file, "", missed, 0)
        if file.has_objects:
            _attach_objects(data, message, missed)
        return RewrittenMessage(_raw(file, "", message), tuple(missed))
    except (OSError, ValueError, IndexError, KeyError, struct.error, AttributeError, TypeError, RecursionError):
        return None


def _message(file: PropertyStorage, root: str, missed: list[MissedPart], depth: int) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message.set_content(file.text(root, "1000") or "", cte="base64")
    if markup := _html(file, root):
        message.add_alternative(markup.decode("utf-8", "replace"), subtype="html", cte="base64")
    if packed := file.binary(root, "1009"):
        message.add_attachment(uncompressed(packed), maintype="application", subtype="rtf", filename="body.rtf")
    _attach(file, root, message, missed, depth)
    return message


def _raw(file: PropertyStorage, root: str, message: EmailMessage) -> bytes:
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


def _attach(file: PropertyStorage, root: str, message: EmailMessage, missed: list[MissedPart], depth: int) -> None:
    folders = file.attachments(root)
    for number, folder in enumerate(folders[:_MOST], 1):
        name = one_line(file.text(folder, "3707") or file.text(folder, "3704"), 150, "attachment")
        within = f"{folder}{WITHIN}/"
        if content := file.binary(folder, "3701"):
            message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
        elif file.has_message(within):
            if depth >= _DEEPEST:
                missed.append(MissedPart(name, Reason.TOO_DEEP))
                continue
            inner = _raw(file, within, _message(file, within, missed, depth + 1))
            message.add_attachment(inner, maintype="application", subtype="octet-stream", filename=f"{name[:100]}.eml")
        elif link := file.text(folder, "3708") or file.text(folder, "370D"):
            message.add_attachment(f"{name}: {link}", filename=f"link-{number}.txt", cte="base64")
    if len(folders) > _MOST:
        missed.append(MissedPart(f"the {len(folders) - _MOST} attachments after the first {_MOST}", Reason.TOO_MANY))


def _attach_objects(data: bytes, message: EmailMessage, missed: list[MissedPart]) -> None:
    """What other programs keep in storages of the file: their texts and files."""
    if (found := old_office_text(data)) is not None:
        message.add_attachment(found.text, filename="objects.txt", cte="base64")
        if found.missed is not None:
            missed.append(MissedPart("objects", found.missed))
    for one in embedded_objects(data):
        if one.data is None:
            missed.append(MissedPart(one.name, one.reason))
        else:
            message.add_attachment(one.data, maintype="application", subtype="octet-stream", filename=one.name[-150:])


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
