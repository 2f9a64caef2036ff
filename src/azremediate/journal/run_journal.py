"""All runs of one state directory: the journal that callers open, for writing under the lock or for reading."""

import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path

from azremediate.core.clock import Clock
from azremediate.core.config import Anchor, AuditSettings
from azremediate.core.errors import IntegrityBroken
from azremediate.core.json_value import JsonObject
from azremediate.core.manual_task import TaskEvidence
from azremediate.core.plan import Plan, plan_bytes
from azremediate.core.record import Actor
from azremediate.core.write import Intent
from azremediate.journal.audit_log import AuditLog
from azremediate.journal.checkpoint_signer import CheckpointSigner
from azremediate.journal.connection import open_for_reading, open_for_writing
from azremediate.journal.database import Database
from azremediate.journal.freeze import freeze_reason
from azremediate.journal.intake_record import REVEALED, record_intake
from azremediate.journal.key_rotation import rotate_key
from azremediate.journal.lock import HeldLock, hold_lock
from azremediate.journal.permits import Permits
from azremediate.journal.plain_json import FAULT
from azremediate.journal.pulse import Pulse, beating, heard_in_loop
from azremediate.journal.recorded_run import RecordedRun, RunSummary, summaries
from azremediate.journal.run_entries import RunEntries
from azremediate.journal.signed_note import SignedNote
from azremediate.journal.state_directory import StateDirectory, existing_state_directory, open_state_directory
from azremediate.journal.task_evidence import record_evidence
from azremediate.journal.written_run import Books, WrittenRun

_BEGIN = "INSERT INTO run (run_id, plan_id, tenant_id, playbook, started_at, plan) VALUES (?, ?, ?, ?, ?, ?)"


class RecordedJournal:
    """All runs of one state directory, for reading."""

    def __init__(self, state: StateDirectory, database: Database) -> None:
        self.state = state
        self._database = database

    async def runs(self) -> list[RunSummary]:
        """All runs, the latest first."""
        return await self._database.read(summaries)

    async def latest(self, *, unfinished: bool = False) -> str | None:
        """The id of the run that began last, of all or of those that are not finished; None when there is none."""
        found = [run.run_id for run in await self.runs() if not (unfinished and run.finished)]
        return found[0] if found else None

    async def open_run(self, run_id: str) -> RecordedRun:
        """One run, for reading; `InputInvalid` when there is none with this id."""
        await self._database.read(lambda connection: summaries(connection, run_id))
        return RecordedRun(self._database, run_id)


class FileJournal(RecordedJournal):
    """All runs of one state directory, held by this process for writing."""

    def __init__(self, state: StateDirectory, books: Books, clock: Clock, lock: HeldLock, pulse: Pulse) -> None:
        super().__init__(state, books.database)
        self._pulse = pulse
        self._books = books
        self._clock = clock
        self._lock = lock

    async def run_for(self, plan: Plan, actor: Actor, content: bytes = b"") -> tuple[WrittenRun, bool]:
        """The run that applies this plan, and whether it existed already; `content` is `plan_bytes` where at hand."""
        if not plan.plan_id:
            raise IntegrityBroken("a plan without an id was to be applied", hint=FAULT)
        content = content or plan_bytes(plan)
        now = self._clock.now()
        base = f"R-{now:%Y%m%d-%H%M%S}"

        def work(connection: sqlite3.Connection) -> tuple[RunEntries, bool]:
            key = (plan.plan_id,)
            found = connection.execute("SELECT run_id, exit_code FROM run WHERE plan_id = ?", key).fetchone()
            if found is not None:
                entries = RunEntries(found[0], plan.plan_id, actor, self._clock)
                self._books.audit.add(connection, plan.origin.tenant_id, entries.taken_up(found[1] is not None))
                return entries, True
            entries = RunEntries(_free_id(connection, base, plan.plan_id), plan.plan_id, actor, self._clock)
            entry = entries.started(plan)
            origin = plan.origin
            about = (entries.run_id, plan.plan_id, origin.tenant_id, origin.playbook, entry.time, content)
            connection.execute(_BEGIN, about)
            connection.executemany(
                "INSERT INTO change (run_id, change_id, action) VALUES (?, ?, ?)",
                [(entries.run_id, change.change_id, change.action) for change in plan.changes],
            )
            self._books.audit.add(connection, origin.tenant_id, entry)
            return entries, False

        entries, existed = await self._books.database.write(work)
        self._lock.name_run(entries.run_id)
        self._pulse.watch(entries, plan.origin.tenant_id)
        return WrittenRun(self._books, entries, plan.origin.tenant_id), existed

    def redeem(self, intent: Intent) -> None:
        """Use up the permission to send one write.

        Raises `IntegrityBroken` for anything but an intent that this journal returned and that was not used yet.
        """
        self._books.permits.redeem(intent)

    async def rotate_key(self, actor: Actor) -> tuple[str, str]:
        """Replace the key that signs the audit log; the ids of the old and the new one.

        Each chain gets a record of it and a checkpoint that is signed by both.
        """
        return await rotate_key(self._books, actor, self._clock)

    async def record_evidence(self, run: RunSummary, actor: Actor, evidence: TaskEvidence) -> None:
        """Record that somebody did a manual task of a run; see `task_evidence`."""
        await record_evidence(self._books, run, actor, self._clock, evidence)

    async def record_intake(self, actor: Actor, facts: JsonObject) -> None:
        """Record which files were read from outside; see `intake_record`."""
        await record_intake(self._books, actor, self._clock, facts)

    async def record_reveal(self, actor: Actor, facts: JsonObject) -> None:
        """Record that a value found in mail is about to be shown; see `intake_record`."""
        await record_intake(self._books, actor, self._clock, facts, event=REVEALED)

    def checkpoint(self, tenant_id: str) -> SignedNote | None:
        """The newest checkpoint of a tenant's chain."""
        return self._books.audit.signer.newest.get(tenant_id)

    @property
    def failing_anchors(self) -> Mapping[Anchor, str]:
        """Which anchors could not be told the newest checkpoint, and why."""
        return self._pulse.anchors.failing

    def frozen(self) -> str:
        """Why nothing may be begun now, see `freeze_reason`; empty when it may."""
        return freeze_reason(self.state)

    @property
    def commits(self) -> int:
        """How many commits were made so far; many changes at once share one."""
        return self._books.database.commits


@asynccontextmanager
async def open_journal(
    path: Path,
    clock: Clock,
    *,
    operation: str = "apply",
    wait: float = 0.0,
    audit_settings: AuditSettings | None = None,
    network: bool = False,
) -> AsyncIterator[FileJournal]:
    """The journal of the state directory at `path`, for writing; directory and journal are made when missing.

    operation: the command, for the message that a second process gets. wait: seconds to wait for the lock. Completes
    what a dead process left unwritten or unsigned in the audit log. audit_settings: also record heartbeats and tell
    anchors while it is open; without them nothing happens by itself. network: see `open_state_directory`. Raises
    `RunLocked`, `ConfigInvalid` or `IntegrityBroken`.
    """
    state = open_state_directory(path, network=network)
    async with hold_lock(state, clock, operation, wait) as lock:
        settings = audit_settings or AuditSettings(anchors=())
        signer = CheckpointSigner(state, clock, settings)
        audit = AuditLog(state, signer)
        database = Database(state.journal, audit)

        def connect() -> sqlite3.Connection:
            connection = open_for_writing(state)
            try:
                audit.complete(connection)
            except IntegrityBroken:
                connection.close()
                raise
            return connection

        pulse = Pulse(database, audit, clock, settings)
        signer.on_signed = heard_in_loop(pulse.anchors)
        await database.open(connect)
        try:
            async with beating(pulse, settings) if audit_settings is not None else nullcontext():
                yield FileJournal(state, Books(database, audit, Permits()), clock, lock, pulse)
        finally:
            await database.close()


@asynccontextmanager
async def read_journal(path: Path) -> AsyncIterator[RecordedJournal]:
    """The journal of the state directory at `path`, for reading; nothing is made, changed or locked.

    Raises `ConfigInvalid` when there is no state directory, `RunLocked` while a run writes it, `IntegrityBroken`.
    """
    state = existing_state_directory(path)
    database = Database(state.journal, None)
    await database.open(lambda: open_for_reading(state))
    try:
        yield RecordedJournal(state, database)
    finally:
        await database.close()


def _free_id(connection: sqlite3.Connection, base: str, plan_id: str) -> str:
    """The run's id: its time and the first four digits of its plan's id, more when another run has the same."""
    for length in range(4, len(plan_id) + 1):
        run_id = f"{base}-{plan_id[:length]}"
        if connection.execute("SELECT 1 FROM run WHERE run_id = ?", (run_id,)).fetchone() is None:
            return run_id
    raise IntegrityBroken(f"there is no free id for a run at {base}", hint=FAULT)
