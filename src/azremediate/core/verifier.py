"""Whether what a run did still holds, by reading the tenant again."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace

from azremediate.core.action import Action, in_effect
from azremediate.core.change import Change, Phase
from azremediate.core.concurrency import at_once
from azremediate.core.errors import FeatureMissing, PermissionMissing, SignInFailed, TenantError
from azremediate.core.events import Listener, Progressed
from azremediate.core.plan import Plan
from azremediate.core.ports import TenantReader
from azremediate.core.result import ChangeResult, ChangeStatus

_CONCURRENT_READS = 16


@dataclass(frozen=True, slots=True)
class Verification:
    """What reading says now of one change: `holds` is None when it could not be read, or was never done.

    `lifted_by` is the later change of the same run that took it back as planned (what was disabled is enabled again).
    """

    change_id: str
    action: str
    target: str
    target_id: str
    done_before: bool
    holds: bool | None
    reason: str
    lifted_by: str = ""

    @property
    def lost(self) -> bool:
        """Whether the run had done it and it is not, or not provably, in effect any more, and nothing lifted it."""
        return self.done_before and self.holds is not True and not self.lifted_by


async def verify_run(
    plan: Plan,
    results: Mapping[str, ChangeResult],
    tenant: TenantReader,
    actions: Mapping[str, Action],
    listener: Listener,
) -> tuple[Verification, ...]:
    """One verification for each change of the plan, in its order; raises `PermissionMissing` if nothing can be read."""
    gate = asyncio.Semaphore(_CONCURRENT_READS)
    done = 0

    async def one(change: Change) -> Verification:
        nonlocal done
        async with gate:
            found = await _verify(change, results.get(change.change_id), tenant, actions.get(change.action))
        if found.holds is False and (later := _lifting(plan, results, change)):
            reason = f"lifted by {later.action} of the same run, as planned"
            found = replace(found, lifted_by=later.change_id, reason=reason)
        done += 1
        listener(Progressed("verifying", done, len(plan.changes), change.target.display_name))
        return found

    return tuple(await at_once(one(change) for change in plan.changes))


def _lifting(plan: Plan, results: Mapping[str, ChangeResult], change: Change) -> Change | None:
    """The change that restores what this one contained, if the run made both."""
    if change.phase is not Phase.CONTAIN:
        return None
    for other in plan.changes:
        result = results.get(other.change_id)
        same = other.phase is Phase.RESTORE and other.target.ids & change.target.ids
        if same and result is not None and result.status.done and {*other.after} & {*change.after}:
            return other
    return None


async def _verify(
    change: Change, result: ChangeResult | None, tenant: TenantReader, action: Action | None
) -> Verification:
    done = result is not None and result.status.done
    holds: bool | None = None
    try:
        if action is None:
            raise FeatureMissing(f"this version of azremediate has no action {change.action!r}")
        before = result.before if result is not None and result.status is ChangeStatus.VERIFIED else None
        holds = in_effect(action, change, before, await action.observe(change.target, tenant))
        reason = "" if holds else ("it no longer holds" if done else "it was not done and does not hold")
    except (PermissionMissing, SignInFailed):
        raise
    except (TenantError, FeatureMissing) as error:
        reason = f"could not look: {error.message}"
    target = change.target
    return Verification(change.change_id, change.action, target.display_name, target.id, done, holds, reason)
