"""The tenant's app management policy is tightened by one write, and put back exactly."""

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from azremediate.actions.set_app_management_policy import ACTION, Params
from azremediate.core.change import CannotUndo, Change, Skip
from azremediate.core.errors import ChangeFailed, InputInvalid, OutcomeUnknown
from azremediate.core.target import TargetKind
from tests.actions.policy_stage import TARGET
from tests.actions.stage import USER, a_tenant, change_of, holds, planned, run_of
from tests.fakes import FakeTenant

NAME = "defaultAppManagementPolicy"
LIFE = {"restrictionType": "passwordLifetime", "maxLifetime": "P90D", "state": "enabled"}
BLOCKED = Params(block_passwords=True)


def _tenant(**values: Any) -> FakeTenant:
    tenant = a_tenant()
    del tenant.single[f"/policies/{NAME}"]
    empty: dict[str, Any] = {"passwordCredentials": [], "keyCredentials": []}
    policy = {"isEnabled": False, "applicationRestrictions": empty, "servicePrincipalRestrictions": None}
    tenant.collections["/policies"] = [{"id": NAME, **deepcopy(policy), **values}]
    return tenant


def _kinds(tenant: FakeTenant, section: str = "applicationRestrictions") -> dict[str, Any]:
    restrictions = tenant.collections["/policies"][0][section]
    entries = [*restrictions["passwordCredentials"], *restrictions["keyCredentials"]]
    return {entry["restrictionType"]: entry["maxLifetime"] for entry in entries}


@pytest.mark.parametrize("failing", [None, False, True], ids=["answered", "lost before", "lost after"])
async def test_set_and_put_back(failing: bool | None) -> None:
    """Both sections are restricted by one write; undo gives back what was there, to the letter."""
    tenant = _tenant()
    before = deepcopy(tenant.collections["/policies"][0])
    change = await change_of(ACTION, TARGET, tenant, BLOCKED)
    assert "NO CLIENT SECRET" in change.warnings[1]
    if failing is not None:
        tenant.fail["set"] = (OutcomeUnknown("no answer"), failing)
    await ACTION.apply(change, run_of(change, tenant))
    assert len(tenant.writes) == 1
    expected = {"passwordAddition": None, "passwordLifetime": "P181D", "asymmetricKeyLifetime": "P366D"}
    assert _kinds(tenant) == _kinds(tenant, "servicePrincipalRestrictions") == expected
    assert await holds(ACTION, change, tenant)
    assert isinstance(await planned(ACTION, TARGET, tenant, BLOCKED), Skip)
    tenant.journal.records.clear()
    back = ACTION.undo(change, await ACTION.observe(TARGET, tenant))
    assert isinstance(back, Change)
    await ACTION.apply(back, run_of(back, tenant))
    assert tenant.collections["/policies"][0] == before
    assert await holds(ACTION, back, tenant)
    assert isinstance(ACTION.undo(change, await ACTION.observe(TARGET, tenant)), CannotUndo)
    again = ACTION.undo(back, await ACTION.observe(TARGET, tenant))
    assert isinstance(again, Change)
    assert again.work == change.work


async def test_a_stricter_rule_stays() -> None:
    """What is stricter already is not loosened, and by itself leaves nothing to do."""
    tenant = _tenant(
        isEnabled=True,
        applicationRestrictions={"passwordCredentials": [LIFE], "keyCredentials": []},
        servicePrincipalRestrictions={"passwordCredentials": [LIFE], "keyCredentials": []},
    )
    only_passwords = Params(certificate_lifetime=timedelta())
    assert await planned(ACTION, TARGET, tenant, only_passwords) == Skip("the policy restricts at least this already")
    change = await change_of(ACTION, TARGET, tenant)
    await ACTION.apply(change, run_of(change, tenant))
    assert _kinds(tenant)["passwordLifetime"] == "P90D"


async def test_what_a_reviewer_has_to_know() -> None:
    """Rules that slept in a policy that was off, and rules that get stricter than asked, are named."""
    newer = {**LIFE, "restrictForAppsCreatedAfterDateTime": "2024-01-01T00:00:00Z"}
    tenant = _tenant(applicationRestrictions={"passwordCredentials": [newer], "keyCredentials": []})
    warnings = " | ".join((await change_of(ACTION, TARGET, tenant)).warnings)
    assert "takes effect too: passwordLifetime at most P90D for applications created after 2024-01-01T00" in warnings
    assert "so the result is: passwordLifetime at most P90D for every application" in warnings
    assert "NO CLIENT SECRET" not in warnings


async def test_only_newer_applications() -> None:
    """With a time, applications that are there already are left alone."""
    tenant = _tenant()
    change = await change_of(ACTION, TARGET, tenant, Params(created_after="2024-06-01"))
    await ACTION.apply(change, run_of(change, tenant))
    (entry,) = tenant.collections["/policies"][0]["applicationRestrictions"]["passwordCredentials"]
    assert entry["restrictForAppsCreatedAfterDateTime"] == "2024-06-01T00:00:00.000Z"
    assert await holds(ACTION, change, tenant)


@pytest.mark.parametrize("text", ["soon", "2024-06-01T10:00:00"])
def test_a_time_without_sense(text: str) -> None:
    """It is refused where it is given."""
    with pytest.raises(InputInvalid):
        Params(created_after=text)


async def test_nothing_asked() -> None:
    """Parameters that restrict nothing make no change."""
    nothing = Params(password_lifetime=timedelta(), certificate_lifetime=timedelta())
    outcome = await planned(ACTION, TARGET, _tenant(), nothing)
    assert isinstance(outcome, Skip)
    assert not outcome.done


async def test_an_altered_plan_is_refused() -> None:
    """A policy that is looser than the tenant's or than its parameters, and another tenant's, are not written."""
    tenant = _tenant(
        isEnabled=True,
        applicationRestrictions={"passwordCredentials": [LIFE], "keyCredentials": []},
    )
    change = await change_of(ACTION, TARGET, tenant)
    off = {"isEnabled": False, "applicationRestrictions": None, "servicePrincipalRestrictions": None}
    for altered in (
        replace(change, work={"operation": "set", "policy": off}),
        replace(change, work={"operation": "set", "policy": {**off, "isEnabled": True}}),
        replace(change, params={"password_lifetime": "soon"}),
        replace(change, target=replace(TARGET, id=USER)),
        replace(change, target=replace(TARGET, kind=TargetKind.USER)),
    ):
        with pytest.raises(ChangeFailed, match="refused, nothing was written"):
            await ACTION.apply(altered, run_of(altered, tenant))
    assert not tenant.writes
