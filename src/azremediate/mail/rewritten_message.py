"""A message that Outlook keeps in a form of its own, written again in RFC 5322 form."""

from dataclasses import dataclass

from azremediate.mail.reasons import Reason


@dataclass(frozen=True, slots=True)
class MissedPart:
    """A part that is not in the raw message. place: its path in the file, empty for the file itself."""

    place: str
    reason: Reason
    size: int = 0


@dataclass(frozen=True, slots=True)
class RewrittenMessage:
    """The raw message with its bodies and files, and what of the file is not in it."""

    raw: bytes
    missed: tuple[MissedPart, ...] = ()
