"""Secrets of the simulated Key Vault: versions, attributes, soft deletion and recovery."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any, Final

from azremediate.lab.exchange import Answer, Request, json_answer
from azremediate.lab.objects import JsonObject
from azremediate.lab.store import Store

_RECOVERABLE_DAYS: Final = 90
_BODY_KEYS: Final = frozenset({"value", "contentType", "attributes", "tags"})
_ATTRIBUTE_KEYS: Final = frozenset({"enabled", "nbf", "exp"})


def vault_error(status: int, code: str, message: str, *, inner: str | None = None) -> Answer:
    """Return an error in Key Vault's form."""
    error: JsonObject = {"code": code, "message": message}
    if inner is not None:
        error["innererror"] = {"code": inner}
    return json_answer(status, {"error": error})


class VaultSecrets:
    """Answers the requests for the secrets of one vault.

    A version is kept as {"value", "id", "attributes", "tags", "contentType"?}, oldest first. Of its `id`
    only the path /secrets/{name}/{version} counts; it is shown under the host the client used.
    """

    def __init__(self, store: Store, page_size: int) -> None:
        self._store = store
        self._page_size = page_size

    def answer(self, request: Request, name: str | None, rest: str | None) -> Answer:
        """Answer a request under /secrets; `rest` is a version, the word versions, or None."""
        key = (request.method, "list" if name is None else "versions" if rest == "versions" else "one")
        if key == ("GET", "list"):
            newest = [versions[-1] for versions in self._store.vault.values()]
            return self._page(request, newest, with_version=False)
        if name is not None and key == ("GET", "versions"):
            return self._page(request, self._store.vault.get(name, []), with_version=True)
        if name is not None and key == ("PUT", "one") and rest is None:
            return self._set(request, name)
        if name is not None and key in (("GET", "one"), ("PATCH", "one"), ("DELETE", "one")):
            return self._existing(request, name, rest)
        return vault_error(405, "MethodNotAllowed", "The method is not allowed for this resource.")

    def answer_deleted(self, request: Request, name: str | None, rest: str | None) -> Answer:
        """Answer a request under /deletedsecrets; `rest` is the word recover or None."""
        deleted = self._store.deleted_vault
        if request.method == "GET" and name is None:
            return self._page(request, [versions[-1] for versions in deleted.values()], with_version=False)
        if name is None or name not in deleted:
            return vault_error(404, "SecretNotFound", f"Deleted secret not found: {name}")
        if request.method == "GET" and rest is None:
            return json_answer(200, self._show_deleted(request, name, deleted[name][-1]))
        if request.method == "POST" and rest == "recover":
            self._store.vault[name] = deleted.pop(name)
            shown = self._show(request, self._store.vault[name][-1], with_value=False)
            return json_answer(200, shown)
        if request.method == "DELETE" and rest is None:
            return vault_error(403, "Forbidden", "Purging is not permitted in this vault.", inner="ForbiddenByPolicy")
        return vault_error(405, "MethodNotAllowed", "The method is not allowed for this resource.")

    def _set(self, request: Request, name: str) -> Answer:
        body = request.json()
        problem = _find_problem(body)
        if problem is None and not isinstance(body.get("value"), str):
            problem = "Property value is required and must be text."
        if problem is not None:
            return vault_error(400, "BadParameter", problem)
        if name in self._store.deleted_vault:
            message = f"Secret {name} is currently in a deleted but recoverable state, and its name cannot be reused."
            return vault_error(409, "Conflict", message, inner="ObjectIsDeletedButRecoverable")
        now = self._seconds()
        attributes = {"enabled": True, "created": now, "updated": now, "recoveryLevel": "Recoverable"}
        attributes |= body.get("attributes") or {}
        version: JsonObject = {
            "value": body["value"],
            "id": f"/secrets/{name}/{uuid.uuid4().hex}",
            "attributes": attributes | {"recoverableDays": _RECOVERABLE_DAYS},
            "tags": body.get("tags") or {},
        }
        if body.get("contentType") is not None:
            version["contentType"] = body["contentType"]
        self._store.vault.setdefault(name, []).append(version)
        return json_answer(200, self._show(request, version))

    def _existing(self, request: Request, name: str, version_id: str | None) -> Answer:
        versions = self._store.vault.get(name, [])
        found = next(
            (item for item in reversed(versions) if version_id is None or item["id"].endswith(f"/{version_id}")), None
        )
        if found is None:
            message = f"A secret with (name/id) {name}/{version_id or ''} was not found in this key vault."
            return vault_error(404, "SecretNotFound", message)
        if request.method == "PATCH":
            return self._update(request, found)
        if request.method == "DELETE":
            self._store.deleted_vault[name] = self._store.vault.pop(name)
            return json_answer(200, self._show_deleted(request, name, found))
        if not found["attributes"]["enabled"]:
            message = "Operation get is not allowed on a disabled secret."
            return vault_error(403, "Forbidden", message, inner="SecretDisabled")
        return json_answer(200, self._show(request, found))

    def _update(self, request: Request, version: JsonObject) -> Answer:
        body = request.json()
        problem = _find_problem(body) or ("A secret's value cannot be changed." if "value" in body else None)
        if problem is not None:
            return vault_error(400, "BadParameter", problem)
        version["attributes"] |= (body.get("attributes") or {}) | {"updated": self._seconds()}
        version |= {key: body[key] for key in ("tags", "contentType") if body.get(key) is not None}
        return json_answer(200, self._show(request, version, with_value=False))

    def _page(self, request: Request, versions: list[JsonObject], *, with_version: bool) -> Answer:
        options = request.options
        size, start = (
            int(text) if (text := options.get(name, "")).isdecimal() and int(text) > 0 else default
            for name, default in (("maxresults", self._page_size), ("$skiptoken", 0))
        )
        rows = [self._show(request, item, with_value=False) for item in versions[start : start + size]]
        if not with_version:
            rows = [row | {"id": row["id"].rpartition("/")[0]} for row in rows]
        base = request.url.partition("?")[0]
        query = f"api-version={options['api-version']}&%24skiptoken={start + size}&maxresults={size}"
        more = start + size < len(versions)
        return json_answer(200, {"value": rows, "nextLink": f"{base}?{query}" if more else None})

    def _show(self, request: Request, version: JsonObject, *, with_value: bool = True) -> JsonObject:
        shown = {key: item for key, item in version.items() if with_value or key != "value"}
        path = version["id"][version["id"].index("/secrets/") :]
        return shown | {"id": f"https://{request.headers.get('host', '')}{path}"}

    def _show_deleted(self, request: Request, name: str, version: JsonObject) -> JsonObject:
        now = self._store.clock.now()
        return self._show(request, version, with_value=False) | {
            "recoveryId": f"https://{request.headers.get('host', '')}/deletedsecrets/{name}",
            "deletedDate": int(now.timestamp()),
            "scheduledPurgeDate": int((now + timedelta(days=_RECOVERABLE_DAYS)).timestamp()),
        }

    def _seconds(self) -> int:
        return int(self._store.clock.now().timestamp())


def _find_problem(body: Any) -> str | None:
    """Return what is wrong with the body of a PUT or PATCH, apart from its value."""
    if not isinstance(body, dict) or not body.keys() <= _BODY_KEYS:
        return "The body must be an object with value, contentType, attributes and tags."
    attributes = body.get("attributes") or {}
    if not isinstance(attributes, dict) or not attributes.keys() <= _ATTRIBUTE_KEYS:
        return "Property attributes may hold enabled, nbf and exp."
    if not all(isinstance(item, int) for item in attributes.values()):
        return "Property attributes holds a value of the wrong type."
    tags = body.get("tags") or {}
    if not isinstance(tags, dict) or not all(isinstance(item, str) and len(item) <= 256 for item in tags.values()):
        return "Property tags must be an object with texts of up to 256 characters."
    if len(tags) > 15:
        return "A secret may have up to 15 tags."
    return None
