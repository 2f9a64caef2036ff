"""Enabling a service principal is the inverse of disabling it."""

from azremediate.actions.enable_service_principal import ACTION
from azremediate.core.change import Phase, Skip
from azremediate.core.target import Target, TargetKind
from tests.actions.stage import APP_ID, PRINCIPAL, a_tenant, change_of, holds, planned, run_of
from tests.fakes import TENANT_ID

TARGET = Target(TENANT_ID, TargetKind.SERVICE_PRINCIPAL, PRINCIPAL, "Payroll", app_id=APP_ID)


async def test_it_is_enabled() -> None:
    """It can sign in again; the change comes after eviction and rotation."""
    tenant = a_tenant()
    tenant.collections["/servicePrincipals"][0]["accountEnabled"] = False
    change = await change_of(ACTION, TARGET, tenant)
    assert change.phase is Phase.RESTORE
    await ACTION.apply(change, run_of(change, tenant))
    assert tenant.collections["/servicePrincipals"][0]["accountEnabled"] is True
    assert await holds(ACTION, change, tenant)


async def test_it_is_planned_after_a_disabling_in_the_same_plan() -> None:
    """A playbook that contains first plans the enabling on the state that its own first step will bring about."""
    tenant = a_tenant()
    state = (await ACTION.observe(TARGET, tenant)).overlaid({"accountEnabled": False})
    assert not isinstance(ACTION.plan(TARGET, state, ACTION.params()), Skip)


async def test_nothing_to_do_when_it_is_enabled() -> None:
    """What is done needs no change."""
    assert await planned(ACTION, TARGET, a_tenant()) == Skip("it is enabled already")
