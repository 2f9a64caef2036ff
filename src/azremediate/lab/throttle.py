"""The simulated tenant's quotas: token buckets with Microsoft Graph's costs, and its refusals when one is empty."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Final

from azremediate.lab.disturbance import status_answer
from azremediate.lab.exchange import Answer
from azremediate.lab.files import LabFileError, read_json_file
from azremediate.lab.mailbox_limit import mailbox_of


@dataclass(frozen=True, slots=True)
class Quota:
    """So many units in so many seconds; `retry_after` False leaves that header out of the refusal."""

    units: float
    seconds: float
    retry_after: bool = True


@dataclass(frozen=True, slots=True)
class ThrottleProfile:
    """The quotas a client of the tenant meets; all but those of Conditional Access and of keys count per application.

    `mailbox` counts per mailbox as well. `key_credentials` are reads of one collection that select keyCredentials.
    """

    resource_units: Quota
    writes: Quota
    conditional_access: Quota
    reports: Quota
    mailbox: Quota = Quota(10_000, 600)
    key_credentials: Quota = Quota(150, 60)


# "published": Microsoft's figures for a tenant of fewer than 50 users (Graph service-specific throttling limits,
# identity and access). "tight" is the same shape, small enough to be met within a test or a demonstration.
PROFILES: Final[Mapping[str, ThrottleProfile]] = {
    "published": ThrottleProfile(Quota(3500, 10), Quota(3000, 150), Quota(1, 1, retry_after=False), Quota(5, 10)),
    "tight": ThrottleProfile(Quota(60, 2), Quota(12, 3), Quota(1, 1, retry_after=False), Quota(2, 1)),
}


class Bucket:
    """A token bucket that refills evenly; it may be overdrawn by no request."""

    def __init__(self, quota: Quota, now: float) -> None:
        self.quota = quota
        self._level = quota.units
        self._at = now

    def wait(self, cost: float, now: float) -> float:
        """Return the seconds until `cost` units are there, 0.0 when they are now."""
        rate = self.quota.units / self.quota.seconds
        self._level = min(self.quota.units, self._level + (now - self._at) * rate)
        self._at = now
        return max(0.0, (min(cost, self.quota.units) - self._level) / rate)

    def take(self, cost: float) -> None:
        """Spend units that `wait` found to be there."""
        self._level -= cost

    def used(self) -> float:
        """Return the spent share of the bucket, 0.0 to 1.0."""
        return 1 - self._level / self.quota.units


@dataclass(frozen=True, slots=True)
class Admission:
    """The verdict on one request: `refusal` is the 429 to send, `headers` go on the answer of an admitted one."""

    refusal: Answer | None
    headers: tuple[tuple[str, str], ...]


_BASE_COSTS: Final = (
    ("GET", r"/groups/[^/]+/transitiveMembers", 5),
    ("GET", r"/groups/[^/]+/members", 3),
    ("GET", r"/(users/[^/]+|me)/(memberOf|ownedObjects|transitiveMemberOf|licenseDetails)", 2),
    ("GET", r"/oauth2PermissionGrants", 2),
    ("GET", r"/servicePrincipals/[^/]+/appRoleAssignments", 2),
    ("GET", r"/(subscribedSkus|contracts)", 3),
    ("GET", r"/domains/[^/]+/domainNameReferences", 4),
    ("GET", r"/(applications|users)(/?$|\?)", 2),
    ("POST", r"/directoryObjects/getByIds", 3),
    ("POST", r"/check(MemberGroups|MemberObjects)", 4),
    ("POST", r"/get(MemberGroups|MemberObjects)", 2),
)
_READING_POST: Final = re.compile(r"/(getByIds|check\w+|getMember\w+)$", re.IGNORECASE)
_HOLDERS: Final = re.compile(r"^/(applications|servicePrincipals)(?=$|/|\?)", re.IGNORECASE)
_REPORTS: Final = re.compile(r"^/(auditLogs|reports)/|/authentication/", re.IGNORECASE)
_CONDITIONAL_ACCESS: Final = re.compile(r"^/(identity/conditionalAccess|identityProtection)/", re.IGNORECASE)


def cost_of(method: str, path: str, options: Mapping[str, str]) -> tuple[int, int]:
    """Return (resource units, writes) of a Graph request; `path` starts after the version."""
    writes = method != "GET" and not _READING_POST.search(path)
    base = next(
        (cost for verb, pattern, cost in _BASE_COSTS if verb == method and re.search(pattern, path, re.IGNORECASE)), 1
    )
    top = options.get("$top", "")
    base += ("$expand" in options) - ("$select" in options) - (top.isdigit() and int(top) < 20)
    return max(1, base), int(writes)


def _with_keys(method: str, path: str, options: Mapping[str, str]) -> str:
    """The collection of a read that selects keyCredentials; empty for any other request."""
    found = _HOLDERS.match(path)
    selects = "keycredentials" in options.get("$select", "").lower().split(",")
    return found[1].lower() if found and method == "GET" and selects else ""


class Throttle:
    """The state of all buckets of a tenant; `now` is a monotonic clock in seconds."""

    def __init__(self, profile: ThrottleProfile, tenant_id: str, now: Callable[[], float] = time.monotonic) -> None:
        self._profile = profile
        self._tenant_id = tenant_id
        self._now = now
        self._buckets: dict[tuple[str, str], Bucket] = {}

    def admit(self, method: str, path: str, options: Mapping[str, str], app_id: str) -> Admission:
        """Count one request (or one step of a batch) of an application; `path` starts after the version."""
        now = self._now()
        units, writes = cost_of(method, path, options)
        due: list[tuple[str, Bucket, float]] = []
        if mailbox := mailbox_of(path):
            due.append(("mailbox", self._bucket("mailbox", f"{app_id}/{mailbox}", now), 1))
        elif _CONDITIONAL_ACCESS.match(path):
            due.append(("conditional_access", self._bucket("conditional_access", "", now), 1))
        elif _REPORTS.search(path):
            due.append(("reports", self._bucket("reports", app_id, now), 1))
        else:
            due.append(("resource_units", self._bucket("resource_units", app_id, now), units))
            if writes:
                due.append(("writes", self._bucket("writes", app_id, now), writes))
            if holder := _with_keys(method, path, options):
                due.append(("key_credentials", self._bucket("key_credentials", holder, now), 1))
        for name, bucket, cost in due:
            if (seconds := bucket.wait(cost, now)) > 0:
                return Admission(self._refusal(name, bucket, seconds, app_id), ())
        for _, bucket, cost in due:
            bucket.take(cost)
        return Admission(None, self._usage_headers(due, units))

    def _bucket(self, name: str, owner: str, now: float) -> Bucket:
        if (name, owner) not in self._buckets:
            self._buckets[name, owner] = Bucket(getattr(self._profile, name), now)
        return self._buckets[name, owner]

    def _refusal(self, name: str, bucket: Bucket, seconds: float, app_id: str) -> Answer:
        retry_after = str(max(1, math.ceil(seconds))) if bucket.quota.retry_after else None
        limit = "WriteLimitExceeded" if name == "writes" else "ResourceUnitLimitExceeded"
        kind = "Write" if name == "writes" else "ReadWrite"
        return status_answer("graph", 429, retry_after=retry_after).with_headers(
            [
                ("x-ms-throttle-scope", f"Tenant_Application/{kind}/{app_id}/{self._tenant_id}"),
                ("x-ms-throttle-information", limit),
            ]
        )

    @staticmethod
    def _usage_headers(due: list[tuple[str, Bucket, float]], units: int) -> tuple[tuple[str, str], ...]:
        if due[0][0] != "resource_units":
            return ()
        headers = [("x-ms-resource-unit", str(units))]
        if (used := max(bucket.used() for _, bucket, _ in due)) >= 0.8:
            headers.append(("x-ms-throttle-limit-percentage", f"{used:.2f}"))
        return tuple(headers)


def load_profile(name: str) -> ThrottleProfile | None:
    """Return the profile called `none`, `published` or `tight`, else the one in the JSON file of that name.

    A file holds {"quota name": {"units", "seconds", "retry_after"?}} on top of the published ones, and optionally
    "scale", a factor on all units. Raises LabFileError.
    """
    if name in ("", "none"):
        return None
    if name in PROFILES:
        return PROFILES[name]
    value = read_json_file(Path(name))
    if not isinstance(value, dict):
        raise LabFileError(f"{name}: expected an object with quotas")
    scale = _positive(value.pop("scale", 1), f"{name}: scale")
    names = [field.name for field in fields(ThrottleProfile)]
    if unknown := [key for key in value if key not in names]:
        raise LabFileError(f"{name}: unknown quota '{unknown[0]}'")
    profile = PROFILES["published"]
    quotas: dict[str, Quota] = {key: getattr(profile, key) for key in names}
    quotas |= {key: _parse_quota(item, f"{name}: {key}") for key, item in value.items()}
    return ThrottleProfile(**{key: replace(quota, units=quota.units * scale) for key, quota in quotas.items()})


def _parse_quota(value: object, where: str) -> Quota:
    if not isinstance(value, dict) or not {"units", "seconds"} <= value.keys() <= {"units", "seconds", "retry_after"}:
        raise LabFileError(f"{where}: expected units, seconds and optionally retry_after")
    retry_after = value.get("retry_after", True)
    if not isinstance(retry_after, bool):
        raise LabFileError(f"{where}: retry_after must be true or false")
    units, seconds = (_positive(value[key], f"{where}.{key}") for key in ("units", "seconds"))
    return Quota(units, seconds, retry_after)


def _positive(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise LabFileError(f"{where} must be a number above 0")
    return float(value)
