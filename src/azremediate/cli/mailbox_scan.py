"""Searches the mail of mailboxes: what is wanted, fetched from the tenant and searched as it comes."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from azremediate.cli.mail_scan import Fetched, Searching
from azremediate.cli.output import Output
from azremediate.cli.session import open_session
from azremediate.cli.settings import Settings
from azremediate.core.errors import InputInvalid
from azremediate.core.finding import Finding, NotAnalysed
from azremediate.core.json_value import JsonObject
from azremediate.core.mailbox import FetchedMessage, WantedMail, usable_name
from azremediate.core.notice import NoticedMessage
from azremediate.intake.message_file import read_messages
from azremediate.mail.message_stream import MessageStream
from azremediate.tenant.mail_download import MailDownload

_ADDRESS = re.compile(r"(?:[^\s@<>,;]{1,100}@|@)?[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Mailboxes:
    """What the command line asks of mailboxes. notice: the messages of a notice instead of whole mailboxes."""

    names: tuple[str, ...]
    wanted: WantedMail
    notice: Path | None = None


def asked_mailboxes(
    names: tuple[str, ...],
    senders: tuple[str, ...],
    recipients: tuple[str, ...],
    since: str,
    until: str,
    notice: Path | None,
) -> Mailboxes:
    """The options, checked; raises `UsageError` for those that do not go together, `InputInvalid` for bad values."""
    narrowed = bool(senders or recipients or since or until)
    if narrowed and notice is not None:
        raise click.UsageError("--from, --to, --since and --until choose of whole mailboxes; --notice names messages")
    if narrowed and not names:
        raise click.UsageError("--from, --to, --since and --until need --mailbox")
    for name in names:
        if not usable_name(name):
            raise InputInvalid(f"--mailbox {name!a} is no user principal name or object id")
    begin, end = _moment(since, "--since"), _moment(until, "--until", end_of_day=True)
    if begin and end and begin >= end:
        raise InputInvalid("--until is not after --since")
    wanted = WantedMail(begin, end, _addresses(senders, "--from"), _addresses(recipients, "--to"))
    return Mailboxes(names, wanted, notice)


def _addresses(texts: tuple[str, ...], option: str) -> tuple[str, ...]:
    found = tuple(text.strip().lower() for text in texts)
    for text in found:
        if not _ADDRESS.fullmatch(text):
            raise InputInvalid(f"{option} {text!a} is neither an address nor a domain", hint="e.g. fabrikam.example")
    return found


def _moment(text: str, option: str, *, end_of_day: bool = False) -> str:
    """A time as Graph writes it; a date alone is its first moment, or with `end_of_day` that after its last."""
    if not text:
        return ""
    try:
        moment = datetime.fromisoformat(text)
        if _DATE.fullmatch(text):
            moment = moment.replace(tzinfo=UTC) + timedelta(days=end_of_day)
        if moment.tzinfo is None:
            raise InputInvalid(f"{option} has a time without a zone", hint="e.g. 2024-05-31T14:00Z, or a date alone")
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError):
        raise InputInvalid(f"{option} {text!a} is no date", hint="e.g. 2024-05-31 or 2024-05-31T14:00Z") from None


def fetch_from(settings: Settings, shown: Output, asked: Mailboxes) -> Callable[[Searching], Fetched]:
    """What `scan_files` calls to have the mailboxes searched too; reads the notice at once."""
    noticed = read_messages(asked.notice) if asked.notice is not None else ()

    def fetch(searching: Searching) -> Fetched:
        from azremediate.cli.main import run_async

        return run_async(_fetch(settings, shown, asked, noticed, _Collected(searching)))

    return fetch


@dataclass(slots=True)
class _Collected:
    """What came in so far; as a container the keys of messages that an earlier call searched."""

    searching: Searching
    listed: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    missed: list[NotAnalysed] = field(default_factory=list)
    messages: Counter[str] = field(default_factory=Counter)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.searching.store.usable(key)

    def note(self, message: FetchedMessage) -> None:
        """A message that is searched."""
        if message.key not in self.listed:
            self.messages[message.source] += 1
        self.listed[message.key] = (message.source, message.received, message.key)


async def _fetch(
    settings: Settings, shown: Output, asked: Mailboxes, noticed: tuple[NoticedMessage, ...], collected: _Collected
) -> Fetched:
    searching = collected.searching
    with (
        shown.progress() as listener,
        MessageStream(searching.case_key, searching.settings, searching.jobs) as stream,
    ):

        async def take(message: FetchedMessage) -> None:
            if isinstance(message.content, NotAnalysed):
                collected.missed.append(message.content)
                return
            result = await stream.search(message.key, message.source, message.content)
            await asyncio.to_thread(searching.store.keep, result)
            collected.note(message)

        async with open_session(settings, listener) as session:
            mail = session.tenant.mail
            download = MailDownload(mail, session.clock, listener, take, collected, collected.note)
            if asked.notice is not None:
                await download.noticed(noticed, asked.names)
            else:
                await download.whole(asked.names, asked.wanted)
    keys = tuple(key for key, _ in sorted(collected.listed.items(), key=lambda one: one[1]))
    sources: list[JsonObject] = [{"source": name, "messages": n} for name, n in sorted(collected.messages.items())]
    missed = sorted(collected.missed, key=lambda one: (one.source, one.message_id, one.reason))
    return Fetched(keys, tuple(missed), tuple(sources))


async def fetch_again(settings: Settings, shown: Output, finding: Finding) -> list[bytes]:
    """The messages of a mailbox that may hold a finding; raises `InputInvalid` when none is there any more."""
    name = finding.source.partition(":")[2]
    found: list[bytes] = []
    if finding.message_id:
        with shown.progress() as listener:
            async with open_session(settings, listener) as session:
                mail = session.tenant.mail
                heads = await mail.by_message_id(name, finding.message_id.strip("<>"))
                found = [await mail.mime(name, head.id) for head in heads]
    if not found:
        raise InputInvalid("the message is not in the mailbox any more, or has no Message-ID", file=finding.source)
    return found
