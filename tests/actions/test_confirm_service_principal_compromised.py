"""Saying that a service principal is compromised is one write that can be repeated and taken back."""

from dataclasses import replace

import pytest

from azremediate.actions.confirm_service_principal_compromised import ACTION
from azremediate.core.change import CannotUndo, Change, Skip
from azremediate.core.cloud import Cloud
from azremediate.core.errors import ChangeFailed, FeatureMissing, OutcomeUnknown
from azremediate.core.target import Target, TargetKind
from tests.actions.stage import PRINCIPAL, a_tenant, change_of, holds, planned, run_of
from tests.fakes import TENANT_ID

TARGET = Target(
    TENANT_ID, TargetKind.SERVICE_PRINCIPAL, PRINCIPAL, "Payroll", app_id="x", service_principal_id=PRINCIPAL
)
ROWS = "/identityProtection/riskyServicePrincipals"


@pytest.mark.parametrize("after", [True, False], ids=["had effect", "had no effect"])
@pytest.mark.parametrize("unknown", [True, False], ids=["without an answer", "with an answer"])
async def test_it_is_confirmed(unknown: bool, after: bool) -> None:
    """It names the target alone, written once."""
    tenant = a_tenant()
    change = await change_of(ACTION, TARGET, tenant)
    if unknown:
        tenant.fail["confirmCompromised"] = (OutcomeUnknown("no answer"), after)
    await ACTION.apply(change, run_of(change, tenant))
    assert [(write.path, write.body) for write in tenant.writes] == [
        (f"{ROWS}/confirmCompromised", {"servicePrincipalIds": [PRINCIPAL]})
    ]
    assert await holds(ACTION, change, tenant)


async def test_nothing_to_do_when_it_is_confirmed() -> None:
    """What was said already is not said again."""
    tenant = a_tenant()
    tenant.collections[ROWS] = [{"id": PRINCIPAL, "riskState": "confirmedCompromised", "riskLevel": "high"}]
    assert await planned(ACTION, TARGET, tenant) == Skip("it is confirmed as compromised already")


async def test_undo_dismisses_the_risk() -> None:
    """What somebody else said since is left alone, and a dismissal has no inverse."""
    tenant = a_tenant()
    change = await change_of(ACTION, TARGET, tenant)
    assert isinstance(ACTION.undo(change, await ACTION.observe(TARGET, tenant)), CannotUndo)
    await ACTION.apply(change, run_of(change, tenant))
    back = ACTION.undo(change, await ACTION.observe(TARGET, tenant))
    assert isinstance(back, Change)
    tenant.journal.records.clear()
    await ACTION.apply(back, run_of(back, tenant))
    assert tenant.writes[-1].path == f"{ROWS}/dismiss"
    assert await holds(ACTION, back, tenant)
    assert isinstance(ACTION.undo(back, await ACTION.observe(TARGET, tenant)), CannotUndo)


async def test_altered_plan() -> None:
    """Another operation is refused before anything is sent."""
    tenant = a_tenant()
    change = replace(await change_of(ACTION, TARGET, tenant), work={"operation": "delete"})
    with pytest.raises(ChangeFailed):
        await ACTION.apply(change, run_of(change, tenant))
    assert tenant.writes == []


async def test_cloud_without_identity_protection() -> None:
    """It is said when planning."""
    tenant = a_tenant()
    tenant.cloud = Cloud.CHINA
    with pytest.raises(FeatureMissing):
        await ACTION.observe(TARGET, tenant)
