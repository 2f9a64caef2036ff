"""What there is of an application before it is deleted, so that nothing is lost from sight with it."""

from typing import Final

from azremediate.actions._owners import APPLICATIONS, PRINCIPALS, read_owners
from azremediate.actions._reading import object_path
from azremediate.core.errors import ObjectMissing
from azremediate.core.json_value import Json, JsonObject, objects_at, text_at, texts_at
from azremediate.core.kept_applications import PROPERTIES, why_kept
from azremediate.core.ports import Read, TenantReader
from azremediate.core.target import Target

PRESENT: Final = "present"
DELETED: Final = "deleted"
ABSENT: Final = "absent"

LISTS: Final = {
    "consentGrants": ("oauth2PermissionGrants", ("clientId", "consentType", "principalId", "resourceId", "scope")),
    "appRoleAssignments": ("appRoleAssignments", ("appRoleId", "resourceId", "resourceDisplayName")),
    "assignedUsers": ("appRoleAssignedTo", ("appRoleId", "principalId", "principalType", "principalDisplayName")),
}
"""What the service principal loses when it is gone for good: the path and the members that make it again."""

_APPLICATION: Final = (
    "id,appId,displayName,createdDateTime,signInAudience,isDisabled,disabledByMicrosoftStatus,identifierUris,"
    "passwordCredentials,keyCredentials"
)
_PRINCIPAL: Final = f"{PROPERTIES},appId,accountEnabled"
_MOST: Final = 500


def deleted_item(object_id: str) -> str:
    """The path of a deleted object; refuses an id that is no GUID."""
    return object_path("directory/deletedItems", object_id)


async def read_image(target: Target, tenant: TenantReader) -> dict[str, Json]:
    """Facts: application and servicePrincipal (present, deleted or absent), kept (why it must not go), image, cut.

    image: properties, owners, federated credentials, the ids of its secrets and certificates, and the `LISTS`; empty
    when the application is not there. cut: which lists are longer than what is recorded of them.
    """
    application, state = await _look(tenant, APPLICATIONS, target.id, _APPLICATION)
    principal_id = target.service_principal_id
    principal, principal_state = await _look(tenant, PRINCIPALS, principal_id, _PRINCIPAL)
    facts: dict[str, Json] = {
        "application": state,
        "servicePrincipal": principal_state,
        "kept": "",
        "image": {},
        "cut": [],
    }
    if application is None:
        return facts
    image: dict[str, Json] = {
        "displayName": text_at(application, "displayName"),
        "appId": text_at(application, "appId"),
        "createdDateTime": text_at(application, "createdDateTime"),
        "signInAudience": text_at(application, "signInAudience"),
        "identifierUris": texts_at(application, "identifierUris"),
        "credentials": [*_credentials(application, "application"), *_credentials(principal or {}, "servicePrincipal")],
        "owners": list(await read_owners(tenant, APPLICATIONS, target.id)),
        "federatedCredentials": await _rows(
            tenant,
            f"{object_path(APPLICATIONS, target.id)}/federatedIdentityCredentials",
            ("name", "issuer", "subject"),
        ),
    }
    kept = why_kept({**(principal or {}), "disabledByMicrosoftStatus": _status(application, principal)})
    if principal is not None:
        path = object_path(PRINCIPALS, principal_id)
        image["accountEnabled"] = principal.get("accountEnabled") is not False
        image["principalOwners"] = list(await read_owners(tenant, PRINCIPALS, principal_id))
        for name, (segment, members) in LISTS.items():
            image[name] = await _rows(tenant, f"{path}/{segment}", members)
        jobs = await _rows(tenant, f"{path}/synchronization/jobs", ("templateId",))
        kept = kept or ("it provisions users elsewhere" if jobs else "")
    cut: list[Json] = [name for name, rows in image.items() if isinstance(rows, list) and len(rows) > _MOST]
    shown = {name: rows[:_MOST] if isinstance(rows, list) else rows for name, rows in image.items()}
    return {**facts, "kept": kept, "image": shown, "cut": cut}


async def _look(tenant: TenantReader, collection: str, object_id: str, select: str) -> tuple[JsonObject | None, str]:
    if not object_id:
        return None, ABSENT
    try:
        return await tenant.get(Read(object_path(collection, object_id), {"$select": select})), PRESENT
    except ObjectMissing:
        pass
    try:
        await tenant.get(Read(deleted_item(object_id)))
    except ObjectMissing:
        return None, ABSENT
    return None, DELETED


def _status(application: JsonObject, principal: JsonObject | None) -> str:
    """What Microsoft says of either half."""
    status = text_at(application, "disabledByMicrosoftStatus")
    return status if status not in ("", "NotDisabled") else text_at(principal or {}, "disabledByMicrosoftStatus")


def _credentials(holder: JsonObject, where: str) -> list[JsonObject]:
    rows = [*objects_at(holder, "passwordCredentials"), *objects_at(holder, "keyCredentials")]
    return [{"id": text_at(row, "keyId"), "displayName": text_at(row, "displayName"), "on": where} for row in rows]


async def _rows(tenant: TenantReader, path: str, members: tuple[str, ...]) -> list[Json]:
    found = [row async for page in tenant.pages(Read(path)) for row in page]
    return [
        {name: text_at(row, name) for name in ("id", *members)} for row in sorted(found, key=lambda r: str(r["id"]))
    ]
