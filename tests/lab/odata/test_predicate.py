"""Which objects a filter matches, and which filters a type refuses."""

from __future__ import annotations

import pytest

from azremediate.lab.objects import JsonObject
from azremediate.lab.odata.predicate import compile_filter, keys, needs_advanced
from azremediate.lab.odata.problem import QueryProblem
from azremediate.lab.odata.syntax import parse_filter
from azremediate.lab.schema.directory import APPLICATION, SERVICE_PRINCIPAL
from azremediate.lab.schema.logs import DIRECTORY_AUDIT

ROWS: list[JsonObject] = [
    {
        "id": "a",
        "appId": "11111111-1111-4111-8111-111111111111",
        "displayName": "Payroll",
        "accountEnabled": True,
        "tags": ["HideApp", "x"],
        "appOwnerOrganizationId": "22222222-2222-4222-8222-222222222222",
        "keyCredentials": [{"displayName": "CN=a", "endDateTime": "2030-01-01T00:00:00Z"}],
        "info": {"logoUrl": None},
    },
    {"id": "b", "appId": "B", "displayName": "payments 'x'", "accountEnabled": False, "tags": []},
    {"id": "c", "appId": "C", "displayName": None},
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("displayName eq 'PAYROLL'", "a"),
        ("displayName eq 'payments ''x'''", "b"),
        ("displayName eq null", "c"),
        ("displayName ne 'Payroll'", "bc"),
        ("not(displayName eq 'Payroll')", "bc"),
        ("startswith(displayName,'pay')", "ab"),
        ("endswith(displayName,'ROLL')", "a"),
        ("accountEnabled eq true", "a"),
        ("accountEnabled", "a"),
        ("accountEnabled eq false or displayName eq null", "bc"),
        ("id in ('a','c')", "ac"),
        ("appOwnerOrganizationId eq 22222222-2222-4222-8222-222222222222", "a"),
        ("appOwnerOrganizationId eq '22222222-2222-4222-8222-222222222222'", "a"),
        ("tags/any(t:t eq 'hideapp')", "a"),
        ("tags/any()", "a"),
        ("tags/$count eq 2", "a"),
        ("keyCredentials/any(k:k/endDateTime ge 2029-12-31T23:00:00Z and k/displayName eq 'CN=a')", "a"),
        ("displayName ge 'payq'", "a"),
        ("accountEnabled eq true and startswith(displayName,'pay') and id in ('a')", "a"),
    ],
)
def test_matches(text: str, expected: str) -> None:
    """Strings compare without case; null equals null only."""
    matches = compile_filter(parse_filter(text), SERVICE_PRINCIPAL)
    assert "".join(row["id"] for row in ROWS if matches(row)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "nothing eq 'x'",
        "displayName/first eq 'x'",
        "accountEnabled eq 'true'",
        "displayName eq true",
        "displayName eq 11111111-1111-4111-8111-111111111111",
        "displayName",
        "tags eq 'x'",
        "passwordCredentials/any(p:p/keyId eq 11111111-1111-4111-8111-111111111111)",
        "contains(displayName,'x')",
        "startswith(accountEnabled,'x')",
        "displayName/any()",
        "tags/any(t:tags/any(t:t eq 'x'))",
        "id in (" + ",".join(f"'{number}'" for number in range(16)) + ")",
        " or ".join(f"id eq '{number}'" for number in range(16)),
    ],
)
def test_refusal(text: str) -> None:
    """Unknown properties, values of another type, properties that cannot be filtered and too many alternatives."""
    with pytest.raises(QueryProblem):
        compile_filter(parse_filter(text), SERVICE_PRINCIPAL)


def test_times_of_a_log() -> None:
    """A log takes a time range, and has no limit on alternatives."""
    text = "activityDateTime ge 2026-01-02T00:00:00+01:00 and initiatedBy/app/appId eq 'x'"
    matches = compile_filter(parse_filter(text), DIRECTORY_AUDIT)
    row = {"activityDateTime": "2026-01-01T23:00:00Z", "initiatedBy": {"user": None, "app": {"appId": "X"}}}
    assert matches(row)
    assert not matches({**row, "activityDateTime": "2026-01-01T22:59:59Z"})
    assert not matches({**row, "initiatedBy": {"user": None, "app": None}})
    many = " or ".join(f"category eq '{number}'" for number in range(30))
    assert not compile_filter(parse_filter(many), DIRECTORY_AUDIT)(row)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("displayName eq 'x'", False),
        ("id in ('x') and startswith(displayName,'y')", False),
        ("displayName ne 'x'", True),
        ("id eq 'x' and not(startswith(displayName,'y'))", True),
        ("endswith(displayName,'x')", True),
        ("tags/any(t:t ne 'x')", True),
        ("tags/$count eq 0", True),
    ],
)
def test_needs_advanced(text: str, expected: bool) -> None:
    """Graph answers these on directory objects only with ConsistencyLevel: eventual."""
    assert needs_advanced(parse_filter(text)) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("appId eq 'x'", [("appId", "x")]),
        ("appId in ('x','y') and displayName eq 'z'", [("appId", "x"), ("appId", "y")]),
        ("appId eq 'x' or id eq 'y'", [("appId", "x"), ("id", "y")]),
        ("appId eq 'x' or displayName eq 'y'", None),
        ("not(appId eq 'x')", None),
        ("displayName eq 'y'", None),
    ],
)
def test_keys(text: str, expected: list[tuple[str, str]] | None) -> None:
    """A filter that pins down a key can be answered from the index."""
    assert keys(parse_filter(text), ("id", "appId")) == expected
    compile_filter(parse_filter(text), APPLICATION)
