"""Owners of an application and of its service principal: whoever owns one can change its credentials and enable it."""

from collections.abc import Sequence
from typing import Final

from azremediate.actions._reading import object_path
from azremediate.core.json_value import Json, JsonObject, text_at
from azremediate.core.ports import Read, TenantReader

APPLICATIONS: Final = "applications"
PRINCIPALS: Final = "servicePrincipals"

_TYPE = "#microsoft.graph."
_NAMED = 5


async def read_owners(tenant: TenantReader, collection: str, object_id: str) -> list[JsonObject]:
    """Its owners in the order of their ids: id, displayName, type (user, servicePrincipal) and userPrincipalName.

    Source: https://learn.microsoft.com/graph/api/application-list-owners
    """
    path = f"{object_path(collection, object_id)}/owners"
    found = [row async for page in tenant.pages(Read(path)) for row in page]
    return sorted((_shown(row) for row in found), key=lambda row: text_at(row, "id"))


def _shown(row: JsonObject) -> JsonObject:
    name = text_at(row, "userPrincipalName")
    shown: dict[str, Json] = {
        "id": text_at(row, "id").lower(),
        "displayName": text_at(row, "displayName") or name,
        "type": text_at(row, "@odata.type").removeprefix(_TYPE),
        "userPrincipalName": name,
    }
    return shown


def owners_in_words(owners: Sequence[JsonObject]) -> str:
    """Their names, of the first few."""
    names = [text_at(one, "userPrincipalName") or text_at(one, "displayName") or text_at(one, "id") for one in owners]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
