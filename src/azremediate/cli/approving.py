"""Deciding on a plan: by an approver's key, and when the plan is applied by whoever approved it."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from azremediate.cli.catalog import actions
from azremediate.cli.configuration import configuration
from azremediate.cli.output import Output
from azremediate.cli.plan_file import read_plan
from azremediate.cli.settings import Settings
from azremediate.cli.system_clock import SystemClock
from azremediate.core.approval import GUARD, Approval, Approver, Decision, approval_verdict, demand_of, parse_approver
from azremediate.core.binding import expired
from azremediate.core.config import ApprovalSettings, Config
from azremediate.core.errors import GuardRefused, PlanUnusable
from azremediate.core.exit_code import ExitCode
from azremediate.core.guards import GuardFacts
from azremediate.core.plan import Plan
from azremediate.core.record import Note
from azremediate.journal.approval_file import (
    append_approval,
    approval_line,
    approvals_beside,
    approver_text,
    key_id_of,
    new_key,
    read_approvals,
    read_key,
)
from azremediate.report.plan_text import plan_text

_SHORT_ID = 12


def make_key(file: Path, name: str, shown: Output) -> int:
    """Make an approver's key, and say what the configuration needs of it."""
    key = new_key(file)
    text = approver_text(name, key)
    shown.data({"key_id": key_id_of(key), "key_file": str(file), "approver": text})
    shown.text(f'The key is in {file}. Its line in the configuration, under guards.approvals.approvers:\n  - "{text}"')
    return ExitCode.DONE


def decide(
    settings: Settings,
    plan_file: Path,
    key_file: Path,
    shown: Output,
    *,
    decision: Decision,
    comment: str,
    plan_id: str,
) -> int:
    """Sign the decision and append it to the approvals beside the plan."""
    config, key, plan = configuration(settings), read_key(key_file), read_plan(plan_file)
    approver = _approver(config, key_id_of(key))
    now = SystemClock().now()
    if plan.origin.config_sha256 != config.sha256:
        raise PlanUnusable(
            "guards or endpoints in the configuration are not those of the plan",
            hint="use the configuration with which the plan was made",
        )
    if decision is Decision.APPROVE and expired(plan, now):
        raise PlanUnusable(
            f"the plan expired at {plan.origin.expires_at:%Y-%m-%d %H:%M} UTC", hint="have a new one made"
        )
    _check_same(plan, plan_id, shown)
    file = approvals_beside(plan_file)
    append_approval(file, approval_line(key, plan.plan_id, decision, comment, now))
    shown.data({"plan_id": plan.plan_id, "approver": approver.name, "decision": decision.value, "file": str(file)})
    done = "approved" if decision is Decision.APPROVE else "rejected"
    shown.text(f"{approver.name} {done} plan {plan.plan_id[:_SHORT_ID]}; the decision is in {file}")
    return ExitCode.DONE


def _approver(config: Config, key_id: str) -> Approver:
    for text in config.guards.approvals.approvers:
        if (approver := parse_approver(text)).key_id == key_id:
            return approver
    raise GuardRefused(
        f"nobody in guards.approvals.approvers has the key {key_id}",
        hint="have the line that `azremediate approve --new-key` printed put into the configuration, then plan again",
    )


def _check_same(plan: Plan, plan_id: str, shown: Output) -> None:
    wanted = plan.plan_id[:_SHORT_ID]
    if not plan_id:
        about = plan_text(plan, plan_file=None, width=shown.name_width)
        plan_id = shown.ask(f"Type the first {_SHORT_ID} characters of the plan's id, as its maker reads them", about)
    if plan_id.strip().lower()[:_SHORT_ID] != wanted or len(plan_id.strip()) < _SHORT_ID:
        raise GuardRefused(
            "that is not the id of this plan; nothing was signed",
            hint="compare the plans: somebody may have altered one",
        )


def approvals_of(config: Config, file: Path | None, kept: Path | None = None) -> list[Approval]:
    """The decisions of configured approvers in a file, and in the one where a run keeps them."""
    approvers = [parse_approver(text) for text in config.guards.approvals.approvers]
    own = [] if kept is None else read_approvals(kept, approvers, kept=True)
    return own if file is None else [*own, *read_approvals(file, approvers)]


def check_approved(
    plan: Plan, settings: ApprovalSettings, facts: GuardFacts, given: Sequence[Approval], now: datetime
) -> list[Note]:
    """Raise `GuardRefused` unless whoever has to approve the plan did; else what the audit log has to say of it."""
    demand = demand_of(plan.changes, actions(), settings, facts.administrators)
    if not demand.people:
        return []
    verdict = approval_verdict(plan, demand, settings, given, now)
    if not verdict.passed:
        raise GuardRefused(
            f"{GUARD}: {verdict.reason}; nothing was sent",
            hint="have them run `azremediate approve PLAN --key FILE`, and keep the approvals beside the plan "
            "(a single action: write its plan with `run ... -o FILE`)",
        )
    names = {one.key_id: one.name for one in map(parse_approver, settings.approvers)}
    return [
        Note(
            "plan.approved",
            reason=f"approved by {names[one.key_id]}",
            facts={
                "approver": names[one.key_id],
                "key_id": one.key_id,
                "decision": one.decision.value,
                "comment": one.comment,
                "time": one.time.isoformat(),
            },
        )
        for one in given
        if one.plan_id == plan.plan_id and one.key_id in names
    ]
