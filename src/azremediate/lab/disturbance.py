"""How each kind of fault is played on one exchange: what the client sees, and whether the service saw anything."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from azremediate.lab.connection import Connection, Receive
from azremediate.lab.exchange import Answer, Request, json_answer, parse_json
from azremediate.lab.faults import DEFAULT_STATUS, FaultRule

_CODES: Final = {
    401: ("InvalidAuthenticationToken", "Access token has expired or is not yet valid."),
    403: ("Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
    404: ("Request_ResourceNotFound", "Resource does not exist or one of its queried reference-property objects are "
          "not present."),
    409: ("Directory_ConcurrencyViolation", "Error due to concurrent requests being made to the tenant. Please wait "
          "briefly and retry."),
    429: ("TooManyRequests", "Too many requests."),
    500: ("InternalServerError", "The server ran into an unexpected error."),
    502: ("BadGateway", "The gateway received no valid answer."),
    503: ("serviceNotAvailable", "The service is temporarily unavailable."),
    504: ("GatewayTimeout", "The gateway received no answer in time."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stage:
    """What a fault acts on: the request, a way to let the service answer it, and the connection to break."""

    request: Request
    perform: Callable[[], Awaitable[Answer]]
    receive: Receive
    connection: Connection | None
    closing: asyncio.Event
    replaced: asyncio.Event
    previous: Answer | None = None


async def play(rule: FaultRule, stage: Stage) -> Answer | None:
    """Play a rule and return what is to be sent; None when the connection is gone."""
    if rule.kind in ("status", "redirect", "not-json", "empty"):
        if rule.when == "after":
            await stage.perform()
        return _replacement(rule, stage.request)
    if rule.kind in ("reset", "hang"):
        await _break(rule, stage)
        return None
    if rule.kind == "stale" and stage.previous is not None:
        return stage.previous
    return await _distort(rule, stage)


async def leave(connection: Connection | None, receive: Receive, *, abruptly: bool) -> None:
    """End the connection and wait until the server has noticed."""
    if connection is None:
        return
    if abruptly:
        connection.reset()
    else:
        connection.close()
    while (await receive())["type"] != "http.disconnect":
        pass


def status_answer(service: str, status: int, *, code: str | None = None, retry_after: str | None = None) -> Answer:
    """Return an error of the given status in the body form of the service."""
    known, message = _CODES.get(status, ("UnknownError", "An error was simulated."))
    headers = [] if retry_after is None else [("retry-after", retry_after)]
    if service == "login":
        body: dict[str, Any] = {
            "error": "temporarily_unavailable",
            "error_description": "AADSTS90033: A transient error has occurred. Please try again.",
            "error_codes": [90033],
        }
        return json_answer(status, body, headers)
    error: dict[str, Any] = {"code": code or known, "message": message}
    if service == "graph":
        request_id = str(uuid.uuid4())
        headers.append(("request-id", request_id))
        error["innerError"] = {"request-id": request_id, "client-request-id": request_id}
    if status == 401 and service == "graph":
        headers.append(("www-authenticate", 'Bearer realm="", authorization_uri="https://login.invalid/"'))
    return json_answer(status, {"error": error}, headers)


def _replacement(rule: FaultRule, request: Request) -> Answer:
    if rule.kind == "redirect":
        status = rule.status if 300 <= rule.status < 400 else 307
        return Answer(status, (("location", rule.location),))
    if rule.kind == "not-json":
        page = b"<html><head><title>Service</title></head><body>Our services aren't available right now.</body></html>"
        return Answer(_success(rule), (("content-type", "text/html"),), page)
    if rule.kind == "empty":
        return Answer(_success(rule), (("content-type", "application/json"),))
    return status_answer(request.service, rule.status, code=rule.code, retry_after=rule.retry_after)


def _success(rule: FaultRule) -> int:
    # The default belongs to the kind "status"; a broken body normally comes with 200.
    return 200 if rule.status == DEFAULT_STATUS else rule.status


async def _break(rule: FaultRule, stage: Stage) -> None:
    if rule.when == "after":
        await stage.perform()
    if rule.kind == "hang":
        await _pause(rule.seconds, stage, stage.receive() if rule.seconds is None else None)
    await leave(stage.connection, stage.receive, abruptly=True)


async def _distort(rule: FaultRule, stage: Stage) -> Answer | None:
    if rule.kind == "delay" and rule.when == "before":
        await _delay(rule, stage)
    answer = await stage.perform()
    if rule.kind == "delay" and rule.when == "after":
        await _delay(rule, stage)
    if rule.kind == "drop":
        return _without(answer, rule.fields)
    if rule.kind == "truncate" and answer.body:
        return Answer(answer.status, answer.headers, answer.body, cut=min(rule.bytes, len(answer.body) - 1))
    if rule.kind == "truncate":  # an answer without a body can only be lost as a whole
        await leave(stage.connection, stage.receive, abruptly=True)
        return None
    return answer


async def _delay(rule: FaultRule, stage: Stage) -> None:
    await _pause(rule.seconds, stage, stage.replaced.wait() if rule.seconds is None else None)


async def _pause(seconds: float | None, stage: Stage, end: Awaitable[object] | None) -> None:
    """Wait that long, but not beyond `end` nor longer than the lab runs."""
    waits: list[asyncio.Future[Any]] = [asyncio.ensure_future(stage.closing.wait())]
    if end is not None:
        waits.append(asyncio.ensure_future(end))
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waits:
            task.cancel()


def _without(answer: Answer, fields: tuple[str, ...]) -> Answer:
    body = parse_json(answer.body)
    if not isinstance(body, dict):
        return answer
    kept = {name: value for name, value in body.items() if name not in fields}
    return Answer(answer.status, answer.headers, json.dumps(kept).encode())
