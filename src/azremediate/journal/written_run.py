"""A run while it is carried out: every step durable before and after, each with its record in the audit log."""

import sqlite3
from dataclasses import dataclass
from uuid import uuid4

from azremediate.core.change import Change
from azremediate.core.codec import encode
from azremediate.core.errors import IntegrityBroken
from azremediate.core.json_value import canonical, object_of
from azremediate.core.record import Note, StepIntent, StepOutcome
from azremediate.core.result import ChangeResult
from azremediate.core.write import Intent, StepState
from azremediate.journal.audit_log import AuditLog
from azremediate.journal.audit_record import AuditEntry
from azremediate.journal.database import Database
from azremediate.journal.permits import Permits
from azremediate.journal.plain_json import FAULT, plain_object
from azremediate.journal.recorded_run import RecordedRun, steps_of
from azremediate.journal.run_entries import CLOCK, OUTCOMES, RunEntries, numbered

_INTEND = """
INSERT INTO step (run_id, change_id, name, attempt, service, method, path, client_request_id, started_at, state)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_INTENDED = """
SELECT number, client_request_id, state FROM step WHERE run_id = ? AND change_id = ? AND name = ? AND attempt = ?
"""
_SETTLE = """
UPDATE step SET state = ?, facts = ?, status = ?, code = ?, request_id = ?, server_time = ? WHERE number = ?
"""


@dataclass(frozen=True, slots=True)
class Books:
    """What a run writes into: the journal, the audit log beside it, and the permissions that follow from both."""

    database: Database
    audit: AuditLog
    permits: Permits


class WrittenRun(RecordedRun):
    """One run of the journal, open for writing; each method returns after its effect is on disk."""

    def __init__(self, books: Books, entries: RunEntries, tenant_id: str) -> None:
        super().__init__(books.database, entries.run_id)
        self._books = books
        self._entries = entries
        self._tenant_id = tenant_id

    async def intend(self, change: Change, step: StepIntent) -> Intent:
        """Make the intent of one write durable and return the permission to send it once.

        Raises `IntegrityBroken` when an earlier attempt took effect or is not settled, or the plan has no such change.
        """
        client_request_id = str(uuid4())
        entry = self._entries.intended(change, step, client_request_id)

        def work(connection: sqlite3.Connection) -> Intent:
            self._require(connection, change)
            last = steps_of(connection, self.run_id, change.change_id).get(step.step)
            if last is not None and last.state not in (StepState.REJECTED, StepState.ABSENT):
                raise _misused(f"step {step.step} is {last.state.value} and was to be sent again")
            attempt = last.attempt + 1 if last is not None else 1
            key = (self.run_id, change.change_id, step.step, attempt)
            sent = (step.service, step.method, step.path, client_request_id, entry.time, StepState.INTENT.value)
            number = connection.execute(_INTEND, (*key, *sent)).lastrowid or 0
            self._record(connection, numbered(entry, attempt, client_request_id))
            return Intent(number, *key, client_request_id)

        intent = await self._books.database.write(work)
        if step.service != CLOCK:
            self._books.permits.issue(intent)
        return intent

    async def settle(self, change: Change, step: StepIntent, attempt: int, outcome: StepOutcome) -> None:
        """Record what became of an intended step; what is known of it for sure is never changed again."""
        if outcome.state not in OUTCOMES:
            raise _misused(f"step {step.step} was to be settled as {outcome.state.value}")
        facts = canonical(plain_object(outcome.facts, f"facts of step {step.step}")).decode()
        entry = self._entries.settled(change, step, outcome)

        def work(connection: sqlite3.Connection) -> None:
            key = (self.run_id, change.change_id, step.step, attempt)
            found = connection.execute(_INTENDED, key).fetchone()
            if found is None or StepState(found[2]).settled or entry.api is None:
                raise _misused(f"attempt {attempt} of step {step.step} is not waiting for its outcome")
            number, client_request_id, _ = found
            answer = (outcome.status, entry.api.code, entry.api.request_id, entry.api.server_time)
            connection.execute(_SETTLE, (outcome.state.value, facts, *answer, number))
            self._record(connection, numbered(entry, attempt, client_request_id))
            self._books.permits.withdraw(number)

        await self._books.database.write(work)

    async def note(self, note: Note) -> None:
        """Record an event in the audit log."""
        entry = self._entries.noted(note)
        await self._books.database.write(lambda connection: self._record(connection, entry))

    async def result(self, change: Change, result: ChangeResult) -> None:
        """Record how a change ended; a later result of the same change takes its place."""
        entry = self._entries.change_ended(change, result)
        try:
            encoded = object_of(encode(result), "a result")
        except TypeError as error:
            raise _misused(f"the result of change {change.change_id} holds what cannot be recorded ({error})") from None
        text = canonical(plain_object(encoded, f"the result of change {change.change_id}")).decode()

        def work(connection: sqlite3.Connection) -> None:
            self._require(connection, change)
            connection.execute(
                "UPDATE change SET status = ?, result = ? WHERE run_id = ? AND change_id = ?",
                (result.status.value, text, self.run_id, change.change_id),
            )
            self._record(connection, entry)

        await self._books.database.write(work)

    async def finish(self, exit_code: int) -> None:
        """Record the end of the run."""
        entry = self._entries.ended(await self.summary(), int(exit_code))

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE run SET ended_at = ?, exit_code = ? WHERE run_id = ?", (entry.time, int(exit_code), self.run_id)
            )
            self._record(connection, entry)

        await self._books.database.write(work)

    def _record(self, connection: sqlite3.Connection, entry: AuditEntry) -> None:
        self._books.audit.add(connection, self._tenant_id, entry)

    def _require(self, connection: sqlite3.Connection, change: Change) -> None:
        """Only what the plan of this run holds may be changed."""
        key = (self.run_id, change.change_id)
        if connection.execute("SELECT 1 FROM change WHERE run_id = ? AND change_id = ?", key).fetchone() is None:
            raise _misused(f"change {change.change_id} is not in the plan of run {self.run_id}")


def _misused(what: str) -> IntegrityBroken:
    return IntegrityBroken(f"{what}; nothing was recorded", hint=FAULT)
