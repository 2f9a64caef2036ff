"""What a tenant has: its applications and service principals as targets, and how many objects of each kind."""

from collections.abc import Collection, Mapping, Sequence

from azremediate.core.errors import PermissionMissing, SignInFailed, TenantError
from azremediate.core.json_value import JsonObject, text_at
from azremediate.core.permission import Needs, Reader
from azremediate.core.playbook import Audience
from azremediate.core.ports import Read, TenantReader
from azremediate.core.target import Target, TargetKind
from azremediate.resolve import lookup

READER = Reader(
    "inventory",
    "lists the applications and service principals of the tenant and counts its objects",
    Needs(graph=("Application.Read.All", "User.Read.All")),
)
COUNTED = {
    TargetKind.APPLICATION: lookup.APPLICATIONS,
    TargetKind.SERVICE_PRINCIPAL: lookup.SERVICE_PRINCIPALS,
    TargetKind.USER: lookup.USERS,
}
"""The collections whose objects are counted."""
_APPLICATION = "id,appId,displayName,signInAudience"
_PRINCIPAL = "id,appId,displayName,servicePrincipalType,appOwnerOrganizationId"


class Inventory:
    """The applications and service principals of one tenant, read once."""

    def __init__(self, tenant: TenantReader) -> None:
        self._tenant = tenant
        self._applications: list[JsonObject] = []
        self._principals: list[JsonObject] = []
        self._targets: tuple[Target, ...] | None = None

    async def service_principals(self) -> Sequence[Target]:
        """Every service principal; raises rather than give a part."""
        if self._targets is None:
            await self._read()
            own = {text_at(row, "appId").lower(): row for row in self._applications}
            self._targets = tuple(
                self._target(own.get(text_at(row, "appId").lower(), {}), row) for row in self._principals
            )
        return self._targets

    async def applications(self, audiences: Collection[Audience]) -> Sequence[Target]:
        """Every application registered here for one of these audiences, with or without a service principal."""
        await self.service_principals()
        principals = {text_at(row, "appId").lower(): row for row in self._principals}
        return [
            self._target(row, principals.get(text_at(row, "appId").lower(), {}), TargetKind.APPLICATION)
            for row in self._applications
            if text_at(row, "signInAudience") in set(audiences)
        ]

    async def _read(self) -> None:
        page = {"$top": "999"}
        read = Read(lookup.APPLICATIONS, {"$select": _APPLICATION, **page})
        self._applications = await lookup.every(self._tenant, read)
        read = Read(lookup.SERVICE_PRINCIPALS, {"$select": _PRINCIPAL, **page})
        self._principals = await lookup.every(self._tenant, read)

    def _target(
        self, application: JsonObject, principal: JsonObject, kind: TargetKind = TargetKind.SERVICE_PRINCIPAL
    ) -> Target:
        seen = principal if kind is TargetKind.SERVICE_PRINCIPAL else application
        return Target(
            tenant_id=self._tenant.tenant_id,
            kind=kind,
            id=text_at(seen, "id"),
            display_name=text_at(seen, "displayName"),
            app_id=text_at(seen, "appId").lower(),
            application_id=text_at(application, "id"),
            service_principal_id=text_at(principal, "id"),
            service_principal_type=text_at(principal, "servicePrincipalType"),
            owner_tenant_id=text_at(principal, "appOwnerOrganizationId").lower(),
        )


async def population(tenant: TenantReader) -> Mapping[TargetKind, int]:
    """How many objects of each kind the tenant has; a kind that could not be counted is missing.

    Raises `PermissionMissing`.
    """
    reads = [Read(path, {"$select": "id", "$top": "1"}, advanced=True) for path in COUNTED.values()]
    found: dict[TargetKind, int] = {TargetKind.TENANT: 1}
    for kind, answer in zip(COUNTED, await tenant.batch(reads), strict=True):
        if isinstance(answer, PermissionMissing | SignInFailed):
            raise answer
        if isinstance(answer, TenantError):
            continue
        count = answer.get("@odata.count")
        if isinstance(count, int) and not isinstance(count, bool):
            found[kind] = count
    return found
