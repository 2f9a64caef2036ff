"""The report of a run as one JSON object, with the same answers as the text."""

from azremediate.core.change import Change
from azremediate.core.clock import iso
from azremediate.core.codec import encode
from azremediate.core.json_value import JsonObject, object_of
from azremediate.core.result import ChangeResult, ChangeStatus
from azremediate.report.cases import CaseResult
from azremediate.report.run_report import RunReport, answer, not_shown

SCHEMA = "azremediate/run-report/1"


def run_json(report: RunReport) -> JsonObject:
    """The report; `changes` are in the plan's order, each with the result that the journal holds."""
    plan = report.plan
    cases = report.cases
    until = report.tokens_until
    return {
        "schema": SCHEMA,
        "answer": {
            "text": answer(report),
            "listed": len(cases),
            "closed": sum(case.closed for case in cases),
            "person": sum(case.person for case in cases),
            "changes": len(plan.changes),
            "in_effect": report.done,
        },
        "run_id": report.run_id,
        "plan_id": plan.plan_id,
        "origin": encode(plan.origin),
        "started_at": report.started_at,
        "ended_at": report.ended_at or None,
        "exit_code": report.exit_code,
        "cases": [_case(found) for found in cases],
        "changes": [_change(change, report.results.get(change.change_id)) for change in plan.changes],
        "unresolved": encode(plan.unresolved),
        "rejected": encode(plan.input.rejected) if plan.input else [],
        "refused": encode(plan.refused),
        "skipped": encode(plan.skips),
        "manual_tasks": [
            {**object_of(encode(task), "a task"), "evidence": encode(report.evidence.get(task.task_id))}
            for task in plan.manual_tasks
        ],
        "tokens_may_live_until": iso(until) if until else None,
        "not_shown": not_shown(report),
        "audit": encode(report.audit),
    }


def _case(found: CaseResult) -> JsonObject:
    return {
        "credential": encode(found.case.credential),
        "planned": found.case.state.value,
        "closed": found.closed,
        "person": found.person,
        "reason": found.reason,
        "changes": [{"change_id": change_id, "status": status} for change_id, status in found.statuses],
    }


def _change(change: Change, result: ChangeResult | None) -> JsonObject:
    ended = result or ChangeResult(change.change_id, ChangeStatus.NOT_STARTED)
    return {
        "change_id": change.change_id,
        "action": change.action,
        "phase": change.phase.value,
        "target": encode(change.target),
        "summary": change.summary,
        "undo_class": change.undo_class.value,
        "result": encode(ended),
    }
