"""What a Conditional Access policy has to satisfy before the tenant takes it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from azremediate.lab.graph.errors import GraphError
from azremediate.lab.objects import JsonObject
from azremediate.lab.store import Store

_USER_WORDS: Final = frozenset({"All", "None", "GuestsOrExternalUsers"})
_APPLICATION_WORDS: Final = frozenset({"All", "None", "Office365", "MicrosoftAdminPortals"})
_USER_INCLUDES: Final = ("includeUsers", "includeGroups", "includeRoles", "includeGuestsOrExternalUsers")


def check_policy(store: Store, policy: JsonObject) -> None:
    """Check a whole policy; raises 400 with a numbered reason, as the real service does (the numbers are ours)."""
    for name in ("displayName", "state", "conditions"):
        if not policy.get(name):
            raise _invalid(1004, f"the property {name} is required")
    conditions = policy["conditions"]
    _check_users(store, conditions.get("users") or {}, conditions)
    _check_applications(store, conditions.get("applications") or {})
    if not conditions.get("clientAppTypes"):
        raise _invalid(1009, "clientAppTypes is required")
    if not policy.get("grantControls") and not policy.get("sessionControls"):
        raise _invalid(1008, "a grant or a session control is required")
    if policy.get("grantControls"):
        _check_grant(store, policy["grantControls"])
    if policy["state"] == "enabled" and store.policies.get("securityDefaults", {}).get("isEnabled"):
        message = (
            "Security Defaults is enabled in the tenant. You must disable Security defaults before enabling a "
            "Conditional Access policy."
        )
        raise GraphError(400, "BadRequest", message)


def _check_users(store: Store, users: JsonObject, conditions: JsonObject) -> None:
    if not any(users.get(name) for name in _USER_INCLUDES) and not conditions.get("clientApplications"):
        raise _invalid(1007, "no users are included")
    templates = {row["templateId"] for row in store.role_definitions.values() if row.get("isBuiltIn")}
    for side in ("include", "exclude"):
        _check_known(users.get(f"{side}Roles"), templates, 1018, "role template")
        _check_known(users.get(f"{side}Users"), _USER_WORDS | store.users.keys(), 1011, "user")
        _check_known(users.get(f"{side}Groups"), store.groups.keys(), 1012, "group")


def _check_applications(store: Store, applications: JsonObject) -> None:
    includes = ("includeApplications", "includeUserActions", "includeAuthenticationContextClassReferences")
    if not any(applications.get(name) for name in includes):
        raise _invalid(1006, "no applications are included")
    for side in ("include", "exclude"):
        for app_id in applications.get(f"{side}Applications") or []:
            if app_id not in _APPLICATION_WORDS and store.service_principals.by_alternate(app_id) is None:
                raise _invalid(1013, f"the application {app_id} does not exist")


def _check_grant(store: Store, grant: JsonObject) -> None:
    controls, strength = grant.get("builtInControls") or [], grant.get("authenticationStrength")
    if grant.get("operator") not in ("AND", "OR"):
        raise _invalid(1020, "the operator of the grant controls is AND or OR")
    if strength is not None and "mfa" in controls:
        raise _invalid(1032, "mfa and an authentication strength cannot be combined")
    if strength is not None and strength.get("id") not in store.strengths:
        raise _invalid(1037, "the authentication strength does not exist")
    if "block" in controls and (len(controls) > 1 or strength is not None):
        raise _invalid(1033, "block cannot be combined with other controls")
    if not controls and strength is None and not (grant.get("termsOfUse") or grant.get("customAuthenticationFactors")):
        raise _invalid(1008, "the grant controls are empty")


def _check_known(values: Iterable[str] | None, known: Iterable[str], number: int, noun: str) -> None:
    allowed = set(known)
    for value in values or ():
        if value not in allowed:
            raise _invalid(number, f"the {noun} {value} does not exist")


def _invalid(number: int, reason: str) -> GraphError:
    return GraphError(400, "BadRequest", f"{number}: ConditionalActionPolicy validation failed: {reason[:200]}.")
