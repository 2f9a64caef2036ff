"""Who has privilege through a group: members, owners who can become members, and who is eligible for either."""

from collections.abc import Sequence
from dataclasses import replace

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
    found = await at_once(_people_of_group(tenant, group, looking) for group in held)
    roads = dict(zip(held, found, strict=True))
    return [
        replace(entry, principal_id=principal, link=link, group=entry.principal_id)
        for entry in entries
        for principal, link in roads.get(entry.principal_id, ())
    ]


async def _people_of_group(tenant: TenantReader, group: str, looking: Looking) -> list[tuple[str, Link]]:
    """Each principal with its link to the group; an owner of a nested group owns the way in as well."""
    members = await _rows(
        tenant, Read(f"/groups/{group}/transitiveMembers", _ID), f"members of the group {group}", looking
    )
    found = [(text_at(row, "id").lower(), Link.MEMBER) for row in members]
    nested = [text_at(row, "id").lower() for row in members if text_at(row, "@odata.type").endswith(".group")]
    for one in (group, *nested):
        owners = await _rows(tenant, Read(f"/groups/{one}/owners", _ID), f"owners of the group {one}", looking)
        found += [(text_at(row, "id").lower(), Link.OWNER) for row in owners]
        read = Read(_ELIGIBLE, {"$filter": f"groupId eq {lookup.quoted(one)}"})
        eligible = await _rows(tenant, read, f"eligible members of the group {one}", looking)
        found += [
            (text_at(row, "principalId").lower(), _LINKS[access])
            for row in eligible
            if (access := text_at(row, "accessId")) in _LINKS
        ]
    return list(dict.fromkeys(found))


async def _rows(tenant: TenantReader, read: Read, what: str, looking: Looking) -> list[JsonObject]:
    try:
        rows = await lookup.every(tenant, read)
    except (TenantError, FeatureMissing) as error:
        looking.gap(what, error)
        return []
    looking.looked.append(what)
    return rows
