"""The simulated Key Vault: its challenge, who may use it, and which secret operation answers."""

from __future__ import annotations

import re
from typing import Final

from azremediate.lab.arm_assignments import roles_at
from azremediate.lab.connection import AsgiApp
from azremediate.lab.exchange import Answer, Request, as_asgi
from azremediate.lab.store import Store
from azremediate.lab.tokens import VAULT_AUDIENCE, Authenticate, AuthProblem
from azremediate.lab.vault_secrets import VaultSecrets, vault_error

_SECRETS: Final = re.compile(r"/(?P<noun>secrets|deletedsecrets)(/(?P<name>[^/]+)(/(?P<rest>[^/]+))?)?/?")
_NAME: Final = re.compile(r"[0-9a-zA-Z-]{1,127}")

# Built-in Azure roles with data actions on secrets: Key Vault Administrator, Key Vault Secrets Officer, and (reading
# only) Key Vault Secrets User.
_OFFICERS: Final = frozenset({"00482a5a-887f-4fb3-b363-3b7fe8e74483", "b86a8fe4-44ce-4948-aee5-eccb2c155cd7"})
_READERS: Final = _OFFICERS | {"4633458b-17de-408a-b874-0445c86b69e6"}


def vault_app(store: Store, authenticate: Authenticate, *, login: str, page_size: int = 25, scope: str = "") -> AsgiApp:
    """Return the ASGI application of the tenant's one vault.

    `login` is the sign-in service's base address, for the challenge; `scope` is the vault's Azure resource id, at
    which callers need a role (empty: a role anywhere will do).
    """
    service = _VaultService(store, authenticate, login, VaultSecrets(store, page_size), scope)
    return as_asgi("vault", service.answer)


class _VaultService:
    def __init__(self, store: Store, authenticate: Authenticate, login: str, secrets: VaultSecrets, scope: str) -> None:
        self._store = store
        self._authenticate = authenticate
        self._login = login
        self._secrets = secrets
        self._scope = scope

    def answer(self, request: Request) -> Answer:
        caller = self._authenticate(request.headers, VAULT_AUDIENCE)
        if isinstance(caller, AuthProblem):
            authority = f"{self._login}/{self._store.tenant_id}"
            challenge = f'Bearer authorization="{authority}", resource="{VAULT_AUDIENCE}"'
            return vault_error(401, "Unauthorized", caller.message).with_headers([("www-authenticate", challenge)])
        with self._store.lock:
            answer = self._check(request, caller.object_id) or self._dispatch(request)
            if request.method != "GET":
                self._store.record_write(
                    service="vault",
                    method=request.method,
                    path=request.path,
                    status=answer.status,
                    app_id=caller.app_id,
                    effect=answer.status == 200,
                    summary=f"{request.method} {request.path}",
                )
        return answer

    def _check(self, request: Request, object_id: str) -> Answer | None:
        if not request.options.get("api-version"):
            return vault_error(400, "BadParameter", "The api-version query parameter is required.")
        held = self._roles(object_id)
        if not held & (_READERS if request.method == "GET" else _OFFICERS):
            message = f"Caller is not authorized to perform action on resource. Caller: oid={object_id}"
            return vault_error(403, "Forbidden", message, inner="ForbiddenByRbac")
        return None

    def _roles(self, object_id: str) -> set[str]:
        if self._scope:
            return roles_at(self._store, object_id, self._scope)
        rows = [row["properties"] for row in self._store.azure.role_assignments.values()]
        return set().union(*(roles_at(self._store, object_id, row["scope"]) for row in rows))

    def _dispatch(self, request: Request) -> Answer:
        match = _SECRETS.fullmatch(request.path)
        if match is None:
            self._store.unknown_requests.append(
                {"service": "vault", "method": request.method, "path": request.path, "reason": "no such operation"}
            )
            return vault_error(404, "NotFound", "The requested operation does not exist in this vault.")
        name = match["name"]
        if name is not None and not _NAME.fullmatch(name):
            message = "The request URI contains an invalid name: it may hold letters, digits and hyphens."
            return vault_error(400, "BadParameter", message)
        if match["noun"] == "secrets":
            return self._secrets.answer(request, name, match["rest"])
        return self._secrets.answer_deleted(request, name, match["rest"])
