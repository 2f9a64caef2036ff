"""When the demo tenant's applications were last used, as the beta report shows it."""

from __future__ import annotations

import base64
from typing import Final

from azremediate.lab.objects import JsonObject
from azremediate.lab.seed.builder import Builder

_CLIENT: Final = "applicationAuthenticationClientSignInActivity"
_RESOURCE: Final = "applicationAuthenticationResourceSignInActivity"
_DELEGATED: Final = "delegatedClientSignInActivity"

# days since the last use; what is not named here was used a day ago, as a client
_UNUSED: Final = {
    "legacy-export": 210,
    "old-intranet": 410,
    "invoice-archive": 125,
    "paused-app": 150,
    "initech-mail": 300,
}
_AS_RESOURCE: Final = {"orders-api": 3}
_DELEGATED_ONLY: Final = {"saml-wiki": 2, "umbrella-sso": 5}
# a row without any date: the report covers the application and has never seen it
_NEVER: Final = ("batch-reports", "hooli-analytics")
# no row at all: nothing is known
_NO_ROW: Final = ("nightly-etl", "fresh-bot", "orphan-app", "vandelay-forms")


def add_usage(builder: Builder) -> None:
    """Add one report row for every application id but those without data."""
    store = builder.store
    own = {name: store.applications[key]["appId"] for name, key in store.named.items() if key in store.applications}
    foreign = {
        name: store.service_principals[key]["appId"]
        for name, key in store.named.items()
        if key in store.service_principals
    }
    for name, app_id in (own | foreign).items():
        if name not in _NO_ROW:
            store.sign_in_activities[app_id] = _row(builder, name, app_id)
    _add_credential_usage(builder)


def _row(builder: Builder, name: str, app_id: str) -> JsonObject:
    row: JsonObject = {"id": base64.b64encode(app_id.encode()).decode(), "appId": app_id, "lastSignInActivity": None}
    for kind in (_CLIENT, _RESOURCE, _DELEGATED, "delegatedResourceSignInActivity"):
        row[kind] = None
    if name in _NEVER:
        return row
    kind, days = _CLIENT, float(_UNUSED.get(name, 1))
    if name in _AS_RESOURCE:
        kind, days = _RESOURCE, float(_AS_RESOURCE[name])
    elif name in _DELEGATED_ONLY:
        kind, days = _DELEGATED, float(_DELEGATED_ONLY[name])
    activity = {"lastSignInDateTime": builder.ago(days), "lastSignInRequestId": builder.new_id("request", name)}
    row[kind] = activity
    row["lastSignInActivity"] = dict(activity)
    return row


def _add_credential_usage(builder: Builder) -> None:
    """Say when the secrets of one application were last used; the report knows no others."""
    store = builder.store
    application = store.applications[store.named["billing-worker"]]
    principal = store.service_principals.by_alternate(application["appId"])
    for credential, days in zip(application["passwordCredentials"], (1, 160), strict=True):
        key_id = credential["keyId"]
        store.credential_activities[key_id] = {
            "id": base64.b64encode(key_id.encode()).decode(),
            "keyId": key_id,
            "keyType": "clientSecret",
            "keyUsage": "verify",
            "appId": application["appId"],
            "appObjectId": application["id"],
            "servicePrincipalObjectId": principal["id"] if principal else None,
            "resourceId": "00000003-0000-0000-c000-000000000000",
            "credentialOrigin": "application",
            "createdDateTime": credential["startDateTime"],
            "expirationDateTime": credential["endDateTime"],
            "signInActivity": {
                "lastSignInDateTime": builder.ago(days),
                "lastSignInRequestId": builder.new_id("request", key_id),
            },
        }
