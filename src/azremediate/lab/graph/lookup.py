"""Finding the directory object a path names, or refusing as Graph does."""

from __future__ import annotations

from collections.abc import Mapping

from azremediate.lab.graph.call import Call, Key
from azremediate.lab.graph.errors import GraphError, bad_request, denied, not_found
from azremediate.lab.graph.navigation import tagged
from azremediate.lab.objects import JsonObject, Shelf
from azremediate.lab.schema.validation import is_guid

# The tenant that owns Microsoft's own applications.
MICROSOFT_TENANT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"


def find_on_shelf(shelf: Shelf, key: Key) -> JsonObject:
    """Return the object with this id or alternate key; raises 404, or 400 for a key the type does not have."""
    if key.name is None:
        found = shelf.get(key.value) or shelf.get(key.value.lower())
    elif key.name.lower() == shelf.alternate.lower():
        found = shelf.by_alternate(key.value)
    else:
        raise bad_request(f"Resource has no key named '{key.name}'.", unknown=True)
    if found is None and key.name is None and shelf.alternate != "userPrincipalName" and not is_guid(key.value):
        raise bad_request(f"Invalid object identifier '{key.value[:120]}'.", unknown=True)
    if found is None:
        raise not_found(key.value)
    return found


def find_application(call: Call) -> JsonObject:
    """Return the application the path's first key names."""
    return find_on_shelf(call.store.applications, call.keys[0])


def find_service_principal(call: Call) -> JsonObject:
    """Return the service principal the path's first key names."""
    return find_on_shelf(call.store.service_principals, call.keys[0])


def find_user(call: Call) -> JsonObject:
    """Return the user the path's first key names, by id or by user principal name."""
    key = call.keys[0]
    if key.name is None:
        named = call.store.users.by_alternate(key.value)
        if named is not None:
            return named
    return find_on_shelf(call.store.users, key)


def find_group(call: Call) -> JsonObject:
    """Return the group the path's first key names."""
    return find_on_shelf(call.store.groups, Key(call.keys[0].value))


def find_row(rows: Mapping[str, JsonObject], key: Key) -> JsonObject:
    """Return the row with this id; raises 404."""
    found = rows.get(key.value)
    if found is None:
        raise not_found(key.value)
    return found


def check_may_write(call: Call, item: JsonObject) -> None:
    """Refuse writes on Microsoft's own objects, and on foreign ones for a caller that may only write what it owns."""
    if item.get("appOwnerOrganizationId") == MICROSOFT_TENANT:
        raise denied()
    held = set(call.claims.roles)
    if held & {"Application.ReadWrite.All", "Directory.ReadWrite.All"}:
        return
    if call.claims.object_id not in call.store.owners.get(item["id"], ()):
        raise denied()


def mixed_rows(call: Call, ids: list[str]) -> list[JsonObject]:
    """Return directory objects of mixed types, of the type the path was cast to when it was."""
    return cast_rows(call, tagged(call.store, ids))


def cast_rows(call: Call, rows: list[JsonObject]) -> list[JsonObject]:
    """Keep the rows of the type the path was cast to."""
    if call.cast is None:
        return rows
    if call.cast not in ("user", "group", "servicePrincipal", "application", "directoryRole"):
        raise GraphError(400, "BadRequest", f"Resource not found for the segment '{call.cast}'.", unknown=True)
    return [row for row in rows if row["@odata.type"] == f"#microsoft.graph.{call.cast}"]
