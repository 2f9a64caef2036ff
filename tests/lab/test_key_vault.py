"""Key Vault through the real client, with its challenge, and through a plain one."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.identity.aio import ClientSecretCredential
from azure.keyvault.secrets.aio import SecretClient

from tests.lab.small_tenant import APP, OFFICER, READER, SUBSCRIPTION, TENANT, SmallCloud

SCOPE = f"/subscriptions/{SUBSCRIPTION}"


@pytest.fixture
async def vault(cloud: SmallCloud) -> AsyncIterator[SecretClient]:
    """The real client, signed in as the small application through the vault's challenge."""
    trust = str(cloud.ca_bundle)
    credential = ClientSecretCredential(
        TENANT,
        APP,
        cloud.secret,
        authority=cloud.endpoints["login"],
        disable_instance_discovery=True,
        connection_verify=trust,
    )
    client = SecretClient(
        cloud.endpoints["vault"],
        credential,
        verify_challenge_resource=False,
        connection_verify=trust,
        retry_total=0,
    )
    async with credential, client:
        yield client


async def test_secret_is_stored_and_read_back(cloud: SmallCloud, vault: SecretClient) -> None:
    """What was set is read back, by name and by version, with tags, content type and expiry."""
    cloud.grant(OFFICER, SCOPE)
    value = secrets.token_urlsafe(24)
    expiry = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)
    stored = await vault.set_secret("app-one", value, tags={"run": "1"}, content_type="text/plain", expires_on=expiry)
    assert stored.properties.version
    read = await vault.get_secret("app-one", stored.properties.version)
    assert (read.value, read.properties.tags, read.properties.expires_on) == (value, {"run": "1"}, expiry)
    assert (await vault.get_secret("app-one")).value == value
    assert str(stored.id).startswith(f"{cloud.endpoints['vault']}/secrets/app-one/")
    assert [(record.method, record.status, record.effect) for record in cloud.store.writes] == [("PUT", 200, True)]
    assert value not in repr(cloud.store.writes)


async def test_versions_are_kept_and_paged(cloud: SmallCloud, vault: SecretClient) -> None:
    """Every PUT makes a version; the newest is the one without a version; lists have no values."""
    cloud.grant(OFFICER, SCOPE)
    values = [secrets.token_urlsafe(8) for _ in range(5)]
    versions = [(await vault.set_secret("many", value)).properties.version for value in values]
    listed = [row.version async for row in vault.list_properties_of_secret_versions("many")]
    assert listed == versions
    assert (await vault.get_secret("many")).value == values[-1]
    await vault.set_secret("other", "obviously-fake")
    assert [row.name async for row in vault.list_properties_of_secrets()] == ["many", "other"]


async def test_version_can_be_disabled(cloud: SmallCloud, vault: SecretClient) -> None:
    """A disabled version is not handed out, others are."""
    cloud.grant(OFFICER, SCOPE)
    first = await vault.set_secret("app", "obviously-fake-1")
    await vault.set_secret("app", "obviously-fake-2")
    changed = await vault.update_secret_properties("app", first.properties.version, enabled=False, tags={"a": "b"})
    assert (changed.enabled, changed.tags) == (False, {"a": "b"})
    with pytest.raises(HttpResponseError) as caught:
        await vault.get_secret("app", first.properties.version)
    assert caught.value.status_code == 403
    assert (await vault.get_secret("app")).value == "obviously-fake-2"


async def test_deleted_name_is_taken_until_recovered(cloud: SmallCloud, vault: SecretClient) -> None:
    """Soft deletion keeps the name; recovery brings all versions back."""
    cloud.grant(OFFICER, SCOPE)
    await vault.set_secret("app", "obviously-fake-1")
    await vault.delete_secret("app")
    with pytest.raises(ResourceNotFoundError):
        await vault.get_secret("app")
    with pytest.raises(ResourceExistsError, match="deleted but recoverable"):
        await vault.set_secret("app", "obviously-fake-2")
    assert [row.name async for row in vault.list_deleted_secrets()] == ["app"]
    assert (await vault.get_deleted_secret("app")).name == "app"
    await vault.recover_deleted_secret("app")
    assert (await vault.get_secret("app")).value == "obviously-fake-1"


async def test_missing_secret_and_bad_name(cloud: SmallCloud, vault: SecretClient) -> None:
    """Unknown names are 404, impossible ones 400."""
    cloud.grant(OFFICER, SCOPE)
    with pytest.raises(ResourceNotFoundError, match="SecretNotFound"):
        await vault.get_secret("nothing")
    with pytest.raises(HttpResponseError, match="invalid name"):
        await vault.set_secret("under_score", "obviously-fake")


async def test_access_needs_a_role(cloud: SmallCloud, vault: SecretClient) -> None:
    """A caller without a vault role is refused, a Reader of Azure too, and nothing is stored."""
    cloud.grant(READER, SCOPE)
    with pytest.raises(HttpResponseError) as caught:
        await vault.set_secret("app", "obviously-fake")
    assert caught.value.status_code == 403
    assert cloud.store.vault == {}
    assert [record.effect for record in cloud.store.writes] == [False]


def test_challenge_names_the_sign_in_service(cloud: SmallCloud) -> None:
    """A request without a token learns where to get one."""
    with httpx.Client(base_url=cloud.endpoints["vault"], verify=cloud.trust, trust_env=False) as client:
        answer = client.get("/secrets/app", params={"api-version": "7.4"})
    assert answer.status_code == 401
    authority = f"{cloud.endpoints['login']}/{TENANT}"
    assert (
        answer.headers["www-authenticate"] == f'Bearer authorization="{authority}", resource="https://vault.azure.net"'
    )
