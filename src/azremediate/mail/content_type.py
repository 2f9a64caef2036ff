"""What the headers of a part say of its content: kind, charset, boundary and name of the file (RFC 2045, RFC 2183)."""

from dataclasses import dataclass
from email.errors import HeaderParseError, MessageError
from email.header import decode_header, make_header
from email.message import Message
from functools import lru_cache

from azremediate.mail.decoded_text import decoded
from azremediate.mail.mime_splitter import Section

MISREAD = (
    MessageError,
    HeaderParseError,
    UnicodeError,
    LookupError,
    ValueError,
    TypeError,
    RecursionError,
    AttributeError,
)
"""What the standard library raises for headers that are broken."""

_SHORT = 500
"""Longer headers are not kept, for they may be of any size."""


@dataclass(frozen=True, slots=True)
class ContentType:
    """Empty where a header does not say; the boundary is that between the parts of a multipart."""

    kind: str
    charset: str | None
    boundary: bytes
    file_name: str


def content_type(part: Section) -> ContentType:
    """The content of a part; never an error."""
    kind, disposition = part.header("content-type"), part.header("content-disposition")
    return _kept(kind, disposition) if len(kind) + len(disposition) < _SHORT else _content_type(kind, disposition)


@lru_cache(maxsize=1024)
def _kept(kind: bytes, disposition: bytes) -> ContentType:
    """The same few texts stand in most mail."""
    return _content_type(kind, disposition)


def _content_type(kind: bytes, disposition: bytes) -> ContentType:
    typed = Section([("content-type", kind), ("content-disposition", disposition)]).typed()
    return ContentType(typed.get_content_type(), _charset(typed), _boundary(typed), _file_name(typed))


def _charset(typed: "Message[str, str]") -> str | None:
    try:
        return typed.get_content_charset()
    except MISREAD:
        return None


def _boundary(typed: "Message[str, str]") -> bytes:
    try:
        found = typed.get_boundary()
    except MISREAD:
        return b""
    return found.encode("utf-8", "replace") if found else b""


def _file_name(typed: "Message[str, str]") -> str:
    try:
        name = typed.get_filename()
    except MISREAD:
        return ""
    return words(name).replace("/", "_").replace("\\", "_").strip()[:200] if name else ""


def words(text: bytes | str) -> str:
    """A header's text with its encoded words decoded (RFC 2047)."""
    plain = decoded(text) if isinstance(text, bytes) else text
    if "=?" not in plain:
        return plain
    try:
        return str(make_header(decode_header(plain)))
    except MISREAD:
        return plain
