"""Findings from the directory's audit log, each with who did it, when, and the event's id."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from azremediate.core.clock import iso
from azremediate.core.credential import CredentialKind
from azremediate.core.errors import FeatureMissing, ServiceFailing, SignInFailed, TenantError
from azremediate.core.foothold import Foothold, Listed
from azremediate.core.json_value import JsonObject, object_of, objects_at, text_at
from azremediate.core.ports import Read, TenantReader
from azremediate.resolve import lookup
from azremediate.resolve.looking import Looking
from azremediate.resolve.sweep_rules import Rule, rule_for
from azremediate.resolve.usage_report import time_of

_AUDITS: Final = "/auditLogs/directoryAudits"
_MOST_PROPERTIES: Final = 20
_LONGEST_VALUE: Final = 300


@dataclass(slots=True)
class Events:
    """The findings, and how many events azremediate itself made, on which objects by kind of finding."""

    findings: list[Foothold] = field(default_factory=list)
    own: int = 0
    own_objects: set[tuple[str, str]] = field(default_factory=set)


async def sweep_events(tenant: TenantReader, since: datetime, own_app_id: str, looking: Looking) -> Events:
    """Every event since a time that falls under a rule; raises `SignInFailed` only.

    own_app_id: events of this application are counted and left out; empty leaves none out.
    """
    found = Events()
    try:
        query = {"$filter": f"activityDateTime ge {iso(since)}"}
        for event in await lookup.every(tenant, Read(_AUDITS, query)):
            _take(event, own_app_id.lower(), found)
        oldest = await _oldest(tenant)
    except SignInFailed:
        raise
    except (TenantError, FeatureMissing) as error:
        looking.gap("the audit log", error)
        return found
    looking.looked.append(f"the audit log since {iso(since)}")
    if oldest is None or oldest > since:
        reach = "is empty" if oldest is None else f"reaches back to {iso(oldest)} only"
        looking.limits.append(f"the audit log {reach}: what was done between {iso(since)} and then is not in it")
    return found


async def _oldest(tenant: TenantReader) -> datetime | None:
    first = await tenant.get(Read(_AUDITS, {"$orderby": "activityDateTime asc", "$top": "1"}))
    rows = objects_at(first, "value")
    return time_of(text_at(rows[0], "activityDateTime")) if rows else None


def _take(event: JsonObject, own_app_id: str, found: Events) -> None:
    rule = rule_for(event)
    if rule is None or text_at(event, "result") not in ("", "success"):
        return
    who, who_id, app_id = _initiator(event)
    if own_app_id and app_id == own_app_id:
        found.own += 1
        found.own_objects |= {(rule.kind, text_at(one, "id").lower()) for one in objects_at(event, "targetResources")}
        return
    targets = objects_at(event, "targetResources") or [{}]
    found.findings.append(_finding(event, rule, targets, who, who_id))


def _initiator(event: JsonObject) -> tuple[str, str, str]:
    """Name and id of whoever did it, and the appId when it was an application."""
    initiator = object_of(event.get("initiatedBy") or {}, "initiatedBy")
    user = object_of(initiator.get("user") or {}, "user")
    if user:
        return text_at(user, "userPrincipalName") or text_at(user, "displayName"), text_at(user, "id"), ""
    app = object_of(initiator.get("app") or {}, "app")
    app_id = text_at(app, "appId")
    return text_at(app, "displayName"), text_at(app, "servicePrincipalId") or app_id, app_id.lower()


def _finding(event: JsonObject, rule: Rule, targets: Sequence[JsonObject], who: str, who_id: str) -> Foothold:
    target = targets[0]
    when = time_of(text_at(event, "activityDateTime"))
    if when is None:
        raise ServiceFailing("an event of the audit log has no time")
    activity = text_at(event, "activityDisplayName")
    name = text_at(target, "displayName") or text_at(target, "userPrincipalName")
    object_id = text_at(target, "id")
    return Foothold(
        kind=rule.kind,
        severity=rule.severity,
        object_kind=text_at(target, "type"),
        object_id=object_id,
        display_name=name,
        summary=f"{activity.strip()}: {name or object_id or 'the tenant'}",
        who=who,
        who_id=who_id,
        when=iso(when),
        evidence=(text_at(event, "id"),),
        proposes=rule.proposes,
        listed=_listed(rule, target),
        details={"activity": activity, "targets": [_shown(one) for one in targets], "changed": _changes(targets)},
    )


def _listed(rule: Rule, target: JsonObject) -> Listed | None:
    """Whoever registered a method may have done it in somebody else's session: that session is to be ended."""
    if rule.kind == "method-registered" and text_at(target, "id"):
        return Listed(CredentialKind.SESSION, text_at(target, "id"))
    return None


def _shown(target: JsonObject) -> JsonObject:
    return {name: text_at(target, name) for name in ("type", "id", "displayName", "userPrincipalName")}


def _changes(targets: Sequence[JsonObject]) -> list[JsonObject]:
    every = [change for target in targets for change in objects_at(target, "modifiedProperties")]
    return [
        {name: text_at(change, name)[:_LONGEST_VALUE] for name in ("displayName", "oldValue", "newValue")}
        for change in every[:_MOST_PROPERTIES]
    ]
