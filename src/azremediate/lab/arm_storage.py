"""Storage accounts of the simulated Azure: reading one, listing its keys, regenerating a key."""

from __future__ import annotations

import base64
import hmac
import re
import secrets
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Final

from azremediate.lab.arm_answers import arm_error, method_not_allowed, not_authorized
from azremediate.lab.arm_assignments import roles_at
from azremediate.lab.exchange import Answer, Request, json_answer
from azremediate.lab.objects import JsonObject
from azremediate.lab.store import Store
from azremediate.lab.tokens import Claims

STORAGE: Final = re.compile(
    r"(?P<id>/subscriptions/(?P<subscription>[^/]+)/resourceGroups/(?P<group>[^/]+)"
    r"/providers/Microsoft\.Storage/storageAccounts/(?P<name>[^/]+))(/(?P<action>listKeys|regenerateKey))?",
    re.IGNORECASE,
)
STORAGE_LIST: Final = re.compile(
    r"/subscriptions/(?P<subscription>[^/]+)/providers/Microsoft\.Storage/storageAccounts", re.IGNORECASE
)
KEY_NAMES: Final = ("key1", "key2")
_TYPE: Final = "Microsoft.Storage/storageAccounts"


def azure_time(moment: datetime) -> str:
    """A time as Azure writes it: ten millionths of a second."""
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}0Z"


def accepts_key(store: Store, account_id: str, value: str) -> bool:
    """Whether the account's data would be given out for this key: what a consumer, or a thief, would find out."""
    account = store.azure.storage_accounts.get(account_id.lower())
    if account is None or account["properties"].get("allowSharedKeyAccess") is False:
        return False
    keys = store.azure.storage_keys.get(account_id.lower(), [])
    return any(hmac.compare_digest(str(key.get("value")).encode(), value.encode()) for key in keys)


def may(store: Store, object_id: str, scope: str, action: str) -> bool:
    """Whether a principal holds a role at or above a scope that allows an action of the control plane."""
    for guid in roles_at(store, object_id, scope):
        for permission in store.azure.role_definitions.get(guid, {}).get("properties", {}).get("permissions", []):
            if _matches(action, permission["actions"]) and not _matches(action, permission["notActions"]):
                return True
    return False


class StorageAccounts:
    """Answers the requests for storage accounts of one tenant."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def listed(self, request: Request, caller: Claims, subscription: str) -> Answer:
        """Answer a request for the accounts of a subscription: those that the caller may read."""
        if request.method != "GET":
            return method_not_allowed(request)
        if subscription.lower() not in self._store.azure.subscriptions:
            message = f"The subscription '{subscription}' could not be found."
            return arm_error(404, "SubscriptionNotFound", message)
        prefix = f"/subscriptions/{subscription.lower()}/"
        rows = [
            self._shown(account)
            for account_id, account in self._store.azure.storage_accounts.items()
            if account_id.startswith(prefix) and may(self._store, caller.object_id, account_id, f"{_TYPE}/read")
        ]
        return json_answer(200, {"value": rows})

    def answer(self, request: Request, caller: Claims, match: re.Match[str]) -> Answer:
        """Answer one request whose path matched `STORAGE`."""
        action = (match["action"] or "").lower()
        if request.method != ("POST" if action else "GET"):
            return method_not_allowed(request)
        if match["subscription"].lower() not in self._store.azure.subscriptions:
            message = f"The subscription '{match['subscription']}' could not be found."
            return arm_error(404, "SubscriptionNotFound", message)
        needed = f"{_TYPE}/{action}/action" if action else f"{_TYPE}/read"
        if not may(self._store, caller.object_id, match["id"], needed):
            return not_authorized(caller.object_id, needed, match["id"])
        account = self._store.azure.storage_accounts.get(match["id"].lower())
        if account is None:
            message = f"The Resource '{_TYPE}/{match['name']}' under resource group '{match['group']}' was not found."
            return arm_error(404, "ResourceNotFound", message)
        if not action:
            return json_answer(200, self._shown(account))
        return self._keys(account) if action == "listkeys" else self._regenerate(request, account)

    def _regenerate(self, request: Request, account: JsonObject) -> Answer:
        body = request.json()
        if not isinstance(body, dict) or set(body) != {"keyName"}:
            return arm_error(400, "InvalidRequestContent", "The request content was invalid: keyName is required.")
        key = next((key for key in self._rows(account) if key["keyName"] == body["keyName"]), None)
        if key is None:
            return arm_error(400, "KeyNotFound", f"The key '{body['keyName']}' does not exist.")
        key["value"] = base64.b64encode(secrets.token_bytes(64)).decode()
        key["creationTime"] = azure_time(self._store.clock.now())
        return self._keys(account)

    def _keys(self, account: JsonObject) -> Answer:
        return json_answer(200, {"keys": self._rows(account)})

    def _rows(self, account: JsonObject) -> list[JsonObject]:
        return self._store.azure.storage_keys[account["id"].lower()]

    def _shown(self, account: JsonObject) -> JsonObject:
        times = {key["keyName"]: key["creationTime"] for key in self._rows(account)}
        return {**account, "properties": {**account["properties"], "keyCreationTime": times}}


def _matches(action: str, patterns: list[str]) -> bool:
    return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)
