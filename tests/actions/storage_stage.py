"""One storage account with its two keys, as Azure Resource Manager shows and changes it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from azremediate.core.credential import CredentialKind
from azremediate.core.errors import TenantError
from azremediate.core.json_value import JsonObject
from azremediate.core.secret import Secret
from azremediate.core.storage_account import StorageAccountId, StorageKey
from azremediate.core.target import ExposedCredential, Target, TargetKind
from azremediate.core.write import AzureWrite, Intent, Receipt
from tests.fakes import START, TENANT_ID, Crash, FakeTenant

SUBSCRIPTION = "99999999-0000-4000-8000-000000000001"
ACCOUNT = str(StorageAccountId(SUBSCRIPTION, "rg-payroll", "contosopayroll"))
OLD = START - timedelta(days=400)


@dataclass
class FakeAzure:
    """Keys by name; `fail` maps a step to an error, raised before or (True) after its effect."""

    tenant: FakeTenant
    keys: dict[str, StorageKey]
    told: bool = True
    answers_id: str = ACCOUNT
    shared: bool | None = None
    writes: list[AzureWrite] = field(default_factory=list)
    fail: dict[str, tuple[TenantError | Crash, bool]] = field(default_factory=dict)

    async def get(self, path: str, api_version: str) -> JsonObject:
        """The account."""
        times = {name: f"{key.created:%Y-%m-%dT%H:%M:%S}.0000000Z" for name, key in self.keys.items() if key.created}
        properties: dict[str, Any] = {"allowSharedKeyAccess": self.shared}
        return {"id": self.answers_id, "properties": {**properties, "keyCreationTime": times if self.told else None}}

    async def storage_keys(self, account: str) -> Sequence[StorageKey]:
        """Both keys."""
        return list(self.keys.values())

    async def write(self, write: AzureWrite, intent: Intent) -> Receipt:
        """Regenerate a key, or fail as ordered."""
        self.tenant.redeem(intent)
        error, after = self.fail.pop(write.step, (None, False))
        if error and not after:
            raise error
        self.writes.append(write)
        body: Any = write.body
        moment = START + timedelta(seconds=len(self.writes))
        self.keys[body["keyName"]] = StorageKey(body["keyName"], Secret(f"new-{len(self.writes)}"), moment)
        if error:
            raise error
        return Receipt({}, status=200)


def a_storage_tenant() -> tuple[FakeTenant, FakeAzure]:
    """A tenant with the account."""
    tenant = FakeTenant()
    azure = FakeAzure(tenant, {name: StorageKey(name, Secret(f"old-{name}"), OLD) for name in ("key1", "key2")})
    tenant.azure = azure
    return tenant, azure


def an_account(*keys: str) -> Target:
    """The account with these keys exposed; without any, both."""
    exposed = tuple(
        ExposedCredential(CredentialKind.STORAGE_KEY, TargetKind.STORAGE_ACCOUNT, ACCOUNT, key, "", "", "listed")
        for key in keys or ("key1", "key2")
    )
    return Target(TENANT_ID, TargetKind.STORAGE_ACCOUNT, ACCOUNT, "contosopayroll", exposed=exposed)
