"""Who is an administrator: everybody with a road to a privileged role, in Entra ID and in Azure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from azremediate.core.break_glass import Account
from azremediate.core.concurrency import at_once
from azremediate.core.errors import FeatureMissing, TenantError
from azremediate.core.json_value import JsonObject, text_at
from azremediate.core.permission import Needs, Reader
from azremediate.core.ports import Read, TenantReader
from azremediate.core.privilege import Hold, Kind, Privilege, System
from azremediate.resolve import lookup
from azremediate.resolve.azure_holders import azure_holders
from azremediate.resolve.looking import Looking
from azremediate.resolve.privileged_groups import through_groups
from azremediate.resolve.privileged_roles import PRIVILEGED_ROLES

READER = Reader(
    "privilege",
    "finds who holds a privileged role, active or eligible, directly or through a group, in Entra ID and Azure",
    Needs(
        graph=(
            "RoleManagement.Read.Directory",
            "RoleEligibilitySchedule.Read.Directory",
            "GroupMember.Read.All",
            "PrivilegedEligibilitySchedule.Read.AzureADGroup",
        ),
        azure_roles=("Reader (each subscription of azure.subscriptions)",),
        licence="Microsoft Entra ID P2 for eligible roles and eligible members of groups",
    ),
)
_ROLES = "/roleManagement/directory"
_GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
_ASSIGNMENT = {"$select": "id,principalId,roleDefinitionId,directoryScopeId"}


@dataclass(frozen=True, slots=True)
class Privileged:
    """Every road to a privileged role; where it was looked, and what could not be looked at."""

    roster: tuple[Privilege, ...]
    looked: tuple[str, ...]
    gaps: tuple[str, ...]

    @property
    def holders(self) -> frozenset[str]:
        """Ids in lower case of whoever holds a privileged role or can get it by itself, groups included."""
        return frozenset(entry.principal_id for entry in self.roster)

    @property
    def global_administrators(self) -> frozenset[str]:
        """The holders of that very role, with the members of groups that hold it; owners of those do not hold it."""
        return frozenset(
            entry.principal_id
            for entry in self.roster
            if entry.role_id == _GLOBAL_ADMINISTRATOR and not entry.link.owns
        )


async def find_privileged(tenant: TenantReader, subscriptions: Sequence[str] = ()) -> Privileged:
    """Who is an administrator. Raises when the active role assignments cannot be read; all else may leave a gap.

    subscriptions: ids of the Azure subscriptions whose privileged roles count too.
    """
    parts = [Looking() for _ in range(3 + len(subscriptions))]
    active, eligible, assignable, *azure = await at_once(
        [
            _active(tenant, parts[0]),
            _eligible(tenant, parts[1]),
            _role_groups(tenant, parts[2]),
            *(azure_holders(tenant, one, part) for one, part in zip(subscriptions, parts[3:], strict=True)),
        ]
    )
    entries = [*active[0], *eligible[0], *(entry for found, _ in azure for entry in found)]
    groups = frozenset().union(assignable[1], *(holding for _, holding in azure))
    looking = Looking().with_all(parts)
    entries += await through_groups(tenant, entries, groups, looking)
    roster = tuple(dict.fromkeys(entries))
    return Privileged(roster, tuple(looking.looked), tuple(looking.gaps))


_Roads: TypeAlias = tuple[list[Privilege], frozenset[str]]
"""Direct roads to a role, and which groups can hold one."""


async def _active(tenant: TenantReader, looking: Looking) -> _Roads:
    rows = await lookup.every(tenant, Read(f"{_ROLES}/roleAssignments", _ASSIGNMENT))
    looking.looked.append("active roles")
    return _directory(rows, Hold.ACTIVE), frozenset()


async def _eligible(tenant: TenantReader, looking: Looking) -> _Roads:
    try:
        rows = await lookup.every(tenant, Read(f"{_ROLES}/roleEligibilityScheduleInstances", _ASSIGNMENT))
    except (TenantError, FeatureMissing) as error:
        looking.gap("eligible roles", error)
        return [], frozenset()
    looking.looked.append("eligible roles")
    return _directory(rows, Hold.ELIGIBLE), frozenset()


def named(roster: Sequence[Privilege], accounts: Mapping[str, Account]) -> tuple[Privilege, ...]:
    """The roster with names and kinds, from the accounts by id in lower case."""
    return tuple(
        replace(entry, name=account.user_principal_name, kind=_kind(account))
        if (account := accounts.get(entry.principal_id)) is not None and account.exists
        else entry
        for entry in roster
    )


def _kind(account: Account) -> Kind:
    if not account.enabled:
        return Kind.DISABLED
    return Kind.GUEST if account.guest else Kind.PERSON


def _directory(assignments: Sequence[JsonObject], hold: Hold) -> list[Privilege]:
    return [
        Privilege(
            principal_id=text_at(one, "principalId").lower(),
            role_id=role,
            role=PRIVILEGED_ROLES[role],
            system=System.ENTRA,
            hold=hold,
            scope=text_at(one, "directoryScopeId") or "/",
        )
        for one in assignments
        if (role := text_at(one, "roleDefinitionId").lower()) in PRIVILEGED_ROLES
    ]


async def _role_groups(tenant: TenantReader, looking: Looking) -> _Roads:
    """The groups that can hold a directory role: only role-assignable ones."""
    try:
        rows = await lookup.every(tenant, Read("/groups", {"$filter": "isAssignableToRole eq true", "$select": "id"}))
    except (TenantError, FeatureMissing) as error:
        looking.gap("role-assignable groups", error)
        return [], frozenset()
    return [], frozenset(text_at(row, "id").lower() for row in rows)
