"""A secret store in memory, with failures on order."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from azremediate.core.errors import ObjectMissing, TenantError
from azremediate.core.ports import SecretVersion
from azremediate.core.secret import Secret
from azremediate.core.write import Intent, SecretWrite, StoredSecret

_STORED = datetime(2024, 4, 9, 17, 0, tzinfo=UTC)


@dataclass
class FakeStore:
    """A secret store whose versions carry tags; `refuse` is raised on the next write, after its effect if `late`.

    unreadable: raised whenever versions are asked for. purging: names that a deleted secret holds.
    """

    tenant: Any
    vault_url: str = "https://vault.test"
    kept: dict[str, list[tuple[SecretVersion, Secret]]] = field(default_factory=dict)
    refuse: TenantError | None = None
    late: bool = False
    purging: set[str] = field(default_factory=set)
    unreadable: TenantError | None = None

    def name_for(self, app_id: str) -> str:
        """As the default configuration names it."""
        return f"app-{app_id}"

    async def versions(self, name: str) -> Sequence[SecretVersion]:
        """Oldest first."""
        if self.unreadable:
            raise self.unreadable
        return [version for version, _ in self.kept.get(name, [])]

    async def deleted(self, name: str) -> bool:
        """Whether the name waits for its purge."""
        return name in self.purging

    async def value(self, name: str, version: str) -> Secret:
        """The value of one version."""
        for known, secret in self.kept.get(name, []):
            if known.version == version:
                return secret
        raise ObjectMissing("no such version")

    async def store(self, write: SecretWrite, intent: Intent) -> StoredSecret:
        """Keep one more version."""
        self.tenant.redeem(intent)
        if self.refuse and not self.late:
            refused, self.refuse = self.refuse, None
            raise refused
        version = SecretVersion(write.name, uuid4().hex, dict(write.tags), True, _STORED)
        self.kept.setdefault(write.name, []).append((version, write.secret))
        if self.refuse:
            refused, self.refuse = self.refuse, None
            raise refused
        return StoredSecret(write.name, version.version)
