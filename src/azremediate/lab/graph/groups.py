"""Groups and who is in them."""

from __future__ import annotations

import re
import uuid
from typing import Final

from azremediate.lab.clock import wire_time
from azremediate.lab.graph import permissions as need
from azremediate.lab.graph.call import Call, Done, Listing, Route, Single
from azremediate.lab.graph.errors import bad_request, denied, not_found
from azremediate.lab.graph.lookup import cast_rows, find_group, mixed_rows
from azremediate.lab.graph.navigation import member_of, transitive_members
from azremediate.lab.graph.trail import changed, record
from azremediate.lab.schema.directory import DIRECTORY_OBJECT, GROUP
from azremediate.lab.schema.validation import check_update

_REFERENCE: Final = re.compile(r"/(?:directoryObjects|users|servicePrincipals|groups)/([0-9a-fA-F-]{36})$")
_NICKNAME: Final = re.compile(r"[A-Za-z0-9._'-]{1,64}")


def list_groups(call: Call) -> Listing:
    """GET /groups"""
    return Listing(GROUP, call.store.groups, "groups")


def get_group(call: Call) -> Single:
    """GET /groups/{id}"""
    return Single(GROUP, find_group(call), "groups")


def list_members(call: Call) -> Listing:
    """GET /groups/{id}/members"""
    return _of_ids(call, call.store.group_members.get(find_group(call)["id"], []))


def list_transitive_members(call: Call) -> Listing:
    """GET /groups/{id}/transitiveMembers"""
    return _of_ids(call, transitive_members(call.store, find_group(call)["id"]))


def list_owners(call: Call) -> Listing:
    """GET /groups/{id}/owners"""
    return _of_ids(call, call.store.owners.get(find_group(call)["id"], []))


def list_member_of(call: Call) -> Listing:
    """GET /groups/{id}/memberOf"""
    rows = cast_rows(call, member_of(call.store, find_group(call)["id"]))
    return Listing(DIRECTORY_OBJECT, rows, "directoryObjects")


def create_group(call: Call) -> Done:
    """POST /groups; an application makes a group without owners."""
    body = call.json_body()
    check_update(GROUP, body)
    for name in ("displayName", "mailEnabled", "mailNickname", "securityEnabled"):
        if body.get(name) in (None, ""):
            raise bad_request(f"A value is required for property '{name}' of resource 'Group'.")
    if body.get("isAssignableToRole") and "RoleManagement.ReadWrite.Directory" not in call.claims.roles:
        raise denied()
    if not _NICKNAME.fullmatch(body["mailNickname"]):
        raise bad_request("Invalid value specified for property 'mailNickname' of resource 'Group'.")
    now = wire_time(call.store.clock.now())
    group = {"id": str(uuid.uuid4()), "deletedDateTime": None, "createdDateTime": now, "groupTypes": [], **body}
    call.store.groups.add(group)
    record(call, "Add group", group, "group", [changed("DisplayName", None, group["displayName"])])
    answer = {"@odata.context": f"{call.root}/$metadata#groups/$entity", **group}
    return Done(f"create group {group['id']}", 201, answer)


def add_member(call: Call) -> Done:
    """POST /groups/{id}/members/$ref"""
    group, body = find_group(call), call.json_body()
    match = _REFERENCE.search(str(body.get("@odata.id")))
    if match is None or set(body) != {"@odata.id"}:
        raise bad_request("The body has to be a reference to a directory object.")
    member = match[1].lower()
    if call.store.find_object(member) is None:
        raise not_found(member)
    if group.get("isAssignableToRole") and "RoleManagement.ReadWrite.Directory" not in call.claims.roles:
        raise denied()
    members = call.store.group_members.setdefault(group["id"], [])
    if member in members:
        raise bad_request("One or more added object references already exist for the following modified properties.")
    members.append(member)
    record(call, "Add member to group", group, "group", [changed("Group.ObjectID", None, member)])
    return Done(f"add member {member} to {group['id']}")


def _of_ids(call: Call, ids: list[str]) -> Listing:
    return Listing(DIRECTORY_OBJECT, mixed_rows(call, ids), "directoryObjects")


ROUTES: Final = (
    Route("GET", "/groups", list_groups, need.GROUP_READ),
    Route("POST", "/groups", create_group, need.GROUP_CREATE),
    Route("GET", "/groups/{id}", get_group, need.GROUP_READ),
    Route("GET", "/groups/{id}/members", list_members, need.GROUP_MEMBERS_READ),
    Route("GET", "/groups/{id}/transitiveMembers", list_transitive_members, need.GROUP_MEMBERS_READ),
    Route("GET", "/groups/{id}/owners", list_owners, need.GROUP_OWNERS_READ),
    Route("POST", "/groups/{id}/members/$ref", add_member, need.GROUP_MEMBERS_WRITE),
    Route("GET", "/groups/{id}/memberOf", list_member_of, need.GROUP_MEMBER_OF),
)
