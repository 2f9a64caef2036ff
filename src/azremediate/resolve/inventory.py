"""What a tenant has: every service principal as a target, and how many objects of each kind there are."""

from collections.abc import Mapping, Sequence

from azremediate.core.errors import PermissionMissing, SignInFailed, TenantError
from azremediate.core.json_value import text_at
from azremediate.core.permission import Needs, Reader
from azremediate.core.ports import Read, TenantReader
from azremediate.core.target import Target, TargetKind
from azremediate.resolve import lookup

READER = Reader(
    "inventory",
    "lists the service principals of the tenant and counts its objects",
    Needs(graph=("Application.Read.All", "User.Read.All")),
)
_COUNTED = {
    TargetKind.APPLICATION: lookup.APPLICATIONS,
    TargetKind.SERVICE_PRINCIPAL: lookup.SERVICE_PRINCIPALS,
    TargetKind.USER: lookup.USERS,
}
_PRINCIPAL = "id,appId,displayName,servicePrincipalType,appOwnerOrganizationId"


class Inventory:
    """The service principals of one tenant, read once."""

    def __init__(self, tenant: TenantReader) -> None:
        self._tenant = tenant
        self._targets: tuple[Target, ...] | None = None

    async def service_principals(self) -> Sequence[Target]:
        """Every service principal; raises rather than give a part."""
        if self._targets is None:
            self._targets = await self._read()
        return self._targets

    async def _read(self) -> tuple[Target, ...]:
        page = {"$top": "999"}
        applications = await lookup.every(self._tenant, Read(lookup.APPLICATIONS, {"$select": "id,appId", **page}))
        own = {text_at(row, "appId").lower(): text_at(row, "id") for row in applications}
        rows = await lookup.every(self._tenant, Read(lookup.SERVICE_PRINCIPALS, {"$select": _PRINCIPAL, **page}))
        return tuple(
            Target(
                tenant_id=self._tenant.tenant_id,
                kind=TargetKind.SERVICE_PRINCIPAL,
                id=text_at(row, "id"),
                display_name=text_at(row, "displayName"),
                app_id=text_at(row, "appId").lower(),
                application_id=own.get(text_at(row, "appId").lower(), ""),
                service_principal_id=text_at(row, "id"),
                service_principal_type=text_at(row, "servicePrincipalType"),
                owner_tenant_id=text_at(row, "appOwnerOrganizationId").lower(),
            )
            for row in rows
        )


async def population(tenant: TenantReader) -> Mapping[TargetKind, int]:
    """How many objects of each kind the tenant has; a kind that could not be counted is missing.

    Raises `PermissionMissing`.
    """
    reads = [Read(path, {"$select": "id", "$top": "1"}, advanced=True) for path in _COUNTED.values()]
    found: dict[TargetKind, int] = {TargetKind.TENANT: 1}
    for kind, answer in zip(_COUNTED, await tenant.batch(reads), strict=True):
        if isinstance(answer, PermissionMissing | SignInFailed):
            raise answer
        if isinstance(answer, TenantError):
            continue
        count = answer.get("@odata.count")
        if isinstance(count, int) and not isinstance(count, bool):
            found[kind] = count
    return found
