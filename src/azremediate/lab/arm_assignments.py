"""Role assignments of the simulated Azure: list, read, create and delete."""

from __future__ import annotations

from typing import Final

from azremediate.lab.arm_answers import arm_error, method_not_allowed, not_authorized, page
from azremediate.lab.arm_scopes import InvalidFilter, covers, parse_filter
from azremediate.lab.clock import wire_time
from azremediate.lab.exchange import Answer, Request, json_answer
from azremediate.lab.objects import JsonObject
from azremediate.lab.store import Store
from azremediate.lab.tokens import Claims

# The built-in roles that allow writing role assignments: Owner, User Access Administrator, Role Based Access Control
# Administrator.
_ASSIGNERS: Final = frozenset(
    {
        "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
        "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
    }
)
_WRITABLE: Final = (
    "roleDefinitionId",
    "principalId",
    "principalType",
    "condition",
    "conditionVersion",
    "description",
    "delegatedManagedIdentityResourceId",
)


def role_guid(role_definition_id: str) -> str:
    """Return the GUID at the end of a role definition's resource id."""
    return role_definition_id.rsplit("/", 1)[-1].lower()


def roles_at(store: Store, object_id: str, scope: str) -> set[str]:
    """Return the GUIDs of the Azure roles a principal holds at a scope or above it."""
    rows = (row["properties"] for row in store.azure.role_assignments.values())
    return {
        role_guid(row["roleDefinitionId"])
        for row in rows
        if row["principalId"] == object_id and covers(row["scope"], scope)
    }


class RoleAssignments:
    """Answers the requests for role assignments of one tenant; the caller was found to be allowed to read."""

    def __init__(self, store: Store, page_size: int) -> None:
        self._store = store
        self._rows = store.azure.role_assignments
        self._page_size = page_size

    def answer(self, request: Request, caller: Claims, scope: str, name: str | None) -> Answer:
        """Answer one request; `name` is the assignment's GUID, None for the list."""
        if name is None:
            return self._list(request, scope) if request.method == "GET" else method_not_allowed(request)
        key = self._key(scope, name)
        if request.method == "GET":
            if key not in self._rows:
                return arm_error(404, "RoleAssignmentNotFound", f"The role assignment '{name}' is not found.")
            return json_answer(200, self._rows[key])
        return self._change(request, caller, scope, key)

    def _change(self, request: Request, caller: Claims, scope: str, key: str) -> Answer:
        if request.method not in ("PUT", "DELETE"):
            return method_not_allowed(request)
        if not roles_at(self._store, caller.object_id, scope) & _ASSIGNERS:
            action = "write" if request.method == "PUT" else "delete"
            return not_authorized(caller.object_id, f"Microsoft.Authorization/roleAssignments/{action}", scope)
        if request.method == "PUT":
            return self._put(request, caller, scope, key)
        return json_answer(200, self._rows.pop(key)) if key in self._rows else Answer(204)

    def _key(self, scope: str, name: str) -> str:
        """Return the full resource id, in the spelling it is stored under when it exists."""
        wanted = f"{scope.rstrip('/')}/providers/Microsoft.Authorization/roleAssignments/{name}"
        return next((key for key in self._rows if key.lower() == wanted.lower()), wanted)

    def _list(self, request: Request, scope: str) -> Answer:
        try:
            keep = parse_filter(request.options.get("$filter", ""), scope, self._store.groups_of)
        except InvalidFilter as error:
            return arm_error(400, "BadRequestFormat", str(error))
        rows = [row for row in self._rows.values() if self._concerns(row, scope) and keep(row)]
        return page(request, rows, self._page_size)

    @staticmethod
    def _concerns(row: JsonObject, scope: str) -> bool:
        held = row["properties"]["scope"]
        return covers(held, scope) or covers(scope, held)

    def _put(self, request: Request, caller: Claims, scope: str, key: str) -> Answer:
        body = request.json()
        given = body.get("properties") if isinstance(body, dict) else None
        if not isinstance(given, dict) or not {"roleDefinitionId", "principalId"} <= given.keys():
            message = "The role assignment request is not valid: roleDefinitionId and principalId are required."
            return arm_error(400, "InvalidCreateRoleAssignmentRequest", message)
        if unknown := sorted(given.keys() - set(_WRITABLE) - {"scope"}):
            return arm_error(400, "InvalidRequestContent", f"Could not find member '{unknown[0]}' on the object.")
        role = role_guid(str(given["roleDefinitionId"]))
        if role not in self._store.azure.role_definitions:
            return arm_error(400, "RoleDefinitionDoesNotExist", f"The role definition '{role}' does not exist.")
        if self._has_twin(key, scope, str(given["principalId"]), role):
            return arm_error(409, "RoleAssignmentExists", "The role assignment already exists.")
        if key in self._rows and not self._may_update(self._rows[key]["properties"], given, role):
            message = "Tenant ID, application ID, principal ID, and scope are not allowed to be updated."
            return arm_error(400, "RoleAssignmentUpdateNotPermitted", message)
        status = 200 if key in self._rows else 201
        now = wire_time(self._store.clock.now())
        properties = {name: given.get(name) for name in _WRITABLE} | {"scope": scope, "createdOn": now}
        properties |= {"updatedOn": now, "createdBy": caller.object_id, "updatedBy": caller.object_id}
        name = key.rsplit("/", 1)[-1]
        row = {"id": key, "name": name, "type": "Microsoft.Authorization/roleAssignments", "properties": properties}
        self._rows[key] = row
        return json_answer(status, row)

    @staticmethod
    def _may_update(held: JsonObject, given: JsonObject, role: str) -> bool:
        return held["principalId"] == given["principalId"] and role_guid(held["roleDefinitionId"]) == role

    def _has_twin(self, own_key: str, scope: str, principal_id: str, role: str) -> bool:
        wanted = (scope.lower(), principal_id, role)
        return any(
            (held["scope"].lower(), held["principalId"], role_guid(held["roleDefinitionId"])) == wanted
            for held in (row["properties"] for key, row in self._rows.items() if key != own_key)
        )
