"""A user's account as the directory has it: who masters it, whether it may sign in, and the switch for that."""

from azremediate.actions._reading import object_path
from azremediate.actions._sign_in_switch import Switch, switching
from azremediate.actions._target_check import check_kind, check_work, not_planned
from azremediate.core.change import Change, Phase, Risk, Skip
from azremediate.core.json_value import JsonObject, flag_at, text_at
from azremediate.core.observed import State
from azremediate.core.permission import Needs
from azremediate.core.ports import Read, TenantReader
from azremediate.core.run import Run
from azremediate.core.target import Target, TargetKind
from azremediate.core.write import Write

ADMINISTRATORS = "Privileged Authentication Administrator (administrators as targets)"
"""What the tool's own identity needs to change what protects an administrator, beside the permission.

Source: https://learn.microsoft.com/graph/api/resources/users, who can perform sensitive actions.
"""

_SELECT = "id,accountEnabled,userPrincipalName,userType,onPremisesSyncEnabled"

SWITCH_OFF = Switch(
    "disable_user",
    enabled=False,
    phase=Phase.CONTAIN,
    risk=Risk.HIGH,
    summary="stop the user from signing in",
    warnings=("access tokens that were issued already work until they expire, as a rule 60 to 90 minutes",),
)
SWITCH_ON = Switch(
    "enable_user",
    enabled=True,
    phase=Phase.RESTORE,
    risk=Risk.HIGH,
    summary="let the user sign in again",
)
SWITCH_NEEDS = Needs(graph=("User.EnableDisableAccount.All", "User.Read.All"), directory_roles=(ADMINISTRATORS,))


async def read_account(target: Target, tenant: TenantReader) -> dict[str, bool]:
    """Facts: see `account_facts`."""
    return account_facts(await tenant.get(Read(object_path("users", target.id), {"$select": _SELECT})))


def account_facts(user: JsonObject) -> dict[str, bool]:
    """Facts: accountEnabled, guest (its home is another tenant), onPremises (Active Directory masters it)."""
    name = text_at(user, "userPrincipalName")
    return {
        "accountEnabled": flag_at(user, "accountEnabled") is not False,
        "guest": text_at(user, "userType") == "Guest" or "#EXT#" in name.upper(),
        "onPremises": flag_at(user, "onPremisesSyncEnabled") is True,
    }


def plan_account(switch: Switch, target: Target, state: State, params: JsonObject) -> Change | Skip:
    """The change that moves the switch; an account that is mastered on premises is switched there."""
    if state.facts["onPremises"] and state.facts["accountEnabled"] is not switch.enabled:
        verb = "Enable" if switch.enabled else "Disable"
        reason = (
            f"the account is mastered in Active Directory: run {verb}-ADAccount for it on a domain controller, run "
            "Start-ADSyncSyncCycle -PolicyType Delta where Microsoft Entra Connect runs, and check that accountEnabled "
            f"is {str(switch.enabled).lower()} here after that"
        )
        return Skip(reason, done=False)
    back = SWITCH_OFF if switch.enabled else SWITCH_ON
    return switching(switch, back, target, state, params)


async def apply_account(switch: Switch, change: Change, run: Run) -> None:
    """One write, which sets the value and may be repeated."""
    check_kind(change, (TargetKind.USER,))
    check_work(change, accountEnabled=switch.enabled)
    if (await read_account(change.target, run.tenant))["onPremises"]:
        raise not_planned("the account is mastered in Active Directory")

    async def switched() -> JsonObject | None:
        facts = await read_account(change.target, run.tenant)
        return facts if facts["accountEnabled"] is switch.enabled else None

    path = object_path("users", change.target.id)
    body = {"accountEnabled": switch.enabled}
    await run.write(Write("switch", "PATCH", path, body, object_id=change.target.id), switched)
