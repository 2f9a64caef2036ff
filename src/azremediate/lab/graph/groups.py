"""Groups and who is in them."""

from __future__ import annotations

from typing import Final

from azremediate.lab.graph import permissions as need
from azremediate.lab.graph.call import Call, Listing, Route, Single
from azremediate.lab.graph.lookup import cast_rows, find_group, mixed_rows
from azremediate.lab.graph.navigation import member_of, transitive_members
from azremediate.lab.schema.directory import DIRECTORY_OBJECT, GROUP


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


def _of_ids(call: Call, ids: list[str]) -> Listing:
    return Listing(DIRECTORY_OBJECT, mixed_rows(call, ids), "directoryObjects")


ROUTES: Final = (
    Route("GET", "/groups", list_groups, need.GROUP_READ),
    Route("GET", "/groups/{id}", get_group, need.GROUP_READ),
    Route("GET", "/groups/{id}/members", list_members, need.GROUP_MEMBERS_READ),
    Route("GET", "/groups/{id}/transitiveMembers", list_transitive_members, need.GROUP_MEMBERS_READ),
    Route("GET", "/groups/{id}/owners", list_owners, need.GROUP_OWNERS_READ),
    Route("GET", "/groups/{id}/memberOf", list_member_of, need.GROUP_MEMBER_OF),
)
