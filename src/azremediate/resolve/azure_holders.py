"""Who holds a privileged Azure role, active or eligible, at or above a subscription."""

from collections.abc import Mapping, Sequence

from azremediate.core.errors import FeatureMissing, TenantError
from azremediate.core.json_value import JsonObject, object_of, text_at
from azremediate.core.ports import TenantReader
from azremediate.core.privilege import Hold, Privilege, System
from azremediate.resolve.looking import Looking
from azremediate.resolve.privileged_roles import PRIVILEGED_AZURE_ROLES, azure_roles


async def azure_holders(
    tenant: TenantReader, subscription: str, looking: Looking
) -> tuple[list[Privilege], frozenset[str]]:
    """The direct roads of one subscription, and which of the principals are groups; what fails is a gap."""
    scope = f"/subscriptions/{subscription}"
    try:
        roles = azure_roles(await tenant.azure.role_definitions(scope))
    except (TenantError, FeatureMissing) as error:
        looking.gap(f"custom Azure roles of subscription {subscription}", error)
        roles = PRIVILEGED_AZURE_ROLES
    found: list[Privilege] = []
    groups: set[str] = set()
    for hold, what, list_them in (
        (Hold.ACTIVE, "Azure roles", tenant.azure.role_assignments),
        (Hold.ELIGIBLE, "eligible Azure roles", tenant.azure.role_eligibilities),
    ):
        try:
            rows = await list_them(scope)
        except (TenantError, FeatureMissing) as error:
            looking.gap(f"{what} of subscription {subscription}", error)
            continue
        looking.looked.append(f"{what} of subscription {subscription}")
        more, holding = _privileged(rows, roles, hold)
        found += more
        groups |= holding
    return found, frozenset(groups)


def _privileged(
    rows: Sequence[JsonObject], roles: Mapping[str, str], hold: Hold
) -> tuple[list[Privilege], frozenset[str]]:
    found: list[Privilege] = []
    groups: set[str] = set()
    for row in rows:
        properties = object_of(row.get("properties"), "the properties of a role assignment")
        role = text_at(properties, "roleDefinitionId").lower().rpartition("/")[2]
        if role not in roles:
            continue
        principal = text_at(properties, "principalId").lower()
        found.append(Privilege(principal, role, roles[role], System.AZURE, hold, text_at(properties, "scope")))
        if text_at(properties, "principalType") == "Group":
            groups.add(principal)
    return found, frozenset(groups)
