"""Reads and writes secrets in Azure Key Vault, with Azure's own client."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final, TypeVar

from azure.core.exceptions import AzureError, ResourceNotFoundError
from azure.core.pipeline.transport import AioHttpTransport
from azure.core.rest import HttpRequest
from azure.keyvault.secrets import KeyVaultSecret, SecretProperties
from azure.keyvault.secrets.aio import SecretClient

from azremediate.core.clock import Clock
from azremediate.core.config import Config
from azremediate.core.errors import AzremediateError, ConfigInvalid, ServiceFailing, TenantError
from azremediate.core.ports import SecretVersion
from azremediate.core.secret import Secret
from azremediate.core.write import Intent, SecretWrite, StoredSecret
from azremediate.tenant.answers import harmless, unknown
from azremediate.tenant.azure_errors import read_failure, retry_after_of, write_failure
from azremediate.tenant.clouds import CloudEndpoints
from azremediate.tenant.retry import ReadRetry, retry_after
from azremediate.tenant.same_place import SamePlace
from azremediate.tenant.token_source import TokenSource

Result = TypeVar("Result")

_NAME: Final = re.compile(r"[0-9A-Za-z-]{1,127}")
_VERSION: Final = re.compile(r"[0-9A-Za-z]{1,64}")
_BROKEN: Final = (AzureError, TimeoutError, ValueError, TypeError, KeyError, AttributeError)


class Vault:
    """A way to the configured vault; every client made here keeps Azure's retries and redirects off."""

    def __init__(
        self, config: Config, url: str, endpoints: CloudEndpoints, tokens: TokenSource, transport: AioHttpTransport
    ) -> None:
        self.url = url
        self.names = config.secrets
        self.seconds = config.network.request.total_seconds()
        self._endpoints = endpoints
        self._tokens = tokens
        self._transport = transport

    @asynccontextmanager
    async def client(self) -> AsyncIterator[SecretClient]:
        """A client; raises `ConfigInvalid` when no vault is configured."""
        if not self.url:
            raise ConfigInvalid(
                "no secret store is configured", hint="set secrets.vault_url to your Key Vault's address"
            )
        client = SecretClient(
            self.url,
            self._tokens.limited_to(self._endpoints.vault_scope),
            verify_challenge_resource=not self._endpoints.custom,
            transport=self._transport,
            retry_total=0,
            permit_redirects=False,
            per_call_policies=[SamePlace(self.url)],
        )
        async with client:
            yield client


class VaultReader:
    """The reads of `core.ports.SecretReader`."""

    def __init__(self, vault: Vault, retry: ReadRetry, clock: Clock) -> None:
        self._vault = vault
        self._retry = retry
        self._clock = clock

    @property
    def vault_url(self) -> str:
        """The store's base address; empty when none is configured."""
        return self._vault.url

    def name_for(self, app_id: str) -> str:
        """The name under which an application's secret is stored."""
        return self._vault.names.name_for(app_id)

    async def versions(self, name: str) -> Sequence[SecretVersion]:
        """Every version of a secret, oldest first; none when the name is absent."""
        name = _checked_name(name)

        async def read(client: SecretClient) -> list[SecretProperties]:
            try:
                return [item async for item in client.list_properties_of_secret_versions(name)]
            except ResourceNotFoundError:
                return []

        found = await self._read(read, f"versions of the secret {name}")
        ordered = sorted(found, key=lambda item: item.created_on.timestamp() if item.created_on else 0.0)
        return [_version(name, item) for item in ordered]

    async def deleted(self, name: str) -> bool:
        """Whether the name belongs to a deleted secret that waits for its purge; False when that may not be read."""
        name = _checked_name(name)

        async def read(client: SecretClient) -> bool:
            # the client's own method would put the words of a 404 into a trace span
            answer = await client.send_request(HttpRequest("GET", f"/deletedsecrets/{name}"))
            if answer.status_code in (403, 404, 405):  # 405: a vault without soft delete
                return False
            answer.raise_for_status()
            return True

        return await self._read(read, f"deleted secret {name}")

    async def value(self, name: str, version: str) -> Secret:
        """The value of one version."""
        name = _checked_name(name)
        if not _VERSION.fullmatch(version):
            raise ServiceFailing(f"the version of the secret {name} is not usable")

        async def read(client: SecretClient) -> Secret:
            return Secret((await client.get_secret(name, version)).value or "")

        return await self._read(read, f"value of the secret {name}")

    async def _read(self, read: Callable[[SecretClient], Awaitable[Result]], what: str) -> Result:
        async def attempt() -> Result:
            problem: AzremediateError
            try:
                async with self._vault.client() as client, asyncio.timeout(self._vault.seconds):
                    return await read(client)
            except _BROKEN as error:
                problem = read_failure(error, what, self._asked(error))
            raise problem

        return await self._retry.run(attempt)

    def _asked(self, error: Exception) -> float | None:
        return retry_after(retry_after_of(error), self._clock.now())


class VaultWriter(VaultReader):
    """The write of `core.ports.SecretWriter`; `redeem` is called immediately before the value is sent."""

    def __init__(self, vault: Vault, retry: ReadRetry, clock: Clock, redeem: Callable[[Intent], None]) -> None:
        super().__init__(vault, retry, clock)
        self._redeem = redeem

    async def store(self, write: SecretWrite, intent: Intent) -> StoredSecret:
        """Store a secret as a new version; raises as `TenantWriter.write` does."""
        name = _checked_name(write.name)
        what = f"PUT /secrets/{name}"
        request_ids: list[str] = []
        problem: TenantError
        async with self._vault.client() as client:
            self._redeem(intent)
            try:
                async with asyncio.timeout(self._vault.seconds):
                    stored = await write.secret.use(
                        lambda text: client.set_secret(
                            name,
                            text,
                            tags=dict(write.tags),
                            content_type=write.content_type or None,
                            headers={"x-ms-client-request-id": intent.client_request_id},
                            raw_response_hook=lambda answer: request_ids.append(
                                answer.http_response.headers.get("x-ms-request-id") or ""
                            ),
                        )
                    )
                return _stored(name, stored, request_ids)
            except _BROKEN as error:
                problem = write_failure(error, what, self._asked(error))
        raise problem


def _stored(name: str, stored: KeyVaultSecret, request_ids: list[str]) -> StoredSecret:
    version = stored.properties.version
    if not version or not _VERSION.fullmatch(version):
        raise unknown("the answer names no version", f"PUT /secrets/{name}")
    return StoredSecret(name, version, harmless(request_ids[-1]) if request_ids else "")


def _version(name: str, item: SecretProperties) -> SecretVersion:
    return SecretVersion(name, item.version or "", dict(item.tags or {}), item.enabled is not False, item.created_on)


def _checked_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ConfigInvalid(
            f"{name[:127]!r} cannot be the name of a secret", hint="secrets.name may hold letters, digits and hyphens"
        )
    return name
