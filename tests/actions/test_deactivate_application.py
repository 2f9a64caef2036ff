"""Deactivating an application is one write on its registration, for every tenant, that can be undone."""

from dataclasses import replace
from typing import Any

import pytest

from azremediate.actions.deactivate_application import ACTION
from azremediate.actions.reactivate_application import ACTION as REACTIVATE
from azremediate.core.change import CannotUndo, Change, Skip
from azremediate.core.errors import ChangeFailed, OutcomeUnknown
from azremediate.core.target import TargetKind
from tests.actions.stage import (
    APPLICATION,
    PRINCIPAL,
    USER,
    a_tenant,
    an_application,
    change_of,
    holds,
    planned,
    run_of,
)
from tests.fakes import FakeTenant

TARGET = an_application()
OWNERS = f"/applications/{APPLICATION}/owners"
AMIRA = {
    "@odata.type": "#microsoft.graph.user",
    "id": USER,
    "displayName": "Amira",
    "userPrincipalName": "amira@contoso.test",
}


def _tenant(*owners: dict[str, Any], **values: object) -> FakeTenant:
    tenant = a_tenant()
    tenant.collections["/applications"][0].update({"signInAudience": "AzureADMyOrg", **values})
    tenant.collections[OWNERS] = list(owners)
    return tenant


@pytest.mark.parametrize("after", [True, False], ids=["had effect", "had no effect"])
@pytest.mark.parametrize("unknown", [True, False], ids=["without an answer", "with an answer"])
async def test_it_is_deactivated(unknown: bool, after: bool) -> None:
    """Written once, on the application and not on its service principal."""
    tenant = _tenant()
    change = await change_of(ACTION, TARGET, tenant)
    if unknown:
        tenant.fail["switch"] = (OutcomeUnknown("no answer"), after)
    await ACTION.apply(change, run_of(change, tenant))
    assert [(write.method, write.path, write.body) for write in tenant.writes] == [
        ("PATCH", f"/applications/{APPLICATION}", {"isDisabled": True})
    ]
    assert await holds(ACTION, change, tenant)
    assert await planned(ACTION, TARGET, tenant) == Skip("it is deactivated already")


async def test_owners_are_recorded() -> None:
    """Whoever could activate it again stands in the plan."""
    change = await change_of(ACTION, TARGET, _tenant(AMIRA))
    assert [one["id"] for one in change.before["owners"]] == [USER]  # type: ignore[union-attr, index, call-overload]  # known
    assert any("amira@contoso.test (remove_owners first)" in warning for warning in change.warnings)
    assert not any("owners" in warning for warning in (await change_of(ACTION, TARGET, _tenant())).warnings)


@pytest.mark.parametrize(
    ("audience", "said"), [("AzureADMyOrg", False), ("AzureADMultipleOrgs", True), (None, True)], ids=str
)
async def test_all_tenants(audience: str | None, said: bool) -> None:
    """That other tenants lose it too is said where it is for more than this one, or nobody knows."""
    change = await change_of(ACTION, TARGET, _tenant(signInAudience=audience))
    assert any("stops in all of them" in warning for warning in change.warnings) is said


async def test_undo_activates_it_again() -> None:
    """Undo is a change of the other action, and that change's undo is this one."""
    tenant = _tenant(AMIRA)
    change = await change_of(ACTION, TARGET, tenant)
    assert isinstance(ACTION.undo(change, await ACTION.observe(TARGET, tenant)), CannotUndo)
    await ACTION.apply(change, run_of(change, tenant))
    back = ACTION.undo(change, await ACTION.observe(TARGET, tenant))
    assert isinstance(back, Change)
    assert back.action == REACTIVATE.name
    tenant.journal.records.clear()
    await REACTIVATE.apply(back, run_of(back, tenant))
    assert await holds(REACTIVATE, back, tenant)
    again = REACTIVATE.undo(back, await REACTIVATE.observe(TARGET, tenant))
    assert isinstance(again, Change)
    assert (again.action, again.change_id) == (change.action, change.change_id)


@pytest.mark.parametrize(
    "values",
    [
        {"work": {"isDisabled": False}},
        {"target": replace(TARGET, kind=TargetKind.SERVICE_PRINCIPAL, id=PRINCIPAL)},
        {"target": replace(TARGET, app_id="bbbbbbbb-0000-4000-8000-00000000000f")},
    ],
    ids=["work", "kind", "another application"],
)
async def test_an_altered_plan_is_refused(values: dict[str, Any]) -> None:
    """A change that no planner makes is refused before anything is written."""
    tenant = _tenant()
    change = replace(await change_of(ACTION, TARGET, tenant), **values)
    with pytest.raises(ChangeFailed, match="refused, nothing was written"):
        await ACTION.apply(change, run_of(change, tenant))
    assert not tenant.writes
