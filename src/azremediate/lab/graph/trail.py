"""What a write leaves in directoryAudits."""

from __future__ import annotations

import json
from typing import Final

from azremediate.lab.graph.call import Call
from azremediate.lab.objects import JsonObject

_TYPES: Final = {
    "application": ("Application", "ApplicationManagement"),
    "servicePrincipal": ("ServicePrincipal", "ApplicationManagement"),
    "user": ("User", "UserManagement"),
    "group": ("Group", "GroupManagement"),
    "policy": ("Policy", "Policy"),
    "role": ("Role", "RoleManagement"),
}
_SECRET_PROPERTIES: Final = frozenset({"passwordProfile", "password", "secretText"})


def changed(name: str, old: object, new: object) -> JsonObject:
    """Return one modifiedProperties entry; values are JSON in a string, and a password is never among them."""
    if name in _SECRET_PROPERTIES:
        old = new = "*"
    return {"displayName": name, "oldValue": json.dumps(old), "newValue": json.dumps(new)}


def record(call: Call, activity: str, target: JsonObject, noun: str, modified: list[JsonObject]) -> None:
    """Append the audit row of a write on one object."""
    type_name, category = _TYPES[noun]
    call.store.audit(
        activity,
        category=category,
        operation={"POST": "Add", "DELETE": "Delete"}.get(call.method, "Update"),
        app_id=call.claims.app_id,
        service="Conditional Access" if noun == "policy" else "Core Directory",
        targets=[
            {
                "id": target["id"],
                "displayName": target.get("displayName"),
                "type": type_name,
                "userPrincipalName": target.get("userPrincipalName"),
                "groupType": None,
                "modifiedProperties": modified,
            }
        ],
    )
