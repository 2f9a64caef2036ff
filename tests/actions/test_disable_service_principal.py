"""Disabling a service principal is one write that can be repeated and undone."""

import pytest

from azremediate.actions.disable_service_principal import ACTION
from azremediate.actions.enable_service_principal import ACTION as ENABLE
from azremediate.core.change import CannotUndo, Change, Skip
from azremediate.core.errors import OutcomeUnknown
from azremediate.core.target import MICROSOFT_TENANTS, TargetKind
from tests.actions.stage import PRINCIPAL, a_tenant, an_application, change_of, holds, planned, run_of

_SEEN = an_application().seen_as(ACTION.targets)
assert _SEEN is not None
TARGET = _SEEN


def test_an_application_is_seen_as_its_service_principal() -> None:
    """What is disabled is the service principal in this tenant."""
    assert (TARGET.kind, TARGET.id) == (TargetKind.SERVICE_PRINCIPAL, PRINCIPAL)


@pytest.mark.parametrize("after", [True, False], ids=["had effect", "had no effect"])
@pytest.mark.parametrize("unknown", [True, False], ids=["without an answer", "with an answer"])
async def test_it_is_disabled(unknown: bool, after: bool) -> None:
    """It cannot sign in any more, written once."""
    tenant = a_tenant()
    change = await change_of(ACTION, TARGET, tenant)
    assert change.params == {"unused_days": 90}
    if unknown:
        tenant.fail["switch"] = (OutcomeUnknown("no answer"), after)
    await ACTION.apply(change, run_of(change, tenant))
    assert [(write.path, write.body) for write in tenant.writes] == [
        (f"/servicePrincipals/{PRINCIPAL}", {"accountEnabled": False})
    ]
    assert await holds(ACTION, change, tenant)


async def test_nothing_to_do_when_it_is_disabled() -> None:
    """What is done needs no change."""
    tenant = a_tenant()
    tenant.collections["/servicePrincipals"][0]["accountEnabled"] = False
    outcome = await planned(ACTION, TARGET, tenant)
    assert outcome == Skip("it is disabled already")


@pytest.mark.parametrize(
    "values",
    [{"appOwnerOrganizationId": min(MICROSOFT_TENANTS)}, {"servicePrincipalType": "ManagedIdentity"}],
    ids=["Microsoft's own", "managed identity"],
)
async def test_not_ours_to_disable(values: dict[str, str]) -> None:
    """What Graph says of the owner and the type counts, whatever the target says."""
    tenant = a_tenant()
    tenant.collections["/servicePrincipals"][0].update(values)
    outcome = await planned(ACTION, TARGET, tenant)
    assert isinstance(outcome, Skip)
    assert not outcome.done


async def test_drift_breaks_the_precondition() -> None:
    """Somebody else's disabling since the plan is noticed."""
    tenant = a_tenant()
    change = await change_of(ACTION, TARGET, tenant)
    tenant.collections["/servicePrincipals"][0]["accountEnabled"] = False
    state = await ACTION.observe(TARGET, tenant)
    assert change.preconditions[0].broken_by(state) is not None


async def test_undo_enables_it_again() -> None:
    """Undo is a change of the other action, and that change's undo is this one."""
    tenant = a_tenant()
    change = await change_of(ACTION, TARGET, tenant)
    assert isinstance(ACTION.undo(change, await ACTION.observe(TARGET, tenant)), CannotUndo)
    await ACTION.apply(change, run_of(change, tenant))
    back = ACTION.undo(change, await ACTION.observe(TARGET, tenant))
    assert isinstance(back, Change)
    assert back.action == "enable_service_principal"
    tenant.journal.records.clear()
    await ENABLE.apply(back, run_of(back, tenant))
    assert await holds(ENABLE, back, tenant)
    again = ENABLE.undo(back, await ENABLE.observe(TARGET, tenant))
    assert isinstance(again, Change)
    assert (again.action, again.change_id) == (change.action, change.change_id)
