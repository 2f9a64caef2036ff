"""Azure Resource Manager in memory: resources by id, with failures on order."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from azremediate.core.errors import ObjectMissing, TenantError
from azremediate.core.json_value import JsonObject
from azremediate.core.write import AzureWrite, Intent, Receipt
from tests.fakes import FakeTenant


@dataclass
class FakeAzure:
    """`rows` are role assignments by id, `eligible` eligible ones; `fail` maps a step to an error, before or after."""

    tenant: FakeTenant
    subscriptions: tuple[str, ...] = ()
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    eligible: list[JsonObject] = field(default_factory=list)
    definitions: list[JsonObject] = field(default_factory=list)
    refuse_eligible: TenantError | None = None
    writes: list[AzureWrite] = field(default_factory=list)
    fail: dict[str, tuple[TenantError, bool]] = field(default_factory=dict)

    async def get(self, path: str, api_version: str) -> JsonObject:
        """One resource."""
        if path not in self.rows:
            raise ObjectMissing(f"{path} is missing", status=404)
        return deepcopy(self.rows[path])

    async def role_assignments(self, scope: str) -> Sequence[JsonObject]:
        """All of them."""
        return list(self.rows.values())

    async def role_assignments_of(self, scope: str, principal_id: str) -> Sequence[JsonObject]:
        """Those of one principal."""
        return [deepcopy(row) for row in self.rows.values() if row["properties"]["principalId"] == principal_id]

    async def role_eligibilities(self, scope: str) -> Sequence[JsonObject]:
        """All eligible ones, or the refusal."""
        if self.refuse_eligible is not None:
            raise self.refuse_eligible
        return self.eligible

    async def role_definitions(self, scope: str) -> Sequence[JsonObject]:
        """All of them."""
        return self.definitions

    async def write(self, write: AzureWrite, intent: Intent) -> Receipt:
        """Put or delete, or fail as ordered."""
        self.tenant.redeem(intent)
        error, after = self.fail.pop(write.step, (None, False))
        if error and not after:
            raise error
        self.writes.append(write)
        if write.method == "DELETE":
            self.rows.pop(write.path, None)
        elif isinstance(write.body, Mapping):
            body: Any = deepcopy(write.body)
            properties = {**body["properties"], "scope": write.path.partition("/providers/Microsoft.Auth")[0] or "/"}
            self.rows[write.path] = {"id": write.path, "name": write.path.rpartition("/")[2], "properties": properties}
        if error:
            raise error
        return Receipt(dict.fromkeys(write.expects, write.path), request_id="r-arm", status=200)
