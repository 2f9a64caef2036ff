"""From a playbook and a credential list to a plan; reads the tenant and changes nothing."""

import asyncio
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from azremediate.core.action import Action
from azremediate.core.approval import planned_approvals
from azremediate.core.change import Change, Phase, Skip
from azremediate.core.concurrency import at_once
from azremediate.core.config import GuardSettings
from azremediate.core.credential import CredentialList
from azremediate.core.errors import FeatureMissing, PermissionMissing, SignInFailed, TenantError
from azremediate.core.events import Listener, Progressed
from azremediate.core.guards import BREAK_GLASS_CONFIGURATION, GuardFacts, plan_verdicts, target_verdicts
from azremediate.core.lock_out import LockOut
from azremediate.core.manual_task import ManualTask
from azremediate.core.owner_notice import with_notices
from azremediate.core.ownership import Owners
from azremediate.core.parameters import parse_parameters
from azremediate.core.plan import SCHEMA, LeftOut, Plan, PlanInput, PlanOrigin, UnresolvedRow, Verdict, sealed
from azremediate.core.planned_cases import Planned, cases_of, external_tasks_of, manual_tasks_of
from azremediate.core.playbook import Playbook, Step
from azremediate.core.ports import TenantReader
from azremediate.core.privilege import people_of
from azremediate.core.selection import Selection
from azremediate.core.survey import Survey
from azremediate.core.target import Selected, Target, Unresolved

_CONCURRENT_READS = 400
_BEFORE_RESTORE = (Phase.EVICT, Phase.ROTATE)


@dataclass(frozen=True, slots=True)
class Planning:
    """Everything that planning needs beside the playbook and the list; `notices`: see `owner_notice`."""

    tenant: TenantReader
    actions: Mapping[str, Action]
    survey: Survey
    settings: GuardSettings
    facts: GuardFacts
    origin: PlanOrigin
    listener: Listener
    tasks_due_after: timedelta = timedelta(days=7)
    notices: Mapping[str, datetime] = field(default_factory=dict)


async def make_plan(planning: Planning, playbook: Playbook, given: CredentialList | None) -> Plan:
    """The plan; raises `PermissionMissing` or another `TenantError` when the tenant cannot be read as a whole."""
    selection = await Selection.of(planning.survey, given.credentials if given else (), planning.listener)
    planned: list[Planned] = []
    told: list[ManualTask] = []
    for step in playbook.steps:
        found = await _plan_step(planning, step, selection, planned)
        noticed = with_notices(found, step, planning.notices, planning.origin.created_at)
        planned.extend(noticed.planned)
        told.extend(noticed.tasks)
    planned = _not_let_in_again(planned, planning.actions)
    changes = _ordered(planned)
    limited = frozenset(name for name, action in planning.actions.items() if action.limited)
    wide = plan_verdicts(changes, limited, planning.settings, planning.facts)
    wide += planned_approvals(changes, planning.actions, planning.settings.approvals, planning.facts.administrators)
    verdicts = [verdict for item in planned for verdict in item.verdicts if not verdict.passed]
    left_out = [item.outcome for item in planned if isinstance(item.outcome, LeftOut)]
    refused_targets = {(verdict.action, verdict.target_id) for verdict in verdicts}
    due = planning.origin.created_at + planning.tasks_due_after
    cases = cases_of(selection, planned, planning.actions, playbook.name)
    return sealed(
        Plan(
            schema=SCHEMA,
            plan_id="",
            origin=planning.origin,
            input=_input(given),
            applicable=all(item.passed for item in wide)
            and not any(verdict.guard == BREAK_GLASS_CONFIGURATION for verdict in verdicts),
            changes=changes,
            skips=tuple(item for item in left_out if (item.action, item.target.id) not in refused_targets),
            refused=tuple(item for item in left_out if (item.action, item.target.id) in refused_targets),
            unresolved=tuple(_unresolved_row(row) for row in selection.unresolved),
            cases=cases,
            manual_tasks=(*told, *manual_tasks_of(cases, due), *external_tasks_of(planned, planning.actions, due)),
            guards=(*wide, *verdicts, *_passed(planned)),
            warnings=tuple(dict.fromkeys((*(given.warnings if given else ()), *planning.facts.gaps))),
        )
    )


def _passed(planned: Sequence[Planned]) -> list[Verdict]:
    """One line for each guard that passed for every target it judged, instead of one for each target."""
    counted: dict[str, int] = {}
    for item in planned:
        for verdict in item.verdicts:
            if verdict.passed:
                counted[verdict.guard] = counted.get(verdict.guard, 0) + 1
    return [
        Verdict(guard, True, f"{count} target{'s' if count != 1 else ''} passed")
        for guard, count in sorted(counted.items())
    ]


def _input(given: CredentialList | None) -> PlanInput | None:
    if given is None:
        return None
    used = given.rows - given.merged - len(given.rejected)
    return PlanInput(given.name, given.sha256, given.rows, used, given.merged, given.rejected)


def _unresolved_row(row: Unresolved) -> UnresolvedRow:
    credential = row.credential
    return UnresolvedRow(
        credential.lines, credential.kind.value, credential.identity, row.why, row.reason, row.candidates
    )


async def _plan_step(planning: Planning, step: Step, selection: Selection, before: Sequence[Planned]) -> list[Planned]:
    action = planning.actions[step.action]
    params = parse_parameters(action.params, step.parameters, f"step {step.action}")
    tenant_target = Target(
        tenant_id=planning.origin.tenant_id,
        kind=action.targets[0],
        id=planning.origin.tenant_id,
        display_name=planning.origin.tenant_name,
        exempt=planning.settings.break_glass,
    )
    if isinstance(getattr(params, "lock_out", None), LockOut):
        people = people_of(planning.facts.roster, planning.settings.break_glass)
        tenant_target = replace(tenant_target, readiness=await planning.survey.readiness.of(people))
    selected = await selection.for_step(step, action, params, tenant_target)
    if isinstance(getattr(params, "owners", None), Owners):
        spared = (*planning.settings.break_glass, *sorted(planning.facts.own.ids))
        selected = [replace(one, target=replace(one.target, exempt=spared)) for one in selected]
    gate = asyncio.Semaphore(_CONCURRENT_READS)
    done = 0

    async def plan_one(one: Selected) -> Planned:
        nonlocal done
        async with gate:
            planned = await _plan_target(planning, action, one, params, before)
        done += 1
        planning.listener(Progressed(f"looking at {step.action}", done, len(selected), one.target.display_name))
        return planned

    return await at_once(plan_one(one) for one in selected)


async def _plan_target(
    planning: Planning, action: Action, selected: Selected, params: object, before: Sequence[Planned]
) -> Planned:
    seen = selected.target.seen_as(action.targets)
    if seen is None:
        reason = f"it has no {' or '.join(action.targets)} in this tenant"
        return Planned(selected, action.name, LeftOut(action.name, selected.target, reason, done=False), ())
    verdicts = tuple(target_verdicts(seen, action.name, planning.settings, planning.facts))
    refusals = [verdict for verdict in verdicts if not verdict.passed]
    if refusals:
        reason = "; ".join(f"{verdict.guard}: {verdict.reason}" for verdict in refusals)
        return Planned(selected, action.name, LeftOut(action.name, seen, reason, done=False), verdicts)
    try:
        state = await action.observe(seen, planning.tenant)
        for earlier in before:
            if isinstance(earlier.outcome, Change) and earlier.outcome.target.ids & seen.ids:
                state = state.overlaid(earlier.outcome.after)
        outcome = action.plan(seen, state, params)
    except (PermissionMissing, SignInFailed):
        raise
    except (TenantError, FeatureMissing) as error:
        reason = f"could not look: {error.message}"
        return Planned(selected, action.name, LeftOut(action.name, seen, reason, done=False), verdicts)
    if isinstance(outcome, Skip):
        return Planned(selected, action.name, LeftOut(action.name, seen, outcome.reason, outcome.done), verdicts)
    return Planned(selected, action.name, replace(outcome, evidence=_evidence(selected)), verdicts)


def _evidence(selected: Selected) -> tuple[str, ...]:
    rows = sorted({line for credential in selected.credentials for line in credential.lines})
    found = [f"listed in row {', '.join(map(str, rows))}"] if rows else []
    return (*found, *(part for part in (selected.note,) if part))


def _not_let_in_again(planned: Sequence[Planned], actions: Mapping[str, Action]) -> list[Planned]:
    """Nothing is restored whose exposed credentials are not dealt with, nor what was stopped before this plan."""
    undone: dict[str, LeftOut] = {}
    stopped: set[str] = set()
    for item in planned:
        outcome, phase = item.outcome, actions[item.action].phase
        if not isinstance(outcome, LeftOut):
            continue
        if not outcome.done and phase in _BEFORE_RESTORE:
            undone.update(dict.fromkeys(outcome.target.ids, outcome))
        if outcome.done and phase is Phase.CONTAIN and actions[item.action].limited:
            stopped |= outcome.target.ids
    return [_kept_out(item, undone, stopped) for item in planned]


def _kept_out(item: Planned, undone: Mapping[str, LeftOut], stopped: Set[str]) -> Planned:
    change = item.outcome
    if not isinstance(change, Change) or change.phase is not Phase.RESTORE:
        return item
    reasons = [undone[identifier] for identifier in sorted(change.target.ids) if identifier in undone]
    if reasons:
        reason = f"{reasons[0].action} is left out: {reasons[0].reason}"
        return replace(item, outcome=LeftOut(item.action, change.target, reason, done=False))
    if change.target.ids & stopped:
        reason = f"it was stopped before this plan, and stays so until somebody decides ({item.action} lets it in)"
        return replace(item, outcome=LeftOut(item.action, change.target, reason, done=True))
    return item


def _ordered(planned: Sequence[Planned]) -> tuple[Change, ...]:
    """Each change once, containment first; what restores waits for what is done before it on the same identity."""
    found: dict[str, Change] = {}
    for item in planned:
        if isinstance(item.outcome, Change):
            known = found.setdefault(item.outcome.change_id, item.outcome)
            evidence = tuple(dict.fromkeys((*known.evidence, *item.outcome.evidence)))
            found[known.change_id] = replace(known, evidence=evidence)
    changes = list(found.values())
    changes.sort(key=lambda change: change.phase.order)
    for index, change in enumerate(changes):
        if change.phase is Phase.RESTORE:
            earlier = [
                other.change_id
                for other in changes[:index]
                if other.phase in _BEFORE_RESTORE and other.target.ids & change.target.ids
            ]
            changes[index] = change.depending_on(*earlier)
    return tuple(changes)
