"""Who is caught by the tenant's policies, judged from the simulated tenant's own records alone."""

from typing import Any

from azremediate.lab.graph.navigation import transitive_member_of
from azremediate.lab.store import Store

OURS = "azr-"


def caught(store: Store, user: str) -> list[str]:
    """Names of azremediate's policies, in any state but disabled, that are for a user; what is left out wins.

    Source: Microsoft Learn, "Conditional Access: Users, groups, agents, and workload identities".
    """
    groups = {str(one["id"]) for one in transitive_member_of(store, user)}
    roles = {
        row["roleDefinitionId"] for row in store.role_assignments.values() if row["principalId"] in {user, *groups}
    }
    return [
        policy["displayName"]
        for policy in store.ca_policies.values()
        if policy["displayName"].startswith(OURS) and policy["state"] != "disabled"
        if _named(policy["conditions"]["users"], "include", user, groups, roles)
        and not _named(policy["conditions"]["users"], "exclude", user, groups, roles)
    ]


def _named(users: dict[str, Any], verb: str, user: str, groups: set[str], roles: set[str]) -> bool:
    told = {part: set(users.get(f"{verb}{part}") or ()) for part in ("Users", "Groups", "Roles")}
    return bool(told["Users"] & {"All", user} or told["Groups"] & groups or told["Roles"] & roles)
