"""The directory's recycle bin: listing, restoring, purging."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from azremediate.lab.graph import permissions as need
from azremediate.lab.graph.call import Call, Done, Handler, Listing, Route, Single
from azremediate.lab.graph.errors import bad_request, denied
from azremediate.lab.graph.lookup import find_row
from azremediate.lab.graph.trail import record
from azremediate.lab.objects import JsonObject, Shelf
from azremediate.lab.schema.directory import APPLICATION, DIRECTORY_OBJECT, GROUP, SERVICE_PRINCIPAL, USER

_TYPES: Final = {entity.name: entity for entity in (APPLICATION, SERVICE_PRINCIPAL, USER, GROUP)}
_MAY_READ: Final = {
    "application": ("Application.Read.All", "Directory.Read.All"),
    "servicePrincipal": ("Application.Read.All", "Directory.Read.All"),
    "user": ("User.Read.All", "Directory.Read.All"),
    "group": ("Group.Read.All", "Directory.Read.All"),
}
_MAY_WRITE: Final = {
    "application": ("Application.ReadWrite.All",),
    "servicePrincipal": ("Application.ReadWrite.All",),
    "user": ("User.DeleteRestore.All", "User.ReadWrite.All"),
    "group": ("Group.ReadWrite.All",),
}

# Global, Application, Cloud Application and Hybrid Identity Administrator; one of them, beside the permission.
_RESTORERS: Final = frozenset(
    {
        "62e90394-69f5-4237-9190-012177145e10",
        "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
        "158c047a-c907-4556-b7ef-446551a6b5f7",
        "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2",
    }
)
_NEED_A_ROLE: Final = ("application", "servicePrincipal")


def _list_of(noun: str) -> Handler:
    def list_deleted(call: Call) -> Listing:
        _check(call, noun, _MAY_READ)
        rows = [row for row in call.store.deleted_items.values() if _noun(row) == noun]
        return Listing(_TYPES[noun], rows, "directoryObjects")

    return list_deleted


def get_deleted(call: Call) -> Single:
    """GET /directory/deletedItems/{id}"""
    row = find_row(call.store.deleted_items, call.keys[0])
    _check(call, _noun(row), _MAY_READ)
    return Single(DIRECTORY_OBJECT, row, "directoryObjects")


def restore(call: Call) -> Done:
    """POST /directory/deletedItems/{id}/restore"""
    row = find_row(call.store.deleted_items, call.keys[0])
    noun = _noun(row)
    _check(call, noun, _MAY_WRITE)
    if noun in _NEED_A_ROLE and not call.store.directory_roles_of(call.claims.object_id) & _RESTORERS:
        raise denied()
    shelf = _shelf(call, noun)
    name = row.get(shelf.alternate)
    if noun != "group" and isinstance(name, str) and shelf.by_alternate(name) is not None:
        raise bad_request("Another object with the same value for a unique property exists.")
    del call.store.deleted_items[row["id"]]
    item = {key: value for key, value in row.items() if key != "@odata.type"}
    item["deletedDateTime"] = None
    shelf.add(item)
    record(call, f"Restore {noun}", item, noun, [])
    context = f"{call.root}/$metadata#directoryObjects/$entity"
    body = {
        "@odata.context": context,
        "@odata.type": row["@odata.type"],
        "id": item["id"],
        "deletedDateTime": None,
        "displayName": item.get("displayName"),
    }
    return Done(f"restore {noun} {item['id']}", 200, body)


def purge(call: Call) -> Done:
    """DELETE /directory/deletedItems/{id}: nothing brings it back."""
    row = find_row(call.store.deleted_items, call.keys[0])
    noun = _noun(row)
    _check(call, noun, _MAY_WRITE)
    del call.store.deleted_items[row["id"]]
    record(call, f"Hard Delete {noun}", row, noun, [])
    return Done(f"purge {noun} {row['id']}")


def _noun(row: JsonObject) -> str:
    return str(row["@odata.type"]).removeprefix("#microsoft.graph.")


def _shelf(call: Call, noun: str) -> Shelf:
    store = call.store
    shelves = {
        "application": store.applications,
        "servicePrincipal": store.service_principals,
        "user": store.users,
        "group": store.groups,
    }
    return shelves[noun]


def _check(call: Call, noun: str, table: Mapping[str, tuple[str, ...]]) -> None:
    if not need.suffices(call.claims.roles, table[noun]):
        raise denied()


_ONE: Final = "/directory/deletedItems/{id}"

ROUTES: Final = (
    *(
        Route("GET", f"/directory/deletedItems/microsoft.graph.{noun}", _list_of(noun), need.DELETED_READ)
        for noun in _TYPES
    ),
    Route("GET", _ONE, get_deleted, need.DELETED_READ),
    Route("POST", f"{_ONE}/restore", restore, need.DELETED_WRITE),
    Route("DELETE", _ONE, purge, need.DELETED_WRITE),
)
