"""What requests cost of Graph's quotas."""

import pytest

from azremediate.tenant.quota import Cost, Workload, cost_of

D = Workload.DIRECTORY


@pytest.mark.parametrize(
    ("method", "path", "query", "cost"),
    [
        ("GET", "/applications", {}, Cost(D, 2)),
        ("GET", "/applications", {"$select": "id"}, Cost(D, 1)),
        ("GET", "/applications", {"$select": "id", "$expand": "owners"}, Cost(D, 2)),
        ("GET", "/applications", {"$select": "id", "$top": "5"}, Cost(D, 1)),
        ("GET", "/users", {"$top": "999"}, Cost(D, 2)),
        ("GET", "/users/a", {}, Cost(D, 1)),
        ("GET", "/groups/a/members", {}, Cost(D, 3)),
        ("GET", "/groups/a/transitiveMembers/microsoft.graph.user", {}, Cost(D, 5)),
        ("GET", "/users/a/transitiveMemberOf", {}, Cost(D, 2)),
        ("GET", "/servicePrincipals/a/appRoleAssignments", {}, Cost(D, 2)),
        ("GET", "/subscribedSkus", {}, Cost(D, 3)),
        ("GET", "/organization", {}, Cost(D, 1)),
        ("POST", "/directoryObjects/getByIds", {}, Cost(D, 3)),
        ("POST", "/users/a/getMemberGroups", {}, Cost(D, 2)),
        ("POST", "/applications/a/addPassword", {}, Cost(D, 1, 1)),
        ("PATCH", "/servicePrincipals/a", {}, Cost(D, 1, 1)),
        ("GET", "/identity/conditionalAccess/policies", {}, Cost(Workload.POLICY)),
        ("POST", "/identity/conditionalAccess/policies", {}, Cost(Workload.POLICY)),
        ("GET", "/policies/authenticationStrengthPolicies", {}, Cost(Workload.POLICY)),
        ("GET", "/policies/identitySecurityDefaultsEnforcementPolicy", {}, Cost(D, 1)),
        ("GET", "/reports/servicePrincipalSignInActivities", {}, Cost(Workload.REPORTS)),
        ("GET", "/auditLogs/signIns", {}, Cost(Workload.REPORTS)),
    ],
)
def test_costs(method: str, path: str, query: dict[str, str], cost: Cost) -> None:
    """The figures of Microsoft's page on throttling limits."""
    assert cost_of(method, path, query) == cost


@pytest.mark.parametrize(
    ("path", "select", "keys"),
    [
        ("/applications", "id,keyCredentials", ("applications",)),
        ("/servicePrincipals/a", "keyCredentials", ("serviceprincipals",)),
        ("/applications", "id,passwordCredentials", ()),
        ("/applicationTemplates", "keyCredentials", ()),
        ("/users", "keyCredentials", ()),
    ],
)
def test_reads_of_certificates_have_a_quota_of_their_own(path: str, select: str, keys: tuple[str, ...]) -> None:
    """One for each of the two collections that have them."""
    assert cost_of("GET", path, {"$select": select}).keys == keys
