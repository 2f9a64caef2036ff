"""Who is an administrator: holders of privileged roles, active or eligible, direct or through a group."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from azremediate.core.errors import FeatureMissing, TenantError
from azremediate.core.json_value import JsonObject, object_of, text_at
from azremediate.core.permission import Needs, Reader
from azremediate.core.ports import Read, TenantReader
from azremediate.resolve import lookup
from azremediate.resolve.privileged_roles import PRIVILEGED_AZURE_ROLES, PRIVILEGED_ROLES

READER = Reader(
    "privilege",
    "finds who holds a privileged role, active or eligible, directly or through a group, in Entra ID and Azure",
    Needs(
        graph=("RoleManagement.Read.Directory", "RoleEligibilitySchedule.Read.Directory", "GroupMember.Read.All"),
        azure_roles=("Reader (each subscription of azure.subscriptions)",),
        licence="Microsoft Entra ID P2 for eligible roles",
    ),
)
_ROLES = "/roleManagement/directory"
_GLOBAL_ADMINISTRATOR = frozenset({"62e90394-69f5-4237-9190-012177145e10"})
_ASSIGNMENT = {"$select": "id,principalId,roleDefinitionId"}


@dataclass(frozen=True, slots=True)
class Privileged:
    """Ids in lower case of whoever holds a privileged role; where it was looked, and what could not be looked at.

    global_administrators: the holders of that very role, with the members of groups that hold it.
    """

    holders: frozenset[str]
    global_administrators: frozenset[str]
    looked: tuple[str, ...]
    gaps: tuple[str, ...]


@dataclass(slots=True)
class _Findings:
    principals: set[str] = field(default_factory=set)
    in_charge: set[str] = field(default_factory=set)
    looked: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)

    def add(self, assignments: Sequence[JsonObject]) -> None:
        self.principals |= _holders(assignments, PRIVILEGED_ROLES)
        self.in_charge |= _holders(assignments, _GLOBAL_ADMINISTRATOR)

    def gap(self, what: str, error: TenantError | FeatureMissing) -> None:
        self.gaps.append(f"{what} could not be looked at: {error.message}")


async def find_privileged(tenant: TenantReader, subscriptions: Sequence[str] = ()) -> Privileged:
    """Who is an administrator. Raises when the active role assignments cannot be read; all else may leave a gap.

    subscriptions: ids of the Azure subscriptions whose owners, contributors and access administrators count too.
    """
    findings = _Findings()
    active = await lookup.every(tenant, Read(f"{_ROLES}/roleAssignments", _ASSIGNMENT))
    findings.add(active)
    findings.looked.append("active roles")
    try:
        eligible = await lookup.every(tenant, Read(f"{_ROLES}/roleEligibilityScheduleInstances", _ASSIGNMENT))
    except (TenantError, FeatureMissing) as error:
        findings.gap("eligible roles", error)
    else:
        findings.add(eligible)
        findings.looked.append("eligible roles")
    groups = await _role_groups(tenant, findings)
    groups |= await _azure_holders(tenant, subscriptions, findings)
    for group in sorted(groups):
        await _expand(tenant, group, findings)
    people = frozenset(findings.in_charge)
    return Privileged(frozenset(findings.principals), people, tuple(findings.looked), tuple(findings.gaps))


def _holders(assignments: Iterable[JsonObject], roles: frozenset[str]) -> set[str]:
    return {
        text_at(one, "principalId").lower() for one in assignments if text_at(one, "roleDefinitionId").lower() in roles
    }


async def _role_groups(tenant: TenantReader, findings: _Findings) -> set[str]:
    """The groups among the holders: only a role-assignable group can hold a role."""
    try:
        rows = await lookup.every(tenant, Read("/groups", {"$filter": "isAssignableToRole eq true", "$select": "id"}))
    except (TenantError, FeatureMissing) as error:
        findings.gap("role-assignable groups", error)
        return set()
    return {text_at(row, "id").lower() for row in rows} & findings.principals


async def _azure_holders(tenant: TenantReader, subscriptions: Sequence[str], findings: _Findings) -> set[str]:
    """Adds whoever holds a privileged Azure role; returns the groups among them."""
    groups: set[str] = set()
    for subscription in subscriptions:
        try:
            rows = await tenant.azure.role_assignments(f"/subscriptions/{subscription}")
        except (TenantError, FeatureMissing) as error:
            findings.gap(f"Azure roles of subscription {subscription}", error)
            continue
        for row in rows:
            properties = object_of(row.get("properties"), "the properties of a role assignment")
            if text_at(properties, "roleDefinitionId").lower().rpartition("/")[2] in PRIVILEGED_AZURE_ROLES:
                principal = text_at(properties, "principalId").lower()
                findings.principals.add(principal)
                groups |= {principal} if text_at(properties, "principalType") == "Group" else set()
        findings.looked.append(f"Azure roles of subscription {subscription}")
    return groups


async def _expand(tenant: TenantReader, group: str, findings: _Findings) -> None:
    try:
        members = await lookup.every(tenant, Read(f"/groups/{group}/transitiveMembers", {"$select": "id"}))
    except (TenantError, FeatureMissing) as error:
        findings.gap(f"members of the group {group}", error)
    else:
        found = {text_at(member, "id").lower() for member in members}
        findings.principals |= found
        if group in findings.in_charge:
            findings.in_charge |= found
        findings.looked.append(f"members of the group {group}")
