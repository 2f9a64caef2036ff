"""The switch that deactivates an application in every tenant (`isDisabled`), not only in this one."""

from dataclasses import dataclass

from azremediate.actions._owners import APPLICATIONS, owners_in_words, read_owners
from azremediate.actions._reading import object_path
from azremediate.actions._target_check import check_identity, check_kind, check_work
from azremediate.core.change import CannotUndo, Change, Phase, Risk, Skip, UndoClass, new_change
from azremediate.core.json_value import JsonObject, flag_at, objects_at, text_at
from azremediate.core.observed import Comparison, Precondition, State
from azremediate.core.ports import Read, TenantReader
from azremediate.core.run import Run
from azremediate.core.target import Target, TargetKind
from azremediate.core.write import Write

_SELECT = "id,appId,isDisabled,signInAudience,disabledByMicrosoftStatus"
_OWN_TENANT = "AzureADMyOrg"


@dataclass(frozen=True, slots=True)
class Deactivation:
    """One direction of the switch: the action that does it and what it says."""

    action: str
    disabled: bool
    phase: Phase
    risk: Risk
    summary: str


DEACTIVATE = Deactivation(
    "deactivate_application",
    disabled=True,
    phase=Phase.CONTAIN,
    risk=Risk.HIGH,
    summary="deactivate it: no new token in any tenant",
)
REACTIVATE = Deactivation(
    "reactivate_application",
    disabled=False,
    phase=Phase.RESTORE,
    risk=Risk.LOW,
    summary="activate it again, in every tenant",
)


async def read_deactivation(target: Target, tenant: TenantReader) -> State:
    """Facts: isDisabled, signInAudience, disabledByMicrosoft, and owners, who can activate it again.

    Source: https://learn.microsoft.com/entra/identity/enterprise-apps/deactivate-application-portal
    """
    application = await _read_application(target, tenant)
    return State(
        {
            "isDisabled": flag_at(application, "isDisabled") is True,
            "signInAudience": text_at(application, "signInAudience"),
            "disabledByMicrosoft": text_at(application, "disabledByMicrosoftStatus", "NotDisabled") != "NotDisabled",
            "owners": list(await read_owners(tenant, APPLICATIONS, target.id)),
        }
    )


async def _read_application(target: Target, tenant: TenantReader) -> JsonObject:
    return await tenant.get(Read(object_path(APPLICATIONS, target.id), {"$select": _SELECT}))


def plan_deactivation(way: Deactivation, target: Target, state: State, params: JsonObject) -> Change | Skip:
    """The change that moves the switch, or why none is due."""
    if state.facts["isDisabled"] is way.disabled:
        return Skip(f"it is {'deactivated' if way.disabled else 'active'} already")
    back = REACTIVATE if way.disabled else DEACTIVATE
    owners = state.facts["owners"]
    return new_change(
        action=way.action,
        phase=way.phase,
        target=target,
        state=state,
        params=params,
        work={"isDisabled": way.disabled},
        summary=way.summary,
        before={"isDisabled": not way.disabled, "owners": owners},
        after={"isDisabled": way.disabled, "owners": owners},
        preconditions=(Precondition("/isDisabled", Comparison.EQUALS, not way.disabled),),
        undo_class=UndoClass.REVERSIBLE,
        undo_note=f"undone by {back.action}",
        risk=way.risk,
        warnings=_off_warnings(state.facts) if way.disabled else _on_warnings(state.facts),
    )


def _off_warnings(facts: JsonObject) -> tuple[str, ...]:
    found = ["tokens that were issued already work until they expire, as a rule 60 to 90 minutes"]
    if (audience := text_at(facts, "signInAudience")) != _OWN_TENANT:
        found.append(f"it is for more than this tenant ({audience or 'audience unknown'}): it stops in all of them")
    if owners := objects_at(facts, "owners"):
        found.append(f"its owners can activate it again: {owners_in_words(owners)} (remove_owners first)")
    return tuple(found)


def _on_warnings(facts: JsonObject) -> tuple[str, ...]:
    found = ["it gets tokens again in every tenant, with whatever credentials it still has"]
    if facts["disabledByMicrosoft"]:
        found.append("Microsoft disabled it too, which this does not change")
    return tuple(found)


async def apply_deactivation(way: Deactivation, change: Change, run: Run) -> None:
    """One write, which sets the value and may be repeated."""
    check_kind(change, (TargetKind.APPLICATION,))
    check_work(change, isDisabled=way.disabled)
    application = await _read_application(change.target, run.tenant)
    check_identity(change.target, {TargetKind.APPLICATION.value: application})

    async def switched() -> JsonObject | None:
        now = flag_at(await _read_application(change.target, run.tenant), "isDisabled") is True
        return {"isDisabled": now} if now is way.disabled else None

    path = object_path(APPLICATIONS, change.target.id)
    body = {"isDisabled": way.disabled}
    await run.write(Write("switch", "PATCH", path, body, object_id=change.target.id), switched)


def deactivation_holds(change: Change, state: State) -> bool:
    """Whether the switch is where the change puts it."""
    return state.facts["isDisabled"] is (change.work.get("isDisabled") is True)


def undo_deactivation(back: Deactivation, change: Change, state: State) -> Change | CannotUndo:
    """The change that moves the switch back, unless somebody has done so already."""
    if not deactivation_holds(change, state):
        return CannotUndo("somebody has changed it since")
    undone = plan_deactivation(back, change.target, state, {})
    return CannotUndo(undone.reason) if isinstance(undone, Skip) else undone
