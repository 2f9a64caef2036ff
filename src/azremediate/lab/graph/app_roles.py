"""What applications were granted: app role assignments and delegated permission grants."""

from __future__ import annotations

import uuid
from typing import Final

from azremediate.lab.clock import wire_time
from azremediate.lab.graph import permissions as need
from azremediate.lab.graph.call import Call, Done, Listing, Route, Single
from azremediate.lab.graph.errors import GraphError, bad_request, not_found
from azremediate.lab.graph.lookup import find_row, find_service_principal, find_user
from azremediate.lab.graph.navigation import assignments_given, assignments_held, grants_of
from azremediate.lab.graph.trail import changed, record
from azremediate.lab.objects import JsonObject
from azremediate.lab.schema.directory import APP_ROLE_ASSIGNMENT, PERMISSION_GRANT
from azremediate.lab.schema.validation import check_update


def list_held(call: Call) -> Listing:
    """GET /servicePrincipals/{id}/appRoleAssignments"""
    return _assignments(assignments_held(call.store, find_service_principal(call)["id"]))


def list_given(call: Call) -> Listing:
    """GET /servicePrincipals/{id}/appRoleAssignedTo"""
    return _assignments(assignments_given(call.store, find_service_principal(call)["id"]))


def list_held_by_user(call: Call) -> Listing:
    """GET /users/{id}/appRoleAssignments"""
    return _assignments(assignments_held(call.store, find_user(call)["id"]))


def delete_held(call: Call) -> Done:
    """DELETE /servicePrincipals/{id}/appRoleAssignments/{assignment}"""
    return _delete_assignment(call, find_service_principal(call), "principalId")


def delete_given(call: Call) -> Done:
    """DELETE /servicePrincipals/{id}/appRoleAssignedTo/{assignment}"""
    return _delete_assignment(call, find_service_principal(call), "resourceId")


def delete_held_by_user(call: Call) -> Done:
    """DELETE /users/{id}/appRoleAssignments/{assignment}"""
    return _delete_assignment(call, find_user(call), "principalId")


def add_held(call: Call) -> Done:
    """POST /servicePrincipals/{id}/appRoleAssignments"""
    return _add_assignment(call, find_service_principal(call), "ServicePrincipal")


def add_held_by_user(call: Call) -> Done:
    """POST /users/{id}/appRoleAssignments"""
    return _add_assignment(call, find_user(call), "User")


def list_grants(call: Call) -> Listing:
    """GET /oauth2PermissionGrants"""
    return Listing(PERMISSION_GRANT, call.store.permission_grants.values(), "oauth2PermissionGrants")


def list_grants_of_client(call: Call) -> Listing:
    """GET /servicePrincipals/{id}/oauth2PermissionGrants"""
    rows = grants_of(call.store, find_service_principal(call)["id"])
    return Listing(PERMISSION_GRANT, rows, "oauth2PermissionGrants")


def list_grants_of_user(call: Call) -> Listing:
    """GET /users/{id}/oauth2PermissionGrants"""
    user_id = find_user(call)["id"]
    rows = [row for row in call.store.permission_grants.values() if row["principalId"] == user_id]
    return Listing(PERMISSION_GRANT, rows, "oauth2PermissionGrants")


def get_grant(call: Call) -> Single:
    """GET /oauth2PermissionGrants/{id}"""
    return Single(PERMISSION_GRANT, find_row(call.store.permission_grants, call.keys[0]), "oauth2PermissionGrants")


def create_grant(call: Call) -> Done:
    """POST /oauth2PermissionGrants"""
    body = call.json_body()
    check_update(PERMISSION_GRANT, body)
    row = {"id": str(uuid.uuid4()), "principalId": None, **body}
    store = call.store
    client, resource = (store.service_principals.get(str(row.get(side))) for side in ("clientId", "resourceId"))
    if client is None or resource is None:
        raise bad_request("Permission entry needs a clientId and a resourceId of service principals.")
    whole = row.get("consentType") == "AllPrincipals" and row["principalId"] is None
    if not whole and (row.get("consentType") != "Principal" or row["principalId"] not in store.users):
        raise bad_request("Permission entry needs consentType AllPrincipals, or Principal with a principalId.")
    sides = ("clientId", "resourceId", "principalId")
    if any(all(known[side] == row[side] for side in sides) for known in store.permission_grants.values()):
        message = "Permission entry already exists."
        raise GraphError(409, "Request_MultipleObjectsWithSameKeyValue", message)
    store.permission_grants[row["id"]] = row
    scope = changed("DelegatedPermissionGrant.Scope", None, row.get("scope"))
    named = changed("ServicePrincipal.ObjectID", None, client["id"])
    record(call, "Add delegated permission grant", resource, "servicePrincipal", [scope, named])
    context = f"{call.root}/$metadata#oauth2PermissionGrants/$entity"
    return Done(f"add oauth2PermissionGrant {row['id']}", 201, {"@odata.context": context, **row})


def delete_grant(call: Call) -> Done:
    """DELETE /oauth2PermissionGrants/{id}"""
    row = find_row(call.store.permission_grants, call.keys[0])
    del call.store.permission_grants[row["id"]]
    client = call.store.service_principals.get(row["clientId"], {"id": row["clientId"]})
    scope = changed("DelegatedPermissionGrant.Scope", row["scope"], None)
    record(call, "Remove delegated permission grant", client, "servicePrincipal", [scope])
    return Done(f"delete oauth2PermissionGrant {row['id']}")


def _assignments(rows: list[JsonObject]) -> Listing:
    return Listing(APP_ROLE_ASSIGNMENT, rows, "appRoleAssignments")


def _add_assignment(call: Call, owner: JsonObject, kind: str) -> Done:
    body = call.json_body()
    check_update(APP_ROLE_ASSIGNMENT, body)
    resource = call.store.service_principals.get(str(body.get("resourceId")))
    role = body.get("appRoleId")
    roles = {one["id"] for one in (resource or {}).get("appRoles", ())} | {_DEFAULT_ROLE}
    if body.get("principalId") != owner["id"] or resource is None or role not in roles:
        raise bad_request("Permission being assigned was not found on application.")
    rows = call.store.app_role_assignments
    wanted = (owner["id"], resource["id"], role)
    if any((known["principalId"], known["resourceId"], known["appRoleId"]) == wanted for known in rows.values()):
        raise bad_request("Permission being assigned already exists on the object")
    row: JsonObject = {
        "id": str(uuid.uuid4()),
        "deletedDateTime": None,
        "appRoleId": role,
        "createdDateTime": wire_time(call.store.clock.now()),
        "principalDisplayName": owner["displayName"],
        "principalId": owner["id"],
        "principalType": kind,
        "resourceDisplayName": resource["displayName"],
        "resourceId": resource["id"],
    }
    rows[row["id"]] = row
    added = [changed("AppRole.Id", None, role), changed("ServicePrincipal.ObjectID", None, owner["id"])]
    record(call, "Add app role assignment to service principal", resource, "servicePrincipal", added)
    context = f"{call.root}/$metadata#appRoleAssignments/$entity"
    return Done(f"add appRoleAssignment {row['id']}", 201, {"@odata.context": context, **row})


def _delete_assignment(call: Call, owner: JsonObject, side: str) -> Done:
    wanted = call.keys[1].value
    row = call.store.app_role_assignments.get(wanted)
    if row is None or row[side] != owner["id"]:
        raise not_found(wanted)
    del call.store.app_role_assignments[wanted]
    role = changed("AppRole.Id", row["appRoleId"], None)
    record(call, "Remove app role assignment from service principal", owner, "servicePrincipal", [role])
    return Done(f"delete appRoleAssignment {wanted}")


_DEFAULT_ROLE: Final = "00000000-0000-0000-0000-000000000000"
_PRINCIPAL: Final = "/servicePrincipals/{id}"

ROUTES: Final = (
    Route("GET", f"{_PRINCIPAL}/appRoleAssignments", list_held, need.APPLICATION_READ),
    Route("POST", f"{_PRINCIPAL}/appRoleAssignments", add_held, need.APP_ROLE_ADD),
    Route("GET", f"{_PRINCIPAL}/appRoleAssignedTo", list_given, need.APPLICATION_READ),
    Route("DELETE", f"{_PRINCIPAL}/appRoleAssignments/{{row}}", delete_held, need.APP_ROLE_DELETE),
    Route("DELETE", f"{_PRINCIPAL}/appRoleAssignedTo/{{row}}", delete_given, need.APP_ROLE_DELETE),
    Route("GET", "/users/{id}/appRoleAssignments", list_held_by_user, need.USER_APP_ROLE_READ),
    Route("POST", "/users/{id}/appRoleAssignments", add_held_by_user, need.USER_APP_ROLE_WRITE),
    Route("DELETE", "/users/{id}/appRoleAssignments/{row}", delete_held_by_user, need.USER_APP_ROLE_WRITE),
    Route("POST", "/oauth2PermissionGrants", create_grant, need.GRANT_WRITE),
    Route("GET", "/oauth2PermissionGrants", list_grants, need.GRANT_READ),
    Route("GET", f"{_PRINCIPAL}/oauth2PermissionGrants", list_grants_of_client, need.GRANT_READ),
    Route("GET", "/users/{id}/oauth2PermissionGrants", list_grants_of_user, need.GRANT_READ),
    Route("GET", "/oauth2PermissionGrants/{id}", get_grant, need.GRANT_READ),
    Route("DELETE", "/oauth2PermissionGrants/{id}", delete_grant, need.GRANT_WRITE),
)
