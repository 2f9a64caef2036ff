"""What the journal holds of a run, for whoever only reads it."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from azremediate.core.codec import ShapeError, decode
from azremediate.core.errors import InputInvalid, IntegrityBroken
from azremediate.core.plan import Plan, parse_plan
from azremediate.core.result import ChangeResult
from azremediate.core.write import StepRecord, StepState
from azremediate.journal.database import Database

_RUNS = """
SELECT run_id, plan_id, tenant_id, playbook, started_at, ended_at, exit_code FROM run
WHERE ? IN ('', run_id) ORDER BY rowid DESC
"""
_STATUSES = "SELECT status, count(*) FROM change WHERE run_id = ? GROUP BY status ORDER BY status"
_STEPS = """
SELECT name, attempt, state, facts, started_at FROM step WHERE run_id = ? AND change_id = ? ORDER BY number
"""


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One run in a list. `ended_at` is empty and `exit_code` None while it is unfinished.

    statuses: how many changes ended in which status; those that have not ended count under an empty status.
    """

    run_id: str
    plan_id: str
    tenant_id: str
    playbook: str
    started_at: str
    ended_at: str
    exit_code: int | None
    changes: int
    statuses: Mapping[str, int]

    @property
    def finished(self) -> bool:
        """Whether the run came to its end."""
        return self.exit_code is not None


class RecordedRun:
    """One run of the journal, for reading."""

    def __init__(self, database: Database, run_id: str) -> None:
        self._database = database
        self._run_id = run_id

    @property
    def run_id(self) -> str:
        """The run's id."""
        return self._run_id

    async def steps(self, change_id: str) -> Mapping[str, StepRecord]:
        """For each step of a change that was ever intended, its latest attempt, in the order of the first ones.

        A step whose process died before it was settled is still an intent.
        """
        return await self._database.read(lambda connection: steps_of(connection, self._run_id, change_id))

    async def results(self) -> Mapping[str, ChangeResult]:
        """For each change of the run that has ended, how."""

        def read(connection: sqlite3.Connection) -> Mapping[str, ChangeResult]:
            rows = connection.execute(
                "SELECT change_id, result FROM change WHERE run_id = ? AND result IS NOT NULL ORDER BY rowid",
                (self._run_id,),
            )
            return {change_id: _result(text) for change_id, text in rows}

        return await self._database.read(read)

    async def plan(self) -> Plan:
        """The plan that the run applies; `PlanUnusable` when its bytes are not those that were recorded."""

        def read(connection: sqlite3.Connection) -> tuple[bytes, str]:
            key = (self._run_id,)
            content, plan_id = connection.execute("SELECT plan, plan_id FROM run WHERE run_id = ?", key).fetchone()
            return bytes(content), plan_id

        content, plan_id = await self._database.read(read)
        plan = parse_plan(content, f"the plan of run {self._run_id}")
        if plan.plan_id != plan_id:
            raise _damaged("the plan of a run is another than was recorded and")
        return plan

    async def summary(self) -> RunSummary:
        """When the run began and ended, and how."""
        return await self._database.read(lambda connection: summaries(connection, self._run_id)[0])


def summaries(connection: sqlite3.Connection, run_id: str = "") -> list[RunSummary]:
    """All runs, the latest first, or the one with this id; `InputInvalid` when there is none with it."""
    found = connection.execute(_RUNS, (run_id,)).fetchall()
    if run_id and not found:
        raise InputInvalid(f"there is no run {run_id[:80]!r} in this journal", hint="see `azremediate runs list`")
    listed = []
    for found_id, plan_id, tenant_id, playbook, started_at, ended_at, exit_code in found:
        statuses: dict[str, int] = dict(connection.execute(_STATUSES, (found_id,)).fetchall())
        changes = sum(statuses.values())
        listed.append(
            RunSummary(found_id, plan_id, tenant_id, playbook, started_at, ended_at, exit_code, changes, statuses)
        )
    return listed


def steps_of(connection: sqlite3.Connection, run_id: str, change_id: str) -> dict[str, StepRecord]:
    """For each step of a change, its latest attempt."""
    found: dict[str, StepRecord] = {}
    for name, attempt, state, facts, started_at in connection.execute(_STEPS, (run_id, change_id)):
        try:
            found[name] = StepRecord(name, attempt, StepState(state), json.loads(facts), started_at)
        except ValueError:
            raise _damaged(f"step {name} of change {change_id}") from None
    return found


def _result(text: str) -> ChangeResult:
    try:
        return decode(ChangeResult, json.loads(text))
    except (ValueError, ShapeError):
        raise _damaged("the result of a change") from None


def _damaged(what: str) -> IntegrityBroken:
    return IntegrityBroken(
        f"the journal is damaged: {what} cannot be read",
        hint="keep the whole state directory as evidence, and restore it from a copy",
    )
