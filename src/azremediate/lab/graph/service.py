"""The ASGI application that serves the simulated Graph."""

from __future__ import annotations

import base64
import json
import random
import uuid
from collections.abc import Callable, Mapping
from email.utils import format_datetime
from typing import Any, Final

from azremediate.lab.connection import AsgiApp, Receive, Scope, Send
from azremediate.lab.graph import (
    app_roles,
    applications,
    audit_logs,
    authentication_methods,
    conditional_access,
    deleted_items,
    directory_objects,
    federated_credentials,
    group_eligibility,
    groups,
    messages,
    organization,
    policies,
    reports,
    risk,
    role_requests,
    roles,
    service_principals,
    synchronization,
    users,
)
from azremediate.lab.graph.batch import answer_batch
from azremediate.lab.graph.call import Route
from azremediate.lab.graph.dispatch import Dispatcher, Reply, Wire, split_version
from azremediate.lab.graph.errors import GraphError, unknown_method
from azremediate.lab.objects import JsonObject
from azremediate.lab.store import Store
from azremediate.lab.tokens import GRAPH_AUDIENCE, Authenticate, AuthProblem, Claims

# (method, path with version, appId of the caller) -> None to let a batch step pass, or the answer that refuses it
StepGate = Callable[[str, str, str], tuple[int, Mapping[str, str], JsonObject] | None]

ROUTES: Final[tuple[Route, ...]] = (
    *applications.ROUTES,
    *federated_credentials.ROUTES,
    *service_principals.ROUTES,
    *synchronization.ROUTES,
    *app_roles.ROUTES,
    *users.ROUTES,
    *group_eligibility.ROUTES,
    *groups.ROUTES,
    *messages.ROUTES,
    *directory_objects.ROUTES,
    *deleted_items.ROUTES,
    *organization.ROUTES,
    *roles.ROUTES,
    *role_requests.ROUTES,
    *conditional_access.ROUTES,
    *policies.ROUTES,
    *audit_logs.ROUTES,
    *authentication_methods.ROUTES,
    *reports.ROUTES,
    *risk.ROUTES,
)

_JSON: Final = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"


def graph_app(store: Store, authenticate: Authenticate, step_gate: StepGate | None = None) -> AsgiApp:
    """Return the application; `step_gate` is asked before each step of a $batch is served."""
    return _GraphApp(store, authenticate, step_gate)


class _GraphApp:
    def __init__(self, store: Store, authenticate: Authenticate, step_gate: StepGate | None) -> None:
        self._dispatcher = Dispatcher(store, ROUTES)
        self._store = store
        self._authenticate = authenticate
        self._gate = step_gate
        self._order = random.Random(1)  # noqa: S311 - the order of batch answers is no secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = bytearray()
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
        await _send(self._answer(_wire(scope, bytes(body))), send)

    def _answer(self, wire: Wire) -> tuple[int, dict[str, str], bytes]:
        caller = self._authenticate(wire.headers, GRAPH_AUDIENCE)
        if isinstance(caller, AuthProblem):
            self._dispatcher.log_unauthenticated(wire)
            error = GraphError(401, caller.code, caller.message)
            challenge = f'Bearer realm="", authorization_uri="{wire.origin}/common/oauth2/authorize"'
            return self._bytes(wire, Reply(401, None, {"www-authenticate": challenge}, error))
        if wire.path.rstrip("/").lower().endswith("/$batch"):
            return self._bytes(wire, self._batch(wire, caller))
        return self._bytes(wire, self._dispatcher.answer(wire, caller))

    def _batch(self, wire: Wire, caller: Claims) -> Reply:
        try:
            version, _ = split_version(wire.path)
            if wire.method != "POST":
                raise unknown_method()
            return answer_batch(wire, version, lambda step: self._step(step, wire, caller), self._order)
        except GraphError as error:
            row = {"service": "graph", "method": wire.method, "path": wire.path, "reason": error.message}
            self._store.unknown_requests.append(row)
            return Reply(error.status, None, {"x-lab-unknown": "1"}, error)

    def _step(self, step: Wire, envelope: Wire, caller: Claims) -> JsonObject:
        refused = self._gate(step.method, step.path, caller.app_id) if self._gate is not None else None
        if refused is not None:
            return {"status": refused[0], "headers": dict(refused[1]), "body": refused[2]}
        reply = self._dispatcher.answer(step, caller)
        headers, body = self._finish(step, reply, envelope.headers.get("client-request-id"))
        shown: dict[str, str] = {name: headers[name] for name in ("request-id", "x-lab-unknown") if name in headers}
        if isinstance(body, dict):
            shown["Content-Type"] = "application/json"
        if isinstance(body, bytes):
            shown["Content-Type"] = headers["content-type"]
            body = base64.b64encode(body).decode()  # as a batch shows what is not JSON
        answer: JsonObject = {"status": reply.status, "headers": shown}
        return answer if body is None else {**answer, "body": body}

    def _finish(self, wire: Wire, reply: Reply, client_request: str | None) -> tuple[dict[str, str], Any]:
        """Return the headers of an answer and its body, which for an error names the request."""
        request_id = str(uuid.uuid4())
        client_id = client_request or wire.headers.get("client-request-id", request_id)
        now = self._store.clock.now()
        headers = {
            "request-id": request_id,
            "client-request-id": client_id,
            "date": format_datetime(now, usegmt=True),
            "odata-version": "4.0",
            **reply.headers,
        }
        body = reply.body if reply.error is None else reply.error.body(now, request_id, client_id)
        if isinstance(body, dict):
            headers["content-type"] = _JSON
        return headers, body

    def _bytes(self, wire: Wire, reply: Reply) -> tuple[int, dict[str, str], bytes]:
        headers, body = self._finish(wire, reply, None)
        if body is None:
            return reply.status, headers, b""
        if isinstance(body, bytes):
            return reply.status, headers, body
        if isinstance(body, str):
            return reply.status, headers, body.encode()
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        # a lone surrogate, which JSON can carry and UTF-8 cannot, must not end the connection
        return reply.status, headers, text.encode(errors="replace")


def _wire(scope: Scope, body: bytes) -> Wire:
    headers = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in scope["headers"]}
    raw = scope.get("raw_path") or scope["path"].encode()
    path = raw.decode("latin-1").partition("?")[0]
    origin = f"{scope.get('scheme', 'http')}://{headers.get('host', 'localhost')}"
    return Wire(scope["method"], origin, path, scope["query_string"].decode("latin-1"), headers, body)


async def _send(answer: tuple[int, dict[str, str], bytes], send: Send) -> None:
    status, headers, content = answer
    if status != 204:
        headers["content-length"] = str(len(content))
    pairs = [(key.encode("latin-1"), value.encode("latin-1", "replace")) for key, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": content})
