"""Owners of applications and service principals: listing, adding, removing."""

from __future__ import annotations

import re

from azremediate.lab.graph.call import Call, Done, Listing
from azremediate.lab.graph.errors import bad_request, not_found
from azremediate.lab.graph.lookup import check_may_write, mixed_rows
from azremediate.lab.graph.trail import changed, record
from azremediate.lab.objects import JsonObject
from azremediate.lab.schema.directory import DIRECTORY_OBJECT


def list_owners(call: Call, item: JsonObject) -> Listing:
    """Return the owners of an object."""
    return Listing(DIRECTORY_OBJECT, mixed_rows(call, call.store.owners.get(item["id"], [])), "directoryObjects")


def add_owner(call: Call, item: JsonObject) -> Done:
    """Add the object that the body's @odata.id names as owner."""
    check_may_write(call, item)
    body = call.json_body()
    address = body.get("@odata.id")
    match = re.search(r"/(?:directoryObjects|users|servicePrincipals)/([0-9a-fA-F-]{36})$", str(address))
    if match is None or set(body) != {"@odata.id"}:
        raise bad_request("The body has to be a reference to a directory object.")
    owner_id = match[1].lower()
    if call.store.find_object(owner_id) is None:
        raise not_found(owner_id)
    owners = call.store.owners.setdefault(item["id"], [])
    if owner_id in owners:
        raise bad_request("One or more added object references already exist for the following modified properties.")
    owners.append(owner_id)
    record(call, f"Add owner to {_noun(call)[1]}", item, _noun(call)[0], [changed("owners", None, owner_id)])
    return Done(f"add owner {owner_id} to {item['id']}")


def remove_owner(call: Call, item: JsonObject) -> Done:
    """Remove the owner that the path's second key names."""
    check_may_write(call, item)
    owner_id = call.keys[1].value
    owners = call.store.owners.get(item["id"], [])
    if owner_id not in owners:
        raise not_found(owner_id)
    owners.remove(owner_id)
    record(call, f"Remove owner from {_noun(call)[1]}", item, _noun(call)[0], [changed("owners", owner_id, None)])
    return Done(f"remove owner {owner_id} from {item['id']}")


def _noun(call: Call) -> tuple[str, str]:
    is_principal = "/serviceprincipals" in call.path.lower()
    return ("servicePrincipal", "service principal") if is_principal else ("application", "application")
