"""The writes that create a Conditional Access policy or change its state."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from azremediate.actions._conditional_access import DISABLED, ENABLED, POLICIES, REPORT_ONLY, Demand, made_by_us, tagged
from azremediate.actions._reading import object_path
from azremediate.actions._target_check import not_planned
from azremediate.core.change import Change
from azremediate.core.errors import ChangeFailed, OutcomeUnresolved, TenantError
from azremediate.core.json_value import JsonObject, object_of, objects_at, text_at
from azremediate.core.observed import State
from azremediate.core.run import Run
from azremediate.core.write import Write

ReadState: TypeAlias = Callable[[], Awaitable[State]]


async def create_policy(change: Change, run: Run, demand: Demand, state: str, read: ReadState) -> None:
    """Create it once; one that might lock somebody out as it is stored is disabled at once, also a report-only one.

    An enabled policy that the tenant does not show in time is disabled too: what it says could not be checked.
    """

    async def created() -> JsonObject | None:
        found = tagged((await read()).facts, change.tag)
        return {"id": text_at(found[0], "id")} if found else None

    body = demand.body(f"{change.tag} {text_at(change.work, 'name')}", state)
    receipt = await run.write(Write("create", "POST", POLICIES, body, expects=("id",)), created)
    policy_id = text_at(receipt.facts, "id")
    run.proof["policy_id"] = policy_id
    stored = tagged({"policies": await _listed(run, policy_id, read)}, change.tag)
    await _keep_if_safe(run, demand, policy_id, state, stored, read)
    for policy in stored:
        if (found := text_at(policy, "id")) != policy_id:
            await _delete(run, found, read)


async def sweep_policies(change: Change, run: Run, read: ReadState) -> None:
    """Delete policies of this change that came into being after reading had said that they had not.

    The one that the journal holds as created stays; where it holds none, the change failed and none is wanted.
    """
    kept = text_at(await run.effect_of("create") or {}, "id")
    for policy in tagged((await read()).facts, change.tag):
        if (found := text_at(policy, "id")) != kept:
            await _delete(run, found, read)


async def enable_policy(run: Run, demand: Demand, policy_id: str, read: ReadState) -> None:
    """Enable a policy that `check_own_policy` let pass, and judge it again as it is stored then.

    Between the check and the write somebody may have edited it; one that might lock somebody out now is disabled.
    """
    await set_policy_state(run, policy_id, ENABLED, read, step="set-state")
    await _keep_if_safe(run, demand, policy_id, ENABLED, await _listed(run, policy_id, read), read)


async def _keep_if_safe(
    run: Run, demand: Demand, policy_id: str, state: str, stored: Sequence[JsonObject], read: ReadState
) -> None:
    wrong = [demand.locks_out(policy) for policy in stored if text_at(policy, "id") == policy_id]
    if not wrong and state == ENABLED:
        wrong = ["could not be read back"]
    if not wrong or not wrong[0]:
        return
    try:
        await set_policy_state(run, policy_id, DISABLED, read, step="disable", urgent=True)
    except TenantError as error:
        raise OutcomeUnresolved(
            f"the stored policy {policy_id} {wrong[0]}, and it could not be disabled: {error.message}",
            hint="disable that policy, then run `azremediate resume`",
        ) from error
    run.proof["compensated"] = True
    raise ChangeFailed(f"compensated: the stored policy {wrong[0]}; it was disabled again")


async def _listed(run: Run, policy_id: str, read: ReadState) -> list[JsonObject]:
    """The policies as the tenant stores them, once this one is among them or time is up."""
    patience = run.settings.reconcile
    deadline = run.clock.monotonic() + patience.verify.total_seconds()
    while True:
        found = objects_at((await read()).facts, "policies")
        if any(text_at(policy, "id") == policy_id for policy in found) or run.clock.monotonic() >= deadline:
            return found
        await run.clock.sleep(patience.poll.total_seconds())


def check_own_policy(demand: Demand, facts: JsonObject, policy_id: str, state: str) -> None:
    """Raise `ChangeFailed` unless the policy, as it is now, is azremediate's own and may be put into that state.

    Enabled is only what still asks what was planned, of holders of roles alone, and leaves out the break-glass
    accounts: since the plan somebody may have edited it to lock everybody out. One that is enabled already was switched
    by an earlier attempt, and `enable_policy` judges it after the write. One that is gone is not disabled any more.
    """
    if state not in (ENABLED, DISABLED, REPORT_ONLY):
        raise not_planned("the plan names a state that a policy cannot have")
    policy = next((one for one in objects_at(facts, "policies") if text_at(one, "id") == policy_id), None)
    if policy is None:
        if state == ENABLED:
            raise not_planned("the policy is not there any more, so what it says cannot be judged")
        return
    if not made_by_us(policy):
        raise not_planned("the policy was not made by azremediate")
    if state != ENABLED or text_at(policy, "state") == ENABLED:
        return
    fits = demand.covered_by(policy, object_of(facts["strengths"], "strengths"))
    if not (fits and demand.safe_to_enable(policy)):
        raise not_planned("the policy is not any more what the plan saw, and might lock out its administrators")


async def set_policy_state(
    run: Run, policy_id: str, state: str, read: ReadState, *, step: str, urgent: bool = False
) -> None:
    """Set a policy's state, which may be repeated; `urgent` as for `Run.write`."""

    async def is_set() -> JsonObject | None:
        found = object_of((await read()).facts["states"], "states").get(policy_id)
        return {"state": state} if found == state else None

    write = Write(step, "PATCH", _path(policy_id), {"state": state}, object_id=policy_id)
    await run.write(write, is_set, urgent=urgent)


async def _delete(run: Run, policy_id: str, read: ReadState) -> None:
    """Remove a stray of the same change, made by an attempt whose answer never came."""

    async def gone() -> JsonObject | None:
        states = object_of((await read()).facts["states"], "states")
        return None if policy_id in states else {"id": policy_id}

    write = Write(f"discard-{policy_id}", "DELETE", _path(policy_id), object_id=policy_id, absent_is_done=True)
    await run.write(write, gone)


def _path(policy_id: str) -> str:
    return object_path(POLICIES.removeprefix("/"), policy_id)
