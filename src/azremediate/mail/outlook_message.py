"""An Outlook .msg (MS-OXMSG) as a message in RFC 5322 form, which is then taken apart like any other."""

import io
import struct
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any, TypeAlias

import olefile

from azremediate.mail.compressed_rich_text import uncompressed
from azremediate.mail.file_name import file_name

_Ole: TypeAlias = "olefile.OleFileIO[Any]"
_TEXT, _TEXT_8, _BINARY = "001F", "001E", "0102"
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_SENT = (0x0039, 0x0E06)
_MOST = 500


def outlook_message(data: bytes, depth: int = 0) -> bytes | None:
    """The raw message with its bodies and files; None when the bytes are no .msg or damaged.

    The headers of its transport are kept where it has them; else sender, recipients, subject and time are taken from
    its properties. Messages inside become attached .eml files, to a depth of ten.
    """
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as file:
            return _message(file, "", depth) if _is_message(file) else None
    except (OSError, ValueError, IndexError, KeyError, struct.error, AttributeError, TypeError, RecursionError):
        return None


def _is_message(file: "_Ole") -> bool:
    """Whether the file has properties of a message; any other OLE file, such as a .doc, has none."""
    return any(entry[0].startswith(("__properties_version1.0", "__substg1.0_")) for entry in file.listdir())


def _message(file: "_Ole", root: str, depth: int) -> bytes:
    message = EmailMessage(policy=SMTP)
    for name, number in (("Subject", "0037"), ("From", "0C1F"), ("To", "0E04"), ("Cc", "0E03")):
        text = _text(file, root, "5D01" if name == "From" and _text(file, root, "5D01") else number)
        if text:
            message[name] = " ".join(text.split())[:900]
    if identity := _text(file, root, "1035"):
        message["Message-ID"] = "".join(identity.split())[:900]
    if moment := _moment(file, root):
        message["Date"] = format_datetime(moment)
    message.set_content(_text(file, root, "1000") or "", cte="base64")
    if markup := _html(file, root):
        message.add_alternative(markup.decode("utf-8", "replace"), subtype="html", cte="base64")
    if packed := _stream(file, root, "1009", _BINARY):
        message.add_attachment(uncompressed(packed), maintype="application", subtype="rtf", filename="body.rtf")
    _attach(file, root, message, depth)
    head = _text(file, root, "007D")
    raw = message.as_bytes()
    return _with_transport_headers(raw, head) if head else raw


def _with_transport_headers(raw: bytes, head: str) -> bytes:
    """The headers that the mail was sent with stand first; those of the content stay ours."""
    kept, keep = [], False
    for line in head.replace("\r\n", "\n").split("\n"):
        if line[:1] not in " \t":
            keep = bool(line.strip()) and not line.lower().startswith(("content-", "mime-version"))
        if keep:
            kept.append(line)
    return "\r\n".join(kept).encode("utf-8", "replace") + b"\r\n" + raw


def _attach(file: "_Ole", root: str, message: EmailMessage, depth: int) -> None:
    prefix = f"{root}__attach_version1.0_#"
    folders = sorted(
        {"/".join(entry[: root.count("/") + 1]) for entry in file.listdir() if "/".join(entry).startswith(prefix)}
    )
    for folder in folders[:_MOST]:
        name = file_name(_text(file, f"{folder}/", "3707") or _text(file, f"{folder}/", "3704"), "attachment")
        if file.exists(f"{folder}/__substg1.0_3701000D/__properties_version1.0") and depth < 10:
            inner = _message(file, f"{folder}/__substg1.0_3701000D/", depth + 1)
            message.add_attachment(inner, maintype="application", subtype="octet-stream", filename=f"{name[:100]}.eml")
        elif content := _stream(file, f"{folder}/", "3701", _BINARY):
            message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)


def _stream(file: "_Ole", root: str, number: str, kind: str) -> bytes:
    path = f"{root}__substg1.0_{number}{kind}"
    return bytes(file.openstream(path).read()) if file.exists(path) else b""


def _text(file: "_Ole", root: str, number: str) -> str:
    if wide := _stream(file, root, number, _TEXT):
        return wide.decode("utf-16-le", "replace").rstrip("\0")
    return _stream(file, root, number, _TEXT_8).decode("cp1252", "replace").rstrip("\0")


def _html(file: "_Ole", root: str) -> bytes:
    return _stream(file, root, "1013", _BINARY) or _text(file, root, "1013").encode("utf-8", "replace")


def _moment(file: "_Ole", root: str) -> datetime | None:
    """When it was sent: a FILETIME among the fixed properties."""
    path = f"{root}__properties_version1.0"
    if not file.exists(path):
        return None
    data = file.openstream(path).read()
    skip = 32 if not root else 24
    for at in range(skip, len(data) - 15, 16):
        tag, kind = struct.unpack_from("<HH", data, at)[::-1]
        if kind == 0x0040 and tag in _SENT:
            return _EPOCH + timedelta(microseconds=struct.unpack_from("<Q", data, at + 8)[0] // 10)
    return None
