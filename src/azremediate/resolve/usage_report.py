"""Entra's reports of last sign-ins: when each application, and each credential, was last used, and how old that is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from azremediate.core.cloud import Cloud
from azremediate.core.errors import FeatureMissing, ServiceFailing, SignInFailed, TenantError
from azremediate.core.json_value import JsonObject, object_of, text_at
from azremediate.core.ports import Read, TenantReader, Version
from azremediate.resolve import lookup

_APPLICATIONS: Final = Read("/reports/servicePrincipalSignInActivities", version=Version.BETA)
_CREDENTIALS: Final = Read("/reports/appCredentialSignInActivities", version=Version.BETA)
_CLOUDS: Final = (Cloud.PUBLIC, Cloud.CUSTOM)
_COLUMNS: Final = (
    "lastSignInActivity",
    "delegatedClientSignInActivity",
    "delegatedResourceSignInActivity",
    "applicationAuthenticationClientSignInActivity",
    "applicationAuthenticationResourceSignInActivity",
)
_TIMES: Final = ("lastSignInDateTime", "lastNonInteractiveSignInDateTime", "lastSuccessfulSignInDateTime")
_STALE: Final = timedelta(days=7)
"""Microsoft names no delay of the reports; one whose newest entry is older than this may be behind."""


@dataclass(frozen=True, slots=True)
class UsageReport:
    """Both reports as they were read once.

    rows: by appId in lower case. credentials: by appId the last use of any of its secrets and certificates. problem:
    why the first report could not be read; then nothing is known. gaps: what else is missing or old.
    """

    rows: Mapping[str, JsonObject] = field(default_factory=dict)
    credentials: Mapping[str, datetime] = field(default_factory=dict)
    problem: str = ""
    gaps: tuple[str, ...] = ()
    newest: datetime | None = None


async def read_report(tenant: TenantReader, now: datetime) -> UsageReport:
    """Read both; raises `SignInFailed` only. They exist in the global cloud alone.

    Source: https://learn.microsoft.com/graph/api/resources/serviceprincipalsigninactivity (beta)
    """
    if tenant.cloud not in _CLOUDS:
        return UsageReport(problem=f"the {tenant.cloud} cloud has no report of last sign-ins")
    try:
        found = await lookup.every(tenant, _APPLICATIONS)
        rows = {text_at(row, "appId").lower(): row for row in found}
    except SignInFailed:
        raise
    except (TenantError, FeatureMissing) as error:
        return UsageReport(problem=f"the report of last sign-ins could not be read: {error.message}")
    gaps: list[str] = []
    credentials = await _credentials(tenant, gaps)
    newest = max((moment for row in rows.values() for moment in _readable(row)), default=None)
    if newest is not None and now - newest > _STALE:
        gaps.append(f"the newest activity in the report of last sign-ins is of {newest:%Y-%m-%d}: it may be behind")
    return UsageReport(rows, credentials, "", tuple(gaps), newest)


async def _credentials(tenant: TenantReader, gaps: list[str]) -> dict[str, datetime]:
    last: dict[str, datetime] = {}
    try:
        for row in await lookup.every(tenant, _CREDENTIALS):
            activity = row.get("signInActivity")
            used = time_of(text_at(object_of(activity, "signInActivity"), _TIMES[0])) if activity is not None else None
            app_id = text_at(row, "appId").lower()
            if used is not None:
                last[app_id] = max(used, last.get(app_id, used))
    except SignInFailed:
        raise
    except (TenantError, FeatureMissing) as error:
        gaps.append(f"the report of credentials' last use could not be read: {error.message}")
    return last


def activities(row: JsonObject) -> list[datetime]:
    """Every time at which it took part in a sign-in; raises `ServiceFailing` for what is no time."""
    texts = [
        text_at(object_of(activity, column), time)
        for column in _COLUMNS
        if (activity := row.get(column)) is not None
        for time in _TIMES
    ]
    found = [(text, time_of(text)) for text in texts if text]
    if any(moment is None for _, moment in found):
        raise ServiceFailing("it holds something that is no time")
    return [moment for _, moment in found if moment is not None]


def _readable(row: JsonObject) -> list[datetime]:
    try:
        return activities(row)
    except ServiceFailing:
        return []


def time_of(text: str) -> datetime | None:
    """A time from Graph with its zone; None for anything else."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    return parsed if parsed.tzinfo else None
