"""A clock, a plan and whole runs for the journal's tests."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from azremediate.core.plan import Plan
from azremediate.core.record import Actor, Note, StepIntent, StepOutcome
from azremediate.core.result import ChangeResult, ChangeStatus
from azremediate.core.write import StepState
from azremediate.journal.row_checksum import keep_checksums
from azremediate.journal.run_journal import FileJournal, open_journal
from azremediate.journal.written_run import WrittenRun
from tests.core.plans import TENANT_ID, a_change, a_plan

ROOT = Path(__file__).parents[2]
ACTOR = Actor(TENANT_ID, "dddddddd-0000-4000-8000-000000000001", "dddddddd-0000-4000-8000-000000000002", host="desk")
ADD = StepIntent("add-1", "graph", "POST", "/applications/aaaaaaaa-0000-4000-8000-000000000001/addPassword")
CHANGE = a_change(1)


class TickingClock:
    """Each look at it is a millisecond later; every wait is over at once."""

    def __init__(self, start: datetime = datetime(2024, 4, 9, 17, 0, tzinfo=UTC)) -> None:
        self.time = start
        self.slept: list[float] = []

    def now(self) -> datetime:
        """The time."""
        self.time += timedelta(milliseconds=1)
        return self.time

    def monotonic(self) -> float:
        """Seconds of all waits so far."""
        return sum(self.slept)

    async def sleep(self, seconds: float) -> None:
        """Remember the wait."""
        self.slept.append(seconds)
        await asyncio.sleep(0)


def plan_of(changes: int) -> Plan:
    """A plan of so many changes."""
    return a_plan(*(a_change(number) for number in range(1, changes + 1)))


async def carry_out(journal: FileJournal, plan: Plan) -> WrittenRun:
    """A run in which every change is intended, sent, performed and verified, one after the other."""
    run, _ = await journal.run_for(plan, ACTOR)
    for change in plan.changes:
        intent = await run.intend(change, ADD)
        journal.redeem(intent)
        outcome = StepOutcome(StepState.PERFORMED, {"keyId": f"key-{intent.number}"}, 200, "", "request-1")
        await run.settle(change, ADD, intent.attempt, outcome)
        done = ChangeResult(change.change_id, ChangeStatus.VERIFIED, before={"accountEnabled": True}, after={})
        await run.result(change, done)
    await run.note(Note("guard.verdict", facts={"guard": "limits"}))
    await run.finish(0)
    return run


async def a_log(state: Path, changes: int, clock: TickingClock | None = None) -> None:
    """A state directory with one finished run of so many changes: three records each, and three more."""
    async with open_journal(state, clock or TickingClock()) as journal:
        await carry_out(journal, plan_of(changes))


def log_file(state: Path) -> Path:
    """The only file of the state directory's audit log."""
    (found,) = (state / "audit").rglob("*.jsonl")
    return found


@contextmanager
def altering(state: Path) -> Iterator[sqlite3.Connection]:
    """The journal for somebody who alters it on purpose, and knows how to make checksums fit."""
    with closing(sqlite3.connect(state / "journal.db")) as connection, connection:
        keep_checksums(connection)
        yield connection


def in_another_process(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python code in a process of its own, which sees the project and its tests."""
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    return subprocess.run(  # noqa: S603 - this Python, with code of the tests
        [sys.executable, "-c", code, *arguments],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
        timeout=300,
    )
