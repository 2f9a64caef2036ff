"""Removing secrets takes exactly the exposed ones, on both objects, and survives every interruption."""

from dataclasses import replace

import pytest

from azremediate.actions._secrets import Remove
from azremediate.actions.remove_app_secret import ACTION, Params
from azremediate.core.change import CannotUndo, Skip
from azremediate.core.errors import OutcomeUnknown, RequestRefused
from tests.actions.stage import (
    KEPT,
    LEAKED,
    LEAKED_ON_PRINCIPAL,
    a_tenant,
    an_application,
    change_of,
    exposed,
    holds,
    key_ids,
    planned,
    run_of,
)


@pytest.mark.parametrize(
    ("remove", "left"), [(Remove.EXPOSED, [KEPT]), (Remove.ALL, [])], ids=["the exposed ones", "all"]
)
async def test_secrets_are_gone(remove: Remove, left: list[str]) -> None:
    """What has to go is gone from the application and its service principal, and nothing is added."""
    tenant = a_tenant()
    change = await change_of(ACTION, an_application(), tenant, Params(remove=remove))
    assert not await holds(ACTION, change, tenant)
    await ACTION.apply(change, run_of(change, tenant))
    assert key_ids(tenant) == left
    assert await holds(ACTION, change, tenant)
    assert change.after == {"applicationKeyIds": left, "servicePrincipalKeyIds": []}


@pytest.mark.parametrize("after", [True, False], ids=["had effect", "had no effect"])
async def test_unknown_outcome(after: bool) -> None:
    """A removal without an answer is looked for, and repeated only if it had no effect."""
    tenant = a_tenant()
    change = await change_of(ACTION, an_application(), tenant)
    tenant.fail[f"remove-{LEAKED}"] = (OutcomeUnknown("no answer"), after)
    await ACTION.apply(change, run_of(change, tenant))
    assert len(tenant.writes) == 2
    assert await holds(ACTION, change, tenant)


@pytest.mark.fault("N18")
async def test_secret_that_is_gone_already_is_done() -> None:
    """Graph refuses an unknown key id; that the secret is not there is what was wanted."""
    tenant = a_tenant()
    change = await change_of(ACTION, an_application(), tenant)
    tenant.collections["/applications"][0]["passwordCredentials"].pop(0)
    await ACTION.apply(change, run_of(change, tenant))
    assert key_ids(tenant) == [KEPT]


async def test_refusal_of_a_secret_that_is_there_is_an_error() -> None:
    """A refusal is not taken for success."""
    tenant = a_tenant()
    change = await change_of(ACTION, an_application(), tenant)
    tenant.fail[f"remove-{LEAKED}"] = (RequestRefused("locked", status=400), False)
    with pytest.raises(RequestRefused):
        await ACTION.apply(change, run_of(change, tenant))
    assert LEAKED in key_ids(tenant)


async def test_nothing_to_remove() -> None:
    """Without an exposed secret that is there, nothing is planned."""
    tenant = a_tenant()
    outcome = await planned(ACTION, an_application(exposed("eeeeeeee-0000-4000-8000-0000000000ff")), tenant)
    assert isinstance(outcome, Skip)
    assert outcome.done


async def test_last_secret_is_warned_of() -> None:
    """A plan that leaves an application without any secret says so, and that it cannot be undone."""
    tenant = a_tenant()
    change = await change_of(ACTION, an_application(), tenant, Params(remove=Remove.ALL))
    assert change.warnings == ("it has no client secret left then",)
    assert [condition.value for condition in change.preconditions] == [LEAKED, KEPT, LEAKED_ON_PRINCIPAL]
    assert isinstance(ACTION.undo(change, await ACTION.observe(change.target, tenant)), CannotUndo)


async def test_service_principal_that_is_gone_counts_as_none() -> None:
    """A service principal deleted since leaves the application's secrets to remove."""
    tenant = a_tenant()
    tenant.collections["/servicePrincipals"].clear()
    change = await change_of(ACTION, replace(an_application()), tenant)
    await ACTION.apply(change, run_of(change, tenant))
    assert await holds(ACTION, change, tenant)
