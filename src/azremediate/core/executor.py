"""Applies a plan: what contains first, each change re-checked before, made durably and read back after."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby

from azremediate.core.change import Change
from azremediate.core.changing import Changing, verdicts_of
from azremediate.core.concurrency import at_once
from azremediate.core.errors import PermissionMissing, PlanUnusable, SignInFailed, TenantError
from azremediate.core.execution import Execution
from azremediate.core.guards import plan_verdicts
from azremediate.core.pacing import Pace
from azremediate.core.plan import Plan, Verdict
from azremediate.core.record import Note
from azremediate.core.result import ChangeResult
from azremediate.core.target import Target

_CHANGES_PER_WRITE = 4
"""Changes under way for each write that may be: most of a change's time goes into reading, proving and committing."""


async def apply_plan(execution: Execution, plan: Plan) -> tuple[ChangeResult, ...]:
    """Bring every change of the plan to its end; one result for each, in the plan's order.

    Changes that an earlier run of the same plan brought to an end are not touched again. Raises `PlanUnusable` before
    anything is sent when an action of the plan is not known here, `IntegrityBroken` when the journal cannot be written;
    then nothing more was sent.
    """
    _check_actions(execution, plan)
    results: dict[str, ChangeResult] = dict(await execution.journal.results())
    verdicts = _wide_verdicts(execution, plan)
    for verdict in verdicts:
        outcome = "success" if verdict.passed else "failure"
        await execution.journal.note(Note("guard.verdict", outcome, reason=f"{verdict.guard}: {verdict.reason}"))
    wide = [verdict for verdict in verdicts if not verdict.passed]
    pace = Pace(execution.guards)
    current: dict[str, Target | TenantError] = {}
    gate = asyncio.Semaphore(_CHANGES_PER_WRITE * execution.settings.throttle.write_concurrency)

    async def one(change: Change) -> None:
        async with gate:
            result = await Changing(execution, change, results, wide, pace, current).to_its_end()
        results[change.change_id] = result
        pace.heard(result, change.action)

    def is_open(change: Change) -> bool:
        return change.change_id not in results or not results[change.change_id].status.final

    for _, phase in groupby(plan.changes, key=lambda change: change.phase):
        changes = list(phase)
        left = [change for change in changes if is_open(change)]
        pace.begin_phase(len(left))
        # phase by phase: what contains does not wait until the targets of slow work were looked at
        current |= await _look_again(execution, left)
        await _note_verdicts(execution, left, current)
        for wave in _waves(changes):
            for batch in pace.batches([change for change in wave if is_open(change)]):
                await at_once(one(change) for change in batch)
    if pace.tripped:
        await execution.journal.note(Note("breaker.tripped", "failure", reason=pace.tripped))
    return tuple(results[change.change_id] for change in plan.changes)


async def _look_again(execution: Execution, changes: Sequence[Change]) -> Mapping[str, Target | TenantError]:
    """The targets as they are now; where nothing may be read, that is what is wrong with each."""
    try:
        return await execution.current(changes) if changes else {}
    except (PermissionMissing, SignInFailed) as error:
        return dict.fromkeys((change.change_id for change in changes), error)


async def _note_verdicts(
    execution: Execution, changes: Sequence[Change], current: Mapping[str, Target | TenantError]
) -> None:
    """Record what the guards say before anything is sent: each refusal, and how many targets each guard let pass."""
    passed: Counter[str] = Counter()
    for change in changes:
        verdicts = verdicts_of(execution, change, current)
        if isinstance(verdicts, TenantError):
            continue  # the change ends with that error
        refusing = {verdict.guard for verdict in verdicts if not verdict.passed}
        passed.update({verdict.guard for verdict in verdicts} - refusing)
        for verdict in verdicts:
            if not verdict.passed:
                said = f"{verdict.guard}: {verdict.reason}"
                await execution.journal.note(Note("guard.verdict", "failure", change, said))
    if passed:
        counted = ", ".join(f"{guard} ({count})" for guard, count in sorted(passed.items()))
        await execution.journal.note(Note("guard.verdict", reason=f"targets passed: {counted}"))


def _check_actions(execution: Execution, plan: Plan) -> None:
    for change in plan.changes:
        action = execution.actions.get(change.action)
        if action is None or change.target.kind not in action.targets:
            raise PlanUnusable(
                f"this version of azremediate has no action {change.action!r} for a {change.target.kind}",
                hint="apply the plan with the version that made it, or make a new plan",
            )


def _wide_verdicts(execution: Execution, plan: Plan) -> list[Verdict]:
    limited = frozenset(name for name, action in execution.actions.items() if action.limited)
    return plan_verdicts(plan.changes, limited, execution.guards, execution.facts)


def _waves(changes: Sequence[Change]) -> list[list[Change]]:
    """The changes of one phase in groups, such that what a change depends on is in an earlier group."""
    waves: list[list[Change]] = []
    placed: dict[str, int] = {}
    for change in changes:
        level = max((placed[other] + 1 for other in change.depends_on if other in placed), default=0)
        placed[change.change_id] = level
        while len(waves) <= level:
            waves.append([])
        waves[level].append(change)
    return waves
