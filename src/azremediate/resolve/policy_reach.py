"""Which of the tenant's own Conditional Access policies stop an account from signing in where a tenant is repaired."""

from collections.abc import Sequence
from dataclasses import dataclass

from azremediate.core.concurrency import at_once
from azremediate.core.errors import FeatureMissing
from azremediate.core.json_value import JsonObject, object_of, text_at, texts_at
from azremediate.core.ports import Read, TenantReader
from azremediate.core.privilege import Hold, Privilege
from azremediate.resolve import lookup

_POLICIES = "/identity/conditionalAccess/policies"
_ENABLED = "enabled"
_PERSONAL = frozenset({"mfa", "passwordChange"})
"""Controls that a person can meet anywhere; the others block, or ask for a certain device or application."""

_DOORS = frozenset({"All", "MicrosoftAdminPortals", "797f4846-ba00-4fd7-ba43-dac1f8f63013"})
_CLIENTS = frozenset({"all", "browser"})
_ALWAYS_THERE = frozenset({"users", "applications", "clientAppTypes"})


@dataclass(frozen=True, slots=True)
class Stop:
    """An enabled policy that stops accounts, by their ids; `always` unless it has conditions beside who and where."""

    policy: str
    accounts: tuple[str, ...]
    always: bool


@dataclass(frozen=True, slots=True)
class _Member:
    id: str
    groups: frozenset[str]
    roles: frozenset[str]


async def stopping_policies(
    tenant: TenantReader, accounts: Sequence[str], roster: Sequence[Privilege]
) -> tuple[Stop, ...]:
    """Every policy that stops one of the accounts (ids of users); groups count with nested and dynamic ones.

    Raises `TenantError` when policies or memberships cannot be read. Needs Policy.Read.All and GroupMember.Read.All.
    """
    try:
        policies = await lookup.every(tenant, Read(_POLICIES))
    except FeatureMissing:
        return ()
    members = await at_once(_member(tenant, one, roster) for one in accounts)
    found = []
    for policy in policies:
        conditions = _part(policy, "conditions")
        if not _closes(policy, conditions):
            continue
        users = _part(conditions, "users")
        caught = tuple(one.id for one in members if _names(users, "include", one) and not _names(users, "exclude", one))
        if caught:
            always = not any(value for name, value in conditions.items() if name not in _ALWAYS_THERE)
            found.append(Stop(text_at(policy, "displayName"), caught, always))
    return tuple(found)


async def _member(tenant: TenantReader, account: str, roster: Sequence[Privilege]) -> _Member:
    read = Read(f"/users/{account}/transitiveMemberOf/microsoft.graph.group", {"$select": "id"}, advanced=True)
    groups = frozenset(text_at(row, "id").lower() for row in await lookup.every(tenant, read))
    roles = frozenset(
        entry.role_id
        for entry in roster
        if entry.principal_id == account.lower() and entry.hold is Hold.ACTIVE and not entry.link.owns
    )
    return _Member(account.lower(), groups, roles)


def _closes(policy: JsonObject, conditions: JsonObject) -> bool:
    """Whether an enabled policy asks for what not everybody has, at a door through which a tenant is repaired."""
    controls = _part(policy, "grantControls")
    built_in = set(texts_at(controls, "builtInControls"))
    hard = built_in - _PERSONAL
    easy = bool(built_in & _PERSONAL or controls.get("authenticationStrength"))
    if text_at(policy, "state") != _ENABLED or not hard or (easy and text_at(controls, "operator") != "AND"):
        return False
    applications = set(texts_at(_part(conditions, "applications"), "includeApplications"))
    return bool(applications & _DOORS and set(texts_at(conditions, "clientAppTypes")) & _CLIENTS)


def _names(users: JsonObject, verb: str, member: _Member) -> bool:
    people, groups, roles = (
        {one.lower() for one in texts_at(users, f"{verb}{part}")} for part in ("Users", "Groups", "Roles")
    )
    return bool(people & {"all", member.id} or groups & member.groups or roles & member.roles)


def _part(holder: JsonObject, name: str) -> JsonObject:
    value = holder.get(name)
    return {} if value is None else object_of(value, name)
