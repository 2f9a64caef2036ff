"""The opened tenant: a type that reads, and one that also writes and exists only with a journal's consent."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from azure.core.pipeline.transport import AioHttpTransport

from azremediate.core.clock import Clock
from azremediate.core.cloud import Cloud
from azremediate.core.config import Config
from azremediate.core.errors import TenantError
from azremediate.core.events import Listener
from azremediate.core.json_value import JsonObject
from azremediate.core.ports import Read, TenantWriter
from azremediate.core.write import Intent, Receipt, Write
from azremediate.tenant.arm import ArmReader
from azremediate.tenant.arm_pipeline import ArmPipeline
from azremediate.tenant.arm_writer import ArmWriter
from azremediate.tenant.clouds import CloudEndpoints
from azremediate.tenant.connection import Connection
from azremediate.tenant.governor import Governor
from azremediate.tenant.graph import GraphReader
from azremediate.tenant.graph_writer import GraphWriter
from azremediate.tenant.key_pair import KeyPairs
from azremediate.tenant.key_vault import Vault, VaultReader, VaultWriter
from azremediate.tenant.mailbox_reader import GraphMailReader
from azremediate.tenant.retry import ReadRetry
from azremediate.tenant.sign_in import Prover
from azremediate.tenant.token_source import TokenSource, own_claims_of


@dataclass(frozen=True, slots=True)
class Parts:
    """What an opened tenant is made of."""

    config: Config
    endpoints: CloudEndpoints
    clock: Clock
    listener: Listener
    connection: Connection
    tokens: TokenSource
    transport: AioHttpTransport
    vault_url: str


class _Identity:
    """Which tenant this is."""

    def __init__(self, config: Config) -> None:
        self._config = config

    @property
    def tenant_id(self) -> str:
        """The tenant's id."""
        return self._config.tenant_id

    @property
    def cloud(self) -> Cloud:
        """The cloud that the tenant lives in."""
        return self._config.cloud


class Tenant(_Identity):
    """Reads the tenant: `core.ports.TenantReader`, and what is known of the tool itself."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts.config)
        throttle = parts.config.throttle
        self._parts = parts
        self._governor = Governor(throttle, parts.clock, parts.listener)
        self._retry = ReadRetry(throttle, parts.clock, parts.listener)
        self._graph = GraphReader(
            parts.connection, self._governor, self._retry, parts.endpoints, parts.config.cloud, parts.clock
        )
        self._vault = Vault(parts.config, parts.vault_url, parts.endpoints, parts.tokens, parts.transport)
        self._secrets = VaultReader(self._vault, self._retry, parts.clock)
        self._arm = ArmPipeline(parts.config, parts.endpoints, parts.tokens, parts.transport)
        self._azure = ArmReader(self._arm, self._retry, parts.clock)
        longest = throttle.max_wait.total_seconds()
        self._mail = GraphMailReader(parts.connection, self._retry, parts.clock, parts.listener, longest)

    @property
    def mail(self) -> GraphMailReader:
        """The mailboxes of the tenant, for reading."""
        return self._mail

    @property
    def azure(self) -> ArmReader:
        """Azure Resource Manager of the same cloud."""
        return self._azure

    @property
    def secrets(self) -> VaultReader:
        """The secret store, for reading."""
        return self._secrets

    @property
    def server_time(self) -> datetime | None:
        """The time by Graph's clock, which goes on between its answers; None before the first."""
        return self._parts.connection.server_time

    @property
    def skew(self) -> timedelta:
        """How far Graph's clock is ahead of ours, by its latest answer."""
        return self._parts.connection.skew

    async def get(self, read: Read) -> JsonObject:
        """One object; see `TenantReader.get`."""
        return await self._graph.get(read)

    def pages(self, read: Read) -> AsyncIterator[Sequence[JsonObject]]:
        """The pages of a collection; see `TenantReader.pages`."""
        return self._graph.pages(read)

    async def batch(self, reads: Sequence[Read]) -> Sequence[JsonObject | TenantError]:
        """Many reads at once; see `TenantReader.batch`."""
        return await self._graph.batch(reads)

    async def own_claims(self) -> JsonObject:
        """What the tool's own token says: tid, appid, oid, idtyp, upn and roles (a list); raises `SignInFailed`."""
        return own_claims_of((await self._parts.tokens.token(self._parts.endpoints.graph_scope)).token)

    def writer(self, redeem: Callable[[Intent], None]) -> TenantWriter:
        """The same tenant with writing.

        redeem: takes an intent back, once; raises `IntegrityBroken` for anything but a committed, unused one.
        """
        parts = self._parts
        writing = GraphWriter(parts.connection, self._governor, self._graph, redeem)
        secrets = VaultWriter(self._vault, self._retry, parts.clock, redeem)
        azure = ArmWriter(self._arm, self._retry, parts.clock, redeem)
        prover = Prover(parts.config.tenant_id, parts.endpoints, parts.transport)
        return _Writer(self, writing, azure, secrets, prover)


class _Writer(_Identity):
    """Reads and writes the tenant: `core.ports.TenantWriter`."""

    def __init__(
        self, reader: Tenant, writing: GraphWriter, azure: ArmWriter, secrets: VaultWriter, prover: Prover
    ) -> None:
        super().__init__(reader._config)
        self._reader = reader
        self._writing = writing
        self._azure = azure
        self._secrets = secrets
        self._prover = prover

    @property
    def azure(self) -> ArmWriter:
        """Azure Resource Manager of the same cloud, with writing."""
        return self._azure

    @property
    def secrets(self) -> VaultWriter:
        """The secret store, with writing."""
        return self._secrets

    @property
    def prover(self) -> Prover:
        """The sign-in service."""
        return self._prover

    @property
    def keys(self) -> KeyPairs:
        """Where new key pairs are made."""
        return KeyPairs()

    async def get(self, read: Read) -> JsonObject:
        """One object; see `TenantReader.get`."""
        return await self._reader.get(read)

    def pages(self, read: Read) -> AsyncIterator[Sequence[JsonObject]]:
        """The pages of a collection; see `TenantReader.pages`."""
        return self._reader.pages(read)

    async def batch(self, reads: Sequence[Read]) -> Sequence[JsonObject | TenantError]:
        """Many reads at once; see `TenantReader.batch`."""
        return await self._reader.batch(reads)

    async def write(self, write: Write, intent: Intent) -> Receipt:
        """Send a write at most once; see `TenantWriter.write`."""
        return await self._writing.write(write, intent)
