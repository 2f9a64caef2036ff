"""Requests to Privileged Identity Management for directory roles: assigning and removing, active and eligible."""

from __future__ import annotations

import uuid
from typing import Final

from azremediate.lab.clock import wire_time
from azremediate.lab.graph import permissions as need
from azremediate.lab.graph.call import Call, Done, Route
from azremediate.lab.graph.errors import GraphError, bad_request, denied
from azremediate.lab.graph.roles import assign, check_licence, checked_assignment, record_role, take_away
from azremediate.lab.objects import JsonObject
from azremediate.lab.schema.entity import EntityType
from azremediate.lab.schema.policies import ROLE_ASSIGNMENT_REQUEST, ROLE_ELIGIBILITY_REQUEST
from azremediate.lab.schema.validation import check_update

_SAME: Final = ("principalId", "roleDefinitionId", "directoryScopeId")


def request_assignment(call: Call) -> Done:
    """POST /roleManagement/directory/roleAssignmentScheduleRequests"""
    body = _checked(call, ROLE_ASSIGNMENT_REQUEST)
    found = _find(call.store.role_assignments, body)
    if body["action"] == "adminRemove":
        take_away(call, _required(found))
        return _done(call, "roleAssignmentScheduleRequests", body, "Revoked")
    if not need.suffices(call.claims.roles, need.ROLE_ASSIGNMENT_REQUEST):
        raise denied()
    _absent(found)
    assign(call, body, **_schedule(call, body))
    return _done(call, "roleAssignmentScheduleRequests", body, "Provisioned")


def request_eligibility(call: Call) -> Done:
    """POST /roleManagement/directory/roleEligibilityScheduleRequests"""
    body = _checked(call, ROLE_ELIGIBILITY_REQUEST)
    rows = call.store.role_eligibility
    found = _find(rows, body)
    if body["action"] == "adminRemove":
        row = _required(found)
        del rows[row["id"]]
        record_role(call, "Remove eligible member from role", row, row["principalId"], None)
        return _done(call, "roleEligibilityScheduleRequests", body, "Revoked")
    _absent(found)
    row = checked_assignment(call, body)
    names = ("id", "principalId", "roleDefinitionId", "directoryScopeId", "appScopeId")
    kept = {name: row[name] for name in names}
    schedule = {"memberType": "Direct", "roleEligibilityScheduleId": row["id"], **_schedule(call, body)}
    rows[row["id"]] = {**kept, **schedule}
    record_role(call, "Add eligible member to role", row, None, row["principalId"])
    return _done(call, "roleEligibilityScheduleRequests", body, "Provisioned")


def _checked(call: Call, entity: EntityType) -> JsonObject:
    check_licence(call)
    body = call.json_body()
    check_update(entity, body)
    if body.get("action") not in ("adminAssign", "adminRemove"):
        raise bad_request("Only adminAssign and adminRemove are simulated.", unknown=True)
    if body.get("isValidationOnly"):
        raise bad_request("Requests that only validate are not simulated.", unknown=True)
    if missing := [name for name in _SAME if not body.get(name)]:
        raise GraphError(400, "InvalidRoleAssignmentRequest", f"The property {missing[0]} is required.")
    return body


def _find(rows: dict[str, JsonObject], body: JsonObject) -> JsonObject | None:
    return next((row for row in rows.values() if all(row[name] == body[name] for name in _SAME)), None)


def _required(row: JsonObject | None) -> JsonObject:
    if row is None:
        raise GraphError(400, "RoleAssignmentDoesNotExist", "The Role assignment does not exist.")
    return row


def _absent(row: JsonObject | None) -> None:
    if row is not None:
        raise GraphError(400, "RoleAssignmentExists", "The Role assignment already exists.")


def _schedule(call: Call, body: JsonObject) -> JsonObject:
    given = body.get("scheduleInfo") or {}
    expiration = given.get("expiration") or {}
    kind = expiration.get("type")
    if kind not in ("noExpiration", "afterDateTime") or (kind == "afterDateTime") != bool(
        expiration.get("endDateTime")
    ):
        raise GraphError(400, "ExpirationRule", "The schedule needs an expiration: noExpiration or afterDateTime.")
    start = given.get("startDateTime") or wire_time(call.store.clock.now())
    return {"startDateTime": start, "endDateTime": expiration.get("endDateTime")}


def _done(call: Call, collection: str, body: JsonObject, status: str) -> Done:
    row = {"id": str(uuid.uuid4()), "status": status, "createdDateTime": wire_time(call.store.clock.now()), **body}
    context = f"{call.root}/$metadata#roleManagement/directory/{collection}/$entity"
    return Done(f"{body['action']} {body['roleDefinitionId']}", 201, {"@odata.context": context, **row})


_ROOT: Final = "/roleManagement/directory"

ROUTES: Final = (
    Route("POST", f"{_ROOT}/roleAssignmentScheduleRequests", request_assignment, need.ROLE_ASSIGNMENT_REMOVAL),
    Route("POST", f"{_ROOT}/roleEligibilityScheduleRequests", request_eligibility, need.ROLE_ELIGIBILITY_REQUEST),
)
