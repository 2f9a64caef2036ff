"""Tenant-wide policies: authentication strengths, security defaults, app management, authorization."""

from __future__ import annotations

from typing import Final

from azremediate.lab.graph import permissions as need
from azremediate.lab.graph.app_rules import check_restrictions
from azremediate.lab.graph.call import Call, Done, Key, Listing, Route, Single
from azremediate.lab.graph.errors import GraphError
from azremediate.lab.graph.lookup import find_row
from azremediate.lab.graph.trail import changed, record
from azremediate.lab.objects import JsonObject
from azremediate.lab.schema.policies import (
    APP_MANAGEMENT_POLICY,
    AUTHENTICATION_STRENGTH,
    AUTHORIZATION_POLICY,
    SECURITY_DEFAULTS,
)
from azremediate.lab.schema.validation import check_update

_STRENGTHS: Final = "policies/authenticationStrengthPolicies"


def list_strengths(call: Call) -> Listing:
    """GET /policies/authenticationStrengthPolicies"""
    return Listing(AUTHENTICATION_STRENGTH, call.store.strengths.values(), _STRENGTHS)


def get_strength(call: Call) -> Single:
    """GET /policies/authenticationStrengthPolicies/{id}"""
    return Single(AUTHENTICATION_STRENGTH, find_row(call.store.strengths, call.keys[0]), _STRENGTHS)


def get_security_defaults(call: Call) -> Single:
    """GET /policies/identitySecurityDefaultsEnforcementPolicy"""
    row = _policy(call, "securityDefaults")
    return Single(SECURITY_DEFAULTS, row, "policies/identitySecurityDefaultsEnforcementPolicy")


def update_security_defaults(call: Call) -> Done:
    """PATCH /policies/identitySecurityDefaultsEnforcementPolicy; refused while a Conditional Access policy is on."""
    row, body = _policy(call, "securityDefaults"), call.json_body()
    check_update(SECURITY_DEFAULTS, body)
    if body.get("isEnabled") and any(item["state"] == "enabled" for item in call.store.ca_policies.values()):
        message = "Security defaults cannot be enabled while a Conditional Access policy is enabled."
        raise GraphError(400, "BadRequest", message)
    record(call, "Update security defaults", row, "policy", [changed(key, row.get(key), body[key]) for key in body])
    row.update({key: value for key, value in body.items() if "@" not in key})
    return Done(f"update security defaults: {', '.join(sorted(body))}")


def get_app_management_policy(call: Call) -> Single:
    """GET /policies/defaultAppManagementPolicy"""
    row = _policy(call, "defaultAppManagementPolicy")
    return Single(APP_MANAGEMENT_POLICY, row, "policies/defaultAppManagementPolicy")


def update_app_management_policy(call: Call) -> Done:
    """PATCH /policies/defaultAppManagementPolicy; a section that the body names is replaced as a whole."""
    row, body = _policy(call, "defaultAppManagementPolicy"), call.json_body()
    check_update(APP_MANAGEMENT_POLICY, body)
    properties = {key: value for key, value in body.items() if "@" not in key}
    for section in properties.values():
        check_restrictions(section)
    record(call, "Update policy", row, "policy", [changed(key, row.get(key), properties[key]) for key in properties])
    row.update(properties)
    return Done(f"update app management policy: {', '.join(sorted(properties))}")


def get_authorization_policy(call: Call) -> Single:
    """GET /policies/authorizationPolicy"""
    return Single(AUTHORIZATION_POLICY, _policy(call, "authorizationPolicy"), "policies/authorizationPolicy")


def _policy(call: Call, name: str) -> JsonObject:
    return find_row(call.store.policies, Key(name))


_APP_MANAGEMENT: Final = "/policies/defaultAppManagementPolicy"
_SECURITY: Final = "/policies/identitySecurityDefaultsEnforcementPolicy"

ROUTES: Final = (
    Route("GET", f"/{_STRENGTHS}", list_strengths, need.STRENGTH_READ, "AccessDenied"),
    Route("GET", f"/{_STRENGTHS}/{{id}}", get_strength, need.STRENGTH_READ, "AccessDenied"),
    Route("GET", _SECURITY, get_security_defaults, need.POLICY_READ, "AccessDenied"),
    Route("PATCH", _SECURITY, update_security_defaults, need.SECURITY_DEFAULTS_WRITE, "AccessDenied"),
    Route("GET", _APP_MANAGEMENT, get_app_management_policy, need.APP_MANAGEMENT_READ, "AccessDenied"),
    Route("PATCH", _APP_MANAGEMENT, update_app_management_policy, need.APP_MANAGEMENT_WRITE, "AccessDenied"),
    Route("GET", "/policies/authorizationPolicy", get_authorization_policy, need.POLICY_READ, "AccessDenied"),
)
