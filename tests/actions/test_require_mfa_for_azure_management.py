"""Whoever manages Azure shows a second factor."""

import pytest

from azremediate.actions._conditional_access import ENABLED, Grant
from azremediate.actions.require_mfa_for_azure_management import (
    ACTION,
    AZURE_MANAGEMENT,
    AZURE_MANAGEMENT_OF_GOVERNMENT,
    Params,
)
from azremediate.core.change import Change, Skip
from azremediate.core.cloud import Cloud
from azremediate.core.errors import OutcomeUnknown
from tests.actions.policy_stage import GLASS, POLICIES, TARGET
from tests.actions.stage import a_tenant, change_of, holds, planned, run_of
from tests.fakes import FakeTenant


async def _made(tenant: FakeTenant, params: Params | None = None) -> Change:
    change = await change_of(ACTION, TARGET, tenant, params)
    await ACTION.apply(change, run_of(change, tenant))
    tenant.journal.records.clear()
    return change


@pytest.mark.parametrize(
    ("cloud", "application"),
    [
        (Cloud.PUBLIC, AZURE_MANAGEMENT),
        (Cloud.CHINA, AZURE_MANAGEMENT),
        (Cloud.USGOV, AZURE_MANAGEMENT_OF_GOVERNMENT),
        (Cloud.USGOV_DOD, AZURE_MANAGEMENT_OF_GOVERNMENT),
    ],
)
async def test_created_for_the_application_of_the_cloud(cloud: Cloud, application: str) -> None:
    """Everybody but the break-glass accounts, one application, any second factor; undo disables it."""
    tenant = a_tenant()
    tenant.cloud = cloud
    change = await _made(tenant)
    (policy,) = tenant.collections[POLICIES]
    assert policy["conditions"]["applications"] == {"includeApplications": [application]}
    assert policy["conditions"]["users"] == {"excludeUsers": sorted(GLASS), "includeUsers": ["All"]}
    assert policy["grantControls"]["builtInControls"] == ["mfa"]
    assert await holds(ACTION, change, tenant)
    back = ACTION.undo(change, await ACTION.observe(TARGET, tenant))
    assert isinstance(back, Change)
    await ACTION.apply(back, run_of(back, tenant))
    assert policy["state"] == "disabled"


async def test_no_strengths_in_china() -> None:
    """Phishing-resistant cannot be asked for there, and that is said."""
    tenant = a_tenant()
    tenant.cloud = Cloud.CHINA
    outcome = await planned(ACTION, TARGET, tenant, Params(grant=Grant.PHISHING_RESISTANT))
    assert isinstance(outcome, Skip)
    assert "grant: mfa" in outcome.reason


@pytest.mark.parametrize(
    ("applications", "covers"),
    [
        ({"includeApplications": ["All"]}, True),
        ({"includeApplications": ["other", AZURE_MANAGEMENT]}, True),
        ({"includeApplications": ["other"]}, False),
        ({"includeApplications": ["All"], "excludeApplications": [AZURE_MANAGEMENT]}, False),
    ],
)
async def test_what_covers_it(applications: dict[str, list[str]], covers: bool) -> None:
    """An enabled policy for everybody that names the application, or all of them."""
    tenant = a_tenant()
    await _made(tenant)
    (policy,) = tenant.collections[POLICIES]
    policy["displayName"] = "company's"
    policy["state"] = ENABLED
    policy["conditions"]["applications"] = applications
    assert isinstance(await planned(ACTION, TARGET, tenant), Skip) is covers


async def test_unknown_outcome() -> None:
    """A creation without an answer is looked for; there is one policy in the end."""
    tenant = a_tenant()
    change = await change_of(ACTION, TARGET, tenant)
    tenant.fail["create"] = (OutcomeUnknown("no answer"), True)
    await ACTION.apply(change, run_of(change, tenant))
    assert len(tenant.collections[POLICIES]) == 1
