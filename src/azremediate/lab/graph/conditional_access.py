"""Conditional Access policies: reading, creating, changing, deleting."""

from __future__ import annotations

import uuid
from typing import Any, Final

from azremediate.lab.clock import wire_time
from azremediate.lab.graph import permissions as need
from azremediate.lab.graph.call import Call, Done, Listing, Route, Single
from azremediate.lab.graph.errors import GraphError
from azremediate.lab.graph.lookup import find_row
from azremediate.lab.graph.policy_rules import check_policy
from azremediate.lab.graph.trail import changed, record
from azremediate.lab.objects import JsonObject
from azremediate.lab.schema.complex import COMPLEX
from azremediate.lab.schema.entity import empty_value
from azremediate.lab.schema.policies import CONDITIONAL_ACCESS_POLICY
from azremediate.lab.schema.validation import check_update
from azremediate.lab.store import Store

_CONTEXT: Final = "identity/conditionalAccess/policies"
# These stay null when they were not given; the other parts of a policy are shown with all their lists.
_OPTIONAL: Final = frozenset(
    {
        *("authenticationFlows", "clientApplications", "devices", "insiderRiskLevels", "locations", "platforms"),
        *("excludeGuestsOrExternalUsers", "includeGuestsOrExternalUsers", "applicationFilter", "sessionControls"),
    }
)


def list_policies(call: Call) -> Listing:
    """GET /identity/conditionalAccess/policies"""
    return Listing(CONDITIONAL_ACCESS_POLICY, call.store.ca_policies.values(), _CONTEXT)


def get_policy(call: Call) -> Single:
    """GET /identity/conditionalAccess/policies/{id}"""
    return Single(CONDITIONAL_ACCESS_POLICY, find_row(call.store.ca_policies, call.keys[0]), _CONTEXT)


def create_policy(call: Call) -> Done:
    """POST /identity/conditionalAccess/policies; two may have the same name, without a licence none is made."""
    body = call.json_body()
    if not call.store.premium:
        raise GraphError(403, "AccessDenied", "Your tenant is not licensed for this feature.")
    check_update(CONDITIONAL_ACCESS_POLICY, body)
    check_policy(call.store, body)
    row = shown_policy(call.store, body)
    row.update(id=str(uuid.uuid4()), createdDateTime=wire_time(call.store.clock.now()), modifiedDateTime=None)
    call.store.ca_policies[row["id"]] = row
    record(call, "Add conditional access policy", row, "policy", [changed("ConditionalAccessPolicy", None, row)])
    answer = {"@odata.context": f"{call.root}/$metadata#{_CONTEXT}/$entity", **row}
    return Done(f"create conditional access policy {row['id']}", 201, answer)


def update_policy(call: Call) -> Done:
    """PATCH /identity/conditionalAccess/policies/{id}; nested objects are merged, lists replaced."""
    row, body = find_row(call.store.ca_policies, call.keys[0]), call.json_body()
    check_update(CONDITIONAL_ACCESS_POLICY, body)
    merged = _merge(row, {key: value for key, value in body.items() if "@" not in key})
    check_policy(call.store, merged)
    fresh = shown_policy(call.store, merged)
    fresh.update(id=row["id"], createdDateTime=row["createdDateTime"])
    fresh["modifiedDateTime"] = wire_time(call.store.clock.now())
    record(call, "Update conditional access policy", row, "policy", [changed("ConditionalAccessPolicy", row, fresh)])
    call.store.ca_policies[row["id"]] = fresh
    return Done(f"update conditional access policy {row['id']}: {', '.join(sorted(body))}")


def delete_policy(call: Call) -> Done:
    """DELETE /identity/conditionalAccess/policies/{id}"""
    row = find_row(call.store.ca_policies, call.keys[0])
    del call.store.ca_policies[row["id"]]
    record(call, "Delete conditional access policy", row, "policy", [changed("ConditionalAccessPolicy", row, None)])
    return Done(f"delete conditional access policy {row['id']}")


def shown_policy(store: Store, body: JsonObject) -> JsonObject:
    """Return a policy as Graph shows it: what was left out is null or an empty list, a strength has its details."""
    filled: JsonObject = {
        "id": body.get("id"),
        "templateId": None,
        "displayName": body["displayName"],
        "description": body.get("description"),
        "createdDateTime": body.get("createdDateTime"),
        "modifiedDateTime": body.get("modifiedDateTime"),
        "state": body["state"],
        "conditions": _fill("conditionalAccessConditionSet", body["conditions"]),
        "grantControls": None,
        "sessionControls": body.get("sessionControls"),
    }
    grant = body.get("grantControls")
    if grant is not None:
        strength = grant.get("authenticationStrength")
        filled["grantControls"] = _fill("conditionalAccessGrantControls", {**grant, "authenticationStrength": None})
        if strength is not None:
            filled["grantControls"]["authenticationStrength"] = dict(store.strengths[strength["id"]])
    return filled


def _fill(kind: str, value: JsonObject) -> JsonObject:
    filled: JsonObject = {}
    for name, inner in COMPLEX[kind].items():
        given = value.get(name)
        if inner in COMPLEX and (given is not None or (name not in _OPTIONAL and name in ("applications", "users"))):
            filled[name] = _fill(inner, given or {})
        else:
            filled[name] = given if given is not None else empty_value(inner)
    return filled


def _merge(old: Any, new: Any) -> Any:
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    return {**old, **{key: _merge(old.get(key), value) for key, value in new.items()}}


_ALL: Final = "/identity/conditionalAccess/policies"
_ONE: Final = f"{_ALL}/{{id}}"

ROUTES: Final = (
    Route("GET", _ALL, list_policies, need.POLICY_READ, "AccessDenied"),
    Route("POST", _ALL, create_policy, need.CONDITIONAL_ACCESS_WRITE, "AccessDenied"),
    Route("GET", _ONE, get_policy, need.POLICY_READ, "AccessDenied"),
    Route("PATCH", _ONE, update_policy, need.CONDITIONAL_ACCESS_WRITE, "AccessDenied"),
    Route("DELETE", _ONE, delete_policy, need.CONDITIONAL_ACCESS_WRITE, "AccessDenied"),
)
