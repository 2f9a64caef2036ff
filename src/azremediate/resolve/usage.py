"""Whether applications are used, from every source that shows it; what is not known is never unused."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from azremediate.core.errors import ServiceFailing, TenantError
from azremediate.core.json_value import JsonObject, objects_at, text_at
from azremediate.core.permission import Needs, Reader
from azremediate.core.playbook import Usage
from azremediate.core.ports import Read, TenantReader
from azremediate.core.survey import Grade, UsageVerdict
from azremediate.core.target import Target
from azremediate.resolve import lookup, never_unused
from azremediate.resolve.usage_logs import LogTraces, read_traces
from azremediate.resolve.usage_report import UsageReport, activities, read_report, time_of
from azremediate.resolve.usage_structure import Structure, read_structures

READER = Reader(
    "usage",
    "tells used applications from unused ones by the beta reports of last sign-ins (global cloud only), and looks for "
    "unused ones in the sign-in and audit logs, among provisioning jobs and owners",
    Needs(
        graph=("Application.Read.All", "AuditLog.Read.All", "Synchronization.Read.All"),
        licence="Microsoft Entra ID P1",
    ),
)
_FEW = 100
"""Up to this many applications are asked for one by one; for more the whole list is read."""
_NOT_IN_USE = (Usage.UNUSED, Usage.NEVER_USED)


class UsageEvidence:
    """Verdicts for the applications of one tenant at one moment; the reports are read once."""

    def __init__(self, tenant: TenantReader, now: datetime) -> None:
        self._tenant = tenant
        self._now = now
        self._report: UsageReport | None = None
        self._created: dict[str, datetime | None] = {}

    async def verdicts(self, targets: Sequence[Target], *, unused_days: int) -> dict[str, UsageVerdict]:
        """A verdict for each target by its appId in lower case.

        An activity counts in whichever role the application had in it, also as the resource that was called. What is
        younger than `unused_days` is exempt; so is what must never count as unused, see `never_unused`. Whatever the
        report calls unused is looked for in the logs as well, and counts as used when it is there.
        """
        if self._report is None:
            self._report = await read_report(self._tenant, self._now)
        report = self._report
        if report.problem:
            unknown = UsageVerdict(Usage.UNKNOWN, report.problem)
            return {target.app_id.lower(): _exempt(target) or unknown for target in targets}
        await self._read_created([target.app_id.lower() for target in targets])
        threshold = self._now - timedelta(days=unused_days)
        found = {
            target.app_id.lower(): _exempt(target)
            or _verdict(report, target.app_id.lower(), self._created.get(target.app_id.lower()), threshold, unused_days)
            for target in targets
        }
        doubtful = [target for target in targets if found[target.app_id.lower()].usage in _NOT_IN_USE]
        return found | await self._looked_closer(doubtful, found, threshold)

    async def _looked_closer(
        self, targets: Sequence[Target], found: dict[str, UsageVerdict], threshold: datetime
    ) -> dict[str, UsageVerdict]:
        app_ids = [target.app_id.lower() for target in targets]
        structures = await read_structures(self._tenant, targets)
        traces = await read_traces(self._tenant, app_ids, threshold)
        gaps = (*(self._report.gaps if self._report else ()), *traces.gaps)
        nothing = Structure()
        return {
            app_id: _closer(found[app_id], app_id, structures.get(app_id, nothing), traces, gaps) for app_id in app_ids
        }

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
        self._created |= {text_at(row, "appId").lower(): time_of(text_at(row, "createdDateTime")) for row in rows}


def _exempt(target: Target) -> UsageVerdict | None:
    reason = never_unused.of_target(target)
    return UsageVerdict(Usage.EXEMPT, reason) if reason else None


def _verdict(
    report: UsageReport, app_id: str, created: datetime | None, threshold: datetime, days: int
) -> UsageVerdict:
    """By the reports alone."""
    row = report.rows.get(app_id)
    if created is not None and created > threshold:
        return UsageVerdict(Usage.EXEMPT, f"it was created on {created:%Y-%m-%d}, less than {days} days ago")
    used = report.credentials.get(app_id)
    if row is None and (used is None or used < threshold):
        return UsageVerdict(Usage.UNKNOWN, "the report of last sign-ins has no row for it")
    try:
        seen = activities(row) if row is not None else []
    except ServiceFailing as error:
        return UsageVerdict(Usage.UNKNOWN, f"its row in the report of last sign-ins cannot be read: {error.message}")
    if used is not None:
        seen.append(used)
    if seen:
        last = max(seen)
        usage, side = (Usage.ACTIVE, "within") if last >= threshold else (Usage.UNUSED, "more than")
        said = f"last activity on {last:%Y-%m-%d}, {side} {days} days" + (" ago" if usage is Usage.UNUSED else "")
        return UsageVerdict(usage, said, f"{last:%Y-%m-%dT%H:%M:%SZ}")
    if created is None:
        return UsageVerdict(Usage.UNKNOWN, "no activity is on record, and when it was created is not known")
    return UsageVerdict(Usage.NEVER_USED, f"no activity is on record since it was created on {created:%Y-%m-%d}")


def _closer(
    verdict: UsageVerdict, app_id: str, structure: Structure, traces: LogTraces, gaps: tuple[str, ...]
) -> UsageVerdict:
    """A verdict of no use, held against everything else that was looked at."""
    if structure.exempt:
        return UsageVerdict(Usage.EXEMPT, structure.exempt)
    if structure.problem:
        return UsageVerdict(Usage.UNKNOWN, f"it could not be looked at closer: {structure.problem}")
    for seen, what in ((traces.signed_in, "it signed in"), (traces.acted, "it wrote to the directory")):
        if app_id in seen:
            last = seen[app_id]
            said = f"{what} on {last:%Y-%m-%d}, which the report of last sign-ins does not show yet"
            return UsageVerdict(Usage.ACTIVE, said, f"{last:%Y-%m-%dT%H:%M:%SZ}")
    evidence = list(structure.evidence)
    if app_id in traces.refused:
        when, code = traces.refused[app_id]
        evidence.append(f"somebody still tries to sign in as it: refused with AADSTS{code} on {when:%Y-%m-%d}")
    missing = (*structure.gaps, *gaps)
    grade = Grade.MODERATE if missing else Grade.STRONG
    if verdict.usage is Usage.NEVER_USED:
        grade = Grade.WEAK
    return replace(verdict, grade=grade, evidence=tuple(evidence), gaps=missing, owners=structure.owners)
