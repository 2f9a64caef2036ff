"""The directory roles that one principal holds itself: active ones, and those of Privileged Identity Management."""

from collections.abc import Sequence
from typing import Final

from azremediate.actions._reading import object_path
from azremediate.core.errors import FeatureMissing, TenantError
from azremediate.core.json_value import Json, JsonObject, flag_at, object_of, text_at
from azremediate.core.ports import Read, TenantReader
from azremediate.core.target import Target, TargetKind

ROOT: Final = "/roleManagement/directory"
ACTIVE: Final = "active"
ELIGIBLE: Final = "eligible"
IDS: Final = ("principalId", "roleDefinitionId", "directoryScopeId")
"""What a role is held by; the ids of an assignment's principal and role, and `/` or the path of a part."""

SYNCHRONISATION: Final = "d29b2b05-8046-44ba-8758-1e26182fcf32"
"""Directory Synchronization Accounts: without it Active Directory's changes no longer arrive."""

_COLLECTIONS = {TargetKind.SERVICE_PRINCIPAL: "servicePrincipals", TargetKind.USER: "users"}
_UNLICENSED = frozenset({"AadPremiumLicenseRequired", "TenantNotLicensed"})


async def read_roles(target: Target, tenant: TenantReader) -> list[JsonObject]:
    """A row for each role that the target holds itself, the eligible ones first.

    Members: id, the ids of `IDS`, hold (active or eligible), pim (whether the assignment is one of Privileged Identity
    Management), activated (whether it comes from an eligible one), startDateTime and endDateTime (empty for none).
    Without the licence for Privileged Identity Management there are no eligible ones.
    """
    active = await _list(tenant, "roleAssignments", target.id, expand=True)
    instances = await _licensed(tenant, "roleAssignmentScheduleInstances", target.id)
    scheduled = {_held(row): row for row in instances}
    rows = [_active(row, scheduled.get(_held(row))) for row in active]
    eligible = await _licensed(tenant, "roleEligibilityScheduleInstances", target.id, expand=True)
    own = [row for row in eligible if text_at(row, "memberType") != "Group"]
    return [*(_row(row, ELIGIBLE, pim=True) for row in own), *rows]


async def role_groups(target: Target, tenant: TenantReader) -> list[str]:
    """Names of the groups that can hold roles and that the target is in, directly or not."""
    path = f"{object_path(_COLLECTIONS[target.kind], target.id)}/transitiveMemberOf/microsoft.graph.group"
    read = Read(path, {"$select": "id,displayName,isAssignableToRole"}, advanced=True)
    found = [row async for page in tenant.pages(read) for row in page]
    names = [text_at(row, "displayName") or text_at(row, "id") for row in found if flag_at(row, "isAssignableToRole")]
    return sorted(names)


def _active(row: JsonObject, instance: JsonObject | None) -> JsonObject:
    if instance is None:
        return _row(row, ACTIVE, pim=False)
    activated = text_at(instance, "assignmentType") == "Activated"
    times = {name: text_at(instance, name) for name in ("startDateTime", "endDateTime")}
    return _row({**row, **times}, ACTIVE, pim=activated or bool(times["endDateTime"]), activated=activated)


def _row(row: JsonObject, hold: str, *, pim: bool, activated: bool = False) -> JsonObject:
    definition = row.get("roleDefinition")
    known = object_of(definition, "a role definition") if definition else {}
    name = text_at(known, "displayName") or text_at(row, "roleDefinitionId")
    scope = text_at(row, "directoryScopeId")
    fields: dict[str, Json] = {field: text_at(row, field) for field in ("id", *IDS, "startDateTime", "endDateTime")}
    fields |= {"hold": hold, "pim": pim, "activated": activated}
    words = [name, *([] if scope == "/" else [f"at {scope}"]), f"({'activated' if activated else hold})"]
    return {**fields, "displayName": " ".join(words)}


async def _list(tenant: TenantReader, noun: str, principal: str, *, expand: bool = False) -> list[JsonObject]:
    query = {"$filter": f"principalId eq '{principal}'", **({"$expand": "roleDefinition"} if expand else {})}
    object_path("directoryObjects", principal)  # an id that is none would change the filter
    return [row async for page in tenant.pages(Read(f"{ROOT}/{noun}", query)) for row in page]


async def _licensed(tenant: TenantReader, noun: str, principal: str, *, expand: bool = False) -> Sequence[JsonObject]:
    try:
        return await _list(tenant, noun, principal, expand=expand)
    except FeatureMissing:
        return []
    except TenantError as error:
        if error.code not in _UNLICENSED:
            raise
        return []


def _held(row: JsonObject) -> tuple[str, ...]:
    return tuple(text_at(row, name).lower() for name in IDS)
