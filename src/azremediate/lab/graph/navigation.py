"""What stands at the other end of a navigation property, for $expand and for the paths of the same names."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from azremediate.lab.objects import JsonObject
from azremediate.lab.schema.directory import (
    APP_ROLE_ASSIGNMENT,
    DIRECTORY_OBJECT,
    FEDERATED_CREDENTIAL,
    PERMISSION_GRANT,
)
from azremediate.lab.schema.entity import EntityType
from azremediate.lab.schema.policies import OWN_APP_MANAGEMENT_POLICY, ROLE_DEFINITION
from azremediate.lab.store import Store


@dataclass(frozen=True, slots=True)
class Related:
    """The type and the object or objects a navigation property leads to; None when it leads nowhere."""

    entity: EntityType
    value: list[JsonObject] | JsonObject | None


def tagged(store: Store, ids: list[str]) -> list[JsonObject]:
    """Return directory objects of mixed types, each with the name of its own type; missing ones are left out."""
    found = [store.find_object(object_id) for object_id in ids]
    return [{"@odata.type": f"#microsoft.graph.{pair[0]}", **pair[1]} for pair in found if pair is not None]


def directory_role(store: Store, definition_id: str) -> JsonObject:
    """Return the activated directoryRole of a role definition; its id is the tenant's own."""
    definition = store.role_definitions[definition_id]
    return {
        "@odata.type": "#microsoft.graph.directoryRole",
        "id": str(uuid.uuid5(uuid.UUID(store.tenant_id), definition_id)),
        "deletedDateTime": None,
        "description": definition.get("description"),
        "displayName": definition["displayName"],
        "roleTemplateId": definition_id,
    }


def roles_held(store: Store, principal_id: str) -> list[JsonObject]:
    """Return the directory roles a principal holds by an assignment of its own on the whole directory."""
    ids = {
        row["roleDefinitionId"]
        for row in store.role_assignments.values()
        if row["principalId"] == principal_id and row.get("directoryScopeId") == "/"
    }
    return [directory_role(store, definition_id) for definition_id in sorted(ids)]


def member_of(store: Store, member_id: str) -> list[JsonObject]:
    """Return the groups and roles that have this member directly."""
    groups = [group_id for group_id, members in store.group_members.items() if member_id in members]
    return tagged(store, groups) + roles_held(store, member_id)


def transitive_member_of(store: Store, member_id: str) -> list[JsonObject]:
    """Return the groups and roles that have this member, directly or through nested groups."""
    groups = store.groups_of(member_id)
    roles = {row["id"]: row for holder in [member_id, *groups] for row in roles_held(store, holder)}
    return tagged(store, groups) + list(roles.values())


def transitive_members(store: Store, group_id: str) -> list[str]:
    """Return the ids of everything in a group and in the groups within it, each once."""
    found: dict[str, None] = {}
    queue = [group_id]
    while queue:
        for member in store.group_members.get(queue.pop(), ()):
            if member not in found:
                found[member] = None
                queue.append(member)
    return list(found)


def owned_by(store: Store, owner_id: str) -> list[JsonObject]:
    """Return the objects a user or service principal owns."""
    return tagged(store, [object_id for object_id, owners in store.owners.items() if owner_id in owners])


def assignments_held(store: Store, principal_id: str) -> list[JsonObject]:
    """Return the app role assignments of a principal."""
    return [row for row in store.app_role_assignments.values() if row["principalId"] == principal_id]


def assignments_given(store: Store, resource_id: str) -> list[JsonObject]:
    """Return the app role assignments on a resource."""
    return [row for row in store.app_role_assignments.values() if row["resourceId"] == resource_id]


def grants_of(store: Store, client_id: str) -> list[JsonObject]:
    """Return the delegated permission grants of a client."""
    return [row for row in store.permission_grants.values() if row["clientId"] == client_id]


def _owners(store: Store, row: JsonObject) -> Related:
    return Related(DIRECTORY_OBJECT, tagged(store, store.owners.get(row["id"], [])))


def _principal(store: Store, row: JsonObject) -> Related:
    found = tagged(store, [row["principalId"]])
    return Related(DIRECTORY_OBJECT, found[0] if found else None)


_RELATIONS: Final[dict[str, Callable[[Store, JsonObject], Related]]] = {
    "owners": _owners,
    "principal": _principal,
    "roleDefinition": lambda store, row: Related(ROLE_DEFINITION, store.role_definitions.get(row["roleDefinitionId"])),
    "memberOf": lambda store, row: Related(DIRECTORY_OBJECT, member_of(store, row["id"])),
    "transitiveMemberOf": lambda store, row: Related(DIRECTORY_OBJECT, transitive_member_of(store, row["id"])),
    "members": lambda store, row: Related(DIRECTORY_OBJECT, tagged(store, store.group_members.get(row["id"], []))),
    "ownedObjects": lambda store, row: Related(DIRECTORY_OBJECT, owned_by(store, row["id"])),
    "appRoleAssignments": lambda store, row: Related(APP_ROLE_ASSIGNMENT, assignments_held(store, row["id"])),
    "appRoleAssignedTo": lambda store, row: Related(APP_ROLE_ASSIGNMENT, assignments_given(store, row["id"])),
    "oauth2PermissionGrants": lambda store, row: Related(PERMISSION_GRANT, grants_of(store, row["id"])),
    "federatedIdentityCredentials": lambda store, row: Related(
        FEDERATED_CREDENTIAL, store.federated_credentials.get(row["id"], [])
    ),
    "appManagementPolicies": lambda store, row: Related(
        OWN_APP_MANAGEMENT_POLICY, store.app_management.get(row["id"], [])
    ),
}


def related(store: Store, type_name: str, row: JsonObject, name: str) -> Related:
    """Return what a navigation property of a row leads to; the type has declared it expandable before."""
    if type_name == "directoryRole":
        assignments = store.role_assignments.values()
        held = [item["principalId"] for item in assignments if item["roleDefinitionId"] == row["roleTemplateId"]]
        return Related(DIRECTORY_OBJECT, tagged(store, held))
    return _RELATIONS[name](store, row)
