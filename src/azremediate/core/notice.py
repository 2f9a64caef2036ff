"""One message of which a notice says that it was read by the attacker, and what the notice says of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

MESSAGE_COLUMNS = ("message_id", "mailbox", "subject")
"""Columns of a credential list that say in which message a credential leaked; they are kept as its context."""


@dataclass(frozen=True, slots=True)
class NoticedMessage:
    """A row of a notice; texts are the notice's own words and hostile.

    message_id: the internet Message-ID without angle brackets, empty when the notice has none. sent: ISO 8601 with
    zone, empty when unknown. has_secret: what the notice says, None when it says nothing. source: the tag of who sent
    the notice (`microsoft`, `ncijtf` or a word of one's own). file, row: where it was read; rows count from 1, the
    header is row 1. context: columns that no field takes, by their header.
    """

    message_id: str
    mailbox: str = ""
    sender: str = ""
    recipients: tuple[str, ...] = ()
    subject: str = ""
    sent: str = ""
    has_secret: bool | None = None
    secret_type: str = ""
    notice_id: str = ""
    source: str = ""
    file: str = ""
    row: int = 0
    context: Mapping[str, str] = field(default_factory=dict)

    @property
    def flagged(self) -> bool:
        """Whether the notice says, in whatever way, that there is or may be a secret in the message."""
        return self.has_secret is True or bool(self.secret_type)
