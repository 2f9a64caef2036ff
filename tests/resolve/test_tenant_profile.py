"""Who the tenant is, who we are in it, and whether its break-glass accounts can be used."""

import pytest

from azremediate.core.errors import PermissionMissing, ServiceFailing, SignInFailed
from azremediate.core.json_value import JsonObject
from azremediate.resolve.tenant_profile import TenantProfile, read_accounts, read_own_identity, read_profile
from tests.resolve.directory import a_directory, app_id, application_id, principal_id, user_id


async def test_profile() -> None:
    """Name, default domain and initial domain."""
    tenant = a_directory()
    domains: list[JsonObject] = [
        {"name": "contoso.onmicrosoft.test", "isInitial": True},
        {"name": "contoso.test", "isDefault": True},
    ]
    tenant.single["/organization"] = {"value": [{"id": "t", "displayName": "Contoso", "verifiedDomains": domains}]}
    assert await read_profile(tenant) == TenantProfile("t", "Contoso", "contoso.test", "contoso.onmicrosoft.test")
    tenant.single["/organization"] = {"value": []}
    with pytest.raises(ServiceFailing):
        await read_profile(tenant)


async def test_accounts() -> None:
    """Whether each exists, is enabled and is a member of this tenant, in order."""
    accounts = await read_accounts(a_directory(), [user_id(1), user_id(3), user_id(5), user_id(99), "not/an id"])
    assert [account.usable for account in accounts] == [True, False, False, False, False]
    assert [account.exists for account in accounts] == [True, True, True, False, False]
    assert await read_accounts(a_directory(), []) == ()


async def test_account_that_cannot_be_looked_at() -> None:
    """Not being able to look is not "does not exist"."""
    tenant = a_directory()
    tenant.single[f"/users/{user_id(1)}"] = PermissionMissing("no", status=403)
    with pytest.raises(PermissionMissing):
        await read_accounts(tenant, [user_id(1)])


async def test_own_identity() -> None:
    """Every id under which we are known, from the token and the directory."""
    own = await read_own_identity(a_directory(), {"appid": app_id(1), "oid": principal_id(1), "idtyp": "app"})
    assert own.ids == {app_id(1), principal_id(1), application_id(1)}
    user = await read_own_identity(a_directory(), {"appid": app_id(99), "oid": user_id(1), "upn": "amira@contoso.test"})
    assert (user.user_id, user.application_id) == (user_id(1), "")


@pytest.mark.fault("G1")
@pytest.mark.parametrize(
    ("claims", "ids"),
    [
        ({"appid": app_id(8), "oid": principal_id(8), "xms_mirid": "/subscriptions/x"}, {app_id(8), principal_id(8)}),
        ({"azp": app_id(1), "oid": principal_id(1)}, {app_id(1), principal_id(1), application_id(1)}),
        ({"appid": app_id(1), "oid": user_id(1), "scp": "x"}, {app_id(1), application_id(1), user_id(1)}),
        ({"appid": app_id(5).upper(), "oid": principal_id(5).upper()}, {app_id(5), principal_id(5)}),
    ],
    ids=["user-assigned managed identity", "version 2 token", "a person by an application", "another tenant's"],
)
async def test_own_ids_by_claims(claims: JsonObject, ids: set[str]) -> None:
    """However azremediate signs in, application, service principal and person are its own; the vault sees the same."""
    assert (await read_own_identity(a_directory(), claims)).ids == ids


async def test_token_without_identity() -> None:
    """A token that does not say whose it is cannot be guarded against."""
    with pytest.raises(SignInFailed):
        await read_own_identity(a_directory(), {})
