"""Which scope of Azure contains which, and the few filters that role assignment and definition lists accept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from azremediate.lab.objects import JsonObject

_CLAUSE: Final = re.compile(
    r"(?P<at>atScope\(\))|assignedTo\('(?P<assigned>[^']*)'\)"
    r"|(?P<field>principalId|roleName|type)\s+eq\s+'(?P<value>(?:[^']|'')*)'",
    re.IGNORECASE,
)


class InvalidFilter(ValueError):
    """Raised for a $filter that Azure Resource Manager would refuse."""


def covers(upper: str, lower: str) -> bool:
    """True when an assignment at scope `upper` applies to scope `lower`; management groups contain everything."""
    above, below = upper.rstrip("/").lower(), lower.rstrip("/").lower()
    if above == "" or above.startswith("/providers/microsoft.management/managementgroups/"):
        return True
    return below == above or below.startswith(above + "/")


def parse_filter(text: str, scope: str, groups_of: Callable[[str], Iterable[str]]) -> Callable[[JsonObject], bool]:
    """Return the test for one row that a $filter describes; raises InvalidFilter.

    atScope() drops what is assigned below the scope; assignedTo('id') also finds what the id's groups hold.
    """
    if not text:
        return lambda _row: True
    tests = [_parse_clause(clause.strip(), scope, groups_of) for clause in re.split(r"\s+and\s+", text)]
    return lambda row: all(test(row) for test in tests)


def _parse_clause(clause: str, scope: str, groups_of: Callable[[str], Iterable[str]]) -> Callable[[JsonObject], bool]:
    match = _CLAUSE.fullmatch(clause)
    if match is None:
        raise InvalidFilter(f"The filter '{clause}' is not supported.")
    if match["at"]:
        return lambda row: covers(str(row["properties"].get("scope", "/")), scope)
    if match["assigned"] is not None:
        holders = {match["assigned"], *groups_of(match["assigned"])}
        return lambda row: row["properties"].get("principalId") in holders
    field, value = match["field"], match["value"].replace("''", "'").lower()
    return lambda row: str(row["properties"].get(field, "")).lower() == value
