"""What an open journal does by itself: it records that a run goes on, signs what is due, and tells its anchors."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial

from azremediate.core.clock import Clock
from azremediate.core.config import Anchor, AuditSettings
from azremediate.core.errors import IntegrityBroken
from azremediate.core.record import Note
from azremediate.journal.anchors import Anchors
from azremediate.journal.audit_log import AuditLog
from azremediate.journal.audit_record import AuditEntry
from azremediate.journal.database import Database
from azremediate.journal.run_entries import RunEntries
from azremediate.journal.signed_note import SignedNote

_OPEN = "SELECT 1 FROM run WHERE run_id = ? AND exit_code IS NULL"


class Pulse:
    """The work beside the runs of one open journal. A broken journal ends it quietly: the next write says so."""

    def __init__(self, database: Database, audit: AuditLog, clock: Clock, settings: AuditSettings) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock
        self._settings = settings
        self._runs: dict[str, tuple[RunEntries, str]] = {}
        self.anchors = Anchors(settings.anchors, clock)

    def watch(self, entries: RunEntries, tenant_id: str) -> None:
        """A run is under way; its entries say who acts."""
        self._runs[entries.run_id] = (entries, tenant_id)
        self.anchors.try_again()

    async def beat(self) -> None:
        """Record of each run that is under way that it is."""
        for entries, tenant_id in self._runs.values():
            entry = entries.noted(Note("run.heartbeat"))
            await self._database.write(partial(self._add_if_open, tenant_id, entry))

    async def sign(self) -> None:
        """Sign whatever is unsigned; a commit without a record does."""
        await self._database.write(_nothing)

    async def notice(self, anchor: Anchor, why: str) -> bool:
        """Record that an anchor began to fail, or works again; False while there is no run to record it in."""
        event = Note(
            "audit.anchor_failed" if why else "audit.anchor_restored",
            "failure" if why else "success",
            reason=why,
            facts={"kind": anchor.kind.value, "place": anchor.place},
        )
        for entries, tenant_id in self._runs.values():
            await self._database.write(partial(self._add, tenant_id, entries.noted(event)))
        return bool(self._runs)

    async def keep(self, seconds: float, act: Callable[[], Awaitable[None]]) -> None:
        """Act again and again, so many seconds apart."""
        while True:
            await self._clock.sleep(seconds)
            await act()

    def _add(self, tenant_id: str, entry: AuditEntry, connection: sqlite3.Connection) -> None:
        self._audit.add(connection, tenant_id, entry)

    def _add_if_open(self, tenant_id: str, entry: AuditEntry, connection: sqlite3.Connection) -> None:
        if connection.execute(_OPEN, (entry.run_id,)).fetchone() is not None:
            self._audit.add(connection, tenant_id, entry)


@asynccontextmanager
async def beating(pulse: Pulse, settings: AuditSettings) -> AsyncIterator[None]:
    """The work goes on until the context ends; then all is signed, and the anchors learn the newest checkpoints."""
    works = (
        pulse.keep(settings.heartbeat.total_seconds(), pulse.beat),
        pulse.keep(settings.checkpoint_every.total_seconds(), pulse.sign),
        pulse.anchors.keep_telling(pulse.notice),
    )
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        with suppress(IntegrityBroken):
            await pulse.sign()
            await pulse.anchors.tell(pulse.notice)
        for error in ended:
            if isinstance(error, BaseException) and not isinstance(error, asyncio.CancelledError | IntegrityBroken):
                raise error


def heard_in_loop(anchors: Anchors) -> Callable[[SignedNote], None]:
    """For the journal's thread: hands each new note to the anchors in the event loop that calls this."""
    loop = asyncio.get_running_loop()
    return lambda note: _hand_over(loop, anchors, note)


def _hand_over(loop: asyncio.AbstractEventLoop, anchors: Anchors, note: SignedNote) -> None:
    loop.call_soon_threadsafe(anchors.learn, note)


def _nothing(_connection: sqlite3.Connection) -> None:
    """No record."""
