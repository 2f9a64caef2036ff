"""What an application's attempt to sign in leaves in the sign-in log, which only beta shows."""

from __future__ import annotations

import uuid
from typing import Final

from azremediate.lab.clock import wire_time
from azremediate.lab.objects import JsonObject
from azremediate.lab.store import Store

SERVICE_PRINCIPAL: Final = "servicePrincipal"
INTERACTIVE: Final = "interactiveUser"


def add_sign_in(store: Store, app_id: str, *, error: int = 0, reason: str = "", when: str = "") -> JsonObject | None:
    """Append a row for an application that has a service principal here; None for any other.

    error: number of the AADSTS code, 0 for success. when: a time as Graph writes it, else now.
    """
    principal = store.service_principals.by_alternate(app_id)
    if principal is None:
        return None
    row: JsonObject = {
        "id": str(uuid.uuid4()),
        "createdDateTime": when or wire_time(store.clock.now()),
        "appId": principal["appId"],
        "appDisplayName": principal["displayName"],
        "servicePrincipalId": principal["id"],
        "servicePrincipalName": principal["displayName"],
        "clientCredentialType": "clientSecret",
        "ipAddress": "203.0.113.50",
        "isInteractive": False,
        "signInEventTypes": [SERVICE_PRINCIPAL],
        "status": {"errorCode": error, "failureReason": reason or "Other.", "additionalDetails": None},
    }
    store.sign_ins.append(row)
    return row


def interactive(row: JsonObject) -> bool:
    """Whether a row is an interactive sign-in of a user, which is all that v1.0 shows."""
    return INTERACTIVE in row.get("signInEventTypes", [INTERACTIVE])


def as_beta(row: JsonObject) -> JsonObject:
    """The row with the kind of sign-in, which rows of users may leave out."""
    return row if "signInEventTypes" in row else {**row, "signInEventTypes": [INTERACTIVE]}
