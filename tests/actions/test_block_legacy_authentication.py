"""Old clients are kept out by one policy, which stops nobody else."""

from typing import Any

import pytest

from azremediate.actions._conditional_access import ENABLED, REPORT_ONLY, Mode
from azremediate.actions.block_legacy_authentication import ACTION, Params
from azremediate.core.change import Change, Skip
from azremediate.core.errors import ChangeFailed, OutcomeUnknown
from azremediate.core.lock_out import LockOut
from azremediate.core.privilege import Measured
from tests.actions.policy_stage import GLASS, POLICIES, TARGET, target_with
from tests.actions.stage import a_tenant, change_of, holds, planned, run_of
from tests.fakes import FakeTenant


async def _made(tenant: FakeTenant) -> Change:
    change = await change_of(ACTION, TARGET, tenant)
    await ACTION.apply(change, run_of(change, tenant))
    tenant.journal.records.clear()
    return change


async def test_created_and_taken_back() -> None:
    """Everybody but the break-glass accounts, old clients only; undo disables it."""
    tenant = a_tenant()
    change = await _made(tenant)
    (policy,) = tenant.collections[POLICIES]
    assert policy["state"] == REPORT_ONLY
    assert policy["conditions"]["users"] == {"excludeUsers": sorted(GLASS), "includeUsers": ["All"]}
    assert policy["conditions"]["clientAppTypes"] == ["exchangeActiveSync", "other"]
    assert policy["grantControls"] == {"operator": "OR", "builtInControls": ["block"]}
    assert change.after["baseline"] == "SCuBA MS.AAD.1.1v1"
    assert await holds(ACTION, change, tenant)
    back = ACTION.undo(change, await ACTION.observe(TARGET, tenant))
    assert isinstance(back, Change)
    await ACTION.apply(back, run_of(back, tenant))
    assert policy["state"] == "disabled"


@pytest.mark.parametrize("after", [True, False], ids=["had effect", "had no effect"])
async def test_unknown_outcome(after: bool) -> None:
    """A creation without an answer is looked for; there is one policy in the end."""
    tenant = a_tenant()
    change = await change_of(ACTION, TARGET, tenant)
    tenant.fail["create"] = (OutcomeUnknown("no answer"), after)
    await ACTION.apply(change, run_of(change, tenant))
    assert len(tenant.collections[POLICIES]) == 1


@pytest.mark.fault("G4")
async def test_a_stored_policy_that_blocks_more_is_disabled() -> None:
    """A policy that would stop modern clients, too, must not stay."""
    tenant = a_tenant()
    change = await change_of(ACTION, TARGET, tenant)
    effect = tenant._effect

    def wide(write: Any) -> Any:
        receipt = effect(write)
        for policy in tenant.collections[POLICIES]:
            policy["conditions"]["clientAppTypes"] = ["all"]
        return receipt

    tenant._effect = wide  # type: ignore[method-assign]  # a service that stores something else
    with pytest.raises(ChangeFailed, match="blocks more clients"):
        await ACTION.apply(change, run_of(change, tenant))
    assert [policy["state"] for policy in tenant.collections[POLICIES]] == ["disabled"]


@pytest.mark.parametrize(
    ("changes", "covers"),
    [
        ({}, True),
        ({"clients": ["exchangeActiveSync"]}, False),
        ({"controls": ["mfa"]}, False),
        ({"users": {"includeUsers": ["All"], "excludeGroups": ["x"]}}, False),
        ({"users": {"includeRoles": ["x"]}}, False),
        ({"state": "disabled"}, False),
    ],
)
async def test_what_covers_it(changes: dict[str, Any], covers: bool) -> None:
    """Only an enabled policy that blocks both kinds of old client for everybody makes another one needless."""
    tenant = a_tenant()
    await _made(tenant)
    (policy,) = tenant.collections[POLICIES]
    policy["displayName"] = "company's"
    policy["state"] = changes.get("state", ENABLED)
    policy["conditions"]["clientAppTypes"] = changes.get("clients", policy["conditions"]["clientAppTypes"])
    policy["conditions"]["users"] = changes.get("users", policy["conditions"]["users"])
    policy["grantControls"]["builtInControls"] = changes.get("controls", ["block"])
    assert isinstance(await planned(ACTION, TARGET, tenant), Skip) is covers


async def test_enabled_once_nobody_would_be_stopped() -> None:
    """Not before it was measured; somebody who would be stopped is named."""
    tenant = a_tenant()
    await _made(tenant)
    policy = tenant.collections[POLICIES][0]["id"]
    wanted = Params(state=Mode.ENABLED)
    skipped = await planned(ACTION, TARGET, tenant, wanted)
    assert isinstance(skipped, Skip)
    assert not skipped.done
    refused = target_with(measured=Measured(policy, 8, 5, refused=("old-scanner@x",)))
    skipped = await planned(ACTION, refused, tenant, wanted)
    assert isinstance(skipped, Skip)
    assert "old-scanner@x" in skipped.reason
    assert isinstance(await planned(ACTION, target_with(measured=Measured(policy, 8, 0)), tenant, wanted), Change)
    accepted = Params(state=Mode.ENABLED, lock_out=LockOut.ACCEPT)
    assert isinstance(await planned(ACTION, TARGET, tenant, accepted), Change)
