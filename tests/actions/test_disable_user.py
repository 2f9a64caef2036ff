"""Disabling a user is one write that can be repeated and undone; Active Directory's own accounts are for a person."""

from dataclasses import replace

import pytest

from azremediate.actions.disable_user import ACTION
from azremediate.actions.enable_user import ACTION as ENABLE
from azremediate.core.action import Action
from azremediate.core.change import CannotUndo, Change, Skip
from azremediate.core.errors import ChangeFailed, OutcomeUnknown
from azremediate.core.target import Target, TargetKind
from tests.actions.stage import USER, a_tenant, change_of, holds, planned, run_of
from tests.fakes import TENANT_ID

TARGET = Target(TENANT_ID, TargetKind.USER, USER, "Amira", user_principal_name="amira@contoso.test")


@pytest.mark.parametrize("after", [True, False], ids=["had effect", "had no effect"])
@pytest.mark.parametrize("unknown", [True, False], ids=["without an answer", "with an answer"])
async def test_it_is_disabled(unknown: bool, after: bool) -> None:
    """The user cannot sign in any more, written once."""
    tenant = a_tenant()
    change = await change_of(ACTION, TARGET, tenant)
    if unknown:
        tenant.fail["switch"] = (OutcomeUnknown("no answer"), after)
    await ACTION.apply(change, run_of(change, tenant))
    assert [(write.path, write.body) for write in tenant.writes] == [(f"/users/{USER}", {"accountEnabled": False})]
    assert await holds(ACTION, change, tenant)


async def test_nothing_to_do_when_it_is_disabled() -> None:
    """What is done needs no change, wherever the account is mastered."""
    tenant = a_tenant()
    tenant.collections["/users"][0].update(accountEnabled=False, onPremisesSyncEnabled=True)
    assert await planned(ACTION, TARGET, tenant) == Skip("it is disabled already")


async def test_a_guest_is_disabled_here() -> None:
    """A guest's object in this tenant is ours to disable."""
    tenant = a_tenant()
    tenant.collections["/users"][0]["userType"] = "Guest"
    assert isinstance(await planned(ACTION, TARGET, tenant), Change)


@pytest.mark.parametrize("action", [ACTION, ENABLE], ids=["disable", "enable"])
async def test_mastered_on_premises(action: Action) -> None:
    """The steps in Active Directory are for a person, and that is not called done."""
    tenant = a_tenant()
    tenant.collections["/users"][0].update(accountEnabled=action is ACTION, onPremisesSyncEnabled=True)
    outcome = await planned(action, TARGET, tenant)
    assert isinstance(outcome, Skip)
    assert not outcome.done
    assert f"{'Disable' if action is ACTION else 'Enable'}-ADAccount" in outcome.reason


async def test_account_that_moved_on_premises_since() -> None:
    """What the directory says now counts, whatever the plan was made for."""
    tenant = a_tenant()
    change = await change_of(ACTION, TARGET, tenant)
    tenant.collections["/users"][0]["onPremisesSyncEnabled"] = True
    with pytest.raises(ChangeFailed):
        await ACTION.apply(change, run_of(change, tenant))
    assert tenant.writes == []


@pytest.mark.parametrize(
    "altered",
    [{"work": {"accountEnabled": True}}, {"target": replace(TARGET, kind=TargetKind.SERVICE_PRINCIPAL)}],
    ids=["other value", "other kind"],
)
async def test_altered_plan(altered: dict[str, object]) -> None:
    """A change that no planner makes is refused before anything is sent."""
    tenant = a_tenant()
    change = replace(await change_of(ACTION, TARGET, tenant), **altered)  # type: ignore[arg-type]  # fields by name
    with pytest.raises(ChangeFailed):
        await ACTION.apply(change, run_of(change, tenant))
    assert tenant.writes == []


async def test_undo_enables_it_again() -> None:
    """Undo is a change of the other action; what somebody else enabled meanwhile is left alone."""
    tenant = a_tenant()
    change = await change_of(ACTION, TARGET, tenant)
    assert isinstance(ACTION.undo(change, await ACTION.observe(TARGET, tenant)), CannotUndo)
    await ACTION.apply(change, run_of(change, tenant))
    back = ACTION.undo(change, await ACTION.observe(TARGET, tenant))
    assert isinstance(back, Change)
    assert back.action == "enable_user"
    tenant.journal.records.clear()
    await ENABLE.apply(back, run_of(back, tenant))
    assert await holds(ENABLE, back, tenant)
