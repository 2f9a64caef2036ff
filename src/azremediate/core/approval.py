"""Which changes need the approval of others before they are made, and whether enough people gave it."""

import base64
import binascii
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from azremediate.core.action import Action
from azremediate.core.change import Change, Risk, UndoClass
from azremediate.core.config import ApprovalClass, ApprovalSettings
from azremediate.core.plan import Plan, Verdict

GUARD = "approvals"
ENOUGH = 2
ENOUGH_FOR_EVICT_FIRST = 1
EVICT_FIRST = "evict-first"
_WRITES_POLICIES = "Policy.ReadWrite.ConditionalAccess"
_KEY_SIZE = 32
_SKEW = timedelta(minutes=5)


class Decision(StrEnum):
    """What an approver says of a plan."""

    APPROVE = "approve"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Approver:
    """Somebody who may approve: a name, best the person's object id or user principal name, and an Ed25519 key."""

    name: str
    public_key: bytes

    @property
    def key_id(self) -> str:
        """What people call the key: the first 16 hexadecimal digits of the SHA-256 of its 32 bytes."""
        return sha256(self.public_key).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Approval:
    """One decision on one plan; the signature over it is checked where it is read."""

    plan_id: str
    key_id: str
    decision: Decision
    comment: str
    time: datetime


@dataclass(frozen=True, slots=True)
class Demand:
    """What needs approval: changes by class, and how many people have to approve; 0 when nothing does."""

    classes: Mapping[ApprovalClass, int]
    people: int

    def __str__(self) -> str:
        """In words, e.g. `3 irreversible, 1 privileged`."""
        return ", ".join(f"{count} {name}" for name, count in sorted(self.classes.items()))


def parse_approver(text: str) -> Approver:
    """An approver from the configuration's text `NAME KEY`; `ValueError` says what is wrong."""
    name, _, encoded = text.strip().rpartition(" ")
    try:
        key = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(
            "must be a name and a public key, as `azremediate approve --new-key FILE` prints them"
        ) from None
    if not name.strip() or len(key) != _KEY_SIZE:
        raise ValueError("must be a name and an Ed25519 public key of 32 bytes in base64")
    return Approver(name.strip(), key)


def demand_of(
    changes: Sequence[Change],
    actions: Mapping[str, Action],
    settings: ApprovalSettings,
    administrators: frozenset[str],
) -> Demand:
    """What of these changes needs approval. Removing first (`order=evict-first`) always does."""
    found = Counter(name for change in changes for name in _classes(change, actions, administrators))
    asked = {*settings.required_for, ApprovalClass.EVICT_FIRST}
    classes = {name: count for name, count in found.items() if name in asked}
    if not classes:
        return Demand({}, 0)
    alone = classes.keys() <= {ApprovalClass.EVICT_FIRST} and ApprovalClass.EVICT_FIRST not in settings.required_for
    return Demand(classes, ENOUGH_FOR_EVICT_FIRST if alone else ENOUGH)


def planned_approvals(
    changes: Sequence[Change],
    actions: Mapping[str, Action],
    settings: ApprovalSettings,
    administrators: frozenset[str],
) -> list[Verdict]:
    """What a plan says of approvals: nothing when none is needed; refused when more are needed than could be given."""
    demand = demand_of(changes, actions, settings, administrators)
    if not demand.people:
        return []
    approvers = len(settings.approvers)
    needs = f"{demand} need the approval of {demand.people} of {approvers} approvers (guards.approvals)"
    return [Verdict(GUARD, approvers >= demand.people, needs)]


def approval_verdict(
    plan: Plan, demand: Demand, settings: ApprovalSettings, given: Iterable[Approval], now: datetime
) -> Verdict:
    """Whether enough people, none of whom made the plan, approved exactly this plan, and nobody rejected it."""
    approvers = {one.key_id: one for one in map(parse_approver, settings.approvers)}
    latest: dict[str, Approval] = {}
    for approval in sorted(given, key=lambda one: one.time):
        if approval.plan_id == plan.plan_id and approval.key_id in approvers and _in_time(approval, plan, now):
            latest[approval.key_id] = approval
    rejected = [approvers[key].name for key, one in latest.items() if one.decision is Decision.REJECT]
    if rejected:
        return Verdict(GUARD, False, f"{', '.join(sorted(rejected))} rejected the plan")
    planner = {plan.origin.planner_app_id.casefold(), plan.origin.planner_object_id.casefold()}
    names = {approvers[key].name for key in latest}
    counted = {name.casefold() for name in names} - planner
    if len(counted) >= demand.people:
        return Verdict(GUARD, True, f"approved by {', '.join(sorted(names))}")
    waiting = sorted(one.name for one in approvers.values() if one.name.casefold() not in counted | planner)
    who = f"; asked for is one of {', '.join(waiting)}" if waiting else ""
    own = f"; {', '.join(sorted(names))} made the plan" if names and not counted else ""
    return Verdict(GUARD, False, f"{demand} need {demand.people} approvals, {len(counted)} given{own}{who}")


def _classes(change: Change, actions: Mapping[str, Action], administrators: frozenset[str]) -> set[ApprovalClass]:
    found: set[ApprovalClass] = set()
    if change.risk is Risk.PRIVILEGED or change.target.ids & administrators:
        found.add(ApprovalClass.PRIVILEGED)
    if change.undo_class is UndoClass.IRREVERSIBLE:
        found.add(ApprovalClass.IRREVERSIBLE)
    action = actions.get(change.action)
    if action is None or _WRITES_POLICIES in action.needs.graph:
        found.add(ApprovalClass.CONDITIONAL_ACCESS)
    if change.params.get("order") == EVICT_FIRST:
        found.add(ApprovalClass.EVICT_FIRST)
    return found


def _in_time(approval: Approval, plan: Plan, now: datetime) -> bool:
    """Not before the plan was made, not after it expired, and not in the future beyond any clock's error."""
    return plan.origin.created_at - _SKEW <= approval.time <= min(plan.origin.expires_at, now + _SKEW)
