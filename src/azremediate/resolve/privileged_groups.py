"""Who has privilege through a group: members, owners who can become members, and who is eligible for either."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from azremediate.core.concurrency import at_once
from azremediate.core.errors import FeatureMissing, TenantError
from azremediate.core.json_value import JsonObject, text_at
from azremediate.core.ports import Read, TenantReader
from azremediate.core.privilege import Link, Privilege
from azremediate.resolve import lookup
from azremediate.resolve.looking import Looking

_ID = {"$select": "id"}
_ELIGIBLE = "/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances"
_LINKS = {"member": Link.ELIGIBLE_MEMBER, "owner": Link.ELIGIBLE_OWNER}


async def through_groups(
    tenant: TenantReader, entries: Sequence[Privilege], groups: frozenset[str], looking: Looking
) -> list[Privilege]:
    """The roads that lead through the groups among the holders, nested groups included."""
    held = sorted({entry.principal_id for entry in entries} & groups)
    parts = [Looking() for _ in held]
    found = await at_once(_people_of_group(tenant, group, part) for group, part in zip(held, parts, strict=True))
    looking.with_all(parts)
    roads = dict(zip(held, found, strict=True))
    return [
        replace(entry, principal_id=principal, link=link, group=entry.principal_id)
        for entry in entries
        for principal, link in roads.get(entry.principal_id, ())
    ]


_Links: TypeAlias = list[tuple[str, Link]]


async def _people_of_group(tenant: TenantReader, group: str, looking: Looking) -> _Links:
    """Each principal with its link to the group; an owner of a nested group owns the way in as well."""
    parts = [Looking() for _ in range(3)]
    (members, nested), (owners, _), (eligible, _) = await at_once(
        [
            _members(tenant, group, parts[0]),
            _owners(tenant, group, parts[1]),
            _may_become(tenant, group, parts[2]),
        ]
    )
    inner = [Looking() for _ in range(2 * len(nested))]
    deeper = await at_once(
        [
            *(_owners(tenant, one, part) for one, part in zip(nested, inner[::2], strict=True)),
            *(_may_become(tenant, one, part) for one, part in zip(nested, inner[1::2], strict=True)),
        ]
    )
    looking.with_all([*parts, *inner])
    return list(dict.fromkeys([*members, *owners, *eligible, *(link for links, _ in deeper for link in links)]))


async def _members(tenant: TenantReader, group: str, looking: Looking) -> tuple[_Links, list[str]]:
    """The members with those of nested groups, and which of them are groups themselves."""
    read = Read(f"/groups/{group}/transitiveMembers", _ID)
    rows = await _rows(tenant, read, f"members of the group {group}", looking)
    nested = [text_at(row, "id").lower() for row in rows if text_at(row, "@odata.type").endswith(".group")]
    return [(text_at(row, "id").lower(), Link.MEMBER) for row in rows], nested


async def _owners(tenant: TenantReader, group: str, looking: Looking) -> tuple[_Links, list[str]]:
    rows = await _rows(tenant, Read(f"/groups/{group}/owners", _ID), f"owners of the group {group}", looking)
    return [(text_at(row, "id").lower(), Link.OWNER) for row in rows], []


async def _may_become(tenant: TenantReader, group: str, looking: Looking) -> tuple[_Links, list[str]]:
    read = Read(_ELIGIBLE, {"$filter": f"groupId eq {lookup.quoted(group)}"})
    rows = await _rows(tenant, read, f"eligible members of the group {group}", looking)
    links = [
        (text_at(row, "principalId").lower(), _LINKS[access])
        for row in rows
        if (access := text_at(row, "accessId")) in _LINKS
    ]
    return links, []


async def _rows(tenant: TenantReader, read: Read, what: str, looking: Looking) -> list[JsonObject]:
    try:
        rows = await lookup.every(tenant, read)
    except (TenantError, FeatureMissing) as error:
        looking.gap(what, error)
        return []
    looking.looked.append(what)
    return rows
