"""The download of mailboxes: every message once, what is missing with its reason, and what ends it."""

import asyncio
from collections.abc import AsyncIterator, Container, Sequence
from dataclasses import dataclass, field

import pytest

from azremediate.core.errors import ObjectMissing, PermissionMissing, ServiceFailing, SignInFailed
from azremediate.core.events import Event, Progressed
from azremediate.core.finding import NotAnalysed
from azremediate.core.mailbox import FetchedMessage, MailHead, WantedMail, key_of
from azremediate.core.notice import NoticedMessage
from azremediate.tenant import mail_download as reasons
from azremediate.tenant.mail_download import MailDownload
from tests.tenant.clocks import InstantClock

OMAR, PETRA = "omar@contoso.example", "petra@contoso.example"


@dataclass
class Mailboxes:
    """Mailboxes in memory; an error stands for a mailbox that fails."""

    boxes: dict[str, list[MailHead] | Exception]
    gone: set[str] = field(default_factory=set)
    fetched: list[tuple[str, str]] = field(default_factory=list)

    async def heads(self, mailbox: str, since: str = "", until: str = "") -> AsyncIterator[Sequence[MailHead]]:
        """Pages of three."""
        rows = self._box(mailbox)
        for start in range(0, len(rows), 3):
            yield rows[start : start + 3]

    async def by_message_id(self, mailbox: str, message_id: str) -> Sequence[MailHead]:
        """Those with this id."""
        return [head for head in self._box(mailbox) if head.message_id == message_id]

    async def mime(self, mailbox: str, message: str) -> bytes:
        """Says which message it is."""
        await asyncio.sleep(0)
        if message in self.gone:
            raise ObjectMissing("not found")
        self.fetched.append((mailbox, message))
        return f"{mailbox} {message}".encode()

    def _box(self, mailbox: str) -> list[MailHead]:
        box = self.boxes.get(mailbox, ObjectMissing("no mailbox"))
        if isinstance(box, Exception):
            raise box
        return box


def _heads(name: str, number: int, sender: str = "x@fabrikam.example") -> list[MailHead]:
    return [MailHead(f"{name}{at}", f"{name}{at}@mail", f"2026-01-{at + 1:02}", (sender,)) for at in range(number)]


@dataclass
class Run:
    """A download and what it handed out."""

    mailboxes: Mailboxes
    done: Container[str] = frozenset()
    taken: list[FetchedMessage] = field(default_factory=list)
    skipped: list[FetchedMessage] = field(default_factory=list)
    heard: list[Event] = field(default_factory=list)

    def download(self) -> MailDownload:
        """A new one."""

        async def take(message: FetchedMessage) -> None:
            self.taken.append(message)

        return MailDownload(self.mailboxes, InstantClock(), self.heard.append, take, self.done, self.skipped.append)

    @property
    def missed(self) -> list[tuple[str, str, str]]:
        """What could not be had."""
        found = [one.content for one in self.taken if isinstance(one.content, NotAnalysed)]
        return sorted((one.source, one.message_id, one.reason) for one in found)

    @property
    def keys(self) -> list[str]:
        """Keys of the messages that came."""
        return sorted(one.key for one in self.taken if isinstance(one.content, bytes))


async def test_every_message_of_every_mailbox() -> None:
    """Each comes once, also when a mailbox is named twice; progress ends at the number of messages."""
    run = Run(Mailboxes({OMAR: _heads("o", 10), PETRA: _heads("p", 2)}))
    download = run.download()
    await download.whole([OMAR, PETRA, OMAR.upper()], WantedMail())
    expected = [key_of(OMAR, f"o{at}") for at in range(10)] + [key_of(PETRA, f"p{at}") for at in range(2)]
    assert run.keys == sorted(expected)
    last = [event for event in run.heard if isinstance(event, Progressed)][-1]
    assert (last.done, last.total) == (12, 12)
    assert download.counts.size == sum(len(one.content) for one in run.taken if isinstance(one.content, bytes))


async def test_goes_on_where_it_was() -> None:
    """What is done is not fetched again but still told."""
    mailboxes = Mailboxes({OMAR: _heads("o", 5)})
    done = {key_of(OMAR, "o1"), key_of(OMAR, "o3")}
    run = Run(mailboxes, done)
    await run.download().whole([OMAR], WantedMail())
    assert sorted(name for _, name in mailboxes.fetched) == ["o0", "o2", "o4"]
    assert {one.key for one in run.skipped} == done


async def test_addresses_are_matched_here() -> None:
    """Only what is wanted is fetched."""
    run = Run(Mailboxes({OMAR: _heads("o", 2) + _heads("n", 2, "x@other.example")}))
    await run.download().whole([OMAR], WantedMail(senders=("other.example",)))
    assert sorted(name for _, name in run.mailboxes.fetched) == ["n0", "n1"]


async def test_what_is_missing_is_listed() -> None:
    """A message that is gone and mailboxes that fail are listed with a reason each; the rest goes on."""
    boxes: dict[str, list[MailHead] | Exception] = {OMAR: _heads("o", 3)}
    boxes |= {"refused@x": PermissionMissing("no"), "failing@x": ServiceFailing("the service failed")}
    run = Run(Mailboxes(boxes, gone={"o1"}))
    await run.download().whole(["refused@x", "failing@x", "none@x", OMAR], WantedMail())
    assert run.keys == sorted([key_of(OMAR, "o0"), key_of(OMAR, "o2")])
    assert run.missed == [
        ("mailbox:failing@x", "", "the service failed"),
        ("mailbox:none@x", "", reasons.NO_SUCH),
        (f"mailbox:{OMAR}", "o1@mail", reasons.GONE),
        ("mailbox:refused@x", "", reasons.REFUSED),
    ]


async def test_what_ends_it() -> None:
    """No token ends everything, and so does a refusal by every mailbox."""
    with pytest.raises(SignInFailed):
        await (
            Run(Mailboxes({OMAR: _heads("o", 3), "b@x": SignInFailed("no")}))
            .download()
            .whole([OMAR, "b@x"], WantedMail())
        )
    refused = Run(Mailboxes({OMAR: PermissionMissing("no"), PETRA: PermissionMissing("no")}))
    with pytest.raises(PermissionMissing):
        await refused.download().whole([OMAR, PETRA], WantedMail())


async def test_a_notice() -> None:
    """Messages are found by id in their mailbox, or in those given; each that is not there has its reason."""
    run = Run(Mailboxes({OMAR: _heads("o", 3), PETRA: _heads("p", 2), "b@x": PermissionMissing("no")}))
    rows = [
        NoticedMessage("o1@mail", OMAR),
        NoticedMessage("p1@mail"),
        NoticedMessage("lost@mail", OMAR),
        NoticedMessage("", OMAR),
        NoticedMessage("x@mail", "../../me"),
        NoticedMessage("y@mail", "b@x"),
    ]
    await run.download().noticed(rows, [OMAR, PETRA])
    assert run.keys == sorted([key_of(OMAR, "o1"), key_of(PETRA, "p1")])
    assert run.missed == [
        ("mailbox:../../me", "x@mail", reasons.BAD_NAME),
        ("mailbox:b@x", "y@mail", reasons.REFUSED),
        (f"mailbox:{OMAR}", "", reasons.NO_ID),
        (f"mailbox:{OMAR}", "lost@mail", reasons.NOT_THERE),
    ]
    nowhere = Run(Mailboxes({OMAR: []}))
    await nowhere.download().noticed([NoticedMessage("o1@mail")], [])
    assert nowhere.missed == [("mailbox:", "o1@mail", reasons.NO_MAILBOX)]


async def test_few_are_in_memory() -> None:
    """A message is fetched only when there is room: never more than four of a mailbox are under way."""
    under_way, most = 0, 0

    async def take(_: FetchedMessage) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        for _turn in range(10):
            await asyncio.sleep(0)
        under_way -= 1

    mailboxes = Mailboxes({OMAR: _heads("o", 30)})
    await MailDownload(mailboxes, InstantClock(), lambda _: None, take).whole([OMAR], WantedMail())
    assert (len(mailboxes.fetched), most <= 4) == (30, True)
