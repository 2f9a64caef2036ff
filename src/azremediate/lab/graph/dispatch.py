"""The way of one request through the simulated Graph: route, permission, handler, answer, ground truth."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote

from azremediate.lab.graph.call import Call, Content, Done, Listing, Result, Route, Version
from azremediate.lab.graph.errors import GraphError, bad_request, denied, unknown_segment
from azremediate.lab.graph.permissions import suffices
from azremediate.lab.graph.render import render_count, render_listing, render_single
from azremediate.lab.graph.router import Match, Router
from azremediate.lab.objects import JsonObject
from azremediate.lab.odata.options import is_eventual
from azremediate.lab.odata.problem import QueryProblem
from azremediate.lab.schema.validation import BodyProblem
from azremediate.lab.store import Store
from azremediate.lab.tokens import Claims

VERSIONS: Final[tuple[Version, ...]] = ("v1.0", "beta")
_PLAIN_TEXT: Final = "text/plain;charset=utf-8"


@dataclass(frozen=True, slots=True)
class Wire:
    """A request as it came in: `path` starts with the version and is still encoded, header names are lower-case."""

    method: str
    origin: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer before it is made into bytes; a `str` body is plain text, None is no body."""

    status: int
    body: JsonObject | str | bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    error: GraphError | None = None


class Dispatcher:
    """Answers authenticated requests one at a time, whole, under the store's lock."""

    def __init__(self, store: Store, routes: Iterable[Route]) -> None:
        self.store = store
        self._router = Router(routes)

    def answer(self, wire: Wire, claims: Claims) -> Reply:
        """Serve one request and log it when it is not a plain read."""
        summary, effect = "refused", False
        with self.store.lock:
            try:
                reply, done = self._serve(wire, claims)
                if done is not None:
                    summary, effect = done.summary, done.effect
            except GraphError as error:
                reply = self._refuse(wire, error)
            except QueryProblem as problem:
                refusal = GraphError(400, problem.code, problem.message, unknown=problem.unknown)
                reply = self._refuse(wire, refusal)
            except BodyProblem as problem:
                reply = self._refuse(wire, bad_request(problem.message, unknown=problem.unknown))
            if wire.method != "GET":
                self._log(wire, claims.app_id, reply.status, effect=effect, summary=summary)
        return reply

    def log_unauthenticated(self, wire: Wire) -> None:
        """Log a write that was refused because nobody was signed in."""
        if wire.method != "GET":
            with self.store.lock:
                self._log(wire, None, 401, effect=False, summary="not authenticated")

    def _log(self, wire: Wire, app_id: str | None, status: int, *, effect: bool, summary: str) -> None:
        self.store.record_write(
            "graph", wire.method, unquote(wire.path), status=status, app_id=app_id, effect=effect, summary=summary
        )

    def _serve(self, wire: Wire, claims: Claims) -> tuple[Reply, Done | None]:
        version, below = split_version(wire.path)
        match = self._router.find(wire.method, below, version)
        if not suffices(claims.roles, match.route.permissions):
            raise denied(match.route.refusal)
        call = Call(
            self.store,
            claims,
            wire.method,
            version,
            wire.origin,
            wire.path,
            wire.query,
            wire.headers,
            _read_json(wire),
            match.keys,
            match.cast,
        )
        result = match.route.handler(call)
        if isinstance(result, Done):
            return Reply(result.status, result.body), result
        return self._render(call, match, result), None

    @staticmethod
    def _render(call: Call, match: Match, result: Result) -> Reply:
        if isinstance(result, Listing):
            if not match.counting:
                return Reply(200, render_listing(call, result))
            if result.entity.directory and not is_eventual(call.headers):
                raise bad_request("$count is not currently supported.")
            return Reply(200, str(render_count(call, result)), {"content-type": _PLAIN_TEXT})
        if match.counting or isinstance(result, Done):
            raise unknown_segment("$count")
        if isinstance(result, Content):
            return Reply(200, result.data, {"content-type": result.media_type})
        return Reply(200, render_single(call, result))

    def _refuse(self, wire: Wire, error: GraphError) -> Reply:
        if error.unknown:
            row = {"service": "graph", "method": wire.method, "path": wire.path, "reason": error.message}
            self.store.unknown_requests.append(row)
        return Reply(error.status, None, {"x-lab-unknown": "1"} if error.unknown else {}, error)


def split_version(path: str) -> tuple[Version, str]:
    """Split `/v1.0/users` into the version and the path below it."""
    head, _, below = path.lstrip("/").partition("/")
    for version in VERSIONS:
        if head.lower() == version:
            return version, below
    raise GraphError(400, "BadRequest", f"Invalid version: '{head[:40]}'.", unknown=True)


def _read_json(wire: Wire) -> Any:
    if not wire.body:
        return None
    if "json" not in wire.headers.get("content-type", ""):
        raise GraphError(415, "UnsupportedMediaType", "The content type of the request body has to be JSON.")
    try:
        return json.loads(wire.body)
    except (ValueError, RecursionError) as error:
        raise bad_request("Unable to read JSON request payload. Please ensure the payload is valid JSON.") from error
