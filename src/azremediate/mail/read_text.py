"""The text of a document as far as it could be read, and why not further."""

from dataclasses import dataclass

from azremediate.mail.reasons import Reason


@dataclass(frozen=True, slots=True)
class ReadText:
    """What was read; `missed` says why something is missing, None when nothing is."""

    text: str
    missed: Reason | None = None
