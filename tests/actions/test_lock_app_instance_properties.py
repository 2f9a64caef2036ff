"""The lock of a multi-tenant application's instances is set once, and put back as it was."""

from dataclasses import replace
from typing import Any

import pytest

from azremediate.actions.lock_app_instance_properties import ACTION
from azremediate.core.change import CannotUndo, Change, Skip
from azremediate.core.errors import ChangeFailed, OutcomeUnknown
from azremediate.core.target import TargetKind
from tests.actions.stage import APPLICATION, PRINCIPAL, a_tenant, an_application, change_of, holds, planned, run_of
from tests.fakes import FakeTenant

TARGET = an_application()
OTHERS = {"credentialsWithUsageVerify": False, "credentialsWithUsageSign": False, "tokenEncryptionKeyId": False}
OFF = {"isEnabled": False, "allProperties": False, **OTHERS}
WHOLE = {"isEnabled": True, "allProperties": True, **OTHERS}
PART = {**OFF, "isEnabled": True, "credentialsWithUsageVerify": True}


def _tenant(lock: dict[str, Any] | None, audience: str | None = "AzureADMultipleOrgs") -> FakeTenant:
    tenant = a_tenant()
    tenant.collections["/applications"][0].update(
        {"signInAudience": audience, "servicePrincipalLockConfiguration": lock}
    )
    return tenant


@pytest.mark.parametrize("failing", [None, False, True], ids=["answered", "lost before", "lost after"])
@pytest.mark.parametrize("before", [None, OFF, PART, {"isEnabled": False, "allProperties": True}], ids=str)
async def test_locked_and_put_back(before: dict[str, Any] | None, failing: bool | None) -> None:
    """Everything is locked by one write; undo gives back what was locked before, and undoing that locks again."""
    tenant = _tenant(before)
    change = await change_of(ACTION, TARGET, tenant)
    if failing is not None:
        tenant.fail["lock"] = (OutcomeUnknown("no answer"), failing)
    await ACTION.apply(change, run_of(change, tenant))
    assert len(tenant.writes) == 1
    assert tenant.writes[0].path == f"/applications/{APPLICATION}"
    lock = tenant.collections["/applications"][0]["servicePrincipalLockConfiguration"]
    assert (lock["isEnabled"], lock["allProperties"]) == (True, True)
    assert await holds(ACTION, change, tenant)
    assert await planned(ACTION, TARGET, tenant) == Skip("all of it is locked already")
    back = ACTION.undo(change, await ACTION.observe(TARGET, tenant))
    assert isinstance(back, Change)
    tenant.journal.records.clear()
    await ACTION.apply(back, run_of(back, tenant))
    assert tenant.collections["/applications"][0]["servicePrincipalLockConfiguration"] == {**OFF, **(before or {})}
    again = ACTION.undo(back, await ACTION.observe(TARGET, tenant))
    assert isinstance(again, Change)
    assert again.work == change.work


@pytest.mark.parametrize("audience", ["AzureADMyOrg", "PersonalMicrosoftAccount", None], ids=str)
async def test_nothing_to_lock(audience: str | None) -> None:
    """One that only this tenant uses has no instance elsewhere."""
    outcome = await planned(ACTION, TARGET, _tenant(None, audience))
    assert isinstance(outcome, Skip)
    assert (outcome.done, "no instance in another tenant" in outcome.reason) == (True, True)


async def test_changed_since() -> None:
    """What somebody else locks or unlocks in between is drift, and no undo takes it back."""
    tenant = _tenant(None)
    change = await change_of(ACTION, TARGET, tenant)
    tenant.collections["/applications"][0]["servicePrincipalLockConfiguration"] = PART
    state = await ACTION.observe(TARGET, tenant)
    assert change.preconditions[0].broken_by(state) is not None
    assert isinstance(ACTION.undo(change, state), CannotUndo)


@pytest.mark.parametrize(
    "values",
    [
        {"work": {"lock": {**WHOLE, "appId": True}}},
        {"work": {"lock": {**WHOLE, "isEnabled": "yes"}}},
        {"target": replace(TARGET, kind=TargetKind.SERVICE_PRINCIPAL, id=PRINCIPAL)},
    ],
    ids=["more members", "no flag", "kind"],
)
async def test_an_altered_plan_is_refused(values: dict[str, Any]) -> None:
    """A change that no planner makes is refused before anything is written."""
    tenant = _tenant(None)
    change = replace(await change_of(ACTION, TARGET, tenant), **values)
    with pytest.raises(ChangeFailed, match="refused, nothing was written"):
        await ACTION.apply(change, run_of(change, tenant))
    assert not tenant.writes
