"""A deactivated application is activated again by one write, and only then."""

import pytest

from azremediate.actions.reactivate_application import ACTION
from azremediate.core.change import Skip
from tests.actions.stage import APPLICATION, a_tenant, an_application, change_of, holds, planned, run_of
from tests.fakes import FakeTenant

TARGET = an_application()


def _tenant(disabled: bool | None, status: str | None = None) -> FakeTenant:
    tenant = a_tenant()
    tenant.collections["/applications"][0].update({"isDisabled": disabled, "disabledByMicrosoftStatus": status})
    tenant.collections[f"/applications/{APPLICATION}/owners"] = []
    return tenant


async def test_it_is_activated() -> None:
    """One write, and it reads back."""
    tenant = _tenant(disabled=True)
    change = await change_of(ACTION, TARGET, tenant)
    assert change.warnings == ("it gets tokens again in every tenant, with whatever credentials it still has",)
    await ACTION.apply(change, run_of(change, tenant))
    assert [write.body for write in tenant.writes] == [{"isDisabled": False}]
    assert await holds(ACTION, change, tenant)


@pytest.mark.parametrize("disabled", [False, None], ids=["false", "never set"])
async def test_nothing_to_do_when_it_is_active(disabled: bool | None) -> None:
    """One that was never deactivated has no value at all."""
    assert await planned(ACTION, TARGET, _tenant(disabled)) == Skip("it is active already")


async def test_what_microsoft_disabled_stays_so() -> None:
    """That this switch does not help there is said."""
    change = await change_of(ACTION, TARGET, _tenant(disabled=True, status="DisabledDueToViolationOfServicesAgreement"))
    assert any("Microsoft disabled it too" in warning for warning in change.warnings)
