"""Audit records of every kind, as exports get them."""

from dataclasses import replace

from azremediate.core.json_value import JsonObject
from azremediate.core.record import Actor
from azremediate.journal.audit_reading import flat
from azremediate.journal.audit_record import FIRST_PREV, AuditApi, AuditEntry, AuditRecord, AuditTarget, AuditTool

DIGEST = "ab" * 32
_TENANT = "11111111-2222-3333-4444-555555555555"
_ACTOR = Actor(_TENANT, "app-1", "object-1", "", "certificate", "root", "desk")
_API = AuditApi("graph", "POST", "/applications/1/addPassword", 200, "", "request-1", "client-1", "")
_ENTRY = AuditEntry("2024-04-09T17:00:00.250Z", "run.started", "success", "R-1", "p", _ACTOR, AuditTool("0.1.0"))


def application(name: str = "payroll") -> AuditTarget:
    """An application of this name."""
    return AuditTarget("application", "aaaaaaaa-0000-4000-8000-000000000001", "app-2", name)


def record(entry: AuditEntry = _ENTRY) -> JsonObject:
    """A record with this entry."""
    return flat(AuditRecord(1, "c" * 32, 7, FIRST_PREV, entry))


def written(event: str = "write.performed", outcome: str = "success", name: str = "payroll") -> JsonObject:
    """A record of a write."""
    entry = replace(_ENTRY, event=event, outcome=outcome, step="add-1", api=_API, change_id="c-1")
    return record(replace(entry, target=application(name)))


def ended(action: str, status: str = "verified", kind: str = "application", reason: str = "") -> JsonObject:
    """A record of a change that ended."""
    target = replace(application(), kind=kind)
    facts: JsonObject = {"action": action, "status": status}
    entry = replace(_ENTRY, event="change.ended", change_id="c-1", target=target, facts=facts, reason=reason)
    return record(replace(entry, outcome="success" if status == "verified" else "failure"))


def event(name: str) -> JsonObject:
    """A record of anything else."""
    return record(replace(_ENTRY, event=name))
