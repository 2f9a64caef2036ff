"""Directory roles go, eligible ones first, and come back; what a plan names of somebody else is not touched."""

from dataclasses import replace
from typing import Any

import pytest

from azremediate.actions.remove_directory_role_assignment import _HOLDINGS, ACTION, Params
from azremediate.core.change import CannotUndo, Change, Skip
from azremediate.core.errors import ChangeFailed, FeatureMissing, OutcomeUnknown, RequestRefused, TenantError
from azremediate.core.target import Target, TargetKind
from tests.actions.stage import USER, a_tenant, change_of, holds, planned, run_of
from tests.fakes import TENANT_ID, FakeTenant

ROOT = "/roleManagement/directory"
AMIRA = Target(TENANT_ID, TargetKind.USER, USER, "Amira", user_principal_name="amira@contoso.test")
OTHER = "dddddddd-0000-4000-8000-000000000009"
EXCHANGE, GLOBAL = "29232cdf-9323-42fd-ade2-1d097af3e4de", "62e90394-69f5-4237-9190-012177145e10"
SYNC = "d29b2b05-8046-44ba-8758-1e26182fcf32"
GROUPS = f"/users/{USER}/transitiveMemberOf/microsoft.graph.group"


def _row(row_id: str, role: str, principal: str = USER, **more: Any) -> dict[str, Any]:
    return {"id": row_id, "principalId": principal, "roleDefinitionId": role, "directoryScopeId": "/", **more}


def _tenant(*active: dict[str, Any], eligible: tuple[dict[str, Any], ...] = ()) -> FakeTenant:
    tenant = a_tenant()
    tenant.collections |= {
        f"{ROOT}/roleAssignments": list(active),
        f"{ROOT}/roleAssignmentScheduleInstances": [],
        f"{ROOT}/roleEligibilityScheduleInstances": list(eligible),
        f"{ROOT}/roleEligibilityScheduleRequests": [],
        GROUPS: [],
    }
    return tenant


def _active(tenant: FakeTenant) -> list[str]:
    return [row["roleDefinitionId"] for row in tenant.collections[f"{ROOT}/roleAssignments"]]


async def test_active_roles_go_and_come_back() -> None:
    """One deletion each; what the guard counts stands in the work; assigned again under new ids."""
    tenant = _tenant(_row("a-1", EXCHANGE), _row("a-2", GLOBAL))
    change = await change_of(ACTION, AMIRA, tenant)
    assert change.work["rolesTaken"] == [EXCHANGE, GLOBAL]
    await ACTION.apply(change, run_of(change, tenant))
    assert _active(tenant) == []
    assert await holds(ACTION, change, tenant)
    back = ACTION.undo(change, await ACTION.observe(AMIRA, tenant))
    assert isinstance(back, Change)
    assert "rolesTaken" not in back.work
    tenant.journal.records.clear()
    run = run_of(back, tenant)
    await ACTION.apply(back, run)
    assert sorted(_active(tenant)) == [EXCHANGE, GLOBAL]
    ids = {row["id"] for row in tenant.collections[f"{ROOT}/roleAssignments"]}
    assert set(run.proof.values()) == ids
    assert await holds(ACTION, back, tenant)


async def test_an_eligible_role_goes_first() -> None:
    """By a request to Privileged Identity Management, which names who asks."""
    tenant = _tenant(_row("a-1", EXCHANGE), eligible=(_row("e-1", GLOBAL),))
    change = await change_of(ACTION, AMIRA, tenant)
    _eligible, active = _HOLDINGS.planned(change)
    tenant.fail[_HOLDINGS.step("remove", active)] = (RequestRefused("stop here", status=400), False)
    with pytest.raises(RequestRefused):
        await ACTION.apply(change, run_of(change, tenant))
    (write,) = tenant.writes
    assert write.path == f"{ROOT}/roleEligibilityScheduleRequests"
    body: Any = write.body
    assert (body["action"], body["principalId"], body["roleDefinitionId"]) == ("adminRemove", USER, GLOBAL)
    assert body["justification"].startswith("azr-")


async def test_an_eligible_role_that_is_gone() -> None:
    """The request is refused then, and reading says that it is done; while it is there, it is a failure."""
    tenant = _tenant(eligible=(_row("e-1", GLOBAL),))
    change = await change_of(ACTION, AMIRA, tenant)
    (row,) = _HOLDINGS.planned(change)
    refused = RequestRefused("RoleAssignmentDoesNotExist", status=400)
    tenant.fail[_HOLDINGS.step("remove", row)] = (refused, False)
    with pytest.raises(RequestRefused):
        await ACTION.apply(change, run_of(change, tenant))
    tenant.collections[f"{ROOT}/roleEligibilityScheduleInstances"].clear()
    tenant.journal.records.clear()
    tenant.fail[_HOLDINGS.step("remove", row)] = (refused, False)
    await ACTION.apply(change, run_of(change, tenant))
    assert await holds(ACTION, change, tenant)


@pytest.mark.parametrize("after", [True, False], ids=["had effect", "had no effect"])
async def test_unknown_outcome(after: bool) -> None:
    """It is settled by reading, and sent once in effect."""
    tenant = _tenant(_row("a-1", EXCHANGE))
    change = await change_of(ACTION, AMIRA, tenant)
    (row,) = _HOLDINGS.planned(change)
    tenant.fail[_HOLDINGS.step("remove", row)] = (OutcomeUnknown("no answer"), after)
    await ACTION.apply(change, run_of(change, tenant))
    assert (len(tenant.writes), _active(tenant)) == (1, [])


async def test_only() -> None:
    """What `only` names goes; an id that is not among them is no "nothing to do"."""
    tenant = _tenant(_row("a-1", EXCHANGE), _row("a-2", GLOBAL))
    change = await change_of(ACTION, AMIRA, tenant, Params(only=("a-1",)))
    await ACTION.apply(change, run_of(change, tenant))
    assert _active(tenant) == [GLOBAL]
    outcome = await planned(ACTION, AMIRA, tenant, Params(only=("a-9",)))
    assert isinstance(outcome, Skip)
    assert not outcome.done


async def test_roles_of_groups_are_named() -> None:
    """With own roles as a warning, without as something that is left to do."""
    tenant = _tenant(_row("a-1", EXCHANGE))
    tenant.collections[GROUPS] = [
        {"id": "g-1", "displayName": "Tier 0", "isAssignableToRole": True},
        {"id": "g-2", "displayName": "Staff", "isAssignableToRole": None},
    ]
    change = await change_of(ACTION, AMIRA, tenant)
    assert "roles of the groups Tier 0 stay: take it out of them" in change.warnings
    tenant.collections[f"{ROOT}/roleAssignments"].clear()
    outcome = await planned(ACTION, AMIRA, tenant)
    assert isinstance(outcome, Skip)
    assert not outcome.done


async def test_directory_synchronisation_keeps_its_role() -> None:
    """Unless somebody names that very assignment."""
    tenant = _tenant(_row("a-1", SYNC))
    assert isinstance(await planned(ACTION, AMIRA, tenant), Skip)
    assert isinstance(await planned(ACTION, AMIRA, tenant, Params(only=("a-1",))), Change)


@pytest.mark.parametrize(
    ("error", "licensed"),
    [
        (FeatureMissing("no licence"), False),
        (RequestRefused("no licence", status=400, code="AadPremiumLicenseRequired"), False),
        (RequestRefused("broken", status=400, code="Other"), True),
    ],
    ids=["a feature", "a code", "something else"],
)
async def test_without_a_licence(error: Exception, licensed: bool) -> None:
    """There are no eligible roles then; any other failure to look is one."""
    tenant = _tenant(_row("a-1", EXCHANGE))
    tenant.failing[f"{ROOT}/roleEligibilityScheduleInstances"] = error
    if licensed:
        with pytest.raises(TenantError):
            await ACTION.observe(AMIRA, tenant)
    else:
        assert isinstance(await planned(ACTION, AMIRA, tenant), Change)


async def test_what_was_activated_is_not_given_back() -> None:
    """Only its holder can do that."""
    tenant = _tenant(_row("a-1", EXCHANGE))
    instance = _row("i-1", EXCHANGE, assignmentType="Activated", endDateTime="2024-04-10T00:00:00Z")
    tenant.collections[f"{ROOT}/roleAssignmentScheduleInstances"] = [instance]
    change = await change_of(ACTION, AMIRA, tenant)
    tenant.collections[f"{ROOT}/roleAssignments"].clear()
    assert isinstance(ACTION.undo(change, await ACTION.observe(AMIRA, tenant)), CannotUndo)


@pytest.mark.parametrize(
    "work",
    [
        {"operation": "remove", "rows": [{"id": "a-9", "hold": "active", "principalId": USER}], "rolesTaken": [""]},
        {"operation": "remove", "rows": [_row("a-1", GLOBAL)], "rolesTaken": []},
        {"operation": "remove", "rows": [_row("../x", GLOBAL)], "rolesTaken": [GLOBAL]},
        {"operation": "restore", "rows": [_row("a-1", GLOBAL, OTHER, hold="active")]},
    ],
    ids=["another's role", "a role that the guard does not see", "another path", "a role for another"],
)
async def test_altered_plan(work: dict[str, Any]) -> None:
    """A plan that names something else sends nothing."""
    tenant = _tenant(_row("a-1", EXCHANGE), _row("a-9", GLOBAL, OTHER))
    change = replace(await change_of(ACTION, AMIRA, tenant, Params(only=("a-1",))), work=work)
    with pytest.raises((ChangeFailed, TenantError)):
        await ACTION.apply(change, run_of(change, tenant))
    assert tenant.writes == []
