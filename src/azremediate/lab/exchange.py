"""One request and its answer, whole in memory, as the lab's wire handles them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from azremediate.lab.connection import AsgiApp, Message, Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it arrived; header names are lower-case, `path` is decoded and has no query."""

    service: str
    method: str
    path: str
    query: str
    url: str
    headers: dict[str, str]
    body: bytes

    @property
    def options(self) -> dict[str, str]:
        """The query options, decoded; of a repeated one the last."""
        return dict(parse_qsl(self.query, keep_blank_values=True))

    def json(self) -> Any:
        """The body as JSON, or None when it is empty or something else."""
        return parse_json(self.body)


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete response; `cut` says after how many body bytes the connection ends, None means never."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    cut: int | None = None

    def header(self, name: str) -> str | None:
        """Return the first value of a header, whatever its case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def with_headers(self, extra: Iterable[tuple[str, str]]) -> Answer:
        """Return a copy with headers added."""
        return Answer(self.status, (*self.headers, *extra), self.body, self.cut)


def json_answer(status: int, value: object, headers: Iterable[tuple[str, str]] = ()) -> Answer:
    """Return an answer with a JSON body."""
    return Answer(status, (("content-type", "application/json"), *headers), json.dumps(value).encode())


def parse_json(body: bytes) -> Any:
    """Return the JSON value of a body, None when it is empty or not JSON."""
    try:
        return json.loads(body) if body else None
    except (ValueError, RecursionError):
        return None


async def read_request(service: str, scope: Scope, receive: Receive) -> Request | None:
    """Read a request to its end; None when the client left before that."""
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        more = message.get("more_body", False)
    headers = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in scope["headers"]}
    query = scope["query_string"].decode("latin-1")
    raw_path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
    url = f"{scope['scheme']}://{headers.get('host', '')}{raw_path}" + (f"?{query}" if query else "")
    return Request(service, scope["method"], scope["path"], query, url, headers, bytes(body))


@dataclass(slots=True)
class _Collector:
    status: int = 500
    headers: tuple[tuple[str, str], ...] = ()
    body: bytearray = field(default_factory=bytearray)

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            pairs = message.get("headers", [])
            self.headers = tuple((key.decode("latin-1"), value.decode("latin-1")) for key, value in pairs)
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")


async def call(app: AsgiApp, scope: Scope, request: Request) -> Answer:
    """Run an ASGI application on a request that was already read, and collect its whole answer."""
    pending: list[Message] = [{"type": "http.request", "body": request.body, "more_body": False}]

    async def receive() -> Message:
        return pending.pop() if pending else {"type": "http.disconnect"}

    collector = _Collector()
    await app(scope, receive, collector.send)
    return Answer(collector.status, collector.headers, bytes(collector.body))


async def send_answer(answer: Answer, send: Send) -> None:
    """Send an answer; of a cut one only the first bytes, under the length of the whole."""
    headers = [(key.lower(), value) for key, value in answer.headers if key.lower() != "content-length"]
    if answer.status not in (204, 304):
        headers.append(("content-length", str(len(answer.body))))
    pairs = [(key.encode("latin-1"), value.encode("latin-1")) for key, value in headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": pairs})
    body = b"" if answer.status in (204, 304) else answer.body
    await send({"type": "http.response.body", "body": body[: answer.cut], "more_body": answer.cut is not None})


def as_asgi(service: str, handle: Callable[[Request], Answer]) -> AsgiApp:
    """Return an ASGI application that answers every request of a service with a plain function."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request = await read_request(service, scope, receive)
        if request is not None:
            await send_answer(handle(request), send)

    return app
