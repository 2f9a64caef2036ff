"""Consent grants and app role assignments of the simulated tenant are made as Graph makes them, and refused so too."""

from typing import Any

import pytest

from azremediate.lab.store import Store
from tests.lab.graph.caller import Caller, ContractClient


@pytest.fixture
def grant(store: Store) -> dict[str, Any]:
    """A user's consent that can be made."""
    return {
        "clientId": store.named["acme-backup"],
        "consentType": "Principal",
        "principalId": store.named["kate.user"],
        "resourceId": store.named["microsoft-graph"],
        "scope": "User.Read",
    }


@pytest.fixture
def assignment(store: Store) -> dict[str, Any]:
    """A role of Graph that can be assigned."""
    graph = store.service_principals[store.named["microsoft-graph"]]
    role = next(one["id"] for one in graph["appRoles"] if one["value"] == "Mail.Read")
    return {"principalId": store.named["acme-backup"], "resourceId": graph["id"], "appRoleId": role}


def test_grant(graph: ContractClient, store: Store, grant: dict[str, Any]) -> None:
    """It is there once, for whoever asks, and in the audit log."""
    made = graph.send("POST", "oauth2PermissionGrants", grant)
    assert made.status == 201
    assert store.permission_grants[made.json["id"]]["scope"] == "User.Read"
    assert store.directory_audits[-1]["activityDisplayName"] == "Add delegated permission grant"
    assert graph.send("POST", "oauth2PermissionGrants", grant).status == 409
    everybody = {**grant, "consentType": "AllPrincipals", "principalId": None}
    assert graph.send("POST", "oauth2PermissionGrants", everybody).status == 201


@pytest.mark.parametrize(
    "wrong",
    [
        {"clientId": None},
        {"resourceId": "00000000-0000-4000-8000-000000000000"},
        {"principalId": None},
        {"consentType": "AllPrincipals"},
        {"consentType": "Nobody"},
        {"nonsense": 1},
    ],
    ids=str,
)
def test_grant_refused(graph: ContractClient, store: Store, grant: dict[str, Any], wrong: dict[str, Any]) -> None:
    """What is missing, wrong or unknown is refused, and nothing is made."""
    known = len(store.permission_grants)
    assert graph.send("POST", "oauth2PermissionGrants", {**grant, **wrong}).status == 400
    assert len(store.permission_grants) == known


def test_assignment(graph: ContractClient, store: Store, assignment: dict[str, Any]) -> None:
    """An application permission, and a user's access."""
    path = f"servicePrincipals/{assignment['principalId']}/appRoleAssignments"
    made = graph.send("POST", path, assignment)
    assert made.status == 201
    assert made.json["id"] in store.app_role_assignments
    assert graph.send("POST", path, assignment).status == 400
    user = store.named["kate.user"]
    access = {**assignment, "principalId": user, "appRoleId": "00000000-0000-0000-0000-000000000000"}
    assert graph.send("POST", f"users/{user}/appRoleAssignments", access).status == 201


@pytest.mark.parametrize("wrong", ["principalId", "resourceId", "appRoleId", "nonsense"])
def test_assignment_refused(graph: ContractClient, store: Store, assignment: dict[str, Any], wrong: str) -> None:
    """A role that the resource does not have, and another principal than the path's, are refused."""
    path = f"servicePrincipals/{assignment['principalId']}/appRoleAssignments"
    body = {**assignment, wrong: "11111111-0000-4000-8000-000000000000"}
    assert graph.send("POST", path, body).status == 400
    assert store.named["acme-backup"] not in {row["principalId"] for row in store.app_role_assignments.values()}


def test_rights(graph: ContractClient, caller: Caller, grant: dict[str, Any], assignment: dict[str, Any]) -> None:
    """Without the right to grant nothing is granted."""
    caller.roles -= {"DelegatedPermissionGrant.ReadWrite.All", "AppRoleAssignment.ReadWrite.All"}
    caller.roles -= {"Application.ReadWrite.All"}
    assert graph.send("POST", "oauth2PermissionGrants", grant).status == 403
    path = f"servicePrincipals/{assignment['principalId']}/appRoleAssignments"
    assert graph.send("POST", path, assignment).status == 403
