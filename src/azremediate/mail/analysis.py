"""Searches a message for secrets and says what was found, without the values."""

from dataclasses import dataclass
from typing import Protocol

from azremediate.core.finding import Finding, NotAnalysed
from azremediate.core.secret import Secret
from azremediate.mail.message import TakenApart


@dataclass(frozen=True, slots=True)
class Analysed:
    """What one message holds, and what of it could not be searched."""

    findings: tuple[Finding, ...] = ()
    not_analysed: tuple[NotAnalysed, ...] = ()


class MessageAnalyst(Protocol):
    """Searches messages under the key of one case."""

    def analyse(self, taken: TakenApart) -> Analysed:
        """Every secret of the message, one finding for each value, however often it stands there."""
        ...

    def reveal(self, taken: TakenApart, finding_id: str) -> Secret | None:
        """The value of one finding of this message, None when the message has no such finding."""
        ...
