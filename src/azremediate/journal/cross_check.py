"""Comparing what the journal says of runs with what the audit log says, for reports are made from the journal."""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256

from azremediate.core.json_value import Json, JsonObject
from azremediate.journal.audit_record import AuditEntry, AuditRecord

_RUNS = "SELECT run_id, plan_id, ended_at, exit_code FROM run WHERE tenant_id = ? ORDER BY rowid"
_CHANGES = "SELECT change_id, status, result FROM change WHERE run_id = ? ORDER BY rowid"
_STEPS = "SELECT change_id, name, attempt, state, facts FROM step WHERE run_id = ? ORDER BY number"
_INTENT = "intent"
_RESULT = ("before", "after", "status", "proof", "request_ids")


@dataclass(slots=True)
class ToldRuns:
    """What the records of one tenant's chain say of its runs, the latest word on each.

    Of steps and changes, of which there may be millions, only digests are kept.
    """

    _plans: dict[str, str] = field(default_factory=dict)
    _ends: dict[str, AuditEntry] = field(default_factory=dict)
    _changes: dict[int, int] = field(default_factory=dict)
    _reasons: dict[int, str] = field(default_factory=dict)
    _steps: dict[int, int] = field(default_factory=dict)

    def hear(self, record: AuditRecord) -> None:
        """Take in one record, in the order of the chain."""
        entry = record.entry
        if entry.event == "run.started":
            self._plans[entry.run_id] = entry.plan_id
        elif entry.event == "run.ended":
            self._ends[entry.run_id] = entry
        elif entry.event == "change.ended":
            key = _digest(entry.run_id, entry.change_id)
            facts = entry.facts or {}
            told = [entry.before, entry.after, *(facts.get(name) for name in _RESULT[2:])]
            self._changes[key] = _digest(*told)
            if entry.reason or key in self._reasons:
                self._reasons[key] = entry.reason
        elif entry.event.partition(".")[0] in ("write", "wait"):
            key = _digest(entry.run_id, entry.change_id, entry.step, entry.attempt)
            self._steps[key] = _told_step(entry)

    def contradicted_by(self, connection: sqlite3.Connection, tenant_id: str) -> str:
        """What the journal says otherwise, in words; empty when it says the same."""
        runs = connection.execute(_RUNS, (tenant_id,)).fetchall()
        if {run[0] for run in runs} != set(self._plans):
            return "the journal has other runs than the log"
        for run_id, plan_id, ended_at, exit_code in runs:
            if plan_id != self._plans[run_id] or not self._same_end(run_id, ended_at, exit_code):
                return f"the journal says something else of run {run_id} than the log"
            with closing(connection.execute(_CHANGES, (run_id,))) as changes:
                for change_id, status, result in changes:
                    if not self._same_result(_digest(run_id, change_id), status, result):
                        return f"the journal says something else of change {change_id} in run {run_id} than the log"
            with closing(connection.execute(_STEPS, (run_id,))) as steps:
                for change_id, name, attempt, state, facts in steps:
                    if self._steps.get(_digest(run_id, change_id, name, attempt)) != _known_step(state, facts):
                        return f"the journal says something else of step {name} of change {change_id} than the log"
        return ""

    def _same_end(self, run_id: str, ended_at: str, exit_code: int | None) -> bool:
        entry = self._ends.get(run_id)
        if entry is None:
            return not ended_at and exit_code is None
        told = None if entry.facts is None else entry.facts.get("exit_code")
        return (entry.time, told) == (ended_at, exit_code)

    def _same_result(self, key: int, status: str, result: str | None) -> bool:
        told = self._changes.get(key)
        if told is None or result is None:
            return told is None and result is None and not status
        found = _object(result)
        reason = found.get("reason")
        return (
            status == found.get("status")
            and _digest(*(found.get(name) for name in _RESULT)) == told
            and isinstance(reason, str)
            and reason.startswith(self._reasons.get(key, ""))
        )


def _told_step(entry: AuditEntry) -> int:
    """What a record says became of a step: of an intent nothing yet."""
    told = entry.event.partition(".")[2]
    if told == "intended":
        return _digest(_INTENT)
    return _digest(told, {name: value for name, value in (entry.facts or {}).items() if name != "settled_by_reading"})


def _known_step(state: str, facts: str) -> int:
    return _digest(_INTENT) if state == _INTENT else _digest(state, _object(facts))


def _object(text: str) -> JsonObject:
    try:
        value: Json = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _digest(*values: Json) -> int:
    """A small number for equal JSON, whether its lists are lists or tuples."""
    text = json.dumps(values, sort_keys=True)
    return int.from_bytes(sha256(text.encode()).digest()[:16])
