"""Directory roles: definitions, active and eligible assignments, activated roles and their members."""

from __future__ import annotations

import uuid
from typing import Final

from azremediate.lab.graph import permissions as need
from azremediate.lab.graph.call import Call, Done, Listing, Route, Single
from azremediate.lab.graph.errors import GraphError, bad_request, not_found
from azremediate.lab.graph.lookup import cast_rows, find_row
from azremediate.lab.graph.navigation import directory_role, tagged
from azremediate.lab.graph.trail import changed, record
from azremediate.lab.objects import JsonObject
from azremediate.lab.schema.directory import DIRECTORY_OBJECT, DIRECTORY_ROLE
from azremediate.lab.schema.policies import (
    ROLE_ASSIGNMENT,
    ROLE_ASSIGNMENT_INSTANCE,
    ROLE_DEFINITION,
    ROLE_ELIGIBILITY_INSTANCE,
)
from azremediate.lab.schema.validation import check_update
from azremediate.lab.store import Store

GLOBAL_ADMINISTRATOR: Final = "62e90394-69f5-4237-9190-012177145e10"


def list_definitions(call: Call) -> Listing:
    """GET /roleManagement/directory/roleDefinitions"""
    return Listing(ROLE_DEFINITION, call.store.role_definitions.values(), "roleManagement/directory/roleDefinitions")


def get_definition(call: Call) -> Single:
    """GET /roleManagement/directory/roleDefinitions/{id}"""
    row = find_row(call.store.role_definitions, call.keys[0])
    return Single(ROLE_DEFINITION, row, "roleManagement/directory/roleDefinitions")


def list_assignments(call: Call) -> Listing:
    """GET /roleManagement/directory/roleAssignments"""
    return Listing(ROLE_ASSIGNMENT, call.store.role_assignments.values(), "roleManagement/directory/roleAssignments")


def get_assignment(call: Call) -> Single:
    """GET /roleManagement/directory/roleAssignments/{id}"""
    row = find_row(call.store.role_assignments, call.keys[0])
    return Single(ROLE_ASSIGNMENT, row, "roleManagement/directory/roleAssignments")


def delete_assignment(call: Call) -> Done:
    """DELETE /roleManagement/directory/roleAssignments/{id}; the last Global Administrator stays."""
    row = find_row(call.store.role_assignments, call.keys[0])
    take_away(call, row)
    return Done(f"delete roleAssignment {row['id']}")


def create_assignment(call: Call) -> Done:
    """POST /roleManagement/directory/roleAssignments"""
    body = call.json_body()
    check_update(ROLE_ASSIGNMENT, body)
    row = assign(call, body)
    context = f"{call.root}/$metadata#roleManagement/directory/roleAssignments/$entity"
    return Done(f"add roleAssignment {row['id']}", 201, {"@odata.context": context, **row})


def take_away(call: Call, row: JsonObject) -> None:
    """Remove an active assignment; raises when it is the last one of Global Administrator."""
    rest = [item for item in call.store.role_assignments.values() if item["id"] != row["id"]]
    if row["roleDefinitionId"] == GLOBAL_ADMINISTRATOR and not any(
        item["roleDefinitionId"] == GLOBAL_ADMINISTRATOR for item in rest
    ):
        raise bad_request("Removing the last assignment of Global Administrator is not allowed.")
    del call.store.role_assignments[row["id"]]
    record_role(call, "Remove member from role", row, row["principalId"], None)


def assign(call: Call, wanted: JsonObject, **schedule: object) -> JsonObject:
    """Make an active assignment of what a body asks for; raises as Graph refuses it.

    schedule: members of its instance, such as endDateTime, where it is not permanent.
    """
    row = checked_assignment(call, wanted)
    if any(_same(row, known) for known in call.store.role_assignments.values()):
        message = "A conflicting object with one or more of the specified property values is present in the directory."
        raise bad_request(message)
    call.store.role_assignments[row["id"]] = {**row, **schedule}
    record_role(call, "Add member to role", row, None, row["principalId"])
    return row


def checked_assignment(call: Call, wanted: JsonObject) -> JsonObject:
    """A new row of what a body asks for; principal, role and scope have to exist."""
    store = call.store
    principal, role = str(wanted.get("principalId")), str(wanted.get("roleDefinitionId"))
    if store.find_object(principal) is None:
        raise not_found(principal)
    if role not in store.role_definitions:
        raise bad_request("The given role definition does not exist.")
    if not wanted.get("directoryScopeId"):
        raise bad_request("The directoryScopeId is required.")
    return {
        "id": str(uuid.uuid4()),
        "principalId": principal,
        "roleDefinitionId": role,
        "directoryScopeId": wanted["directoryScopeId"],
        "appScopeId": None,
        "condition": None,
        "principalOrganizationId": store.tenant_id,
    }


def record_role(call: Call, activity: str, row: JsonObject, old: object, new: object) -> None:
    """Append the audit row of a change to who holds a role."""
    role = {"id": row["roleDefinitionId"], "displayName": _role_name(call.store, row)}
    record(call, activity, role, "role", [changed("Role.ObjectID", old, new)])


def _same(one: JsonObject, other: JsonObject) -> bool:
    names = ("principalId", "roleDefinitionId", "directoryScopeId")
    return all(one[name] == other[name] for name in names)


def list_assignment_instances(call: Call) -> Listing:
    """GET /roleManagement/directory/roleAssignmentScheduleInstances"""
    check_licence(call)
    rows = [_instance(row) for row in call.store.role_assignments.values()]
    return Listing(ROLE_ASSIGNMENT_INSTANCE, rows, "roleManagement/directory/roleAssignmentScheduleInstances")


def list_eligibility_instances(call: Call) -> Listing:
    """GET /roleManagement/directory/roleEligibilityScheduleInstances"""
    check_licence(call)
    context = "roleManagement/directory/roleEligibilityScheduleInstances"
    return Listing(ROLE_ELIGIBILITY_INSTANCE, call.store.role_eligibility.values(), context)


def list_directory_roles(call: Call) -> Listing:
    """GET /directoryRoles: only roles that somebody holds, as only those were ever activated."""
    return Listing(DIRECTORY_ROLE, list(_activated(call.store).values()), "directoryRoles")


def get_directory_role(call: Call) -> Single:
    """GET /directoryRoles/{id} and /directoryRoles(roleTemplateId='..')"""
    return Single(DIRECTORY_ROLE, _find_role(call), "directoryRoles")


def list_role_members(call: Call) -> Listing:
    """GET /directoryRoles/{id}/members"""
    template = _find_role(call)["roleTemplateId"]
    rows = call.store.role_assignments.values()
    ids = [row["principalId"] for row in rows if row["roleDefinitionId"] == template and row["directoryScopeId"] == "/"]
    return Listing(DIRECTORY_OBJECT, cast_rows(call, tagged(call.store, ids)), "directoryObjects")


def _activated(store: Store) -> dict[str, JsonObject]:
    held = dict.fromkeys(row["roleDefinitionId"] for row in store.role_assignments.values())
    roles = [directory_role(store, definition_id) for definition_id in held]
    return {role["id"]: {key: role[key] for key in role if key != "@odata.type"} for role in roles}


def _find_role(call: Call) -> JsonObject:
    key = call.keys[0]
    for role in _activated(call.store).values():
        if key.value == (role["id"] if key.name is None else role["roleTemplateId"]):
            return role
    raise not_found(key.value)


def _instance(row: JsonObject) -> JsonObject:
    return {
        "id": row["id"],
        "principalId": row["principalId"],
        "roleDefinitionId": row["roleDefinitionId"],
        "directoryScopeId": row["directoryScopeId"],
        "appScopeId": None,
        "startDateTime": row.get("startDateTime"),
        "endDateTime": row.get("endDateTime"),
        "assignmentType": row.get("assignmentType", "Assigned"),
        "memberType": "Direct",
        "roleAssignmentOriginId": row["id"],
        "roleAssignmentScheduleId": row["id"],
    }


def _role_name(store: Store, row: JsonObject) -> str | None:
    definition = store.role_definitions.get(row["roleDefinitionId"])
    return None if definition is None else str(definition["displayName"])


def check_licence(call: Call) -> None:
    """Refuse Privileged Identity Management in a tenant without the licence for it."""
    if not call.store.premium:
        message = "The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license."
        raise GraphError(400, "AadPremiumLicenseRequired", message)


_ROOT: Final = "/roleManagement/directory"

ROUTES: Final = (
    Route("GET", f"{_ROOT}/roleDefinitions", list_definitions, need.ROLE_READ),
    Route("GET", f"{_ROOT}/roleDefinitions/{{id}}", get_definition, need.ROLE_READ),
    Route("GET", f"{_ROOT}/roleAssignments", list_assignments, need.ROLE_READ),
    Route("GET", f"{_ROOT}/roleAssignments/{{id}}", get_assignment, need.ROLE_READ),
    Route("POST", f"{_ROOT}/roleAssignments", create_assignment, need.ROLE_WRITE),
    Route("DELETE", f"{_ROOT}/roleAssignments/{{id}}", delete_assignment, need.ROLE_WRITE),
    Route("GET", f"{_ROOT}/roleAssignmentScheduleInstances", list_assignment_instances, need.ROLE_SCHEDULE_READ),
    Route("GET", f"{_ROOT}/roleEligibilityScheduleInstances", list_eligibility_instances, need.ROLE_ELIGIBILITY_READ),
    Route("GET", "/directoryRoles", list_directory_roles, need.ROLE_READ),
    Route("GET", "/directoryRoles/{id}", get_directory_role, need.ROLE_READ),
    Route("GET", "/directoryRoles/{id}/members", list_role_members, need.ROLE_READ),
)
