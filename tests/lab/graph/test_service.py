"""What holds for every request: sign-in, permissions, unknown things, headers, pages."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from azremediate.lab.clock import parse_time
from azremediate.lab.graph.call import Route
from azremediate.lab.graph.service import ROUTES
from azremediate.lab.store import Store
from tests.lab.graph.caller import CONTRACT, Caller, ContractClient

BASE = "http://127.0.0.1:8080"


def address(route_path: str, store: Store) -> str:
    """Put ids of the demo tenant into a route's path."""
    if "/messages/" in route_path:
        owner = store.named["omar.user"]
        return route_path.replace("{id}", owner, 1).replace("{id}", store.mailboxes[owner][0]["id"])
    principal = store.service_principals.by_alternate(store.applications[store.named["payroll-api"]]["appId"])
    assert principal is not None
    own = {
        "/applications": store.named["payroll-api"],
        "/servicePrincipals": principal["id"],
        "/users": store.named["amira.user"],
        "/groups": store.named["cloud-team"],
        "/directoryObjects": store.named["amira.user"],
        "/organization": store.tenant_id,
        "/domains": store.domain,
        "/identity": store.named["ca-admin-mfa"],
        "/oauth2PermissionGrants": next(iter(store.permission_grants)),
        "/roleManagement/directory/roleDefinitions": next(iter(store.role_definitions)),
        "/roleManagement/directory/roleAssignments": next(iter(store.role_assignments)),
        "/policies/authenticationStrengthPolicies": next(iter(store.strengths)),
    }
    for prefix, value in own.items():
        if route_path.startswith(f"{prefix}/") or route_path == prefix:
            return route_path.replace("{id}", value)
    return route_path


READS = [route for route in ROUTES if route.method == "GET"]


@pytest.mark.parametrize("route", READS, ids=lambda route: route.path)
def test_no_secret_is_read(graph: ContractClient, store: Store, caller: Caller, route: Route) -> None:
    """No read of anything shows a secret, and all of them fit the published schema (checked by the client)."""
    caller.roles |= {name for item in ROUTES for term in item.permissions for name in term.split("&")}
    path = address(route.path, store) + ("?$filter=groupId eq 'x'" if "privilegedAccess" in route.path else "")
    answer = graph.get(("/beta" if route.beta_only else "/v1.0") + path)
    assert answer.status == (404 if "{" in path else 200)
    assert not [record.key_id for record in store.secrets.values() if record.value in answer.text]
    assert store.writes == []


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_permission(graph: ContractClient, store: Store, caller: Caller, route: Route) -> None:
    """Without a permission that suffices the answer is 403, whatever the method, and nothing changes."""
    caller.roles = {"Sites.Read.All"}
    version = "/beta" if route.beta_only else "/v1.0"
    answer = graph.send(route.method, version + address(route.path, store))
    assert (answer.status, answer.code) == (403, route.refusal)
    assert not any(write.effect for write in store.writes)


@pytest.mark.skipif(not CONTRACT.is_dir(), reason="the published permission table is not beside this checkout")
def test_permissions_are_published() -> None:
    """Every permission that suffices here suffices in Microsoft's table."""
    table = json.loads((CONTRACT / "permissions.json").read_text(encoding="utf-8"))
    for route in ROUTES:
        if route.beta_only or "deletedItems" in route.path or route.path.endswith("/members/$ref"):
            continue  # the table has no usable rows for them
        pattern = re.sub(r"\{\w+\}", "{id}", route.path.lower())
        # a property of an entity needs what the entity needs, a single row what the list needs
        candidates = (pattern, pattern.removesuffix("/$ref"), pattern.rsplit("/", 1)[0])
        indices = [rows[route.method] for key in candidates if route.method in (rows := table["paths"].get(key, {}))]
        published = {
            frozenset(term.split("&")) for index in indices for term in table["grants"][index]["application"]["all"]
        }
        assert {frozenset(term.split("&")) for term in route.permissions} <= published, route.path


def test_not_signed_in(graph: ContractClient, store: Store) -> None:
    """Without a token the answer is 401, and a refused write is in the ground truth."""
    answer = graph.send("GET", "users", signed_in=False)
    assert (answer.status, answer.code) == (401, "InvalidAuthenticationToken")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    graph.send("DELETE", f"users/{store.named['amira.user']}", signed_in=False)
    assert [(write.status, write.effect, write.app_id) for write in store.writes] == [(401, False, None)]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "nothing", 400),
        ("GET", "applications/b3ee1022-1d0f-50ca-b8b7-a6a86610012c/nothing", 400),
        ("POST", "applications/b3ee1022-1d0f-50ca-b8b7-a6a86610012c/addKey", 400),
        ("GET", "applications/delta", 400),
        ("GET", "applications(uniqueName='x')", 400),
        ("GET", "reports/servicePrincipalSignInActivities", 400),
        ("GET", "/v2.0/users", 400),
        ("PUT", "users", 405),
        ("POST", "applications", 405),
        ("POST", "users/$count", 405),
        ("GET", "users?$select=nothing", 400),
        ("GET", "users?$search=x", 400),
        ("GET", "users?$filter=nothing eq 1", 400),
        ("GET", "users?$expand=nothing", 400),
        ("GET", "applications//owners", 400),
    ],
)
def test_unknown(graph: ContractClient, store: Store, method: str, path: str, status: int) -> None:
    """What the simulation does not know is refused loudly and kept on a list."""
    answer = graph.send(method, path, {} if method in ("POST", "PUT") else None)
    assert answer.status == status
    assert answer.headers["x-lab-unknown"] == "1"
    assert len(store.unknown_requests) == 1


def test_headers(graph: ContractClient) -> None:
    """Every answer names the request, and an error does in its body too."""
    good, bad = graph.get("users?$top=1"), graph.get("users/nobody%40contoso.onmicrosoft.com")
    assert good.headers["request-id"] != bad.headers["request-id"]
    assert bad.json["error"]["innerError"]["request-id"] == bad.headers["request-id"]
    assert good.headers["odata-version"] == "4.0"
    assert "date" in good.headers


def test_broken_bodies(graph: ContractClient, store: Store) -> None:
    """A body that is no JSON, or nested beyond reason, is refused and not a crash."""
    path = f"applications/{store.named['payroll-api']}"
    for body in (b"{", b"[" * 100_000, b"\xff\xfe", b'"text"'):
        assert graph.send("PATCH", path, body).status in (400, 415)
    assert not any(write.effect for write in store.writes)


def test_lone_surrogate(graph: ContractClient, store: Store) -> None:
    """Half a character, which JSON can carry, does not break later answers."""
    path = f"applications/{store.named['payroll-api']}"
    assert graph.send("PATCH", path, b'{"notes": "\\ud800"}').status == 204
    assert graph.get(path).status == 200


def test_pages(graph: ContractClient, store: Store) -> None:
    """nextLink is absolute, on the host the client addressed, keeps the options, and leads through everything once."""
    link, found = "servicePrincipals?$top=25&$select=id,displayName&$filter=accountEnabled eq true", list[str]()
    for _ in range(5):
        page = graph.get(link).json
        found += [row["id"] for row in page["value"]]
        if "@odata.nextLink" not in page:
            break
        link = page["@odata.nextLink"]
        assert link.startswith(f"{BASE}/v1.0/servicePrincipals?")
    expected = [row["id"] for row in store.service_principals.values() if row["accountEnabled"]]
    assert found == expected


def test_counts(graph: ContractClient, store: Store) -> None:
    """A count needs the header of advanced queries."""
    assert graph.get("applications/$count").status == 400
    answer = graph.get("applications/$count?$filter=startswith(displayName,'Team')", eventual=True)
    assert answer.text == "12"
    page = graph.get("applications?$top=1&$count=true", eventual=True).json
    assert page["@odata.count"] == len(store.applications)
    assert "@odata.count" not in graph.get("applications?$top=1&$count=true").json
    graph.forget()


def test_expand(graph: ContractClient, store: Store) -> None:
    """$expand includes the principal of each role assignment."""
    path = "roleManagement/directory/roleAssignments?$expand=principal"
    rows = graph.get(path).json["value"]
    assert all(row["principal"]["id"] == row["principalId"] for row in rows)
    eligible = graph.get("roleManagement/directory/roleEligibilityScheduleInstances?$expand=principal,roleDefinition")
    assert eligible.status == 400


def test_usage_report(graph: ContractClient, store: Store) -> None:
    """The beta report is paged and can be asked for one application; some applications have no row."""
    path = "/beta/reports/servicePrincipalSignInActivities"
    app_id = store.applications[store.named["legacy-export"]]["appId"]
    (row,) = graph.get(f"{path}?$filter=appId eq '{app_id}'").json["value"]
    assert store.clock.now() - parse_time(row["lastSignInActivity"]["lastSignInDateTime"]) > timedelta(days=200)
    unknown = store.applications[store.named["nightly-etl"]]["appId"]
    assert graph.get(f"{path}?$filter=appId eq '{unknown}'").json["value"] == []
    assert "@odata.nextLink" in graph.get(f"{path}?$top=10").json


def test_directory_roles(graph: ContractClient, store: Store) -> None:
    """Activated roles list their members; a role nobody holds is not among them."""
    names = graph.get("directoryRoles").names
    assert "Global Administrator" in names
    assert "Security Reader" not in names
    members = graph.get("directoryRoles(roleTemplateId='62e90394-69f5-4237-9190-012177145e10')/members").ids
    assert members == [store.named[name] for name in ("break-glass-1", "break-glass-2", "alice.admin")]


def test_last_global_administrator(graph: ContractClient, store: Store, caller: Caller) -> None:
    """Role assignments can be removed down to the last Global Administrator."""
    caller.roles.add("RoleManagement.ReadWrite.Directory")
    template = "62e90394-69f5-4237-9190-012177145e10"
    ids = [row["id"] for row in store.role_assignments.values() if row["roleDefinitionId"] == template]
    statuses = [graph.send("DELETE", f"roleManagement/directory/roleAssignments/{row}").status for row in ids]
    assert statuses == [204, 204, 400]
