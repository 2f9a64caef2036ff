"""What the sign-in log and the audit log still show of applications that a report calls unused."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from azremediate.core.clock import iso
from azremediate.core.errors import FeatureMissing, ServiceFailing, SignInFailed, TenantError
from azremediate.core.json_value import JsonObject, object_of, objects_at, text_at
from azremediate.core.ports import Read, TenantReader, Version
from azremediate.resolve import lookup
from azremediate.resolve.usage_report import time_of

SIGN_INS: Final = "/auditLogs/signIns"
AUDITS: Final = "/auditLogs/directoryAudits"
_AT_ONCE: Final = 10
"""Applications in one filter; Graph limits the alternatives in a filter to 15."""
_KINDS: Final = (
    "(signInEventTypes/any(t: t eq 'servicePrincipal') or signInEventTypes/any(t: t eq 'interactiveUser') "
    "or signInEventTypes/any(t: t eq 'nonInteractiveUser'))"
)


@dataclass(slots=True)
class LogTraces:
    """By appId in lower case: the last successful sign-in, the last failed one, the last own write in the directory.

    gaps: what could not be read, and what the logs do not reach back to.
    """

    signed_in: dict[str, datetime] = field(default_factory=dict)
    refused: dict[str, tuple[datetime, int]] = field(default_factory=dict)
    acted: dict[str, datetime] = field(default_factory=dict)
    gaps: list[str] = field(default_factory=list)


async def read_traces(tenant: TenantReader, app_ids: Sequence[str], since: datetime) -> LogTraces:
    """Look for these applications in both logs since a time; raises `SignInFailed` only.

    Sign-ins are read from beta, because v1.0 shows interactive ones of users alone.
    """
    traces = LogTraces()
    if not app_ids:
        return traces
    chunks = [app_ids[start : start + _AT_ONCE] for start in range(0, len(app_ids), _AT_ONCE)]
    try:
        for chunk in chunks:
            for row in await lookup.every(tenant, _sign_ins(chunk, since)):
                _keep_sign_in(traces, row)
        await _reach(tenant, traces, since)
    except SignInFailed:
        raise
    except (TenantError, FeatureMissing) as error:
        traces.gaps.append(f"the sign-in log could not be read: {error.message}")
    try:
        for chunk in chunks:
            for row in await lookup.every(tenant, _audits(chunk, since)):
                _keep_audit(traces, row)
    except SignInFailed:
        raise
    except (TenantError, FeatureMissing) as error:
        traces.gaps.append(f"the audit log could not be read: {error.message}")
    return traces


def _sign_ins(app_ids: Iterable[str], since: datetime) -> Read:
    wanted = " or ".join(f"appId eq {lookup.quoted(app_id)}" for app_id in app_ids)
    query = {"$filter": f"createdDateTime ge {iso(since)} and {_KINDS} and ({wanted})"}
    return Read(SIGN_INS, query, version=Version.BETA)


def _audits(app_ids: Iterable[str], since: datetime) -> Read:
    wanted = " or ".join(f"initiatedBy/app/appId eq {lookup.quoted(app_id)}" for app_id in app_ids)
    return Read(AUDITS, {"$filter": f"activityDateTime ge {iso(since)} and ({wanted})"})


async def _reach(tenant: TenantReader, traces: LogTraces, since: datetime) -> None:
    """Say how far the log reaches back: an empty one proves nothing about what came before it."""
    query = {"$filter": _KINDS, "$orderby": "createdDateTime asc", "$top": "1"}
    first = objects_at(await tenant.get(Read(SIGN_INS, query, version=Version.BETA)), "value")
    oldest = time_of(text_at(first[0], "createdDateTime")) if first else None
    if oldest is None:
        traces.gaps.append("the sign-in log is empty")
    elif oldest > since:
        traces.gaps.append(f"the sign-in log reaches back to {oldest:%Y-%m-%d} only")


def _keep_sign_in(traces: LogTraces, row: JsonObject) -> None:
    when, app_id = time_of(text_at(row, "createdDateTime")), text_at(row, "appId").lower()
    code = object_of(row.get("status") or {}, "status").get("errorCode")
    if when is None or isinstance(code, bool) or not isinstance(code, int):
        raise ServiceFailing("a sign-in has no time or no error code")
    if code == 0:
        traces.signed_in[app_id] = max(when, traces.signed_in.get(app_id, when))
    elif app_id not in traces.refused or traces.refused[app_id][0] < when:
        traces.refused[app_id] = (when, code)


def _keep_audit(traces: LogTraces, row: JsonObject) -> None:
    initiator = object_of(row.get("initiatedBy") or {}, "initiatedBy")
    app_id = text_at(object_of(initiator.get("app") or {}, "app"), "appId").lower()
    when = time_of(text_at(row, "activityDateTime"))
    if when is None:
        raise ServiceFailing("an audit event has no time")
    traces.acted[app_id] = max(when, traces.acted.get(app_id, when))
