"""Audit records as events of the Open Cybersecurity Schema Framework (OCSF) 1.8.0, one JSON object on each line.

A write becomes API Activity (6003), the end of a change Remediation Activity (7001) and, when it was made, Account
Change (3001) or Entity Management (3004) as well; everything else is Application Lifecycle (6002) of azremediate.
"""

import json
from collections.abc import Iterator

from azremediate.core.json_value import Json, JsonObject
from azremediate.report.audit_facts import milliseconds, number, part, word
from azremediate.report.escape import json_line

VERSION = "1.8.0"

_OTHER = 99
_STATUSES = {"success": (1, "Success"), "failure": (2, "Failure"), "unknown": (0, "Unknown")}
_ENDINGS = {
    "verified": (1, "Success"),
    "satisfied": (1, "Success"),
    "failed": (6, "Error"),
    "compensated": (2, "Failure"),
    "unverified": (4, "Partial"),
    "needs_operator": (0, "Unknown"),
}
_METHODS = {"POST": (1, "Create"), "GET": (2, "Read"), "PUT": (3, "Update"), "PATCH": (3, "Update")}
_LIFECYCLE = {
    "run.started": (3, "Start"),
    "run.resumed": (3, "Start"),
    "run.repeated": (3, "Start"),
    "run.ended": (4, "Stop"),
}
_ACCOUNT_VERBS = {"enable": (2, "Enable"), "reset": (4, "Password Reset"), "disable": (5, "Disable")}
_ENTITY_VERBS = {
    "create": (1, "Create"),
    "block": (1, "Create"),
    "require": (1, "Create"),
    "delete": (4, "Delete"),
    "enable": (8, "Enable"),
    "disable": (9, "Disable"),
}
_REMEDIES = {"enable": (3, "Restore"), "require": (4, "Harden"), "create": (4, "Harden"), "block": (4, "Harden")}


def ocsf_lines(record: JsonObject, digest: str) -> Iterator[str]:
    """The events of one record as JSON; `digest` is its hash."""
    for event in ocsf_events(record, digest):
        yield json_line(json.dumps(event, separators=(",", ":"), allow_nan=False))


def ocsf_events(record: JsonObject, digest: str) -> Iterator[dict[str, Json]]:
    """The events of one record."""
    event = word(record, "event")
    if event.startswith("write.") and part(record, "api"):
        yield _api_activity(record, digest)
    elif event == "change.ended":
        yield _remediation(record, digest)
        if word(part(record, "facts"), "status") == "verified":
            yield _change_of_object(record, digest)
    else:
        activity = _LIFECYCLE.get(event, (_OTHER, event))
        yield {**_event(record, digest, 6002, "Application Lifecycle", activity), "app": _product(record)}


def _event(
    record: JsonObject,
    digest: str,
    class_uid: int,
    class_name: str,
    activity: tuple[int, str],
    status: tuple[int, str] | None = None,
) -> dict[str, Json]:
    """What events of every class have."""
    outcome = word(record, "outcome")
    status_id, status_name = status or _STATUSES.get(outcome, (_OTHER, outcome))
    serious = outcome in ("failure", "unknown") and not word(record, "event").endswith(".intended")
    return {
        "activity_id": activity[0],
        "activity_name": activity[1],
        "category_uid": class_uid // 1000,
        "class_uid": class_uid,
        "class_name": class_name,
        "type_uid": class_uid * 100 + activity[0],
        "severity_id": 3 if serious else 1,
        "severity": "Medium" if serious else "Informational",
        "status_id": status_id,
        "status": status_name,
        "status_detail": word(record, "reason"),
        "time": milliseconds(record),
        "metadata": {
            "version": VERSION,
            "product": _product(record),
            "uid": digest if class_uid >= 6000 else f"{digest}-{class_uid}",
            "sequence": number(record, "seq"),
            "correlation_uid": word(record, "run_id"),
            "tenant_uid": word(part(record, "actor"), "tenant_id"),
            "event_code": word(record, "event"),
        },
        "actor": _actor(part(record, "actor")),
        "src_endpoint": {"hostname": word(part(record, "actor"), "host") or "unknown"},
        "unmapped": {"azremediate": _own(record)},
    }


def _api_activity(record: JsonObject, digest: str) -> dict[str, Json]:
    api = part(record, "api")
    method = word(api, "method")
    activity = (4, "Delete") if method == "DELETE" else _METHODS.get(method, (_OTHER, method))
    intended = (_OTHER, "Intended") if word(record, "event") == "write.intended" else None
    event = _event(record, digest, 6003, "API Activity", activity, intended)
    event["api"] = {
        "operation": f"{method} {word(api, 'path')}",
        "service": {"name": word(api, "service")},
        "request": {"uid": word(api, "client_request_id")},
        "response": {"code": number(api, "status"), "error": word(api, "code")},
    }
    event["http_request"] = {"http_method": method, "url": {"path": word(api, "path")}}
    if number(api, "status"):
        event["http_response"] = {"code": number(api, "status")}
    if target := part(record, "target"):
        event["resources"] = [{"uid": word(target, "id"), "name": _name(target), "type": word(target, "kind")}]
    return event


def _remediation(record: JsonObject, digest: str) -> dict[str, Json]:
    facts = part(record, "facts")
    status = word(facts, "status")
    of_tenant = word(part(record, "target"), "kind") == "tenant"  # nobody is evicted by a policy, nor let in again
    activity = (4, "Harden") if of_tenant else _REMEDIES.get(_verb(record), (2, "Evict"))
    event = _event(record, digest, 7001, "Remediation Activity", activity, _ENDINGS.get(status, (_OTHER, status)))
    event["command_uid"] = word(record, "change_id")
    event["message"] = f"{word(facts, 'action')} {_name(part(record, 'target'))}: {status}"
    return event


def _change_of_object(record: JsonObject, digest: str) -> dict[str, Json]:
    target = part(record, "target")
    if word(target, "kind") == "user":
        words = word(part(record, "facts"), "action").replace("_", " ").title()
        activity = _ACCOUNT_VERBS.get(_verb(record), (_OTHER, words))
        event = _event(record, digest, 3001, "Account Change", activity)
        return {**event, "user": {"uid": word(target, "id"), "name": _name(target)}}
    activity = _ENTITY_VERBS.get(_verb(record), (3, "Update"))
    event = _event(record, digest, 3004, "Entity Management", activity)
    return {**event, "entity": _entity(target), "comment": word(part(record, "facts"), "action")}


def _entity(target: JsonObject) -> dict[str, Json]:
    """The changed object; what is changed of a whole tenant is its policies."""
    kind = word(target, "kind")
    entity: dict[str, Json] = {"uid": word(target, "id"), "name": _name(target)}
    if kind == "tenant":
        return {**entity, "type_id": 5, "type": "Policy", "policy": {"name": "Conditional Access"}}
    return {**entity, "type_id": _OTHER, "type": kind[:1].upper() + kind[1:]}


def _actor(actor: JsonObject) -> dict[str, Json]:
    found: dict[str, Json] = {"app_name": "azremediate", "app_uid": word(actor, "app_id")}
    if object_id := word(actor, "object_id"):
        found["user"] = {"uid": object_id, "name": word(actor, "user_principal_name") or object_id}
    return found


def _product(record: JsonObject) -> dict[str, Json]:
    version = word(part(record, "tool"), "version")
    return {"name": "azremediate", "vendor_name": "azremediate", "version": version}


def _own(record: JsonObject) -> dict[str, Json]:
    """What OCSF 1.8.0 has no place for."""
    names = ("chain_id", "prev", "plan_id", "change_id", "step", "attempt", "before", "after", "facts")
    return {name: record[name] for name in names if record.get(name) not in (None, "", 0)}


def _name(target: JsonObject) -> str:
    return word(target, "display_name") or word(target, "id")


def _verb(record: JsonObject) -> str:
    return word(part(record, "facts"), "action").split("_")[0]
