"""Fetches wanted messages from mailboxes, several at a time, and says of each one that it could not have why."""

from collections.abc import Awaitable, Callable, Container, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from azremediate.core.clock import Clock
from azremediate.core.concurrency import at_once
from azremediate.core.errors import ObjectMissing, PermissionMissing, SignInFailed, TenantError
from azremediate.core.events import Listener, Progressed
from azremediate.core.finding import NotAnalysed
from azremediate.core.mailbox import (
    FetchedMessage,
    MailHead,
    MailReader,
    WantedMail,
    key_of,
    source_of,
    usable_name,
)
from azremediate.core.notice import NoticedMessage

T = TypeVar("T")

GONE = "moved out of the mailbox or deleted after it was listed"
NOT_THERE = "not in the mailbox: deleted, moved to an archive, or another mailbox"
NO_ID = "the notice gives no Message-ID, so the message cannot be looked for"
NO_MAILBOX = "the notice names no mailbox: name those to look in with --mailbox"
BAD_NAME = "the notice's mailbox is no user principal name or object id"
REFUSED = "access to the mailbox was refused: Mail.Read is missing or does not cover it"
NO_SUCH = "there is no such mailbox, or it is not in Exchange Online"
_AT_ONCE = 4
"""Mailboxes at a time, and messages of each."""


@dataclass(slots=True)
class Counts:
    """How far the download is. known: wanted messages so far. size: bytes that were fetched."""

    known: int = 0
    fetched: int = 0
    skipped: int = 0
    failed: int = 0
    size: int = 0
    opened: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)


class MailDownload:
    """Hands every message to `take` and goes on when that returns, so that few are in memory at a time.

    done: keys of messages that are not fetched again; they are handed out without content to `skip`.
    """

    def __init__(
        self,
        reader: MailReader,
        clock: Clock,
        listener: Listener,
        take: Callable[[FetchedMessage], Awaitable[None]],
        done: Container[str] = frozenset(),
        skip: Callable[[FetchedMessage], None] = lambda _: None,
    ) -> None:
        self._reader = reader
        self._clock = clock
        self._listener = listener
        self._take = take
        self._done = done
        self._skip = skip
        self._start = clock.monotonic()
        self.counts = Counts()

    async def whole(self, mailboxes: Sequence[str], wanted: WantedMail) -> None:
        """Every wanted message of these mailboxes.

        A mailbox that cannot be read is handed out as not analysed. Raises `SignInFailed`, and `PermissionMissing`
        when every mailbox was refused.
        """
        names = list({name.casefold(): name for name in reversed(mailboxes)}.values())[::-1]
        await _shared(names, lambda name: self._whole(name, wanted))
        self._check_refused()

    async def noticed(self, messages: Sequence[NoticedMessage], mailboxes: Sequence[str]) -> None:
        """The messages of a notice, by their Message-ID; `mailboxes` are looked in where the notice names none."""
        await _shared(list(messages), lambda message: self._noticed(message, mailboxes))
        self._check_refused()

    def _check_refused(self) -> None:
        counts = self.counts
        if counts.refused and not counts.opened:
            hint = "grant Mail.Read, or scope it to these mailboxes with Exchange's RBAC for Applications"
            raise PermissionMissing("access to every mailbox was refused", status=403, hint=hint)

    async def _whole(self, mailbox: str, wanted: WantedMail) -> None:
        try:
            async for page in self._reader.heads(mailbox, wanted.since, wanted.until):
                self.counts.opened.add(mailbox.casefold())
                heads = [head for head in page if wanted.takes(head)]
                self.counts.known += len(heads)
                await _shared(heads, lambda head: self._fetch(mailbox, head))
            self.counts.opened.add(mailbox.casefold())
        except SignInFailed:
            raise
        except TenantError as error:
            await self._miss(mailbox, "", self._why(mailbox, error))

    async def _noticed(self, message: NoticedMessage, mailboxes: Sequence[str]) -> None:
        self.counts.known += 1
        places = [message.mailbox] if message.mailbox else list(mailboxes)
        if not message.message_id or not places:
            await self._miss(message.mailbox, message.message_id, NO_MAILBOX if message.message_id else NO_ID)
            return
        found, reason = 0, NOT_THERE
        for mailbox in places:
            if not usable_name(mailbox):
                reason = BAD_NAME
                continue
            try:
                heads = await self._reader.by_message_id(mailbox, message.message_id)
            except SignInFailed:
                raise
            except TenantError as error:
                reason = self._why(mailbox, error)
                continue
            self.counts.opened.add(mailbox.casefold())
            found += len(heads)
            for head in heads:
                await self._fetch(mailbox, head)
        self.counts.known += max(found - 1, 0)
        if not found:
            await self._miss(message.mailbox, message.message_id, reason)

    async def _fetch(self, mailbox: str, head: MailHead) -> None:
        key, source = key_of(mailbox, head.id), source_of(mailbox)
        if key in self._done:
            self.counts.skipped += 1
            self._skip(FetchedMessage(key, source, head.received, b""))
            return
        try:
            raw = await self._reader.mime(mailbox, head.id)
        except SignInFailed:
            raise
        except TenantError as error:
            await self._miss(mailbox, head.message_id, GONE if isinstance(error, ObjectMissing) else error.message)
            return
        self.counts.fetched += 1
        self.counts.size += len(raw)
        await self._take(FetchedMessage(key, source, head.received, raw))
        self._tell()

    async def _miss(self, mailbox: str, message_id: str, reason: str) -> None:
        self.counts.failed += 1
        source = source_of(mailbox)
        missed = NotAnalysed(source, message_id, "", reason)
        await self._take(FetchedMessage(key_of(mailbox, message_id), source, "", missed))
        self._tell()

    def _why(self, mailbox: str, error: TenantError) -> str:
        if isinstance(error, PermissionMissing):
            self.counts.refused.add(mailbox.casefold())
            return REFUSED
        return NO_SUCH if isinstance(error, ObjectMissing) else error.message

    def _tell(self) -> None:
        counts = self.counts
        passed = max(self._clock.monotonic() - self._start, 0.001)
        rate = counts.fetched / passed
        ended = counts.fetched + counts.skipped + counts.failed
        left = (
            f", {(counts.known - ended) / rate:.0f} s left of what is listed" if rate and counts.known > ended else ""
        )
        detail = f"{counts.size / 1e6:.1f} MB, {rate:.1f} messages/s{left}"
        self._listener(Progressed("reading mailboxes", ended, max(counts.known, ended), detail))


async def _shared(items: Sequence[T], work: Callable[[T], Awaitable[None]]) -> None:
    """Work on all items, a few at a time, beginning in their order."""
    waiting = iter(items)

    async def worker() -> None:
        for item in waiting:
            await work(item)

    await at_once(worker() for _ in range(min(_AT_ONCE, len(items))))
