"""The switch that lets a service principal sign in to this tenant or not."""

from dataclasses import dataclass

from azremediate.actions._reading import object_path
from azremediate.actions._target_check import check_identity, check_kind, check_work
from azremediate.core.change import CannotUndo, Change, Phase, Risk, Skip, UndoClass, new_change
from azremediate.core.json_value import JsonObject, flag_at, text_at
from azremediate.core.observed import Comparison, Precondition, State
from azremediate.core.ports import Read, TenantReader
from azremediate.core.run import Run
from azremediate.core.target import MICROSOFT_TENANTS, Target, TargetKind
from azremediate.core.write import Write

_SELECT = "id,appId,accountEnabled,servicePrincipalType,appOwnerOrganizationId,disabledByMicrosoftStatus"


@dataclass(frozen=True, slots=True)
class Switch:
    """One direction of the switch: the action that does it and what it says."""

    action: str
    enabled: bool
    phase: Phase
    risk: Risk
    summary: str
    warnings: tuple[str, ...] = ()


OFF = Switch(
    "disable_service_principal",
    enabled=False,
    phase=Phase.CONTAIN,
    risk=Risk.HIGH,
    summary="stop it from signing in to this tenant",
    warnings=("tokens that were issued already work until they expire, as a rule 60 to 90 minutes",),
)
ON = Switch(
    "enable_service_principal",
    enabled=True,
    phase=Phase.RESTORE,
    risk=Risk.LOW,
    summary="let it sign in to this tenant again",
)


async def read_switch(target: Target, tenant: TenantReader) -> State:
    """Facts: accountEnabled, and what Graph says of the service principal's type and owner."""
    principal = await _read_principal(target, tenant)
    return State(
        {
            "accountEnabled": flag_at(principal, "accountEnabled") is not False,
            "servicePrincipalType": text_at(principal, "servicePrincipalType"),
            "appOwnerOrganizationId": text_at(principal, "appOwnerOrganizationId").lower(),
            "disabledByMicrosoft": text_at(principal, "disabledByMicrosoftStatus", "NotDisabled") != "NotDisabled",
        }
    )


def plan_switch(switch: Switch, target: Target, state: State, params: JsonObject) -> Change | Skip:
    """The change that moves the switch, or why none is due."""
    if text_at(state.facts, "appOwnerOrganizationId") in MICROSOFT_TENANTS:
        return Skip("it is Microsoft's own application", done=False)
    if text_at(state.facts, "servicePrincipalType") == "ManagedIdentity":
        return Skip("it is a managed identity, whose life belongs to an Azure resource", done=False)
    return switching(switch, OFF if switch.enabled else ON, target, state, params)


def switching(switch: Switch, back: Switch, target: Target, state: State, params: JsonObject) -> Change | Skip:
    """The change that moves any switch whose fact is accountEnabled, unless it is there already."""
    if state.facts["accountEnabled"] is switch.enabled:
        return Skip(f"it is {'enabled' if switch.enabled else 'disabled'} already")
    return new_change(
        action=switch.action,
        phase=switch.phase,
        target=target,
        state=state,
        params=params,
        work={"accountEnabled": switch.enabled},
        summary=switch.summary,
        before={"accountEnabled": not switch.enabled},
        after={"accountEnabled": switch.enabled},
        preconditions=(Precondition("/accountEnabled", Comparison.EQUALS, not switch.enabled),),
        undo_class=UndoClass.REVERSIBLE,
        undo_note=f"undone by {back.action}",
        risk=switch.risk,
        warnings=switch.warnings,
    )


async def _read_principal(target: Target, tenant: TenantReader) -> JsonObject:
    return await tenant.get(Read(object_path("servicePrincipals", target.id), {"$select": _SELECT}))


async def apply_switch(switch: Switch, change: Change, run: Run) -> None:
    """One write, which sets the value and may be repeated."""
    check_kind(change, (TargetKind.SERVICE_PRINCIPAL,))
    check_work(change, accountEnabled=switch.enabled)
    principal = await _read_principal(change.target, run.tenant)
    check_identity(change.target, {TargetKind.SERVICE_PRINCIPAL.value: principal})
    wanted = switch.enabled

    async def switched() -> JsonObject | None:
        state = await read_switch(change.target, run.tenant)
        return state.facts if state.facts["accountEnabled"] is wanted else None

    path = object_path("servicePrincipals", change.target.id)
    body = {"accountEnabled": wanted}
    await run.write(Write("switch", "PATCH", path, body, object_id=change.target.id), switched)


def switch_holds(change: Change, state: State) -> bool:
    """Whether the switch is where the change puts it."""
    return state.facts["accountEnabled"] is (change.work.get("accountEnabled") is True)


def undo_switch(back: Switch, change: Change, state: State, params: JsonObject) -> Change | CannotUndo:
    """The change that moves the switch back, unless somebody has done so already."""
    if not switch_holds(change, state):
        return CannotUndo("somebody has changed it since")
    undone = plan_switch(back, change.target, state, params)
    return CannotUndo(undone.reason) if isinstance(undone, Skip) else undone
