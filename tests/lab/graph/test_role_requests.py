"""Roles of the simulated tenant are assigned and removed, directly and through Privileged Identity Management."""

from typing import Any

import pytest

from azremediate.lab.store import Store
from tests.lab.graph.caller import Caller, ContractClient

ROLE = "29232cdf-9323-42fd-ade2-1d097af3e4de"
ROOT = "roleManagement/directory"
FOREVER = {"expiration": {"type": "noExpiration"}}


@pytest.fixture
def wanted(store: Store) -> dict[str, Any]:
    """A role for somebody who does not have it."""
    return {"principalId": store.named["kate.user"], "roleDefinitionId": ROLE, "directoryScopeId": "/"}


def test_assignment(graph: ContractClient, store: Store, wanted: dict[str, Any]) -> None:
    """It is there once, and in the audit log."""
    made = graph.send("POST", f"{ROOT}/roleAssignments", wanted)
    assert made.status == 201
    assert store.role_assignments[made.json["id"]]["roleDefinitionId"] == ROLE
    assert store.directory_audits[-1]["activityDisplayName"] == "Add member to role"
    assert graph.send("POST", f"{ROOT}/roleAssignments", wanted).status == 400
    assert graph.send("DELETE", f"{ROOT}/roleAssignments/{made.json['id']}").status == 204


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"principalId": "11111111-0000-4000-8000-000000000000"}, 404),
        ({"roleDefinitionId": "11111111-0000-4000-8000-000000000000"}, 400),
        ({"directoryScopeId": None}, 400),
        ({"nonsense": 1}, 400),
    ],
    ids=str,
)
def test_assignment_refused(
    graph: ContractClient, store: Store, wanted: dict[str, Any], wrong: dict[str, Any], status: int
) -> None:
    """What does not exist, is missing or unknown is refused."""
    known = len(store.role_assignments)
    assert graph.send("POST", f"{ROOT}/roleAssignments", {**wanted, **wrong}).status == status
    assert len(store.role_assignments) == known


@pytest.mark.parametrize(
    ("collection", "rows"),
    [
        ("roleAssignmentScheduleRequests", "role_assignments"),
        ("roleEligibilityScheduleRequests", "role_eligibility"),
    ],
)
def test_requests(graph: ContractClient, store: Store, wanted: dict[str, Any], collection: str, rows: str) -> None:
    """Assigned once and removed once; what is there already or not any more is refused."""
    path, held = f"{ROOT}/{collection}", getattr(store, rows)
    before = set(held)
    assign = {**wanted, "action": "adminAssign", "scheduleInfo": FOREVER, "justification": "a test"}
    assert graph.send("POST", path, assign).json["status"] == "Provisioned"
    assert len(set(held) - before) == 1
    assert graph.send("POST", path, assign).code == "RoleAssignmentExists"
    remove = {**wanted, "action": "adminRemove"}
    assert graph.send("POST", path, remove).json["status"] == "Revoked"
    assert set(held) == before
    assert graph.send("POST", path, remove).code == "RoleAssignmentDoesNotExist"


@pytest.mark.parametrize(
    "wrong",
    [
        {"action": "selfActivate"},
        {"isValidationOnly": True},
        {"roleDefinitionId": None},
        {"scheduleInfo": None},
        {"scheduleInfo": {"expiration": {"type": "afterDateTime"}}},
        {"status": "Provisioned"},
    ],
    ids=str,
)
def test_requests_refused(graph: ContractClient, store: Store, wanted: dict[str, Any], wrong: dict[str, Any]) -> None:
    """What the simulation cannot do is said; what the service sets cannot be set."""
    body = {**wanted, "action": "adminAssign", "scheduleInfo": FOREVER, **wrong}
    known = len(store.role_eligibility)
    assert graph.send("POST", f"{ROOT}/roleEligibilityScheduleRequests", body).status == 400
    assert len(store.role_eligibility) == known


def test_rights(graph: ContractClient, store: Store, caller: Caller, wanted: dict[str, Any]) -> None:
    """Who may only remove assigns nothing, and without the licence nobody does."""
    caller.roles.remove("RoleManagement.ReadWrite.Directory")
    path = f"{ROOT}/roleAssignmentScheduleRequests"
    assign = {**wanted, "action": "adminAssign", "scheduleInfo": FOREVER}
    assert graph.send("POST", path, assign).status == 403
    assert graph.send("POST", f"{ROOT}/roleAssignments", wanted).status == 403
    caller.roles.add("RoleAssignmentSchedule.Remove.Directory")
    assert graph.send("POST", path, assign).status == 403
    bob = store.named["bob.admin"]
    held = next(row for row in store.role_assignments.values() if row["principalId"] == bob)
    names = ("principalId", "roleDefinitionId", "directoryScopeId")
    remove = {**{name: held[name] for name in names}, "action": "adminRemove"}
    assert graph.send("POST", path, remove).status == 201
    store.premium = False
    assert graph.send("POST", path, remove).code == "AadPremiumLicenseRequired"
