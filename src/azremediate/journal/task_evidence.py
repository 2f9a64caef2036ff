"""Evidence that a manual task was done: a record of the audit log, which is where it is read from as well."""

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from azremediate.core.clock import Clock
from azremediate.core.codec import ShapeError, decode, encode
from azremediate.core.errors import IntegrityBroken
from azremediate.core.json_value import object_of
from azremediate.core.manual_task import TASK_DONE, TaskEvidence
from azremediate.core.record import Actor, Note
from azremediate.journal.audit_file import EVIDENCE
from azremediate.journal.audit_reading import read_audit
from azremediate.journal.recorded_run import RunSummary
from azremediate.journal.run_entries import RunEntries
from azremediate.journal.written_run import Books


async def record_evidence(books: Books, run: RunSummary, actor: Actor, clock: Clock, evidence: TaskEvidence) -> None:
    """Write it into the chain of the run's tenant; returns after it is on disk. What was recorded before stays."""
    entries = RunEntries(run.run_id, run.plan_id, replace(actor, tenant_id=run.tenant_id), clock)
    entry = entries.noted(Note(TASK_DONE, facts=object_of(encode(evidence), "evidence")))

    def work(connection: sqlite3.Connection) -> None:
        books.audit.add(connection, run.tenant_id, entry)

    await books.database.write(work)


def recorded_evidence(path: Path, run: RunSummary) -> Mapping[str, TaskEvidence]:
    """What the state directory's audit log holds about the tasks of a run, by task id; the latest record counts.

    The log is not verified by this. Raises `IntegrityBroken` for a record that is none.
    """
    return {one.task_id: one for one in _recorded(path, run.tenant_id, run.run_id)}


def sent_notices(path: Path, tenant_id: str) -> Mapping[str, datetime]:
    """When evidence of each task of any run of a tenant was recorded last, by task id; as `recorded_evidence`.

    Raises `ConfigInvalid` when there is no state directory.
    """
    found = {}
    for one in _recorded(path, tenant_id):
        try:
            found[one.task_id] = datetime.fromisoformat(one.recorded_at)
        except ValueError:
            raise IntegrityBroken(f"the audit log of {path}: a task was done at no time", hint=EVIDENCE) from None
    return found


def _recorded(path: Path, tenant_id: str, run_id: str = "") -> Iterator[TaskEvidence]:
    for record in read_audit(path, run_id=run_id, tenant_id=tenant_id, event=TASK_DONE):
        try:
            yield decode(TaskEvidence, record.get("facts"), "the evidence of a task")
        except ShapeError as error:
            raise IntegrityBroken(f"the audit log of {path}: {error}", hint=EVIDENCE) from None
