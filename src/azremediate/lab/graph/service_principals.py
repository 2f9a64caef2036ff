"""Service principals: reading, disabling, their secrets, their owners, deleting."""

from __future__ import annotations

from typing import Final

from azremediate.lab.graph import permissions as need
from azremediate.lab.graph.call import Call, Done, Listing, Route, Single
from azremediate.lab.graph.credentials import add_password, remove_password, replace_keys, replace_passwords
from azremediate.lab.graph.deletion import soft_delete
from azremediate.lab.graph.errors import denied
from azremediate.lab.graph.lookup import cast_rows, check_may_write, find_service_principal
from azremediate.lab.graph.navigation import member_of, owned_by, transitive_member_of
from azremediate.lab.graph.ownership import add_owner, list_owners, remove_owner
from azremediate.lab.graph.trail import changed, record
from azremediate.lab.objects import JsonObject
from azremediate.lab.schema.directory import DIRECTORY_OBJECT, SERVICE_PRINCIPAL
from azremediate.lab.schema.validation import check_update


def list_service_principals(call: Call) -> Listing:
    """GET /servicePrincipals"""
    return Listing(SERVICE_PRINCIPAL, call.store.service_principals, "servicePrincipals")


def get_service_principal(call: Call) -> Single:
    """GET /servicePrincipals/{id} and /servicePrincipals(appId='..')"""
    return Single(SERVICE_PRINCIPAL, find_service_principal(call), "servicePrincipals")


def update_service_principal(call: Call) -> Done:
    """PATCH /servicePrincipals/{id}"""
    item, body = find_service_principal(call), dict(call.json_body())
    check_may_write(call, item)
    check_update(SERVICE_PRINCIPAL, body)
    properties = {name: value for name, value in body.items() if "@" not in name}
    modified = [changed(name, item.get(name), value) for name, value in properties.items() if "Credentials" not in name]
    if "passwordCredentials" in properties:
        replace_passwords(call, item, properties.pop("passwordCredentials"))
    if "keyCredentials" in properties:
        replace_keys(call, item, properties.pop("keyCredentials"), "servicePrincipal")
    item.update(properties)
    record(call, _activity(properties), item, "servicePrincipal", modified)
    return Done(f"update servicePrincipal {item['id']}: {', '.join(sorted(body))}")


def delete_service_principal(call: Call) -> Done:
    """DELETE /servicePrincipals/{id}"""
    item = find_service_principal(call)
    check_may_write(call, item)
    soft_delete(call, "servicePrincipal", call.store.service_principals, item)
    return Done(f"delete servicePrincipal {item['id']}")


def add_principal_password(call: Call) -> Done:
    """POST /servicePrincipals/{id}/addPassword"""
    return add_password(call, _with_own_secrets(call), "servicePrincipal")


def remove_principal_password(call: Call) -> Done:
    """POST /servicePrincipals/{id}/removePassword"""
    return remove_password(call, _with_own_secrets(call), "servicePrincipal")


def list_member_of(call: Call) -> Listing:
    """GET /servicePrincipals/{id}/memberOf"""
    rows = cast_rows(call, member_of(call.store, find_service_principal(call)["id"]))
    return Listing(DIRECTORY_OBJECT, rows, "directoryObjects")


def list_transitive_member_of(call: Call) -> Listing:
    """GET /servicePrincipals/{id}/transitiveMemberOf"""
    rows = cast_rows(call, transitive_member_of(call.store, find_service_principal(call)["id"]))
    return Listing(DIRECTORY_OBJECT, rows, "directoryObjects")


def list_owned_objects(call: Call) -> Listing:
    """GET /servicePrincipals/{id}/ownedObjects"""
    rows = cast_rows(call, owned_by(call.store, find_service_principal(call)["id"]))
    return Listing(DIRECTORY_OBJECT, rows, "directoryObjects")


def _with_own_secrets(call: Call) -> JsonObject:
    """Return the service principal; a managed identity has no secrets that anyone could set."""
    item = find_service_principal(call)
    check_may_write(call, item)
    if item.get("servicePrincipalType") == "ManagedIdentity":
        raise denied()
    return item


def _activity(properties: JsonObject) -> str:
    if properties.get("accountEnabled") is False:
        return "Disable service principal"
    return "Enable service principal" if properties.get("accountEnabled") else "Update service principal"


_ONE: Final = "/servicePrincipals/{id}"

ROUTES: Final = (
    Route("GET", "/servicePrincipals", list_service_principals, need.APPLICATION_READ),
    Route("GET", _ONE, get_service_principal, need.APPLICATION_READ),
    Route("PATCH", _ONE, update_service_principal, need.CREDENTIAL_WRITE),
    Route("DELETE", _ONE, delete_service_principal, need.CREDENTIAL_WRITE),
    Route("POST", f"{_ONE}/addPassword", add_principal_password, need.CREDENTIAL_WRITE),
    Route("POST", f"{_ONE}/removePassword", remove_principal_password, need.CREDENTIAL_WRITE),
    Route("GET", f"{_ONE}/owners", lambda call: list_owners(call, find_service_principal(call)), need.APPLICATION_READ),
    Route("POST", f"{_ONE}/owners/$ref", lambda call: add_owner(call, find_service_principal(call)), need.OWNER_ADD),
    Route(
        "DELETE",
        f"{_ONE}/owners/{{owner}}/$ref",
        lambda call: remove_owner(call, find_service_principal(call)),
        need.CREDENTIAL_WRITE,
    ),
    Route("GET", f"{_ONE}/memberOf", list_member_of, need.APPLICATION_READ),
    Route("GET", f"{_ONE}/transitiveMemberOf", list_transitive_member_of, need.PRINCIPAL_TRANSITIVE),
    Route("GET", f"{_ONE}/ownedObjects", list_owned_objects, need.APPLICATION_READ),
)
