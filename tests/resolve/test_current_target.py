"""Before writing, guards are given what the tenant says of a target, not what the plan says."""

from dataclasses import replace

import pytest

from azremediate.core.change import Change, Phase, Risk, UndoClass
from azremediate.core.errors import ObjectMissing, PermissionMissing, ServiceFailing, TenantError
from azremediate.core.target import Target, TargetKind
from azremediate.resolve.current_target import current_targets
from tests.fakes import TENANT_ID, FakeTenant
from tests.resolve.directory import MICROSOFT, a_directory, app_id, application_id, principal_id, user_id


def _change(change_id: str, kind: TargetKind, object_id: str) -> Change:
    """A change whose plan says as little as possible of its target, and a wrong name."""
    return Change(
        change_id=change_id,
        action="some_action",
        phase=Phase.CONTAIN,
        target=Target(TENANT_ID, kind, object_id, "What the plan says"),
        params={},
        work={},
        summary="",
        before={},
        after={},
        preconditions=(),
        observed_digest="",
        undo_class=UndoClass.REVERSIBLE,
        undo_note="",
        risk=Risk.LOW,
    )


async def _current(tenant: FakeTenant, kind: TargetKind, object_id: str) -> Target | TenantError | None:
    return (await current_targets(tenant, [_change("one", kind, object_id)])).get("one")


@pytest.mark.parametrize(
    ("kind", "object_id"),
    [
        (TargetKind.APPLICATION, application_id(1)),
        (TargetKind.SERVICE_PRINCIPAL, principal_id(1)),
    ],
    ids=["application", "service principal"],
)
async def test_both_halves_are_found(kind: TargetKind, object_id: str) -> None:
    """Whichever half the plan names, every id and the name are those of the directory."""
    found = await _current(a_directory(), kind, object_id)
    assert isinstance(found, Target)
    assert found.ids == {app_id(1), application_id(1), principal_id(1)}
    assert (found.display_name, found.owner_tenant_id) == ("Payroll", TENANT_ID)


async def test_owner_and_type_come_from_the_directory() -> None:
    """A plan that leaves out whose application it is, or that it is a managed identity, changes nothing about it."""
    tenant = a_directory()
    changes = [_change(str(number), TargetKind.SERVICE_PRINCIPAL, principal_id(number)) for number in (7, 8)]
    found = await current_targets(tenant, changes)
    assert isinstance(found["7"], Target)
    assert found["7"].owner_tenant_id == MICROSOFT
    assert found["7"].microsoft_owned
    assert isinstance(found["8"], Target)
    assert found["8"].managed_identity


async def test_user() -> None:
    """A user has the names, the master and the home that the directory says."""
    found = await _current(a_directory(), TargetKind.USER, user_id(2))
    assert isinstance(found, Target)
    assert (found.display_name, found.user_principal_name, found.on_premises) == ("O'Neil", "o'neil@contoso.test", True)
    guest = await _current(a_directory(), TargetKind.USER, user_id(3))
    assert isinstance(guest, Target)
    assert guest.guest


async def test_what_the_plan_means_stays() -> None:
    """The credentials that are meant are the plan's; only who it is about is read again."""
    change = _change("one", TargetKind.APPLICATION, application_id(1))
    change = replace(change, target=replace(change.target, exempt=("x",)))
    found = (await current_targets(a_directory(), [change]))["one"]
    assert isinstance(found, Target)
    assert found.exempt == ("x",)


async def test_gone_and_whole_tenant_have_no_entry() -> None:
    """What is gone is for the action to find out, and the tenant is what it is."""
    tenant = a_directory()
    assert await _current(tenant, TargetKind.APPLICATION, application_id(77)) is None
    assert await _current(tenant, TargetKind.TENANT, TENANT_ID) is None


async def test_could_not_look() -> None:
    """Not being able to look is a result of its own, for the object as for its other half."""
    tenant = a_directory()
    tenant.failing[f"/users/{user_id(1)}"] = ServiceFailing("busy")
    tenant.failing["/servicePrincipals"] = ServiceFailing("busy")
    assert isinstance(await _current(tenant, TargetKind.USER, user_id(1)), ServiceFailing)
    assert isinstance(await _current(tenant, TargetKind.APPLICATION, application_id(1)), ServiceFailing)
    tenant.failing["/servicePrincipals"] = PermissionMissing("no")
    with pytest.raises(PermissionMissing):
        await _current(tenant, TargetKind.APPLICATION, application_id(1))


@pytest.mark.parametrize("object_id", ["amira@contoso.test", "me", "../applications", ""], ids=repr)
async def test_only_object_ids_are_read(object_id: str) -> None:
    """A plan cannot make another path of an id."""
    tenant = a_directory()
    found = await _current(tenant, TargetKind.USER, object_id)
    assert isinstance(found, TenantError)
    assert not isinstance(found, ObjectMissing)
    assert tenant.reads == []


async def test_same_target_is_read_once() -> None:
    """Several changes of one object cost one reading."""
    tenant = a_directory()
    changes = [_change(name, TargetKind.APPLICATION, application_id(1)) for name in ("a", "b")]
    assert set(await current_targets(tenant, changes)) == {"a", "b"}
    assert len(tenant.reads) == 2
