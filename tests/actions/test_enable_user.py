"""Enabling a user is the inverse of disabling one, and comes after what evicts and rotates."""

from azremediate.actions.enable_user import ACTION
from azremediate.core.change import CannotUndo, Change, Phase, Skip
from azremediate.core.target import Target, TargetKind
from tests.actions.stage import USER, a_tenant, change_of, holds, planned, run_of
from tests.fakes import TENANT_ID

TARGET = Target(TENANT_ID, TargetKind.USER, USER, "Amira", user_principal_name="amira@contoso.test")


async def test_it_is_enabled_and_undone() -> None:
    """One write; undo disables the user again."""
    tenant = a_tenant()
    tenant.collections["/users"][0]["accountEnabled"] = False
    change = await change_of(ACTION, TARGET, tenant)
    assert change.phase is Phase.RESTORE
    await ACTION.apply(change, run_of(change, tenant))
    assert await holds(ACTION, change, tenant)
    assert [write.body for write in tenant.writes] == [{"accountEnabled": True}]
    back = ACTION.undo(change, await ACTION.observe(TARGET, tenant))
    assert isinstance(back, Change)
    assert back.action == "disable_user"


async def test_nothing_to_do() -> None:
    """Who may sign in already needs no change, and what somebody undid is not undone again."""
    tenant = a_tenant()
    assert await planned(ACTION, TARGET, tenant) == Skip("it is enabled already")
    tenant.collections["/users"][0]["accountEnabled"] = False
    change = await change_of(ACTION, TARGET, tenant)
    assert isinstance(ACTION.undo(change, await ACTION.observe(TARGET, tenant)), CannotUndo)
