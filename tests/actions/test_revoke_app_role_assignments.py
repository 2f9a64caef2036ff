"""App role assignments go and come back; a role is told by its value on the resource, a new one by its date."""

from dataclasses import replace
from typing import Any

import pytest

from azremediate.actions._which_rows import Which
from azremediate.actions.revoke_app_role_assignments import _HOLDINGS, ACTION, Params
from azremediate.core.change import CannotUndo, Change, Skip
from azremediate.core.errors import ChangeFailed, OutcomeUnknown, TenantError
from azremediate.core.target import Target, TargetKind
from tests.actions.stage import PRINCIPAL, USER, a_tenant, an_application, change_of, holds, planned, run_of
from tests.fakes import TENANT_ID, FakeTenant

RESOURCE = "cccccccc-0000-4000-8000-000000000008"
AMIRA = Target(TENANT_ID, TargetKind.USER, USER, "Amira", user_principal_name="amira@contoso.test")
MAIL, READ, OTHER = (f"aaaaaaaa-1111-4000-8000-00000000000{number}" for number in range(3))
ROLES = {"Mail.Read": "ffffffff-0000-4000-8000-000000000001", "User.Read.All": "ffffffff-0000-4000-8000-000000000002"}
PATH = f"/servicePrincipals/{PRINCIPAL}/appRoleAssignments"


def _row(row_id: str, role: str, principal: str = PRINCIPAL, created: str = "2024-03-01T00:00:00Z") -> dict[str, Any]:
    sides = {"principalId": principal, "resourceId": RESOURCE, "resourceDisplayName": "Microsoft Graph"}
    return {"id": row_id, "appRoleId": ROLES[role], "createdDateTime": created, **sides}


def _target(since: str = "") -> Target:
    seen = an_application().seen_as(ACTION.targets)
    assert seen is not None
    return replace(seen, exposed_since=since)


def _tenant(*rows: dict[str, Any], user: bool = False) -> FakeTenant:
    tenant = a_tenant()
    path = f"/users/{USER}/appRoleAssignments" if user else PATH
    tenant.collections[path] = list(rows) or [_row(MAIL, "Mail.Read"), _row(READ, "User.Read.All")]
    roles = [{"id": role, "value": value} for value, role in ROLES.items()]
    tenant.collections["/servicePrincipals"].append({"id": RESOURCE, "displayName": "Graph", "appRoles": roles})
    return tenant


def _ids(tenant: FakeTenant) -> set[str]:
    return {row["id"] for row in tenant.collections[PATH]}


async def test_all_go_and_come_back() -> None:
    """Named by their roles; assigned again under new ids, which the proof tells and the next undo finds."""
    tenant = _tenant()
    change = await change_of(ACTION, _target(), tenant)
    assert "Mail.Read of Microsoft Graph" in str(change.before)
    await ACTION.apply(change, run_of(change, tenant))
    assert _ids(tenant) == set()
    assert await holds(ACTION, change, tenant)
    back = ACTION.undo(change, await ACTION.observe(_target(), tenant))
    assert isinstance(back, Change)
    tenant.journal.records.clear()
    run = run_of(back, tenant)
    await ACTION.apply(back, run)
    assert await holds(ACTION, back, tenant)
    assert set(run.proof.values()) == _ids(tenant)
    assert tenant.writes[-1].body == {
        "principalId": PRINCIPAL,
        "resourceId": RESOURCE,
        "appRoleId": ROLES["User.Read.All"],
    }
    again = ACTION.undo(back, await ACTION.observe(_target(), tenant))
    assert isinstance(again, Change)
    tenant.journal.records.clear()
    await ACTION.apply(again, run_of(again, tenant))
    assert _ids(tenant) == set()
    assert isinstance(ACTION.undo(back, await ACTION.observe(_target(), tenant)), CannotUndo)


@pytest.mark.parametrize("after", [True, False], ids=["had effect", "had no effect"])
@pytest.mark.parametrize("operation", ["remove", "restore"])
async def test_unknown_outcome(operation: str, after: bool) -> None:
    """It is settled by reading the list."""
    tenant = _tenant(_row(MAIL, "Mail.Read"))
    change = await change_of(ACTION, _target(), tenant)
    if operation == "restore":
        await ACTION.apply(change, run_of(change, tenant))
        undone = ACTION.undo(change, await ACTION.observe(_target(), tenant))
        assert isinstance(undone, Change)
        tenant.journal.records.clear()
        change = undone
    (row,) = _HOLDINGS.planned(change)
    tenant.fail[_HOLDINGS.step(operation, row)] = (OutcomeUnknown("no answer"), after)
    await ACTION.apply(change, run_of(change, tenant))
    assert await holds(ACTION, change, tenant)
    assert len(_ids(tenant)) == (operation == "restore")


@pytest.mark.parametrize(
    ("since", "params", "expected"),
    [
        ("", Params(which=Which.RISKY), {MAIL}),
        ("", Params(only=(READ,)), {READ}),
        ("2024-02-01T00:00:00Z", Params(which=Which.ADDED_AFTER), {READ}),
    ],
    ids=["risky", "only", "added after"],
)
async def test_which(since: str, params: Params, expected: set[str]) -> None:
    """What the parameters name, and nothing else."""
    tenant = _tenant(_row(MAIL, "Mail.Read", created="2020-01-01T00:00:00Z"), _row(READ, "User.Read.All"))
    change = await change_of(ACTION, _target(since), tenant, params)
    await ACTION.apply(change, run_of(change, tenant))
    assert {MAIL, READ} - _ids(tenant) == expected


async def test_none() -> None:
    """Nothing risky is done; no time of exposure is not."""
    tenant = _tenant(_row(READ, "User.Read.All"))
    assert await planned(ACTION, _target(), tenant, Params(which=Which.RISKY)) == Skip(
        "it has no app role assignment with a risky permission"
    )
    outcome = await planned(ACTION, _target(), tenant, Params(which=Which.ADDED_AFTER))
    assert isinstance(outcome, Skip)
    assert not outcome.done


async def test_what_a_user_has_through_a_group_stays() -> None:
    """Graph lists it with the user's own; it is not the user's to take away."""
    own, group = _row(MAIL, "Mail.Read", USER), _row(OTHER, "Mail.Read", RESOURCE)
    tenant = _tenant(own, group, user=True)
    change = await change_of(ACTION, AMIRA, tenant)
    await ACTION.apply(change, run_of(change, tenant))
    assert tenant.collections[f"/users/{USER}/appRoleAssignments"] == [group]


@pytest.mark.parametrize(
    "work",
    [
        {"operation": "remove", "rows": [_row("../owners", "Mail.Read")]},
        {"operation": "restore", "rows": [_row(MAIL, "Mail.Read", RESOURCE)]},
        {"rows": [_row(MAIL, "Mail.Read")]},
    ],
    ids=["another path", "somebody else", "no operation"],
)
async def test_altered_plan(work: dict[str, Any]) -> None:
    """A plan that names something else sends nothing."""
    tenant = _tenant()
    change = replace(await change_of(ACTION, _target(), tenant), work=work)
    with pytest.raises((ChangeFailed, TenantError)):
        await ACTION.apply(change, run_of(change, tenant))
    assert tenant.writes == []
