"""A tenant of many applications, and a list of credentials that leaked from it, made from a seed."""

import json
import uuid
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from azremediate.lab.clock import wire_time
from azremediate.lab.objects import JsonObject
from azremediate.lab.seed import demo_store
from azremediate.lab.sign_in import SecretRecord
from azremediate.lab.store import Store

_NAMESPACE = uuid.UUID("0a3f7a52-98d1-4f0e-8a3e-2a6f1f1c7d10")


@dataclass(frozen=True, slots=True)
class Leaked:
    """One application whose secret leaked: what the list says, and what the benchmark needs to judge the end state."""

    app_id: str
    application_id: str
    principal_id: str
    key_id: str
    user_id: str


@dataclass(frozen=True, slots=True)
class BigTenant:
    """Where the tenant's file is, and what leaked from it."""

    file: Path
    tenant_id: str
    leaked: tuple[Leaked, ...]


def make_tenant(folder: Path, *, applications: int, principals: int, users: int, leaked: int) -> BigTenant:
    """Write the file that `lab serve --tenant` takes; what leaked is spread over all applications."""
    store = demo_store()
    found = [_application(store, number) for number in range(applications)]
    for number in range(applications, principals):
        store.service_principals.add(
            _principal(store, number, _id("vendor", number), _id("vendor tenant", number % 40))
        )
    people = [_user(store, number) for number in range(users)]
    step = max(1, applications // max(leaked, 1))
    chosen = [found[number * step % applications] for number in range(leaked)]
    rows = tuple(Leaked(*one, people[number % len(people)]) for number, one in enumerate(chosen))
    file = folder / "tenant.json"
    file.write_text(json.dumps(store.to_json()), encoding="utf-8")
    return BigTenant(file, store.tenant_id, rows)


def write_list(file: Path, leaked: tuple[Leaked, ...], *, users: int = 0) -> Path:
    """A credential list: every secret by appId and key id, and `users` sessions."""
    lines = ["kind,identity,key_id,hint,exposed_at,confidence,source,note"]
    lines += [f"client-secret,{one.app_id},{one.key_id},,,known,benchmark," for one in leaked]
    lines += [f"session,{one.user_id},,,,known,benchmark," for one in leaked[:users]]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def _id(kind: str, number: int) -> str:
    return str(uuid.uuid5(_NAMESPACE, f"{kind}/{number}"))


def _ago(store: Store, days: float) -> str:
    return wire_time(store.clock.now().replace(microsecond=0) - timedelta(days=days))


def _application(store: Store, number: int) -> tuple[str, str, str, str]:
    app_id, key_id = _id("appId", number), _id("secret", number)
    value = f"q{number % 10}x8Q~lab-fake-secret-{key_id[:18]}"
    application: JsonObject = {
        "id": _id("application", number),
        "deletedDateTime": None,
        "appId": app_id,
        "displayName": f"Application {number}",
        "createdDateTime": _ago(store, 700),
        "signInAudience": "AzureADMyOrg",
        "isDisabled": None,
        "tags": [],
        "keyCredentials": [],
        "passwordCredentials": [
            {
                "customKeyIdentifier": None,
                "displayName": "deployed by hand",
                "endDateTime": _ago(store, -400),
                "hint": value[:3],
                "keyId": key_id,
                "secretText": None,
                "startDateTime": _ago(store, 200),
            }
        ],
    }
    store.applications.add(application)
    store.secrets[key_id] = SecretRecord(key_id, application["id"], value)
    principal = _principal(store, number, app_id, store.tenant_id)
    return app_id, application["id"], principal["id"], key_id


def _principal(store: Store, number: int, app_id: str, owner: str) -> JsonObject:
    principal: JsonObject = {
        "id": _id("servicePrincipal", number),
        "deletedDateTime": None,
        "accountEnabled": True,
        "appId": app_id,
        "displayName": f"Application {number}",
        "appOwnerOrganizationId": owner,
        "servicePrincipalType": "Application",
        "servicePrincipalNames": [app_id],
        "tags": [],
        "keyCredentials": [],
        "passwordCredentials": [],
    }
    store.service_principals.add(principal)
    activity = {"lastSignInDateTime": _ago(store, 1), "lastSignInRequestId": _id("request", number)}
    store.sign_in_activities[app_id] = {"id": app_id, "appId": app_id, "lastSignInActivity": activity}
    return principal


def _user(store: Store, number: int) -> str:
    user: JsonObject = {
        "id": _id("user", number),
        "displayName": f"User {number}",
        "userPrincipalName": f"user{number}@{store.domain}",
        "accountEnabled": True,
        "userType": "Member",
        "signInSessionsValidFromDateTime": _ago(store, 30),
    }
    store.users.add(user)
    return str(user["id"])
