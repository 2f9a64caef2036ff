"""Comparing what the journal says of runs with what the audit log says, for reports are made from the journal."""

import json
import sqlite3
from dataclasses import dataclass, field

from azremediate.core.json_value import Json, JsonObject
from azremediate.journal.audit_record import AuditEntry, AuditRecord

_RUNS = "SELECT run_id, plan_id, ended_at, exit_code FROM run WHERE tenant_id = ? ORDER BY rowid"
_CHANGES = "SELECT change_id, status, result FROM change WHERE run_id = ? ORDER BY rowid"
_STEPS = "SELECT change_id, name, attempt, state, facts FROM step WHERE run_id = ? ORDER BY number"
_INTENT = "intent"

_Step = tuple[str, str, str, int]


@dataclass(slots=True)
class ToldRuns:
    """What the records of one tenant's chain say of its runs, the latest word on each."""

    _plans: dict[str, str] = field(default_factory=dict)
    _ends: dict[str, AuditEntry] = field(default_factory=dict)
    _changes: dict[tuple[str, str], AuditEntry] = field(default_factory=dict)
    _steps: dict[_Step, AuditEntry] = field(default_factory=dict)

    def hear(self, record: AuditRecord) -> None:
        """Take in one record, in the order of the chain."""
        entry = record.entry
        if entry.event == "run.started":
            self._plans[entry.run_id] = entry.plan_id
        elif entry.event == "run.ended":
            self._ends[entry.run_id] = entry
        elif entry.event == "change.ended":
            self._changes[(entry.run_id, entry.change_id)] = entry
        elif entry.event.partition(".")[0] in ("write", "wait"):
            self._steps[(entry.run_id, entry.change_id, entry.step, entry.attempt)] = entry

    def contradicted_by(self, connection: sqlite3.Connection, tenant_id: str) -> str:
        """What the journal says otherwise, in words; empty when it says the same."""
        runs = connection.execute(_RUNS, (tenant_id,)).fetchall()
        if {run[0] for run in runs} != set(self._plans):
            return "the journal has other runs than the log"
        for run_id, plan_id, ended_at, exit_code in runs:
            if plan_id != self._plans[run_id] or not self._same_end(run_id, ended_at, exit_code):
                return f"the journal says something else of run {run_id} than the log"
            for change_id, status, result in connection.execute(_CHANGES, (run_id,)):
                if not _same_result(self._changes.get((run_id, change_id)), status, result):
                    return f"the journal says something else of change {change_id} in run {run_id} than the log"
            for change_id, name, attempt, state, facts in connection.execute(_STEPS, (run_id,)):
                if not _same_step(self._steps.get((run_id, change_id, name, attempt)), state, facts):
                    return f"the journal says something else of step {name} of change {change_id} than the log"
        return ""

    def _same_end(self, run_id: str, ended_at: str, exit_code: int | None) -> bool:
        entry = self._ends.get(run_id)
        if entry is None:
            return not ended_at and exit_code is None
        return (entry.time, _fact(entry, "exit_code")) == (ended_at, exit_code)


def _fact(entry: AuditEntry, name: str) -> Json:
    return None if entry.facts is None else entry.facts.get(name)


def _same_result(entry: AuditEntry | None, status: str, result: str | None) -> bool:
    if entry is None or result is None:
        return entry is None and result is None and not status
    found = _object(result)
    told: dict[str, Json] = {"before": entry.before, "after": entry.after}
    told |= {name: _fact(entry, name) for name in ("status", "proof", "request_ids")}
    reason = found.get("reason")
    return (
        status == told["status"]
        and all(_plain(found.get(name)) == _plain(value) for name, value in told.items())
        and isinstance(reason, str)
        and reason.startswith(entry.reason)
    )


def _same_step(entry: AuditEntry | None, state: str, facts: str) -> bool:
    if entry is None:
        return False
    told = entry.event.partition(".")[2]
    if told == "intended":
        return state == _INTENT
    known = {name: value for name, value in (entry.facts or {}).items() if name != "settled_by_reading"}
    return state == told and _plain(_object(facts)) == _plain(known)


def _object(text: str) -> JsonObject:
    try:
        value: Json = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _plain(value: object) -> str:
    """One form for equal JSON, whether its lists are lists or tuples."""
    return json.dumps(value, sort_keys=True)
