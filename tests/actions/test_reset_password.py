"""A user's new password lies in the vault before it is set, and what is set is what lies there."""

import pytest

from azremediate.actions.reset_password import ACTION, Params
from azremediate.core.change import CannotUndo, Skip
from azremediate.core.clock import iso
from azremediate.core.errors import ChangeFailed, OutcomeUnknown, PermissionMissing, RequestRefused, TenantError
from azremediate.core.target import Target, TargetKind
from tests.actions.stage import USER, a_tenant, change_of, holds, planned, run_of
from tests.fakes import START, TENANT_ID, Crash, FakeTenant, InstantClock, MemoryJournal

TARGET = Target(TENANT_ID, TargetKind.USER, USER, "Amira", user_principal_name="amira@contoso.test")
NAME = f"user-{USER}"


def _set_is_stored(tenant: FakeTenant) -> bool:
    """Whether the user's password is that of the latest version in the vault."""
    versions = tenant.secrets.kept[NAME]
    return tenant.passwords[USER] is versions[-1][1] and len(versions) == 1


async def test_stored_then_set() -> None:
    """One version in the vault, one write, read back; the password is in neither plan nor proof."""
    tenant = a_tenant()
    change = await change_of(ACTION, TARGET, tenant)
    run = run_of(change, tenant)
    assert change.always
    assert not await holds(ACTION, change, tenant)
    await ACTION.apply(change, run)
    assert [write.path for write in tenant.writes] == [f"/users/{USER}"]
    body = tenant.writes[0].body
    assert isinstance(body, dict)
    assert body["passwordProfile"]["forceChangePasswordNextSignIn"] is True
    assert _set_is_stored(tenant)
    assert await holds(ACTION, change, tenant)
    assert run.proof["password_set"] is True
    assert tenant.passwords[USER].use(str) not in repr((change, run.proof, tenant.writes, tenant.journal.records))


async def test_without_forced_change() -> None:
    """A service's account keeps the password, and the plan says who knows it."""
    tenant = a_tenant()
    change = await change_of(ACTION, TARGET, tenant, Params(force_change=False))
    await ACTION.apply(change, run_of(change, tenant))
    body = tenant.writes[0].body
    assert isinstance(body, dict)
    assert body["passwordProfile"]["forceChangePasswordNextSignIn"] is False
    assert any("read the vault" in warning for warning in change.warnings)


@pytest.mark.parametrize("after", [True, False], ids=["had effect", "had no effect"])
async def test_unknown_outcome(after: bool) -> None:
    """A reset without an answer is sent again, with the same password."""
    tenant = a_tenant()
    change = await change_of(ACTION, TARGET, tenant)
    tenant.fail["reset"] = (OutcomeUnknown("no answer"), after)
    await ACTION.apply(change, run_of(change, tenant))
    assert len(tenant.writes) == (2 if after else 1)
    assert _set_is_stored(tenant)


async def test_vault_that_does_not_answer() -> None:
    """A version whose storing got no answer is found by its tags, and its value is what is set."""
    tenant = a_tenant()
    change = await change_of(ACTION, TARGET, tenant)
    tenant.secrets.refuse, tenant.secrets.late = OutcomeUnknown("no answer"), True
    await ACTION.apply(change, run_of(change, tenant))
    assert _set_is_stored(tenant)


async def test_dies_anywhere() -> None:
    """Wherever the process dies, going on ends with one version that is the password."""
    for die_at in range(1, 5):
        tenant = a_tenant()
        change = await change_of(ACTION, TARGET, tenant)
        tenant.journal.die_at = die_at
        with pytest.raises(Crash):
            await ACTION.apply(change, run_of(change, tenant))
        tenant.journal.die_at = -1
        await ACTION.apply(change, run_of(change, tenant))
        assert _set_is_stored(tenant), die_at


@pytest.mark.parametrize("error", [PermissionMissing("no", status=403), RequestRefused("federated", status=400)])
async def test_refused(error: TenantError) -> None:
    """What Graph refuses is told, and the result says that the stored password is not the user's."""
    tenant = a_tenant()
    change = await change_of(ACTION, TARGET, tenant)
    tenant.fail["reset"] = (error, False)
    run = run_of(change, tenant)
    with pytest.raises(type(error)):
        await ACTION.apply(change, run)
    assert run.proof["password_set"] is False
    assert USER not in tenant.passwords


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"onPremisesSyncEnabled": True}, "Set-ADAccountPassword"),
        ({"userType": "Guest"}, "home tenant"),
        ({"userPrincipalName": "amira_home.test#EXT#@contoso.test"}, "home tenant"),
    ],
    ids=["hybrid", "guest", "external member"],
)
async def test_not_this_tenants_password(values: dict[str, object], words: str) -> None:
    """The exact steps elsewhere are for a person, and that is not called done; apply looks again."""
    tenant = a_tenant()
    change = await change_of(ACTION, TARGET, tenant)
    tenant.collections["/users"][0].update(values)
    outcome = await planned(ACTION, TARGET, tenant)
    assert isinstance(outcome, Skip)
    assert not outcome.done
    assert words in outcome.reason
    with pytest.raises(ChangeFailed):
        await ACTION.apply(change, run_of(change, tenant))
    assert (tenant.writes, tenant.secrets.kept) == ([], {})


async def test_nowhere_to_store() -> None:
    """Without a vault there is no reset: nobody would know the password."""
    tenant = a_tenant()
    tenant.secrets.vault_url = ""
    outcome = await planned(ACTION, TARGET, tenant)
    assert isinstance(outcome, Skip)
    assert "secrets.vault_url" in outcome.reason


async def test_changed_in_the_same_second() -> None:
    """A password that was changed this very second is reset in the next, for else nobody could tell."""
    tenant, clock = FakeTenant(MemoryJournal()), InstantClock()
    tenant.collections = a_tenant().collections
    tenant.collections["/users"][0]["lastPasswordChangeDateTime"] = iso(START)
    change = await change_of(ACTION, TARGET, tenant)
    await ACTION.apply(change, run_of(change, tenant, clock))
    assert clock.passed == 1.0


async def test_no_undo() -> None:
    """The old password is not known."""
    tenant = a_tenant()
    change = await change_of(ACTION, TARGET, tenant)
    assert isinstance(ACTION.undo(change, await ACTION.observe(TARGET, tenant)), CannotUndo)
