"""Whether something was put on an object after its credentials were exposed, by what directoryAudits still holds.

Owners, federated credentials, consent grants and role assignments carry no date in Graph that says who put them there
and when. What the audit log does not reach back to has an unknown age, and is for a person to judge.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from azremediate.actions._reading import is_guid, moment
from azremediate.core.clock import iso
from azremediate.core.errors import FeatureMissing, InputInvalid, PermissionMissing, SignInFailed, TenantError
from azremediate.core.json_value import JsonObject, objects_at, text_at
from azremediate.core.ports import Read, TenantReader

AUDIT_PERMISSION = "AuditLog.Read.All"
"""What an identity needs to read directoryAudits. Source: Graph's permission table."""

_AUDITS = "/auditLogs/directoryAudits"
_ENDS = ("remove", "delete", "hard delete")


class Age(StrEnum):
    """When something was added, seen from the exposure."""

    AFTER = "after"
    BEFORE = "before"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Trail:
    """What directoryAudits says of some objects since a time.

    since: the time of exposure, empty when nobody said it; then every age is unknown. whole: whether the log reaches
    back to it. problem: why it could not be read, empty when it could. oldest: when the log's oldest event happened,
    empty when it has none.
    """

    since: str
    events: tuple[JsonObject, ...] = ()
    whole: bool = False
    problem: str = ""
    oldest: str = ""

    def added_at(self, *needles: str) -> str:
        """When the thing that any of these ids or names stands for was added last; empty when no event says so."""
        wanted = [needle.casefold() for needle in needles if needle]
        times = [text_at(event, "activityDateTime") for event in self.events if _adds(event, wanted)]
        return max(filter(None, times), key=moment, default="")

    def age_of(self, *needles: str, created: str = "") -> Age:
        """When the thing that any of these ids or names stands for was added.

        needles: what identifies it in an event, e.g. the owner's id; compared without case. created: its own time of
        creation, where Graph gives one; it wins.
        """
        if not self.since:
            return Age.UNKNOWN
        if created:
            return Age.AFTER if moment(created) >= moment(self.since) else Age.BEFORE
        wanted = [needle.casefold() for needle in needles if needle]
        if any(_adds(event, wanted) for event in self.events):
            return Age.AFTER
        return Age.BEFORE if self.whole else Age.UNKNOWN

    @property
    def gap(self) -> str:
        """What a reviewer has to know of the log's limits; empty when it covers everything since the exposure."""
        if not self.since:
            return "the list names no time of exposure, so nothing can be told to have been added after it"
        if self.problem:
            return f"the audit log could not be read, so ages are not known: {self.problem}"
        return (
            "" if self.whole else f"the audit log does not reach back to {self.since}, so older additions are not seen"
        )


async def read_trail(tenant: TenantReader, object_ids: Sequence[str], since: str) -> Trail:
    """The events on these objects since the exposure; without a time of exposure nothing is read.

    Needs `AUDIT_PERMISSION`. Raises `PermissionMissing` and `SignInFailed`; anything else is the trail's problem.
    Source: https://learn.microsoft.com/graph/api/directoryaudit-list
    """
    if not since:
        return Trail("")
    try:
        oldest = await _oldest(tenant)
        events: list[JsonObject] = []
        for object_id in filter(is_guid, object_ids):
            wanted = f"activityDateTime ge {since} and targetResources/any(t: t/id eq '{object_id}')"
            events += [row async for page in tenant.pages(Read(_AUDITS, {"$filter": wanted})) for row in page]
    except (PermissionMissing, SignInFailed):
        raise
    except (TenantError, FeatureMissing) as error:
        return Trail(since, problem=error.message)
    reached = bool(oldest) and moment(oldest) <= moment(since)
    return Trail(since, tuple(events), whole=reached, oldest=oldest)


def since_of(exposed_since: str, asked: str) -> str:
    """The time of exposure in the form that filters take: a parameter of the action before the list's own.

    asked: ISO 8601 date or time with zone; raises `InputInvalid` for anything else.
    """
    if not asked:
        return exposed_since
    try:
        parsed = datetime.fromisoformat(asked if "T" in asked else f"{asked}T00:00:00+00:00")
    except ValueError:
        raise InputInvalid(f"{asked!r} is no ISO 8601 date or time", hint="write for example 2024-01-19") from None
    if parsed.tzinfo is None:
        raise InputInvalid(f"{asked!r} has no time zone", hint="write for example 2024-01-19T10:00:00Z")
    return iso(parsed)


async def _oldest(tenant: TenantReader) -> str:
    """When the log's oldest event happened; empty when it has none."""
    first = await tenant.get(Read(_AUDITS, {"$orderby": "activityDateTime asc", "$top": "1"}))
    return next((text_at(row, "activityDateTime") for row in objects_at(first, "value")), "")


def _adds(event: JsonObject, needles: Iterable[str]) -> bool:
    """Whether an event put one of these onto the object, rather than took it off or merely named it."""
    activity = text_at(event, "activityDisplayName").casefold()
    if activity.startswith(_ENDS):
        return False
    targets = objects_at(event, "targetResources")
    named = {text_at(target, "id").casefold() for target in targets}
    changes = [one for target in targets for one in objects_at(target, "modifiedProperties")]
    for needle in needles:
        if activity.startswith("add") and needle in named:
            return True
        for change in changes:
            if (
                needle in text_at(change, "newValue").casefold()
                and needle not in text_at(change, "oldValue").casefold()
            ):
                return True
    return False
