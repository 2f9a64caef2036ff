"""The tenant's logs: directory audits and sign-ins, newest first."""

from __future__ import annotations

from typing import Final

from azremediate.lab.application_sign_ins import as_beta, interactive
from azremediate.lab.graph import permissions as need
from azremediate.lab.graph.call import Call, Listing, Route, Single
from azremediate.lab.graph.errors import GraphError
from azremediate.lab.graph.lookup import find_row
from azremediate.lab.schema.logs import DIRECTORY_AUDIT, SIGN_IN
from azremediate.lab.schema.sign_in_log import BETA_SIGN_IN

_REFUSAL: Final = "AccessDenied"


def check_premium(call: Call) -> None:
    """Refuse sign-in data in a tenant without a premium licence."""
    if not call.store.premium:
        message = "Neither tenant is B2C or tenant doesn't have premium license"
        raise GraphError(403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant", message)


def list_directory_audits(call: Call) -> Listing:
    """GET /auditLogs/directoryAudits"""
    return Listing(DIRECTORY_AUDIT, call.store.directory_audits[::-1], "auditLogs/directoryAudits")


def get_directory_audit(call: Call) -> Single:
    """GET /auditLogs/directoryAudits/{id}"""
    rows = {row["id"]: row for row in call.store.directory_audits}
    return Single(DIRECTORY_AUDIT, find_row(rows, call.keys[0]), "auditLogs/directoryAudits")


def list_sign_ins(call: Call) -> Listing:
    """GET /auditLogs/signIns: interactive sign-ins of users, which is all that v1.0 shows.

    Beta shows the other kinds as well, but only to a filter that names signInEventTypes.
    """
    check_premium(call)
    rows = call.store.sign_ins[::-1]
    if call.version != "beta":
        return Listing(SIGN_IN, [row for row in rows if interactive(row)], "auditLogs/signIns")
    if "signineventtypes" not in call.query.lower():
        rows = [row for row in rows if interactive(row)]
    return Listing(BETA_SIGN_IN, [as_beta(row) for row in rows], "auditLogs/signIns")


ROUTES: Final = (
    Route("GET", "/auditLogs/directoryAudits", list_directory_audits, need.AUDIT_READ, _REFUSAL),
    Route("GET", "/auditLogs/directoryAudits/{id}", get_directory_audit, need.AUDIT_READ, _REFUSAL),
    Route("GET", "/auditLogs/signIns", list_sign_ins, need.LOG_READ, _REFUSAL),
)
