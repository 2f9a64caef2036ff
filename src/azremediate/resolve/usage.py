"""Whether applications are used, from Entra's report of last sign-ins; what is not known is never unused."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from azremediate.core.cloud import Cloud
from azremediate.core.errors import FeatureMissing, ServiceFailing, SignInFailed, TenantError
from azremediate.core.json_value import JsonObject, object_of, objects_at, text_at
from azremediate.core.permission import Needs, Reader
from azremediate.core.playbook import Usage
from azremediate.core.ports import Read, TenantReader, Version
from azremediate.core.survey import UsageVerdict
from azremediate.core.target import Target
from azremediate.resolve import lookup

READER = Reader(
    "usage",
    "tells used applications from unused ones by the beta report servicePrincipalSignInActivities (global cloud only)",
    Needs(graph=("Application.Read.All", "AuditLog.Read.All"), licence="Microsoft Entra ID P1"),
)
_REPORT = Read("/reports/servicePrincipalSignInActivities", version=Version.BETA)
_CLOUDS = (Cloud.PUBLIC, Cloud.CUSTOM)
_COLUMNS = (
    "lastSignInActivity",
    "delegatedClientSignInActivity",
    "delegatedResourceSignInActivity",
    "applicationAuthenticationClientSignInActivity",
    "applicationAuthenticationResourceSignInActivity",
)
_TIMES = ("lastSignInDateTime", "lastNonInteractiveSignInDateTime", "lastSuccessfulSignInDateTime")
_FEW = 100
"""Up to this many applications are asked for one by one; for more the whole list is read."""


class UsageEvidence:
    """Verdicts for the applications of one tenant at one moment; the report is read once."""

    def __init__(self, tenant: TenantReader, now: datetime) -> None:
        self._tenant = tenant
        self._now = now
        self._report: dict[str, JsonObject] | str | None = None
        self._created: dict[str, datetime | None] = {}

    async def verdicts(self, targets: Sequence[Target], *, unused_days: int) -> dict[str, UsageVerdict]:
        """A verdict for each target by its appId in lower case.

        An activity counts in whichever role the application had in it, also as the resource that was called. What is
        younger than `unused_days` is exempt; Microsoft's own applications and managed identities always are.
        """
        if self._report is None:
            self._report = await self._read_report()
        if isinstance(self._report, str):
            unknown = UsageVerdict(Usage.UNKNOWN, self._report)
            return {target.app_id.lower(): _exempt(target) or unknown for target in targets}
        await self._read_created([target.app_id.lower() for target in targets])
        threshold = self._now - timedelta(days=unused_days)
        rows = self._report
        return {
            target.app_id.lower(): _exempt(target)
            or _verdict(
                rows.get(target.app_id.lower()), self._created.get(target.app_id.lower()), threshold, unused_days
            )
            for target in targets
        }

    async def _read_report(self) -> dict[str, JsonObject] | str:
        """Its rows by appId in lower case, or why there is none."""
        if self._tenant.cloud not in _CLOUDS:
            return f"the {self._tenant.cloud} cloud has no report of last sign-ins"
        try:
            rows = await lookup.every(self._tenant, _REPORT)
            return {text_at(row, "appId").lower(): row for row in rows}
        except SignInFailed:
            raise
        except (TenantError, FeatureMissing) as error:
            return f"the report of last sign-ins could not be read: {error.message}"

    async def _read_created(self, app_ids: Sequence[str]) -> None:
        """When the applications of this tenant were made; of others Graph does not tell."""
        missing = [app_id for app_id in dict.fromkeys(app_ids) if app_id not in self._created]
        select = {"$select": "appId,createdDateTime"}
        rows: list[JsonObject] = []
        if len(missing) > _FEW:
            rows = await lookup.every(self._tenant, Read(lookup.APPLICATIONS, {**select, "$top": "999"}))
        elif missing:
            reads = [
                Read(lookup.APPLICATIONS, {"$filter": f"appId eq {lookup.quoted(app_id)}", **select})
                for app_id in missing
            ]
            for answer in await self._tenant.batch(reads):
                rows += [] if isinstance(answer, TenantError) else objects_at(answer, "value")
        self._created |= dict.fromkeys(missing)
        self._created |= {text_at(row, "appId").lower(): _time(text_at(row, "createdDateTime")) for row in rows}


def _exempt(target: Target) -> UsageVerdict | None:
    if target.microsoft_owned:
        return UsageVerdict(Usage.EXEMPT, "it is Microsoft's own application")
    if target.managed_identity:
        return UsageVerdict(Usage.EXEMPT, "it is a managed identity")
    return None


def _verdict(row: JsonObject | None, created: datetime | None, threshold: datetime, days: int) -> UsageVerdict:
    if created is not None and created > threshold:
        return UsageVerdict(Usage.EXEMPT, f"it was created on {created:%Y-%m-%d}, less than {days} days ago")
    if row is None:
        return UsageVerdict(Usage.UNKNOWN, "the report of last sign-ins has no row for it")
    try:
        seen = _activities(row)
    except ServiceFailing as error:
        return UsageVerdict(Usage.UNKNOWN, f"its row in the report of last sign-ins cannot be read: {error.message}")
    if seen:
        last = max(seen)
        usage, side = (Usage.ACTIVE, "within") if last >= threshold else (Usage.UNUSED, "more than")
        said = f"last activity on {last:%Y-%m-%d}, {side} {days} days" + (" ago" if usage is Usage.UNUSED else "")
        return UsageVerdict(usage, said, f"{last:%Y-%m-%dT%H:%M:%SZ}")
    if created is None:
        return UsageVerdict(Usage.UNKNOWN, "no activity is on record, and when it was created is not known")
    return UsageVerdict(Usage.NEVER_USED, f"no activity is on record since it was created on {created:%Y-%m-%d}")


def _activities(row: JsonObject) -> list[datetime]:
    """Every time at which it took part in a sign-in; raises `ServiceFailing` for what is no time."""
    texts = [
        text_at(object_of(activity, column), time)
        for column in _COLUMNS
        if (activity := row.get(column)) is not None
        for time in _TIMES
    ]
    found = [(text, _time(text)) for text in texts if text]
    if any(moment is None for _, moment in found):
        raise ServiceFailing("it holds something that is no time")
    return [moment for _, moment in found if moment is not None]


def _time(text: str) -> datetime | None:
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    return parsed if parsed.tzinfo else None
