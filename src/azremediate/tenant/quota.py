"""What a request costs of Microsoft Graph's quotas.

Figures: https://learn.microsoft.com/graph/throttling-limits (identity and access, reports, Conditional Access). The
configuration can override them, because Microsoft changes them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from azremediate.core.config import TenantSize


class Workload(StrEnum):
    """Parts of Graph that are throttled apart from each other."""

    DIRECTORY = "directory"
    POLICY = "policy"
    REPORTS = "reports"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one request takes: resource units and writes of the directory, or one request of the other workloads.

    keys: for each read that selects keyCredentials, which have a quota of their own, its collection.
    """

    workload: Workload
    units: int = 1
    writes: int = 0
    keys: tuple[str, ...] = ()


KEYS_PER_MINUTE: Final = 150
"""Reads of one collection, of a tenant, that select keyCredentials.

Source: https://learn.microsoft.com/graph/api/application-list and serviceprincipal-list, notes on $select
"""

UNITS_PER_10S: Final = {TenantSize.S: 3500, TenantSize.M: 5000, TenantSize.L: 8000}

_POLICY: Final = re.compile(
    r"/(identity/conditionalAccess|identityProtection|policies/authenticationStrengthPolicies|identity/authenticationStrength)\b",
    re.IGNORECASE,
)
_REPORTS: Final = re.compile(r"/(auditLogs\b|reports\b|users/[^/]+/authentication/)", re.IGNORECASE)

_READS: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), units)
    for pattern, units in (
        (r"/(applications|users)/?", 2),
        (r"/groups/[^/]+/members(/.*)?", 3),
        (r"/groups/[^/]+/transitiveMembers(/.*)?", 5),
        (r"/(me|users/[^/]+)/(memberOf|ownedObjects|transitiveMemberOf|licenseDetails)(/.*)?", 2),
        (r"/oauth2PermissionGrants(/[^/]+)?", 2),
        (r"/servicePrincipals/[^/]+/appRoleAssignments(/.*)?", 2),
        (r"/subscribedSkus(/.*)?", 3),
        (r"/contracts(/.*)?", 3),
        (r"/domains/[^/]+/domainNameReferences", 4),
    )
)
HOLDERS: Final = ("applications", "serviceprincipals")
"""The collections whose objects have keyCredentials, in lower case."""

_HOLDER: Final = re.compile(rf"/({'|'.join(HOLDERS)})\b", re.IGNORECASE)
_KEYS: Final = re.compile(r"\bkeyCredentials\b", re.IGNORECASE)
_QUERIES: Final = (
    (re.compile(r"/directoryObjects/getByIds", re.IGNORECASE), 3),
    (re.compile(r".*/checkMember(Groups|Objects)", re.IGNORECASE), 4),
    (re.compile(r".*/getMember(Groups|Objects)", re.IGNORECASE), 2),
)


def workload_of(path: str) -> Workload:
    """The workload that a path belongs to; the path starts with a slash and has no version."""
    if _POLICY.match(path):
        return Workload.POLICY
    return Workload.REPORTS if _REPORTS.match(path) else Workload.DIRECTORY


def cost_of(method: str, path: str, query: Mapping[str, str] | None = None) -> Cost:
    """What a request costs; the path starts with a slash and has no version."""
    workload = workload_of(path)
    if workload is not Workload.DIRECTORY:
        return Cost(workload)
    if method == "GET":
        return Cost(workload, _read_units(path, query or {}), keys=_keys_of(path, query or {}))
    for pattern, units in _QUERIES:
        if pattern.fullmatch(path):
            return Cost(workload, units)
    return Cost(workload, 1, 1)


def _keys_of(path: str, query: Mapping[str, str]) -> tuple[str, ...]:
    found = _HOLDER.match(path)
    return (found[1].lower(),) if found and _KEYS.search(query.get("$select", "")) else ()


def _read_units(path: str, query: Mapping[str, str]) -> int:
    units = next((units for pattern, units in _READS if pattern.fullmatch(path)), 1)
    top = query.get("$top", "")
    units -= "$select" in query
    units += "$expand" in query
    units -= top.isascii() and top.isdigit() and int(top[:9]) < 20
    return max(1, units)
