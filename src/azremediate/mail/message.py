"""A message taken apart: who wrote it to whom and when, its texts, its files, and what could not be opened."""

from dataclasses import dataclass

from azremediate.core.finding import NotAnalysed


@dataclass(frozen=True, slots=True)
class MessageHead:
    """What a finding needs to know of its message; texts are decoded and hostile. sent: ISO 8601, empty if unknown."""

    source: str
    message_id: str
    mime_sha256: str
    sent: str = ""
    sender: str = ""
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TextPart:
    """Decoded text of one part; `twin` marks the HTML form of a text that is there in plain as well."""

    path: str
    text: str
    media_type: str = "text/plain"
    twin: bool = False


@dataclass(frozen=True, slots=True)
class FilePart:
    """A file that is itself key material, such as a PFX or a DER certificate."""

    path: str
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class TakenApart:
    """A whole message."""

    head: MessageHead
    texts: tuple[TextPart, ...]
    files: tuple[FilePart, ...] = ()
    not_analysed: tuple[NotAnalysed, ...] = ()
