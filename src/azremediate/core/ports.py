"""What the domain needs from a tenant: reading in one type, writing in another."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from azremediate.core.cloud import Cloud
from azremediate.core.errors import TenantError
from azremediate.core.json_value import JsonObject
from azremediate.core.secret import Secret
from azremediate.core.storage_account import StorageKey
from azremediate.core.write import AzureWrite, Intent, Receipt, SecretWrite, StoredSecret, Write


class Version(StrEnum):
    """The versions of Microsoft Graph; beta is for the reads that v1.0 does not have."""

    V1 = "v1.0"
    BETA = "beta"


@dataclass(frozen=True, slots=True)
class Read:
    """One GET. `path` starts with a slash and is already percent-encoded; `query` values are not.

    `advanced` asks for Graph's advanced query (adds ConsistencyLevel: eventual and $count=true).
    """

    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    version: Version = Version.V1
    advanced: bool = False


@dataclass(frozen=True, slots=True)
class SecretVersion:
    """One version of a secret in the secret store, without its value."""

    name: str
    version: str
    tags: Mapping[str, str]
    enabled: bool
    created: datetime | None


class SecretReader(Protocol):
    """Reads the secret store."""

    @property
    def vault_url(self) -> str:
        """The store's base address; empty when none is configured."""
        ...

    def name_for(self, app_id: str) -> str:
        """The name under which an application's secret is stored."""
        ...

    async def versions(self, name: str) -> Sequence[SecretVersion]:
        """Every version of a secret, oldest first; an absent name gives an empty sequence.

        Raises `TenantError` when the store cannot be read, `ConfigInvalid` when none is configured.
        """
        ...

    async def deleted(self, name: str) -> bool:
        """Whether a deleted secret holds the name, so that nothing can be stored; False when that is not shown."""
        ...

    async def value(self, name: str, version: str) -> Secret:
        """The value of one version."""
        ...


class AzureReader(Protocol):
    """Reads Azure Resource Manager."""

    @property
    def subscriptions(self) -> Sequence[str]:
        """Ids of the subscriptions that the configuration names."""
        ...

    async def role_assignments_of(self, scope: str, principal_id: str) -> Sequence[JsonObject]:
        """Role assignments of one principal itself: at a scope, above it and below it, as ARM shows them."""
        ...

    async def role_assignments(self, scope: str) -> Sequence[JsonObject]:
        """Role assignments at and above a scope such as /subscriptions/{id}, as ARM shows them."""
        ...

    async def role_eligibilities(self, scope: str) -> Sequence[JsonObject]:
        """Eligible role assignments (Privileged Identity Management) at and above a scope, as ARM shows them."""
        ...

    async def role_definitions(self, scope: str) -> Sequence[JsonObject]:
        """Role definitions available at a scope, as ARM shows them."""
        ...

    async def storage_keys(self, account: str) -> Sequence[StorageKey]:
        """The keys of a storage account, by its resource id, with their values; raises as `TenantReader.get` does."""
        ...

    async def get(self, path: str, api_version: str) -> JsonObject:
        """One resource by its id, as ARM shows it; raises as `TenantReader.get` does."""
        ...


class AzureWriter(AzureReader, Protocol):
    """Reads and writes Azure Resource Manager."""

    async def write(self, write: AzureWrite, intent: Intent) -> Receipt:
        """Send a write at most once; raises as `TenantWriter.write` does."""
        ...


class TenantReader(Protocol):
    """Reads one tenant. Nothing reachable from here can send a write."""

    @property
    def tenant_id(self) -> str:
        """The tenant's id."""
        ...

    @property
    def cloud(self) -> Cloud:
        """The cloud that the tenant lives in."""
        ...

    @property
    def azure(self) -> AzureReader:
        """Azure Resource Manager of the same cloud."""
        ...

    @property
    def secrets(self) -> SecretReader:
        """The secret store."""
        ...

    async def get(self, read: Read) -> JsonObject:
        """One object. Raises `ObjectMissing`, `PermissionMissing`, `FeatureMissing` or another `TenantError`."""
        ...

    def pages(self, read: Read) -> AsyncIterator[Sequence[JsonObject]]:
        """The pages of a collection, each a sequence of objects; raises as `get` does."""
        ...

    async def batch(self, reads: Sequence[Read]) -> Sequence[JsonObject | TenantError]:
        """Many objects or single pages at once: for each read, in order, the answer's body or what went wrong."""
        ...


class SecretWriter(SecretReader, Protocol):
    """Writes the secret store."""

    async def store(self, write: SecretWrite, intent: Intent) -> StoredSecret:
        """Store a secret as a new version; raises as `TenantWriter.write` does."""
        ...


class KeyForm(StrEnum):
    """How a private key and its certificate lie in the secret store, as its consumers expect them."""

    PEM = "pem"
    PKCS12 = "pkcs12"

    @property
    def content_type(self) -> str:
        """The content type under which Key Vault keeps this form, also of its own certificates."""
        return "application/x-pem-file" if self is KeyForm.PEM else "application/x-pkcs12"


@dataclass(frozen=True, slots=True)
class PublicCertificate:
    """A certificate without its private key: DER in base64, and its times as Graph writes them."""

    der: str
    start: str
    end: str


class KeyMaker(Protocol):
    """Makes key pairs on this machine; a private key is a `Secret` from its making on."""

    async def make(self, name: str, start: datetime, end: datetime, form: KeyForm) -> Secret:
        """A new RSA key with a self-signed certificate of this common name and time."""
        ...

    def certificate_of(self, pair: Secret) -> PublicCertificate:
        """The public half of what `make` gave; raises `ServiceFailing` for anything else."""
        ...


class SignIn(StrEnum):
    """What the sign-in service said to a secret."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    DISABLED = "disabled"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class SignInAnswer:
    """The sign-in service's answer to one credential; `code` is e.g. AADSTS7000215, empty when accepted."""

    result: SignIn
    code: str = ""


class SignInProver(Protocol):
    """Asks the sign-in service whether a credential works, with a new client each time and no cache."""

    async def try_secret(self, app_id: str, secret: Secret) -> SignInAnswer:
        """One token request. A failure of the service itself is `UNCLEAR`, never an exception."""
        ...

    async def try_certificate(self, app_id: str, pair: Secret) -> SignInAnswer:
        """The same with an assertion that is signed by a private key; `pair` is of a `KeyMaker`."""
        ...


class TenantWriter(TenantReader, Protocol):
    """Reads and writes one tenant."""

    @property
    def azure(self) -> AzureWriter:
        """Azure Resource Manager of the same cloud, with writing."""
        ...

    @property
    def secrets(self) -> SecretWriter:
        """The secret store, with writing."""
        ...

    @property
    def prover(self) -> SignInProver:
        """The sign-in service."""
        ...

    @property
    def keys(self) -> KeyMaker:
        """Where new key pairs are made."""
        ...

    async def write(self, write: Write, intent: Intent) -> Receipt:
        """Send a write at most once.

        Raises `NotSent`, `Throttled`, `Conflict`, `PermissionMissing`, `ObjectMissing` or `RequestRefused` when it
        surely had no effect, `OutcomeUnknown` when that cannot be known, `IntegrityBroken` when `intent` is not a
        committed, unused one.
        """
        ...
