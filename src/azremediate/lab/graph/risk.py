"""Identity Protection: what is known of risky users and service principals, and what an administrator says of them."""

from __future__ import annotations

from typing import Any, Final

from azremediate.lab.clock import wire_time
from azremediate.lab.graph import permissions as need
from azremediate.lab.graph.audit_logs import check_premium
from azremediate.lab.graph.call import Call, Done, Listing, Route, Single
from azremediate.lab.graph.errors import bad_request, not_found
from azremediate.lab.graph.trail import changed, record
from azremediate.lab.objects import JsonObject, Shelf
from azremediate.lab.schema.risk import RISKY_PRINCIPAL, RISKY_USER

_MOST: Final = 60
_USERS: Final = "/identityProtection/riskyUsers"
_PRINCIPALS: Final = "/identityProtection/riskyServicePrincipals"


def list_risky_users(call: Call) -> Listing:
    """GET /identityProtection/riskyUsers: only who was at risk once."""
    check_premium(call)
    return Listing(RISKY_USER, call.store.risky_users.values(), "identityProtection/riskyUsers")


def get_risky_user(call: Call) -> Single:
    """GET /identityProtection/riskyUsers/{id}"""
    check_premium(call)
    return Single(RISKY_USER, _find(call.store.risky_users, call), "identityProtection/riskyUsers")


def list_risky_principals(call: Call) -> Listing:
    """GET /identityProtection/riskyServicePrincipals"""
    check_premium(call)
    rows = call.store.risky_principals.values()
    return Listing(RISKY_PRINCIPAL, rows, "identityProtection/riskyServicePrincipals")


def get_risky_principal(call: Call) -> Single:
    """GET /identityProtection/riskyServicePrincipals/{id}"""
    check_premium(call)
    return Single(
        RISKY_PRINCIPAL, _find(call.store.risky_principals, call), "identityProtection/riskyServicePrincipals"
    )


def confirm_users(call: Call) -> Done:
    """POST /identityProtection/riskyUsers/confirmCompromised"""
    return _users(call, "confirmedCompromised", "high", "adminConfirmedUserCompromised")


def dismiss_users(call: Call) -> Done:
    """POST /identityProtection/riskyUsers/dismiss"""
    return _users(call, "dismissed", "none", "adminDismissedAllRiskForUser")


def confirm_principals(call: Call) -> Done:
    """POST /identityProtection/riskyServicePrincipals/confirmCompromised"""
    return _principals(call, "confirmedCompromised", "high", "adminConfirmedServicePrincipalCompromised")


def dismiss_principals(call: Call) -> Done:
    """POST /identityProtection/riskyServicePrincipals/dismiss"""
    return _principals(call, "dismissed", "none", "adminDismissedAllRiskForServicePrincipal")


def _users(call: Call, state: str, level: str, detail: str) -> Done:
    store = call.store
    chosen = _named(call, "userIds", store.users)
    for user in chosen:
        about = {"userPrincipalName": user["userPrincipalName"], "userDisplayName": user["displayName"]}
        store.risky_users[user["id"]] = _risk(call, user, state, level, detail) | about | {"isDeleted": False}
        record(call, detail, user, "user", [changed("riskState", None, state)])
    return Done(f"{state} {', '.join(user['id'] for user in chosen)}")


def _principals(call: Call, state: str, level: str, detail: str) -> Done:
    store = call.store
    chosen = _named(call, "servicePrincipalIds", store.service_principals)
    for item in chosen:
        about = {name: item[name] for name in ("appId", "displayName", "servicePrincipalType")}
        row = _risk(call, item, state, level, detail) | about | {"isEnabled": item["accountEnabled"]}
        store.risky_principals[item["id"]] = row
        record(call, detail, item, "servicePrincipal", [changed("riskState", None, state)])
    return Done(f"{state} {', '.join(item['id'] for item in chosen)}")


def _risk(call: Call, item: JsonObject, state: str, level: str, detail: str) -> JsonObject:
    now = wire_time(call.store.clock.now())
    risk = {"riskState": state, "riskLevel": level, "riskDetail": detail, "riskLastUpdatedDateTime": now}
    return {"id": item["id"], "isProcessing": False, **risk}


def _named(call: Call, member: str, shelf: Shelf) -> list[JsonObject]:
    check_premium(call)
    body = call.json_body()
    if unknown := body.keys() - {member}:
        raise bad_request(f"The parameter '{min(unknown)}' is not known.", unknown=True)
    ids: Any = body.get(member)
    if not isinstance(ids, list) or not 0 < len(ids) <= _MOST or not all(isinstance(one, str) for one in ids):
        raise bad_request(f"{member} has to be a list of 1 to {_MOST} ids.")
    for one in ids:
        if one not in shelf:
            raise not_found(one)
    return [shelf[one] for one in ids]


def _find(rows: dict[str, JsonObject], call: Call) -> JsonObject:
    wanted = call.keys[0].value.lower()
    if wanted not in rows:
        raise not_found(wanted)
    return rows[wanted]


ROUTES: Final = (
    Route("GET", _USERS, list_risky_users, need.RISKY_USER_READ),
    Route("GET", f"{_USERS}/{{id}}", get_risky_user, need.RISKY_USER_READ),
    Route("POST", f"{_USERS}/confirmCompromised", confirm_users, need.RISKY_USER_WRITE),
    Route("POST", f"{_USERS}/dismiss", dismiss_users, need.RISKY_USER_WRITE),
    Route("GET", _PRINCIPALS, list_risky_principals, need.RISKY_PRINCIPAL_READ),
    Route("GET", f"{_PRINCIPALS}/{{id}}", get_risky_principal, need.RISKY_PRINCIPAL_READ),
    Route("POST", f"{_PRINCIPALS}/confirmCompromised", confirm_principals, need.RISKY_PRINCIPAL_WRITE),
    Route("POST", f"{_PRINCIPALS}/dismiss", dismiss_principals, need.RISKY_PRINCIPAL_WRITE),
)
