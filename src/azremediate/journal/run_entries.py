"""What the audit log says of a run: one entry per thing that happened, made from the domain's own words."""

from dataclasses import dataclass, replace

from azremediate import __version__
from azremediate.core.change import Change
from azremediate.core.clock import Clock, iso
from azremediate.core.json_value import Json, JsonObject
from azremediate.core.plan import Plan
from azremediate.core.record import Actor, Note, StepIntent, StepOutcome
from azremediate.core.result import ChangeResult, ChangeStatus
from azremediate.core.write import StepState
from azremediate.journal.audit_record import AuditApi, AuditEntry, AuditTool, target_of
from azremediate.journal.plain_json import plain_object, plain_text
from azremediate.journal.recorded_run import RunSummary

CLOCK = "clock"
"""The service of a step that only waits: it sends nothing."""

_LONGEST_CODE = 256

OUTCOMES = {
    StepState.PERFORMED: "success",
    StepState.REJECTED: "failure",
    StepState.ABSENT: "failure",
    StepState.UNKNOWN: "unknown",
}
"""How the audit log calls what became of a write."""

_UNSURE = frozenset({ChangeStatus.NEEDS_OPERATOR, ChangeStatus.UNVERIFIED})
_LEFT = frozenset({ChangeStatus.SKIPPED, ChangeStatus.NOT_STARTED, ChangeStatus.STOPPED})


@dataclass(frozen=True, slots=True)
class RunEntries:
    """Makes the entries of one run, each with the time at which it is asked for."""

    run_id: str
    plan_id: str
    actor: Actor
    clock: Clock

    def started(self, plan: Plan) -> AuditEntry:
        """The run began."""
        facts = {
            "playbook": plan.origin.playbook,
            "playbook_sha256": plan.origin.playbook_sha256,
            "config_sha256": plan.origin.config_sha256,
            "environment": plan.origin.environment.value,
            "cloud": plan.origin.cloud.value,
            "planned_by": plan.origin.planner_object_id,
            "planned_at": iso(plan.origin.created_at),
            "input_sha256": plan.input.sha256 if plan.input is not None else None,
            **_counts(plan),
        }
        return self._entry("run.started", "success", facts=facts)

    def taken_up(self, finished: bool) -> AuditEntry:
        """A run that exists already is carried out again: resumed, or repeated after its end."""
        return self._entry("run.repeated" if finished else "run.resumed", "success")

    def intended(self, change: Change, step: StepIntent, client_request_id: str) -> AuditEntry:
        """A write is about to be sent; attempt is set by `numbered`."""
        api = AuditApi(step.service, step.method, plain_text(step.path), None, "", "", client_request_id, "")
        return replace(self._entry(f"{_prefix(step)}.intended", "unknown", change), step=step.step, api=api)

    def settled(self, change: Change, step: StepIntent, outcome: StepOutcome) -> AuditEntry:
        """What became of a write; attempt and client request id are set by `numbered`."""
        api = AuditApi(
            service=step.service,
            method=step.method,
            path=plain_text(step.path),
            status=outcome.status,
            code=plain_text(outcome.code, _LONGEST_CODE),
            request_id=plain_text(outcome.request_id, _LONGEST_CODE),
            client_request_id="",
            server_time=plain_text(outcome.server_time, _LONGEST_CODE),
        )
        facts = plain_object(outcome.facts, f"facts of step {step.step}") | {"settled_by_reading": outcome.settled}
        entry = self._entry(f"{_prefix(step)}.{outcome.state.value}", OUTCOMES[outcome.state], change, facts=facts)
        return replace(entry, step=step.step, api=api)

    def noted(self, note: Note) -> AuditEntry:
        """Anything else."""
        facts = plain_object(note.facts, f"facts of {note.event}")
        return replace(self._entry(note.event, note.outcome, note.change, facts=facts), reason=note.reason)

    def change_ended(self, change: Change, result: ChangeResult) -> AuditEntry:
        """A change ended, with what was before and after."""
        facts: JsonObject = {
            "action": change.action,
            "status": result.status.value,
            "undo_class": change.undo_class.value,
            "proof": result.proof,
            "request_ids": result.request_ids,
        }
        if result.status.done:
            outcome = "success"
        elif result.status in _LEFT:
            outcome = "skipped"
        else:
            outcome = "unknown" if result.status in _UNSURE else "failure"
        entry = self._entry("change.ended", outcome, change, facts=plain_object(facts, "the result of a change"))
        return replace(entry, reason=result.reason, before=result.before, after=result.after)

    def ended(self, summary: RunSummary, exit_code: int) -> AuditEntry:
        """The run ended."""
        facts: JsonObject = {"exit_code": exit_code, "changes": summary.changes, "statuses": summary.statuses}
        return self._entry("run.ended", "failure" if exit_code else "success", facts=facts)

    def _entry(
        self, event: str, outcome: str, change: Change | None = None, facts: JsonObject | None = None
    ) -> AuditEntry:
        return AuditEntry(
            time=iso(self.clock.now()),
            event=event,
            outcome=outcome,
            run_id=self.run_id,
            plan_id=self.plan_id,
            actor=self.actor,
            tool=AuditTool(__version__),
            change_id=change.change_id if change is not None else "",
            target=target_of(change) if change is not None else None,
            facts=facts,
        )


def numbered(entry: AuditEntry, attempt: int, client_request_id: str) -> AuditEntry:
    """The entry of a step with what only the journal knows: which attempt it was, and as what it was sent."""
    api = replace(entry.api, client_request_id=client_request_id) if entry.api is not None else None
    return replace(entry, attempt=attempt, api=api)


def _prefix(step: StepIntent) -> str:
    return "wait" if step.service == CLOCK else "write"


def _counts(plan: Plan) -> dict[str, Json]:
    return {
        "changes": len(plan.changes),
        "skips": len(plan.skips),
        "refused": len(plan.refused),
        "unresolved": len(plan.unresolved),
        "manual_tasks": len(plan.manual_tasks),
    }
