"""Applications: reading, changing, their secrets, their owners, deleting."""

from __future__ import annotations

from typing import Final

from azremediate.lab.graph import permissions as need
from azremediate.lab.graph.call import Call, Done, Listing, Route, Single
from azremediate.lab.graph.credentials import add_password, remove_password, replace_keys, replace_passwords
from azremediate.lab.graph.deletion import soft_delete
from azremediate.lab.graph.lookup import check_may_write, find_application
from azremediate.lab.graph.ownership import add_owner, list_owners, remove_owner
from azremediate.lab.graph.trail import changed, record
from azremediate.lab.schema.directory import APPLICATION
from azremediate.lab.schema.policies import OWN_APP_MANAGEMENT_POLICY
from azremediate.lab.schema.validation import check_update


def list_applications(call: Call) -> Listing:
    """GET /applications"""
    return Listing(APPLICATION, call.store.applications, "applications")


def get_application(call: Call) -> Single:
    """GET /applications/{id} and /applications(appId='..')"""
    return Single(APPLICATION, find_application(call), "applications")


def update_application(call: Call) -> Done:
    """PATCH /applications/{id}"""
    item, body = find_application(call), dict(call.json_body())
    check_may_write(call, item)
    check_update(APPLICATION, body)
    properties = {name: value for name, value in body.items() if "@" not in name}
    modified = [changed(name, item.get(name), value) for name, value in properties.items() if "Credentials" not in name]
    if "passwordCredentials" in properties:
        replace_passwords(call, item, properties.pop("passwordCredentials"))
    if "keyCredentials" in properties:
        replace_keys(call, item, properties.pop("keyCredentials"), "application")
    item.update(properties)
    if "isDisabled" in properties:
        _mirror_disabled(call, item["appId"], properties["isDisabled"])
    record(call, "Update application", item, "application", modified)
    return Done(f"update application {item['id']}: {', '.join(sorted(body))}")


def delete_application(call: Call) -> Done:
    """DELETE /applications/{id}; the service principal in this tenant goes with it."""
    item = find_application(call)
    check_may_write(call, item)
    soft_delete(call, "application", call.store.applications, item)
    principal = call.store.service_principals.by_alternate(item["appId"])
    if principal is not None:
        soft_delete(call, "servicePrincipal", call.store.service_principals, principal)
    return Done(f"delete application {item['id']}")


def add_application_password(call: Call) -> Done:
    """POST /applications/{id}/addPassword"""
    item = find_application(call)
    check_may_write(call, item)
    return add_password(call, item, "application")


def remove_application_password(call: Call) -> Done:
    """POST /applications/{id}/removePassword"""
    item = find_application(call)
    check_may_write(call, item)
    return remove_password(call, item, "application")


def list_app_management_policies(call: Call) -> Listing:
    """GET /applications/{id}/appManagementPolicies"""
    rows = call.store.app_management.get(find_application(call)["id"], [])
    return Listing(OWN_APP_MANAGEMENT_POLICY, rows, "appManagementPolicies")


def _mirror_disabled(call: Call, app_id: str, disabled: bool | None) -> None:
    principal = call.store.service_principals.by_alternate(app_id)
    if principal is not None:
        principal["isDisabled"] = disabled


_ONE: Final = "/applications/{id}"

ROUTES: Final = (
    Route("GET", "/applications", list_applications, need.APPLICATION_READ),
    Route("GET", _ONE, get_application, need.APPLICATION_READ),
    Route("PATCH", _ONE, update_application, need.APPLICATION_WRITE),
    Route("DELETE", _ONE, delete_application, need.APPLICATION_WRITE),
    Route("POST", f"{_ONE}/addPassword", add_application_password, need.CREDENTIAL_WRITE),
    Route("POST", f"{_ONE}/removePassword", remove_application_password, need.CREDENTIAL_WRITE),
    Route("GET", f"{_ONE}/owners", lambda call: list_owners(call, find_application(call)), need.APPLICATION_READ),
    Route("POST", f"{_ONE}/owners/$ref", lambda call: add_owner(call, find_application(call)), need.OWNER_ADD),
    Route(
        "DELETE",
        f"{_ONE}/owners/{{owner}}/$ref",
        lambda call: remove_owner(call, find_application(call)),
        need.CREDENTIAL_WRITE,
    ),
    Route("GET", f"{_ONE}/appManagementPolicies", list_app_management_policies, need.APPLICATION_READ),
)
