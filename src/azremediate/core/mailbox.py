"""Mail that lies in mailboxes: what is known of a message before it is read, which are wanted, and who reads them."""

import hashlib
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from azremediate.core.finding import NotAnalysed
from azremediate.core.permission import Needs, Reader

READER = Reader(
    "mailboxes",
    "the messages of mailboxes, for scan --mailbox and --notice",
    Needs(graph=("Mail.Read",)),
)
"""Not among the readers that every plan needs: only `scan` reads mail, and the permission may be scoped in Exchange."""

_NAME: Final = re.compile(r"[A-Za-z0-9.!#$&'*+=^_`{|}~-]{1,100}@[A-Za-z0-9.-]{1,100}")
_OBJECT_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class MailHead:
    """A message that was listed. id: stays the same when the message is moved. received: as Graph writes it.

    message_id: the internet Message-ID without angle brackets. Addresses are in lower case; texts are hostile.
    """

    id: str
    message_id: str
    received: str
    senders: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WantedMail:
    """Which messages of a mailbox are wanted; empty parts leave nothing out.

    since, until: times as Graph writes them; `since` itself is wanted, `until` is not. senders, recipients: addresses
    or domains in lower case, a domain also stands for those below it; one of each kind has to fit.
    """

    since: str = ""
    until: str = ""
    senders: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()

    def takes(self, head: MailHead) -> bool:
        """Whether a listed message is wanted by its addresses."""
        return _any_fits(head.senders, self.senders) and _any_fits(head.recipients, self.recipients)


@dataclass(frozen=True, slots=True)
class FetchedMessage:
    """One message, or why it could not be had. key: its name in a store of results. source: `mailbox:` and the name."""

    key: str
    source: str
    received: str
    content: bytes | NotAnalysed = field(repr=False)


class MailReader(Protocol):
    """Reads mailboxes; methods raise as `TenantReader.get` does."""

    def heads(self, mailbox: str, since: str = "", until: str = "") -> AsyncIterator[Sequence[MailHead]]:
        """The messages received from `since` on and before `until`, oldest first, each once."""
        ...

    async def by_message_id(self, mailbox: str, message_id: str) -> Sequence[MailHead]:
        """The messages with an internet Message-ID, given without angle brackets."""
        ...

    async def mime(self, mailbox: str, message: str) -> bytes:
        """A message as it is sent over the internet, by the id of its head."""
        ...


def usable_name(mailbox: str) -> bool:
    """Whether a text has the form of a user principal name or an object id; nothing else is put into an address."""
    return (_NAME.fullmatch(mailbox) or _OBJECT_ID.fullmatch(mailbox)) is not None and ".." not in mailbox


def source_of(mailbox: str) -> str:
    """How findings name a mailbox."""
    return f"mailbox:{mailbox}"


def key_of(mailbox: str, message: str) -> str:
    """The name of a message in a store of results."""
    text = f"{source_of(mailbox).casefold()}\0{message}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _any_fits(addresses: Sequence[str], wanted: Sequence[str]) -> bool:
    return not wanted or any(_fits(address, one) for address in addresses for one in wanted)


def _fits(address: str, wanted: str) -> bool:
    name, _, domain = wanted.rpartition("@")
    if name:
        return address == wanted
    there = address.rpartition("@")[2]
    return there == domain or there.endswith(f".{domain}")
