"""Security defaults are turned on only where no Conditional Access policy is."""

from dataclasses import replace

import pytest

from azremediate.actions.enable_security_defaults import ACTION
from azremediate.core.change import CannotUndo, Change, Skip
from azremediate.core.errors import ChangeFailed, FeatureMissing, OutcomeUnknown
from azremediate.core.target import TargetKind
from tests.actions.policy_stage import POLICIES, TARGET
from tests.actions.stage import USER, a_tenant, change_of, holds, planned, run_of
from tests.fakes import FakeTenant

NAME = "identitySecurityDefaultsEnforcementPolicy"
ON = {"id": "x", "displayName": "Company MFA", "state": "enabled", "createdDateTime": ""}


def _tenant() -> FakeTenant:
    tenant = a_tenant()
    del tenant.single[f"/policies/{NAME}"]
    tenant.collections["/policies"] = [{"id": NAME, "isEnabled": False}]
    return tenant


def _is_on(tenant: FakeTenant) -> bool:
    return bool(tenant.collections["/policies"][0]["isEnabled"])


@pytest.mark.parametrize("failing", [None, False, True], ids=["answered", "lost before", "lost after"])
async def test_turned_on_and_off_again(failing: bool | None) -> None:
    """Once, also when the answer is lost; undo turns them off, unless somebody did."""
    tenant = _tenant()
    change = await change_of(ACTION, TARGET, tenant)
    assert any("break-glass" in warning for warning in change.warnings)
    if failing is not None:
        tenant.fail["switch"] = (OutcomeUnknown("no answer"), failing)
    await ACTION.apply(change, run_of(change, tenant))
    assert _is_on(tenant)
    assert await holds(ACTION, change, tenant)
    assert isinstance(await planned(ACTION, TARGET, tenant), Skip)
    tenant.journal.records.clear()
    back = ACTION.undo(change, await ACTION.observe(TARGET, tenant))
    assert isinstance(back, Change)
    await ACTION.apply(back, run_of(back, tenant))
    assert not _is_on(tenant)
    assert isinstance(ACTION.undo(change, await ACTION.observe(TARGET, tenant)), CannotUndo)


async def test_refused_beside_conditional_access() -> None:
    """When planning, and again when applying; a report-only policy is no obstacle."""
    tenant = _tenant()
    change = await change_of(ACTION, TARGET, tenant)
    tenant.collections[POLICIES] = [ON]
    outcome = await planned(ACTION, TARGET, tenant)
    assert isinstance(outcome, Skip)
    assert (outcome.done, "Company MFA" in outcome.reason) == (False, True)
    with pytest.raises(ChangeFailed, match="Company MFA"):
        await ACTION.apply(change, run_of(change, tenant))
    assert not tenant.writes
    tenant.collections[POLICIES] = [{**ON, "state": "enabledForReportingButNotEnforced"}]
    assert isinstance(await planned(ACTION, TARGET, tenant), Change)


async def test_where_there_is_no_conditional_access() -> None:
    """A tenant without a licence has no policies."""
    tenant = _tenant()
    tenant.failing[POLICIES] = FeatureMissing("no licence")
    assert isinstance(await planned(ACTION, TARGET, tenant), Change)


@pytest.mark.parametrize("values", [{"target": replace(TARGET, id=USER)}, {"work": {}}], ids=["tenant", "work"])
async def test_altered(values: dict[str, object]) -> None:
    """A change that no planner makes is refused."""
    tenant = _tenant()
    change = await change_of(ACTION, TARGET, tenant)
    with pytest.raises(ChangeFailed, match="refused"):
        await ACTION.apply(replace(change, **values), run_of(change, tenant))  # type: ignore[arg-type]  # altered
    user = replace(change, target=replace(TARGET, kind=TargetKind.USER))
    with pytest.raises(ChangeFailed, match="takes no target"):
        await ACTION.apply(user, run_of(user, tenant))
