"""Azure roles go and come back under the same id; what lies above a subscription goes last."""

from dataclasses import replace
from typing import Any

import pytest

from azremediate.actions._which_rows import Which
from azremediate.actions.remove_azure_role_assignment import _HOLDINGS, ACTION, Params
from azremediate.core.change import Change, Skip
from azremediate.core.errors import ChangeFailed, OutcomeUnknown, PermissionMissing, RequestRefused, TenantError
from azremediate.core.target import Target, TargetKind
from tests.actions.stage import USER, a_tenant, change_of, holds, planned, run_of
from tests.fake_azure import FakeAzure
from tests.fakes import TENANT_ID, FakeTenant

SUBSCRIPTION = "55555555-5555-4555-8555-555555555555"
SCOPE = f"/subscriptions/{SUBSCRIPTION}"
OTHER = "dddddddd-0000-4000-8000-000000000009"
OWNER, READER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "acdd72a7-3385-48ef-bd42-f606fba81ae7"
AMIRA = Target(TENANT_ID, TargetKind.USER, USER, "Amira", user_principal_name="amira@contoso.test")


def _id(scope: str, number: int) -> str:
    name = f"77777777-7777-4777-8777-00000000000{number}"
    return f"{scope.rstrip('/')}/providers/Microsoft.Authorization/roleAssignments/{name}"


def _properties(scope: str, role: str, principal: str = USER, created: str = "2024-03-01T00:00:00Z") -> dict[str, Any]:
    definition = f"/providers/Microsoft.Authorization/roleDefinitions/{role}"
    return {"scope": scope, "roleDefinitionId": definition, "principalId": principal, "createdOn": created}


def _tenant(*rows: tuple[str, dict[str, Any]]) -> tuple[FakeTenant, FakeAzure]:
    tenant = a_tenant()
    azure = tenant.azure = FakeAzure(tenant, (SUBSCRIPTION,))
    azure.definitions = [{"id": f"/x/{OWNER}", "properties": {"roleName": "Owner"}}]
    azure.rows = {row_id: {"id": row_id, "properties": properties} for row_id, properties in rows}
    return tenant, azure


OWNS = (_id(SCOPE, 1), _properties(SCOPE, OWNER))
READS = (_id(SCOPE, 2), _properties(f"{SCOPE}", READER, created="2020-01-01T00:00:00Z"))
ABOVE = (_id("/", 3), _properties("/", READER))
OTHERS = (_id(SCOPE, 4), _properties(SCOPE, OWNER, OTHER))


async def test_all_go_and_come_back() -> None:
    """Named by role and scope; given back with condition and description, under the same id."""
    special = {**OWNS[1], "condition": "((true))", "conditionVersion": "2.0", "principalType": "User"}
    tenant, azure = _tenant((OWNS[0], special), ABOVE, OTHERS)
    change = await change_of(ACTION, AMIRA, tenant)
    assert f"Owner at {SCOPE}" in str(change.before)
    await ACTION.apply(change, run_of(change, tenant))
    assert [write.path for write in azure.writes] == [OWNS[0], ABOVE[0]]
    assert set(azure.rows) == {OTHERS[0]}
    assert await holds(ACTION, change, tenant)
    back = ACTION.undo(change, await ACTION.observe(AMIRA, tenant))
    assert isinstance(back, Change)
    tenant.journal.records.clear()
    await ACTION.apply(back, run_of(back, tenant))
    assert await holds(ACTION, back, tenant)
    assert set(azure.rows) == {OWNS[0], ABOVE[0], OTHERS[0]}
    restored = azure.rows[OWNS[0]]["properties"]
    assert {name: restored[name] for name in special if name != "createdOn"} == {
        name: text for name, text in special.items() if name != "createdOn"
    }


@pytest.mark.parametrize("after", [True, False], ids=["had effect", "had no effect"])
async def test_unknown_outcome(after: bool) -> None:
    """It is settled by reading, and sent once in effect."""
    tenant, azure = _tenant(OWNS)
    change = await change_of(ACTION, AMIRA, tenant)
    (row,) = _HOLDINGS.planned(change)
    azure.fail[_HOLDINGS.step("remove", row)] = (OutcomeUnknown("no answer"), after)
    await ACTION.apply(change, run_of(change, tenant))
    assert (len(azure.writes), azure.rows) == (1, {})


async def test_no_right_above() -> None:
    """What lies in the subscription is gone by then."""
    tenant, azure = _tenant(ABOVE, OWNS)
    change = await change_of(ACTION, AMIRA, tenant)
    row = next(row for row in _HOLDINGS.planned(change) if row["id"] == ABOVE[0])
    azure.fail[_HOLDINGS.step("remove", row)] = (PermissionMissing("no right", status=403), False)
    with pytest.raises(PermissionMissing):
        await ACTION.apply(change, run_of(change, tenant))
    assert set(azure.rows) == {ABOVE[0]}


@pytest.mark.parametrize(
    ("since", "params", "expected"),
    [
        ("", Params(), {OWNS[0], READS[0], ABOVE[0]}),
        ("", Params(which=Which.RISKY), {OWNS[0], ABOVE[0]}),
        ("", Params(only=(READS[0],)), {READS[0]}),
        ("2024-02-01T00:00:00Z", Params(which=Which.ADDED_AFTER), {OWNS[0], ABOVE[0]}),
    ],
    ids=["all", "risky", "only", "added after"],
)
async def test_which(since: str, params: Params, expected: set[str]) -> None:
    """What the parameters name, and nothing else."""
    tenant, azure = _tenant(OWNS, READS, ABOVE, OTHERS)
    change = await change_of(ACTION, replace(AMIRA, exposed_since=since), tenant, params)
    await ACTION.apply(change, run_of(change, tenant))
    assert {OWNS[0], READS[0], ABOVE[0], OTHERS[0]} - set(azure.rows) == expected


async def test_none() -> None:
    """No role is done; nowhere to look, an eligible role and an unknown age are not."""
    tenant, azure = _tenant(OTHERS)
    assert await planned(ACTION, AMIRA, tenant) == Skip("it has no Azure role")
    azure.eligible = [{"properties": {**OWNS[1]}}]
    outcomes = [await planned(ACTION, AMIRA, tenant)]
    azure.eligible = []
    azure.rows = {OWNS[0]: {"id": OWNS[0], "properties": OWNS[1]}}
    outcomes.append(await planned(ACTION, AMIRA, tenant, Params(which=Which.ADDED_AFTER)))
    azure.subscriptions = ()
    outcomes.append(await planned(ACTION, AMIRA, tenant))
    assert [isinstance(outcome, Skip) and outcome.done for outcome in outcomes] == [False, False, False]


@pytest.mark.parametrize(("code", "reads"), [("AadPremiumLicenseRequired", True), ("Other", False)])
async def test_without_a_licence(code: str, reads: bool) -> None:
    """There are no eligible roles then; any other failure to look is one."""
    tenant, azure = _tenant(OWNS)
    azure.refuse_eligible = RequestRefused("no", status=400, code=code)
    if reads:
        assert isinstance(await planned(ACTION, AMIRA, tenant), Change)
    else:
        with pytest.raises(TenantError):
            await ACTION.observe(AMIRA, tenant)


@pytest.mark.parametrize(
    "row",
    [
        {"id": OTHERS[0], "scope": SCOPE, "principalId": USER},
        {"id": OTHERS[0], "scope": SCOPE, "principalId": OTHER},
        {"id": OWNS[0], "scope": "/", "principalId": USER},
        {"id": f"{SCOPE}/resourceGroups/x", "scope": SCOPE, "principalId": USER},
        {"id": f"{SCOPE}/../{OWNS[0]}", "scope": SCOPE, "principalId": USER},
    ],
    ids=["another's role", "said openly", "another scope", "another resource", "another path"],
)
@pytest.mark.parametrize("operation", ["remove", "restore"])
async def test_altered_plan(row: dict[str, Any], operation: str) -> None:
    """A plan that names something else sends nothing."""
    tenant, azure = _tenant(OWNS, OTHERS)
    work: dict[str, Any] = {"operation": operation, "rows": [row]}
    change = replace(await change_of(ACTION, AMIRA, tenant), work=work)
    with pytest.raises((ChangeFailed, TenantError)):
        await ACTION.apply(change, run_of(change, tenant))
    assert azure.writes == []
