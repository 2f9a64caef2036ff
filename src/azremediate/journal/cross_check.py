"""Comparing what the journal says of runs with what the audit log says, for reports are made from the journal."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from hashlib import sha256
from typing import Any

from azremediate.core.json_value import Json, JsonObject
from azremediate.journal.audit_record import AuditEntry, AuditRecord
from azremediate.journal.latest_digests import SIZE, LatestDigests

_RUNS = "SELECT run_id, plan_id, ended_at, exit_code FROM run WHERE tenant_id = ? ORDER BY rowid"
_CHANGES = "SELECT change_id, status, result FROM change WHERE run_id = ? ORDER BY rowid"
_STEPS = "SELECT change_id, name, attempt, state, facts FROM step WHERE run_id = ? ORDER BY number"
_INTENT = "intent"
_UNTOLD = bytes(SIZE)
"""Stands for a change of which nothing was told yet."""

_RESULT = ("before", "after", "status", "proof", "request_ids")


class ToldRuns:
    """What the records of one tenant's chain say of its runs, the latest word on each.

    Of steps and changes, of which there may be millions, only digests are kept.
    """

    def __init__(self) -> None:
        self._plans: dict[str, str] = {}
        self._ends: dict[str, AuditEntry] = {}
        self._changes = LatestDigests()
        self._reasons: dict[bytes, str] = {}
        self._steps = LatestDigests()

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
            self._changes.put(key, _digest(*told))
            if entry.reason or key in self._reasons:
                self._reasons[key] = entry.reason
        elif entry.event.partition(".")[0] in ("write", "wait"):
            key = _digest(entry.run_id, entry.change_id, entry.step, entry.attempt)
            self._steps.put(key, _told_step(entry))

    def contradicted_by(self, connection: sqlite3.Connection, tenant_id: str) -> str:
        """What the journal says otherwise, in words; empty when it says the same."""
        runs = connection.execute(_RUNS, (tenant_id,)).fetchall()
        if {run[0] for run in runs} != set(self._plans):
            return "the journal has other runs than the log"
        for run_id, plan_id, ended_at, exit_code in runs:
            if plan_id != self._plans[run_id] or not self._same_end(run_id, ended_at, exit_code):
                return f"the journal says something else of run {run_id} than the log"
        ids = [run[0] for run in runs]
        return self._contradicted_change(connection, ids) or self._contradicted_step(connection, ids)

    def _contradicted_change(self, connection: sqlite3.Connection, run_ids: Sequence[str]) -> str:
        known = LatestDigests()
        for run_id, change_id, status, result in _rows(connection, _CHANGES, run_ids):
            key = _digest(run_id, change_id)
            value = self._known_result(key, status, result)
            if value is None:
                return _of_change(run_id, change_id)
            known.put(key, value)
        if wrong := self._changes.contradicting(known, untold=_UNTOLD):
            for run_id, change_id, _, _ in _rows(connection, _CHANGES, run_ids):
                if _digest(run_id, change_id) in wrong:
                    return _of_change(run_id, change_id)
        return ""

    def _known_result(self, key: bytes, status: str, result: str | None) -> bytes | None:
        """The digest of what the journal says of a change; None when it contradicts itself or the reason told."""
        if result is None:
            return None if status else _UNTOLD
        found = _object(result)
        reason = found.get("reason")
        fits = isinstance(reason, str) and reason.startswith(self._reasons.get(key, ""))
        return _digest(*(found.get(name) for name in _RESULT)) if fits and status == found.get("status") else None

    def _contradicted_step(self, connection: sqlite3.Connection, run_ids: Sequence[str]) -> str:
        known = LatestDigests()
        for run_id, change_id, name, attempt, state, facts in _rows(connection, _STEPS, run_ids):
            known.put(_digest(run_id, change_id, name, attempt), _known_step(state, facts))
        if wrong := self._steps.contradicting(known, untold=_UNTOLD):
            for run_id, change_id, name, attempt, _, _ in _rows(connection, _STEPS, run_ids):
                if _digest(run_id, change_id, name, attempt) in wrong:
                    return f"the journal says something else of step {name} of change {change_id} than the log"
        return ""

    def _same_end(self, run_id: str, ended_at: str, exit_code: int | None) -> bool:
        entry = self._ends.get(run_id)
        if entry is None:
            return not ended_at and exit_code is None
        told = None if entry.facts is None else entry.facts.get("exit_code")
        return (entry.time, told) == (ended_at, exit_code)


def _rows(connection: sqlite3.Connection, query: str, run_ids: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """The rows of each run in turn, with its id in front."""
    for run_id in run_ids:
        with closing(connection.execute(query, (run_id,))) as rows:
            for row in rows:
                yield run_id, *row


def _of_change(run_id: str, change_id: str) -> str:
    return f"the journal says something else of change {change_id} in run {run_id} than the log"


def _told_step(entry: AuditEntry) -> bytes:
    """What a record says became of a step: of an intent nothing yet."""
    told = entry.event.partition(".")[2]
    if told == "intended":
        return _digest(_INTENT)
    return _digest(told, {name: value for name, value in (entry.facts or {}).items() if name != "settled_by_reading"})


def _known_step(state: str, facts: str) -> bytes:
    return _digest(_INTENT) if state == _INTENT else _digest(state, _object(facts))


def _object(text: str) -> JsonObject:
    try:
        value: Json = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _digest(*values: Json) -> bytes:
    """The same few bytes for equal JSON, whether its lists are lists or tuples."""
    text = json.dumps(values, sort_keys=True)
    return sha256(text.encode()).digest()[:SIZE]
