"""A tenant as one JSON object: for a file to serve, for a reset, for a look at the state."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from azremediate.lab.clock import parse_time, wire_time
from azremediate.lab.objects import JsonObject
from azremediate.lab.sign_in import SecretRecord

if TYPE_CHECKING:
    from azremediate.lab.store import Responder, Store

_SHELVES: Final = ("applications", "service_principals", "users", "groups")
_TABLES: Final = (
    *("deleted_items", "group_members", "owners", "federated_credentials", "app_role_assignments"),
    *("permission_grants", "authentication_methods", "role_definitions", "role_assignments", "role_eligibility"),
    "group_eligibility",
    *("ca_policies", "strengths", "policies", "subscribed_skus", "sign_in_activities", "credential_activities"),
    *("synchronization_jobs", "risky_users", "risky_principals"),
    *("vault", "deleted_vault", "named", "user_passwords", "mailboxes", "app_management", "issuers"),
)
_LISTS: Final = ("directory_audits", "sign_ins")
_AZURE: Final = (
    "subscriptions",
    "role_definitions",
    "role_assignments",
    "role_eligibilities",
    "storage_accounts",
    "storage_keys",
)
_PLAIN: Final = frozenset({"tenant_id", "domain", "display_name", "created", "premium", "responder", "azure"})
_KNOWN: Final = _PLAIN | {*_SHELVES, *_TABLES, *_LISTS, "secrets", "app_permissions"}


class TenantFormatError(ValueError):
    """A JSON value that is no tenant; the message says which member is wrong."""


def take_snapshot(store: Store, *, secrets: bool) -> JsonObject:
    """Return a deep copy of the state as JSON; the values of secrets and of the vault only when asked for."""
    value: JsonObject = {
        "tenant_id": store.tenant_id,
        "domain": store.domain,
        "display_name": store.display_name,
        "created": wire_time(store.created) if store.created else None,
        "premium": store.premium,
        "responder": _responder(store.responder, secrets=secrets),
        "azure": {name: getattr(store.azure, name) for name in _AZURE},
        "app_permissions": {app_id: sorted(names) for app_id, names in store.app_permissions.items()},
        "secrets": [_secret(record) for record in store.secrets.values()] if secrets else [],
    }
    value |= {name: list(getattr(store, name).values()) for name in _SHELVES}
    value |= {name: getattr(store, name) for name in (*_TABLES, *_LISTS)}
    copied: JsonObject = json.loads(json.dumps(value))
    if not secrets:
        copied["user_passwords"] = copied["mailboxes"] = {}
        for key in (key for keys in copied["azure"]["storage_keys"].values() for key in keys):
            key.pop("value", None)
        for table in (copied["vault"], copied["deleted_vault"]):
            for version in (version for versions in table.values() for version in versions):
                version.pop("value", None)
    return copied


def fill_store(store: Store, value: JsonObject) -> None:
    """Put what a snapshot holds into a new store; raises TenantFormatError."""
    for name in _SHELVES:
        shelf = getattr(store, name)
        for item in _expect(value, name, list):
            if not isinstance(item, dict) or not isinstance(item.get("id"), str):
                raise TenantFormatError(f"{name}: every entry needs to be an object with an id")
            shelf.add(item)
    for name in _TABLES:
        getattr(store, name).update(_expect(value, name, dict))
    for name in _LISTS:
        getattr(store, name).extend(_expect(value, name, list))
    azure = _expect(value, "azure", dict)
    for name in _AZURE:
        getattr(store.azure, name).update(_expect(azure, name, dict))
    for app_id, names in _expect(value, "app_permissions", dict).items():
        store.app_permissions[app_id] = set(names)
    for row in _expect(value, "secrets", list):
        record = _read_secret(row)
        store.secrets[record.key_id] = record


def check_members(value: object) -> JsonObject:
    """Return the snapshot as an object whose members are all known and whose tenant has a name."""
    if not isinstance(value, dict):
        raise TenantFormatError("a tenant is a JSON object")
    unknown = value.keys() - _KNOWN
    if unknown:
        raise TenantFormatError(f"unknown member {min(unknown)!r}")
    for name in ("tenant_id", "domain", "display_name"):
        if not isinstance(value.get(name), str) or not value[name]:
            raise TenantFormatError(f"{name}: a text is required")
    return value


def read_created(value: JsonObject) -> datetime | None:
    """Return when the tenant was created, None when the snapshot does not say."""
    text = value.get("created")
    if text is None:
        return None
    try:
        return parse_time(text)
    except (TypeError, ValueError) as error:
        raise TenantFormatError("created: an ISO 8601 time with a zone is required") from error


def _expect(value: Mapping[str, Any], name: str, kind: type[dict[str, Any]] | type[list[Any]]) -> Any:
    found = value.get(name)
    if found is None:
        return kind()
    if not isinstance(found, kind):
        raise TenantFormatError(f"{name}: {'an object' if kind is dict else 'a list'} is required")
    return found


def _responder(responder: Responder | None, *, secrets: bool) -> JsonObject | None:
    if responder is None:
        return None
    shown = {
        "app_id": responder.app_id,
        "application_id": responder.application_id,
        "service_principal_id": responder.service_principal_id,
    }
    return {**shown, "secret": responder.secret} if secrets else shown


def _secret(record: SecretRecord) -> JsonObject:
    usable = None if record.usable_from is None else record.usable_from.isoformat()
    return {"key_id": record.key_id, "owner_id": record.owner_id, "value": record.value, "usable_from": usable}


def _read_secret(row: Any) -> SecretRecord:
    try:
        usable = row.get("usable_from")
        return SecretRecord(
            str(row["key_id"]), str(row["owner_id"]), str(row["value"]), parse_time(usable) if usable else None
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise TenantFormatError("secrets: every entry needs key_id, owner_id and value") from error
