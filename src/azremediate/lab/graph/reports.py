"""Reports: who registered which authentication methods, and (beta only) when applications were last used."""

from __future__ import annotations

from typing import Final

from azremediate.lab.clock import wire_time
from azremediate.lab.graph import permissions as need
from azremediate.lab.graph.audit_logs import check_premium
from azremediate.lab.graph.call import Call, Listing, Route, Single
from azremediate.lab.graph.errors import not_found
from azremediate.lab.objects import JsonObject
from azremediate.lab.schema.logs import CREDENTIAL_ACTIVITY, SERVICE_PRINCIPAL_ACTIVITY, USER_REGISTRATION
from azremediate.lab.store import Store

_METHOD_NAMES: Final = {
    "#microsoft.graph.fido2AuthenticationMethod": "fido2SecurityKey",
    "#microsoft.graph.microsoftAuthenticatorAuthenticationMethod": "microsoftAuthenticatorPush",
    "#microsoft.graph.phoneAuthenticationMethod": "mobilePhone",
}


def list_registrations(call: Call) -> Listing:
    """GET /reports/authenticationMethods/userRegistrationDetails; disabled users are left out."""
    check_premium(call)
    users = [user for user in call.store.users.values() if user.get("accountEnabled")]
    admins = call.store.role_holders()
    rows = [_registration(call.store, user, is_admin=user["id"] in admins) for user in users]
    return Listing(USER_REGISTRATION, rows, "reports/authenticationMethods/userRegistrationDetails")


def get_registration(call: Call) -> Single:
    """GET /reports/authenticationMethods/userRegistrationDetails/{id}; disabled users are left out."""
    check_premium(call)
    user = call.store.users.get(call.keys[0].value)
    if user is None or not user.get("accountEnabled"):
        raise not_found(call.keys[0].value)
    row = _registration(call.store, user, is_admin=user["id"] in call.store.role_holders())
    return Single(USER_REGISTRATION, row, "reports/authenticationMethods/userRegistrationDetails")


def list_principal_activities(call: Call) -> Listing:
    """GET /beta/reports/servicePrincipalSignInActivities: no row means no data, not "never used"."""
    check_premium(call)
    rows = call.store.sign_in_activities.values()
    return Listing(SERVICE_PRINCIPAL_ACTIVITY, rows, "reports/servicePrincipalSignInActivities")


def list_credential_activities(call: Call) -> Listing:
    """GET /beta/reports/appCredentialSignInActivities"""
    check_premium(call)
    rows = call.store.credential_activities.values()
    return Listing(CREDENTIAL_ACTIVITY, rows, "reports/appCredentialSignInActivities")


def _registration(store: Store, user: JsonObject, *, is_admin: bool) -> JsonObject:
    tags = [row["@odata.type"] for row in store.authentication_methods.get(user["id"], [])]
    methods = [_METHOD_NAMES[tag] for tag in tags if tag in _METHOD_NAMES]
    return {
        "id": user["id"],
        "userPrincipalName": user["userPrincipalName"],
        "userDisplayName": user["displayName"],
        "userType": "guest" if user.get("userType") == "Guest" else "member",
        "isAdmin": is_admin,
        "isSsprRegistered": bool(methods),
        "isSsprEnabled": True,
        "isSsprCapable": bool(methods),
        "isMfaRegistered": bool(methods),
        "isMfaCapable": bool(methods),
        "isPasswordlessCapable": "fido2SecurityKey" in methods,
        "isSystemPreferredAuthenticationMethodEnabled": False,
        "methodsRegistered": methods,
        "systemPreferredAuthenticationMethods": [],
        "userPreferredMethodForSecondaryAuthentication": "push" if methods else "none",
        "lastUpdatedDateTime": wire_time(store.clock.now()),
    }


_REFUSAL: Final = "AccessDenied"
_METHODS: Final = "/reports/authenticationMethods/userRegistrationDetails"

ROUTES: Final = (
    Route("GET", _METHODS, list_registrations, need.LOG_READ, _REFUSAL),
    Route("GET", f"{_METHODS}/{{id}}", get_registration, need.LOG_READ, _REFUSAL),
    Route(
        "GET",
        "/reports/servicePrincipalSignInActivities",
        list_principal_activities,
        need.LOG_READ,
        _REFUSAL,
        beta_only=True,
    ),
    Route(
        "GET",
        "/reports/appCredentialSignInActivities",
        list_credential_activities,
        need.LOG_READ,
        _REFUSAL,
        beta_only=True,
    ),
)
