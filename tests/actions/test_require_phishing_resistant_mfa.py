"""The policy is made once, leaves out the break-glass accounts, and is not made where one covers as much."""

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from azremediate.actions._administrator_roles import ROLES
from azremediate.actions._conditional_access import ENABLED, PHISHING_RESISTANT, REPORT_ONLY, Grant, Mode
from azremediate.actions.require_phishing_resistant_mfa import ACTION, Params
from azremediate.core.change import CannotUndo, Change, Skip
from azremediate.core.cloud import Cloud
from azremediate.core.errors import ChangeFailed, InputInvalid, OutcomeUnknown, OutcomeUnresolved, RequestRefused
from azremediate.core.lock_out import LockOut
from azremediate.core.target import Target, TargetKind
from tests.actions.policy_stage import ALICE, BOB, GLOBAL_ADMINISTRATOR, target_with
from tests.actions.stage import a_tenant, change_of, holds, planned, run_of
from tests.fakes import TENANT_ID, FakeTenant

POLICIES = "/identity/conditionalAccess/policies"
GLASS = ("dddddddd-0000-4000-8000-00000000000a", "dddddddd-0000-4000-8000-00000000000b")
TARGET = Target(TENANT_ID, TargetKind.TENANT, TENANT_ID, "Contoso", exempt=GLASS)


def _policies(tenant: FakeTenant) -> list[dict[str, Any]]:
    return tenant.collections[POLICIES]


async def _made(tenant: FakeTenant, params: Params | None = None) -> Change:
    change = await change_of(ACTION, TARGET, tenant, params)
    await ACTION.apply(change, run_of(change, tenant))
    tenant.journal.records.clear()
    return change


async def test_policy_is_created_report_only() -> None:
    """One policy for the fifteen roles, every application, phishing-resistant, that only reports."""
    tenant = a_tenant()
    change = await _made(tenant)
    assert len(_policies(tenant)) == 1
    policy = _policies(tenant)[0]
    assert policy["displayName"].startswith(f"{change.tag} ")
    assert policy["state"] == REPORT_ONLY
    assert len(ROLES) == len(set(ROLES)) == 15
    assert policy["conditions"] == {
        "clientAppTypes": ["all"],
        "applications": {"includeApplications": ["All"]},
        "users": {"includeRoles": sorted(ROLES), "excludeUsers": sorted(GLASS)},
    }
    assert policy["grantControls"]["authenticationStrength"] == {"id": PHISHING_RESISTANT}
    assert await holds(ACTION, change, tenant)
    outcome = await planned(ACTION, TARGET, tenant)
    assert isinstance(outcome, Skip)
    assert outcome.done


@pytest.mark.parametrize("after", [True, False], ids=["had effect", "had no effect"])
async def test_unknown_outcome_makes_no_second_policy(after: bool) -> None:
    """A creation without an answer is looked for by its tag."""
    tenant = a_tenant()
    change = await change_of(ACTION, TARGET, tenant)
    tenant.fail["create"] = (OutcomeUnknown("no answer"), after)
    await ACTION.apply(change, run_of(change, tenant))
    assert len(_policies(tenant)) == 1
    assert await holds(ACTION, change, tenant)


async def test_stray_policy_of_the_same_change_is_removed() -> None:
    """However many policies one change left behind, one stays."""
    tenant = a_tenant()
    change = await _made(tenant)
    stray = {**deepcopy(_policies(tenant)[0]), "id": "aaaaaaaa-0000-4000-8000-0000000000ff"}
    _policies(tenant).append(stray)
    assert not await holds(ACTION, change, tenant)
    await ACTION.apply(change, run_of(change, tenant))
    assert len(_policies(tenant)) == 1
    assert await holds(ACTION, change, tenant)


async def test_enabling_takes_the_policy_that_is_there() -> None:
    """`state: enabled` switches our own report-only policy on instead of making another; undo switches it back."""
    tenant = a_tenant()
    await _made(tenant)
    change = await _made(tenant, Params(state=Mode.ENABLED, lock_out=LockOut.ACCEPT))
    assert [policy["state"] for policy in _policies(tenant)] == [ENABLED]
    assert await holds(ACTION, change, tenant)
    back = ACTION.undo(change, await ACTION.observe(TARGET, tenant))
    assert isinstance(back, Change)
    await ACTION.apply(back, run_of(back, tenant))
    assert [policy["state"] for policy in _policies(tenant)] == [REPORT_ONLY]
    assert await holds(ACTION, back, tenant)
    assert isinstance(ACTION.undo(change, await ACTION.observe(TARGET, tenant)), CannotUndo)


async def test_undo_of_a_creation_disables_the_policy() -> None:
    """The policy stays, disabled."""
    tenant = a_tenant()
    change = await _made(tenant)
    back = ACTION.undo(change, await ACTION.observe(TARGET, tenant))
    assert isinstance(back, Change)
    await ACTION.apply(back, run_of(back, tenant))
    assert [policy["state"] for policy in _policies(tenant)] == ["disabled"]
    assert await holds(ACTION, back, tenant)


STORED: dict[str, tuple[dict[str, Any], str]] = {
    "nobody left out": ({"users": {"excludeUsers": []}}, "break-glass"),
    "one left out": ({"users": {"excludeUsers": [GLASS[0]]}}, "break-glass"),
    "everybody": ({"users": {"includeUsers": ["All"]}}, "more people"),
    "block": ({"grant": ["block"]}, "blocks"),
}


@pytest.mark.fault("G4")
@pytest.mark.parametrize("state", list(Mode))
@pytest.mark.parametrize("stored", STORED)
async def test_stored_policy_that_locks_out_is_disabled_at_once(stored: str, state: Mode) -> None:
    """What counts is what the service stored: it must not stay, neither enabled nor until somebody enables it."""
    tenant = a_tenant()
    change = await change_of(ACTION, TARGET, tenant, Params(state=state, lock_out=LockOut.ACCEPT))
    effect = tenant._effect
    other, says = STORED[stored]

    def forgetful(write: Any) -> Any:
        receipt = effect(write)
        for policy in _policies(tenant):
            policy["conditions"]["users"].update(other.get("users", {}))
            policy["grantControls"]["builtInControls"] = other.get("grant", [])
        return receipt

    tenant._effect = forgetful  # type: ignore[method-assign]  # a service that stores something else
    with pytest.raises(ChangeFailed, match=says):
        await ACTION.apply(change, run_of(change, tenant))
    assert [policy["state"] for policy in _policies(tenant)] == ["disabled"]


async def test_an_enabled_policy_that_is_not_shown_needs_a_person() -> None:
    """What it says could not be checked, so it is disabled; and where it cannot be, somebody has to look."""
    tenant = a_tenant()
    change = await change_of(ACTION, TARGET, tenant, Params(state=Mode.ENABLED, lock_out=LockOut.ACCEPT))
    effect = tenant._effect

    def late(write: Any) -> Any:
        receipt = effect(write)
        _policies(tenant).clear()
        return receipt

    tenant._effect = late  # type: ignore[method-assign]  # a service whose reads lag behind its writes
    with pytest.raises(OutcomeUnresolved, match="could not be read back, and it could not be disabled"):
        await ACTION.apply(change, run_of(change, tenant))
    assert [write.step for write in tenant.writes] == ["create", "disable"]


@pytest.mark.parametrize(
    ("case", "says"),
    [("one break-glass account", "break-glass"), ("security defaults", "security defaults"), ("china", "grant: mfa")],
)
async def test_impossible(case: str, says: str) -> None:
    """What stands in the way is said, and not called done."""
    tenant, target = a_tenant(), TARGET
    if case == "one break-glass account":
        target = Target(TENANT_ID, TargetKind.TENANT, TENANT_ID, "Contoso", exempt=(GLASS[0], GLASS[0].upper()))
    elif case == "security defaults":
        tenant.single["/policies/identitySecurityDefaultsEnforcementPolicy"] = {"isEnabled": True}
    else:
        tenant.cloud = Cloud.CHINA
    outcome = await planned(ACTION, target, tenant)
    assert isinstance(outcome, Skip)
    assert not outcome.done
    assert says in outcome.reason


async def test_strengths_that_cannot_be_read() -> None:
    """Not being able to look is said; ordinary MFA needs no strengths."""
    tenant = a_tenant()
    tenant.single["/policies/authenticationStrengthPolicies"] = RequestRefused("not here", status=400)
    outcome = await planned(ACTION, TARGET, tenant)
    assert isinstance(outcome, Skip)
    assert "could not be read" in outcome.reason
    change = await _made(tenant, Params(grant=Grant.MFA))
    assert _policies(tenant)[0]["grantControls"]["builtInControls"] == ["mfa"]
    assert await holds(ACTION, change, tenant)


@pytest.mark.parametrize(
    "roles",
    [(), ("Global Administrator",), (*ROLES, "D29B2B05-8046-44ba-8758-1e26182fcf32")],
    ids=["none", "a name", "directory synchronization"],
)
def test_roles_that_cannot_be_used(roles: tuple[str, ...]) -> None:
    """Names, nothing, and the account of directory synchronization are refused."""
    with pytest.raises(InputInvalid, match="roles"):
        Params(roles=roles)


async def test_only_those_whom_it_is_for_can_be_locked_out() -> None:
    """Somebody without one of its roles keeps nobody from enabling it, and is named as not covered."""
    helpdesk = replace(BOB, roles=("729827e3-9c14-49f7-bb1b-9608f156bbb8",), azure=False)
    chosen = Params(roles=(GLOBAL_ADMINISTRATOR.upper(),))
    tenant = a_tenant()
    warnings = (await change_of(ACTION, target_with(ALICE, helpdesk), tenant, chosen)).warnings
    assert "privileged and not covered (1): bob@x" in warnings
    assert not any("lock out" in warning for warning in warnings)
    warnings = (await change_of(ACTION, target_with(ALICE, helpdesk), tenant)).warnings
    assert any("lock out 1 person: bob@x" in warning for warning in warnings)
    assert not any("not covered (" in warning for warning in warnings)
