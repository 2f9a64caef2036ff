"""Conditional Access policies: what is taken, what is refused, what is shown."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from azremediate.lab.store import Store
from tests.lab.graph.caller import Caller, ContractClient

ALL = "identity/conditionalAccess/policies"
GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
PHISHING_RESISTANT = "00000000-0000-0000-0000-000000000004"
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def policy(store: Store) -> dict[str, Any]:
    """A policy as the tool would create it."""
    return {
        "displayName": "phishing-resistant MFA for admins",
        "state": "enabledForReportingButNotEnforced",
        "conditions": {
            "clientAppTypes": ["all"],
            "applications": {"includeApplications": ["All"]},
            "users": {"includeRoles": [GLOBAL_ADMINISTRATOR], "excludeUsers": [store.named["break-glass-1"]]},
        },
        "grantControls": {
            "operator": "OR",
            "builtInControls": [],
            "authenticationStrength": {"id": PHISHING_RESISTANT},
        },
    }


def test_create(graph: ContractClient, policy: dict[str, Any]) -> None:
    """The answer is the policy with an id, empty lists for what was left out, and the strength in full."""
    answer = graph.send("POST", ALL, policy)
    assert answer.status == 201
    assert answer.json["conditions"]["users"]["includeGroups"] == []
    assert answer.json["conditions"]["locations"] is None
    assert answer.json["grantControls"]["authenticationStrength"]["allowedCombinations"] == [
        *("windowsHelloForBusiness", "fido2", "x509CertificateMultiFactor"),
    ]
    read = graph.get(f"{ALL}/{answer.json['id']}").json
    assert {key: read[key] for key in policy if key in ("displayName", "state")} == {
        "displayName": policy["displayName"],
        "state": policy["state"],
    }
    assert graph.send("POST", ALL, policy).json["id"] != answer.json["id"]
    assert len(graph.get(f"{ALL}?$filter=displayName eq '{policy['displayName']}'").json["value"]) == 2


def test_update_and_delete(graph: ContractClient, store: Store, policy: dict[str, Any]) -> None:
    """A PATCH merges objects and replaces lists; a deleted policy is gone."""
    path = f"{ALL}/{graph.send('POST', ALL, policy).json['id']}"
    change = {"state": "enabled", "conditions": {"users": {"excludeUsers": [store.named["break-glass-2"]]}}}
    assert graph.send("PATCH", path, change).status == 204
    read = graph.get(path).json
    assert read["state"] == "enabled"
    assert read["modifiedDateTime"] is not None
    assert read["conditions"]["users"]["includeRoles"] == [GLOBAL_ADMINISTRATOR]
    assert read["conditions"]["users"]["excludeUsers"] == [store.named["break-glass-2"]]
    assert graph.send("DELETE", path).status == 204
    assert graph.get(path).status == 404


def change(*path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    """Return a function that sets one member of a policy; None removes it."""

    def apply(policy: dict[str, Any]) -> None:
        for name in path[:-1]:
            policy = policy[name]
        policy[path[-1]] = value

    return apply


@pytest.mark.parametrize(
    "spoil",
    [
        change("state", value="on"),
        change("displayName", value=None),
        change("nothing", value=1),
        change("id", value=NOBODY),
        change("conditions", "clientAppTypes", value=[]),
        change("conditions", "applications", value={"includeApplications": []}),
        change("conditions", "applications", value={"includeApplications": [NOBODY]}),
        change("conditions", "users", value={}),
        change("conditions", "users", "includeRoles", value=[NOBODY]),
        change("conditions", "users", "excludeUsers", value=[NOBODY]),
        change("conditions", "users", "includeEverybody", value=True),
        change("conditions", "users", "excludeGroups", value=[NOBODY]),
        change("grantControls", "authenticationStrength", value={"id": NOBODY}),
        change("grantControls", "builtInControls", value=["mfa"]),
        change("grantControls", "builtInControls", value=["block"]),
        change("grantControls", "builtInControls", value=["nothing"]),
        change("grantControls", "operator", value="XOR"),
        change("grantControls", value=None),
    ],
)
def test_refusal(
    graph: ContractClient, store: Store, policy: dict[str, Any], spoil: Callable[[dict[str, Any]], None]
) -> None:
    """A policy that names what does not exist, or contradicts itself, is not created."""
    before = copy.deepcopy(store.ca_policies)
    spoil(policy)
    assert graph.send("POST", ALL, policy).status == 400
    assert store.ca_policies == before


def test_security_defaults(graph: ContractClient, store: Store, caller: Caller, policy: dict[str, Any]) -> None:
    """Security defaults and an enabled policy exclude each other."""
    caller.roles.add("Policy.ReadWrite.SecurityDefaults")
    path = "policies/identitySecurityDefaultsEnforcementPolicy"
    assert graph.send("PATCH", path, {"isEnabled": True}).status == 400
    graph.send("DELETE", f"{ALL}/{store.named['ca-admin-mfa']}")
    assert graph.send("PATCH", path, {"isEnabled": True}).status == 204
    assert graph.get(path).json["isEnabled"] is True
    assert graph.send("POST", ALL, policy).status == 201
    assert graph.send("POST", ALL, {**policy, "state": "enabled"}).status == 400


def test_permission(graph: ContractClient, caller: Caller, policy: dict[str, Any]) -> None:
    """Writing needs the read permission as well."""
    caller.roles.remove("Policy.Read.All")
    answer = graph.send("POST", ALL, policy)
    assert (answer.status, answer.code) == (403, "AccessDenied")


def test_strengths(graph: ContractClient) -> None:
    """The built-in strengths are there."""
    path = "policies/authenticationStrengthPolicies"
    assert len(graph.get(f"{path}?$filter=policyType eq 'builtIn'").json["value"]) == 3
    assert graph.get(f"{path}/{PHISHING_RESISTANT}").json["displayName"] == "Phishing-resistant MFA"
