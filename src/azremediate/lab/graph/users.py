"""Users: reading, changing, revoking sessions, memberships, registered methods, deleting."""

from __future__ import annotations

from typing import Final

from azremediate.lab.clock import wire_time
from azremediate.lab.graph import permissions as need
from azremediate.lab.graph.call import Call, Done, Listing, Route, Single
from azremediate.lab.graph.deletion import soft_delete
from azremediate.lab.graph.errors import bad_request, denied
from azremediate.lab.graph.lookup import cast_rows, find_user
from azremediate.lab.graph.navigation import member_of, owned_by, transitive_member_of
from azremediate.lab.graph.trail import changed, record
from azremediate.lab.objects import JsonObject
from azremediate.lab.schema.directory import DIRECTORY_OBJECT, USER
from azremediate.lab.schema.validation import check_update
from azremediate.lab.user_sign_in import password_digest

# Global Administrator and Privileged Authentication Administrator may change any administrator's sensitive properties.
_ABOVE_ADMINS: Final = frozenset({"62e90394-69f5-4237-9190-012177145e10", "7be44c8a-adaf-4e2a-84d6-ab2649e08a13"})
_SENSITIVE: Final = frozenset({"accountEnabled", "passwordProfile", "mobilePhone", "otherMails", "userPrincipalName"})
_MASTERED_ON_PREMISES: Final = frozenset({"accountEnabled", "userPrincipalName", "displayName", "mail", "jobTitle"})
# What a password has to be made of: https://learn.microsoft.com/entra/identity/authentication/concept-sspr-policy
_SHORTEST, _LONGEST, _LEAST_CLASSES = 8, 256, 3
_FULL: Final = frozenset({"User.ReadWrite.All", "Directory.ReadWrite.All"})


def list_users(call: Call) -> Listing:
    """GET /users"""
    return Listing(USER, call.store.users, "users")


def get_user(call: Call) -> Single:
    """GET /users/{id or userPrincipalName}"""
    return Single(USER, find_user(call), "users")


def update_user(call: Call) -> Done:
    """PATCH /users/{id}"""
    item, body = find_user(call), call.json_body()
    check_update(USER, body)
    properties = {name: value for name, value in body.items() if "@" not in name}
    _check_may_change(call, item, set(properties))
    if item.get("onPremisesSyncEnabled") and _MASTERED_ON_PREMISES & set(properties):
        raise bad_request(
            "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects "
            "currently undergoing migration."
        )
    modified = [changed(name, item.get(name), value) for name, value in properties.items()]
    if "passwordProfile" in properties:
        profile = properties.pop("passwordProfile") or {}
        item["passwordProfile"] = {**profile, "password": None}
        _set_password(call, item, profile)
    item.update(properties)
    call.store.users.add(item)
    record(call, _activity(properties), item, "user", modified)
    return Done(f"update user {item['id']}: {', '.join(sorted(body))}")


def delete_user(call: Call) -> Done:
    """DELETE /users/{id}"""
    item = find_user(call)
    check_admin_target(call, item)
    soft_delete(call, "user", call.store.users, item)
    return Done(f"delete user {item['id']}")


def revoke_sessions(call: Call) -> Done:
    """POST /users/{id}/revokeSignInSessions: refresh tokens and session cookies issued before now are void."""
    item = find_user(call)
    if call.body:
        raise bad_request("The action revokeSignInSessions takes no parameters.")
    before = item.get("signInSessionsValidFromDateTime")
    item["signInSessionsValidFromDateTime"] = wire_time(call.store.clock.now())
    moved = changed("StsRefreshTokensValidFrom", before, item["signInSessionsValidFromDateTime"])
    record(call, "Update StsRefreshTokenValidFrom Timestamp", item, "user", [moved])
    body = {"@odata.context": f"{call.root}/$metadata#Edm.Boolean", "value": True}
    return Done(f"revokeSignInSessions {item['id']}", 200, body)


def list_member_of(call: Call) -> Listing:
    """GET /users/{id}/memberOf"""
    return _directory_objects(call, member_of(call.store, find_user(call)["id"]))


def list_transitive_member_of(call: Call) -> Listing:
    """GET /users/{id}/transitiveMemberOf"""
    return _directory_objects(call, transitive_member_of(call.store, find_user(call)["id"]))


def list_owned_objects(call: Call) -> Listing:
    """GET /users/{id}/ownedObjects"""
    return _directory_objects(call, owned_by(call.store, find_user(call)["id"]))


def _set_password(call: Call, item: JsonObject, profile: JsonObject) -> None:
    """Of the password only a digest is kept; a synced user's is for Active Directory to set."""
    text = profile.get("password")
    if text is None:
        return
    if item.get("onPremisesSyncEnabled"):
        raise bad_request("Unable to update the specified properties for on-premises mastered Directory Sync objects.")
    classes = (str.islower, str.isupper, str.isdigit, lambda one: not one.isalnum())
    if not _SHORTEST <= len(text) <= _LONGEST or sum(any(map(kind, text)) for kind in classes) < _LEAST_CLASSES:
        raise bad_request("The specified password does not comply with password complexity requirements.")
    call.store.user_passwords[item["id"]] = password_digest(item["id"], text)
    item["lastPasswordChangeDateTime"] = wire_time(call.store.clock.now())


def _directory_objects(call: Call, rows: list[JsonObject]) -> Listing:
    return Listing(DIRECTORY_OBJECT, cast_rows(call, rows), "directoryObjects")


def _check_may_change(call: Call, item: JsonObject, names: set[str]) -> None:
    held = set(call.claims.roles)
    if not held & _FULL and any(need.USER_PROPERTY.get(name) not in held for name in names):
        raise denied()
    if names & _SENSITIVE:
        check_admin_target(call, item)


def check_admin_target(call: Call, item: JsonObject) -> None:
    """An application may change what protects an administrator only while it holds a high directory role itself."""
    if not call.store.directory_roles_of(item["id"]):
        return
    if not call.store.directory_roles_of(call.claims.object_id) & _ABOVE_ADMINS:
        raise denied()


def _activity(properties: JsonObject) -> str:
    if properties.get("accountEnabled") is False:
        return "Disable account"
    return "Enable account" if properties.get("accountEnabled") else "Update user"


_ONE: Final = "/users/{id}"

ROUTES: Final = (
    Route("GET", "/users", list_users, need.USER_READ),
    Route("GET", _ONE, get_user, need.USER_READ),
    Route("PATCH", _ONE, update_user, need.USER_UPDATE),
    Route("DELETE", _ONE, delete_user, need.USER_DELETE),
    Route("POST", f"{_ONE}/revokeSignInSessions", revoke_sessions, need.USER_REVOKE),
    Route("GET", f"{_ONE}/memberOf", list_member_of, need.USER_MEMBER_OF),
    Route("GET", f"{_ONE}/transitiveMemberOf", list_transitive_member_of, need.USER_TRANSITIVE_MEMBER_OF),
    Route("GET", f"{_ONE}/ownedObjects", list_owned_objects, need.USER_OWNED),
)
