"""What Identity Protection says of an identity, and an administrator's word on it: compromised, or not after all."""

from dataclasses import dataclass

from azremediate.actions._reading import object_path
from azremediate.actions._target_check import check_kind, not_planned
from azremediate.core.change import CannotUndo, Change, Phase, Risk, Skip, UndoClass, new_change
from azremediate.core.cloud import Cloud
from azremediate.core.errors import FeatureMissing, ObjectMissing
from azremediate.core.json_value import JsonObject, text_at
from azremediate.core.observed import Comparison, Precondition, State
from azremediate.core.ports import Read, TenantReader
from azremediate.core.run import Run
from azremediate.core.target import Target, TargetKind
from azremediate.core.write import Write

_CONFIRM, _DISMISS = "confirmCompromised", "dismiss"
_STATES = {_CONFIRM: "confirmedCompromised", _DISMISS: "dismissed"}


@dataclass(frozen=True, slots=True)
class RiskSide:
    """Users or service principals. collection: below /identityProtection. ids: the parameter that names them."""

    action: str
    kind: TargetKind
    collection: str
    ids: str
    warning: str


async def read_risk(side: RiskSide, target: Target, tenant: TenantReader) -> State:
    """Facts: riskState and riskLevel, `none` for whoever was never at risk.

    Raises `FeatureMissing` in the cloud that has no Identity Protection and without its licence.
    """
    if tenant.cloud is Cloud.CHINA:
        raise FeatureMissing(f"the {tenant.cloud} cloud has no Identity Protection")
    path = object_path(f"identityProtection/{side.collection}", target.id)
    try:
        row = await tenant.get(Read(path, {"$select": "id,riskState,riskLevel"}))
    except ObjectMissing:
        return State({"riskState": "none", "riskLevel": "none"})
    return State({"riskState": text_at(row, "riskState", "none"), "riskLevel": text_at(row, "riskLevel", "none")})


def plan_confirmation(side: RiskSide, target: Target, state: State) -> Change | Skip:
    """The word that it is compromised, unless that was said already."""
    if state.facts["riskState"] == _STATES[_CONFIRM]:
        return Skip("it is confirmed as compromised already")
    return _change(side, target, state, _CONFIRM)


async def apply_risk(side: RiskSide, change: Change, run: Run) -> None:
    """One write, which sets a state and may be repeated."""
    check_kind(change, (side.kind,))
    operation = text_at(change.work, "operation")
    if operation not in _STATES:
        raise not_planned(f"{operation[:40]!r} is no operation of it")

    async def said() -> JsonObject | None:
        state = await read_risk(side, change.target, run.tenant)
        return state.facts if risk_holds(change, state) else None

    path = f"/identityProtection/{side.collection}/{operation}"
    body = {side.ids: [change.target.id]}
    await run.write(Write(operation, "POST", path, body, object_id=change.target.id, names_target=side.ids), said)


def risk_holds(change: Change, state: State) -> bool:
    """Identity Protection says what was asked for."""
    return state.facts["riskState"] == _STATES.get(text_at(change.work, "operation"))


def undo_risk(side: RiskSide, change: Change, state: State) -> Change | CannotUndo:
    """Dismiss the risk, unless somebody said something else since; a dismissal is not taken back."""
    if change.work.get("operation") != _CONFIRM:
        return CannotUndo("a dismissed risk is confirmed again by a plan of its own")
    if not risk_holds(change, state):
        return CannotUndo("somebody has changed it since")
    return _change(side, change.target, state, _DISMISS)


def _change(side: RiskSide, target: Target, state: State, operation: str) -> Change:
    confirms = operation == _CONFIRM
    return new_change(
        action=side.action,
        phase=Phase.CONTAIN if confirms else Phase.RESTORE,
        target=target,
        state=state,
        params={},
        work={"operation": operation},
        summary="confirm it as compromised" if confirms else "dismiss its risk",
        before={"riskState": state.facts["riskState"]},
        after={"riskState": _STATES[operation]},
        preconditions=(Precondition("/riskState", Comparison.EQUALS, state.facts["riskState"]),),
        undo_class=UndoClass.REVERSIBLE if confirms else UndoClass.IRREVERSIBLE,
        undo_note="undone by dismissing the risk" if confirms else "cannot be undone by itself: confirm it again",
        risk=Risk.HIGH if confirms else Risk.LOW,
        warnings=(side.warning,) if confirms else (),
    )
