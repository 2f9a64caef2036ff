"""From an ended run to a plan that takes back what the run did; reads the tenant and changes nothing."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from azremediate.core.aftermath import changed_by_others
from azremediate.core.approval import planned_approvals
from azremediate.core.change import CannotUndo, Change, Phase
from azremediate.core.concurrency import at_once
from azremediate.core.errors import FeatureMissing, PermissionMissing, SignInFailed, TenantError
from azremediate.core.events import Progressed
from azremediate.core.guards import BREAK_GLASS_CONFIGURATION, plan_verdicts, target_verdicts
from azremediate.core.observed import State
from azremediate.core.plan import SCHEMA, LeftOut, Plan, Verdict, sealed
from azremediate.core.planner import Planning
from azremediate.core.result import ChangeResult, ChangeStatus
from azremediate.core.target import Target, TargetKind

_CONCURRENT_READS = 16
_HALF_MADE = (ChangeStatus.FAILED, ChangeStatus.UNVERIFIED, ChangeStatus.NEEDS_OPERATOR, ChangeStatus.STOPPED)

Seen: TypeAlias = State | TenantError | FeatureMissing


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run that is to be taken back.

    current: by change id the target as the tenant has it now, or why that could not be read; guards judge it too.
    """

    run_id: str
    plan: Plan
    results: Mapping[str, ChangeResult]
    ended: bool
    current: Mapping[str, Target | TenantError]


@dataclass(frozen=True, slots=True)
class _Inverse:
    """What becomes of one change of the run: a change that takes it back, or why there is none."""

    of: Change
    outcome: Change | LeftOut
    verdicts: tuple[Verdict, ...] = ()


async def make_undo_plan(planning: Planning, past: PastRun) -> Plan:
    """The plan of inverses, the newest change first; raises `PermissionMissing` when the tenant cannot be read."""
    newest_first = _newest_first(past)
    made = [change for change in newest_first if _status(past, change) is ChangeStatus.VERIFIED]
    seen = await _observe_all(planning, made)
    inverses: list[_Inverse] = []
    for change in newest_first:
        inverses = _with_inverse(planning, past, change, seen.get(change.change_id), inverses)
    changes = _in_order([item.outcome for item in inverses if isinstance(item.outcome, Change)])
    limited = frozenset(name for name, action in planning.actions.items() if action.limited)
    wide = plan_verdicts(changes, limited, planning.settings, planning.facts)
    wide += planned_approvals(changes, planning.actions, planning.settings.approvals, planning.facts.administrators)
    refusals = [verdict for item in inverses for verdict in item.verdicts if not verdict.passed]
    left_out = [(item, item.outcome) for item in inverses if isinstance(item.outcome, LeftOut)]
    refused = tuple(outcome for item, outcome in left_out if item.verdicts)
    return sealed(
        Plan(
            schema=SCHEMA,
            plan_id="",
            origin=planning.origin,
            input=None,
            applicable=all(verdict.passed for verdict in wide)
            and not any(verdict.guard == BREAK_GLASS_CONFIGURATION for verdict in refusals),
            changes=changes,
            skips=tuple(outcome for item, outcome in left_out if not item.verdicts),
            refused=refused,
            unresolved=(),
            cases=(),
            manual_tasks=(),
            guards=(*wide, *refusals),
            warnings=(*_warnings(past, [outcome for _, outcome in left_out]), *planning.facts.gaps),
        )
    )


def _newest_first(past: PastRun) -> list[Change]:
    order = {change.change_id: number for number, change in enumerate(past.plan.changes)}

    def age(change: Change) -> tuple[str, int]:
        result = past.results.get(change.change_id)
        return (result.ended_at if result else "", order[change.change_id])

    return sorted(past.plan.changes, key=age, reverse=True)


def _status(past: PastRun, change: Change) -> ChangeStatus:
    result = past.results.get(change.change_id)
    return result.status if result else ChangeStatus.NOT_STARTED


async def _observe_all(planning: Planning, changes: Sequence[Change]) -> dict[str, Seen]:
    gate = asyncio.Semaphore(_CONCURRENT_READS)
    done = 0

    async def one(change: Change) -> tuple[str, Seen]:
        nonlocal done
        action = planning.actions.get(change.action)
        async with gate:
            try:
                if action is None:
                    raise FeatureMissing(f"this version of azremediate has no action {change.action!r}")
                seen: Seen = await action.observe(change.target, planning.tenant)
            except (PermissionMissing, SignInFailed):
                raise
            except (TenantError, FeatureMissing) as error:
                seen = error
        done += 1
        planning.listener(Progressed("looking at what the run did", done, len(changes), change.target.display_name))
        return change.change_id, seen

    return dict(await at_once(one(change) for change in changes))


def _with_inverse(
    planning: Planning, past: PastRun, change: Change, seen: Seen | None, newer: list[_Inverse]
) -> list[_Inverse]:
    """The inverses so far and that of the next older change.

    Where the run itself took a change back later, the two cancel each other out and nothing is left to do.
    """
    item = _Inverse(change, _outcome(planning, past, change, seen, newer))
    if not isinstance(item.outcome, Change):
        return [*newer, item]
    for index, other in enumerate(newer):
        if isinstance(other.outcome, Change) and _cancel(other.outcome, item.outcome):
            both = [
                replace(one, outcome=_left(one.of, "the run took it back itself", done=True)) for one in (other, item)
            ]
            return [*newer[:index], both[0], *newer[index + 1 :], both[1]]
    return [*newer, _judged(planning, past, item, item.outcome)]


def _outcome(
    planning: Planning, past: PastRun, change: Change, seen: Seen | None, newer: Sequence[_Inverse]
) -> Change | LeftOut:
    status = _status(past, change)
    if status is ChangeStatus.SATISFIED:
        return _left(change, "the tenant was in this state before the run", done=True)
    if status in _HALF_MADE:
        return _left(change, f"it ended as {status}: a person has to look at it")
    if status is not ChangeStatus.VERIFIED:
        return _left(change, f"the run did not make this change ({status})", done=True)
    if not isinstance(seen, State):
        return _left(change, f"could not look: {seen.message if seen else 'it was not read'}")
    state = seen
    for item in newer:
        if isinstance(item.outcome, Change) and item.outcome.target.ids & change.target.ids:
            state = state.overlaid(item.outcome.after)
    if moved := changed_by_others(change, past.results[change.change_id], state):
        return _left(change, f"it is not as the run left it: {moved} changed since")
    undone = planning.actions[change.action].undo(change, state)
    if isinstance(undone, CannotUndo):
        return _left(change, undone.reason)
    return replace(
        undone,
        phase=Phase.RESTORE,  # one phase for all of them, so that the newest change is taken back first
        evidence=(f"takes back {change.action} [{change.change_id[:8]}] of run {past.run_id}",),
        warnings=(*undone.warnings, *_lets_in(change)),
    )


def _lets_in(change: Change) -> tuple[str, ...]:
    if change.phase is not Phase.CONTAIN or not change.target.exposed:
        return ()
    return ("whoever holds its exposed credentials gets in again, unless these were removed or replaced",)


def _cancel(newer: Change, older: Change) -> bool:
    if newer.target.kind is not older.target.kind or newer.target.id != older.target.id:
        return False
    if newer.target.kind is TargetKind.TENANT:  # a tenant has many policies, and these facts do not say which
        return False
    return newer.before == older.after and newer.after == older.before


def _judged(planning: Planning, past: PastRun, item: _Inverse, inverse: Change) -> _Inverse:
    now = past.current.get(item.of.change_id, inverse.target)
    if isinstance(now, TenantError):
        return replace(item, outcome=_left(item.of, f"could not look: {now.message}"))
    targets = dict.fromkeys((inverse.target, now))
    judged = [target_verdicts(one, inverse.action, planning.settings, planning.facts) for one in targets]
    refusals = tuple(dict.fromkeys(one for verdicts in judged for one in verdicts if not one.passed))
    if not refusals:
        return item
    reason = "; ".join(f"{verdict.guard}: {verdict.reason}" for verdict in refusals)
    return _Inverse(item.of, LeftOut(inverse.action, inverse.target, reason, done=False), refusals)


def _in_order(inverses: Sequence[Change]) -> tuple[Change, ...]:
    """What takes back an older change of an object waits for what takes back the newer ones."""
    placed: list[Change] = []
    for change in inverses:
        before = [other.change_id for other in placed if other.target.ids & change.target.ids]
        placed.append(change.depending_on(*before))
    return tuple(placed)


def _left(change: Change, reason: str, *, done: bool = False) -> LeftOut:
    return LeftOut(change.action, change.target, reason, done)


def _warnings(past: PastRun, left_out: Sequence[LeftOut]) -> list[str]:
    found = []
    kept = Counter(outcome.action for outcome in left_out if not outcome.done)
    if kept:
        parts = ", ".join(f"{number} {action}" for action, number in sorted(kept.items()))
        found.append(
            f"{kept.total()} of the {len(past.plan.changes)} changes of run {past.run_id} cannot be undone: {parts}"
        )
    if not past.ended:
        found.append(f"run {past.run_id} has not ended: `azremediate resume` would make its open changes after all")
    return found
