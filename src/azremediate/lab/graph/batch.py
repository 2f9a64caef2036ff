"""$batch: up to twenty requests in one envelope, each answered and throttled by itself."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from azremediate.lab.graph.dispatch import Reply, Wire
from azremediate.lab.graph.errors import GraphError, bad_request
from azremediate.lab.objects import JsonObject

MAX_STEPS: Final = 20

Serve = Callable[[Wire], JsonObject]


@dataclass(frozen=True, slots=True)
class Step:
    """One request of a batch; `parents` are the ids it depends on."""

    id: str
    wire: Wire
    parents: tuple[str, ...]


def answer_batch(envelope: Wire, version: str, serve: Serve, order: random.Random) -> Reply:
    """Answer a batch; `serve` makes one step's `{status, headers, body}`.

    Responses come in an order of their own, as on the real service. A step whose parent failed is answered with 424.
    """
    steps = _read_steps(envelope, version)
    responses: dict[str, JsonObject] = {}
    waiting = list(steps)
    while waiting:
        ready = [step for step in waiting if all(parent in responses for parent in step.parents)]
        if not ready:
            raise bad_request("The dependencies of the batch form a cycle.")
        order.shuffle(ready)
        for step in ready:
            failed = any(responses[parent]["status"] >= 400 for parent in step.parents)
            responses[step.id] = {"id": step.id, **(_failed_dependency() if failed else serve(step.wire))}
        waiting = [step for step in waiting if step.id not in responses]
    return Reply(200, {"responses": list(responses.values())})


def _failed_dependency() -> JsonObject:
    error = {"code": "FailedDependency", "message": "A request this one depends on has failed."}
    return {"status": 424, "headers": {"Content-Type": "application/json"}, "body": {"error": error}}


def _read_steps(envelope: Wire, version: str) -> list[Step]:
    try:
        body = json.loads(envelope.body)
    except (ValueError, RecursionError) as error:
        raise bad_request("Unable to read JSON request payload.") from error
    rows = body.get("requests") if isinstance(body, dict) else None
    if not isinstance(rows, list) or not rows or set(body) != {"requests"}:
        raise bad_request("Invalid batch payload format.")
    if len(rows) > MAX_STEPS:
        raise GraphError(400, "BadRequest", f"Number of batch request steps exceeds the maximum value of {MAX_STEPS}.")
    steps = [_read_step(row, envelope, version) for row in rows]
    known: set[str] = set()
    for step in steps:
        if step.id.casefold() in known:
            raise bad_request(f"Request Id {step.id[:40]} has to be unique in a batch.")
        known.add(step.id.casefold())
    ids = {step.id for step in steps}
    if any(parent not in ids for step in steps for parent in step.parents):
        raise bad_request("A batch request depends on an id that is not in the batch.")
    return steps


def _read_step(row: Any, envelope: Wire, version: str) -> Step:
    if not isinstance(row, dict) or not isinstance(row.get("id"), str) or not row["id"]:
        raise bad_request("Each batch request needs an id.")
    unknown = set(row) - {"id", "method", "url", "headers", "body", "dependsOn"}
    if unknown:
        raise bad_request(f"Invalid batch request property '{min(unknown)}'.", unknown=True)
    method, url, headers = row.get("method"), row.get("url"), row.get("headers") or {}
    if not isinstance(method, str) or not isinstance(url, str) or not isinstance(headers, dict):
        raise bad_request(f"Request {row['id'][:40]} needs a method and a url.")
    parts = urlsplit(url)
    if parts.scheme or parts.netloc or "$batch" in parts.path.lower():
        raise bad_request(f"Request {row['id'][:40]} has an invalid url; it is relative and no batch.")
    lowered = {str(key).lower(): str(value) for key, value in headers.items()}
    if row.get("body") is not None and "content-type" not in lowered:
        raise bad_request(f"Write request id : {row['id'][:40]} does not contain Content-Type header or body.")
    parents = row.get("dependsOn") or []
    if not isinstance(parents, list) or not all(isinstance(parent, str) for parent in parents):
        raise bad_request(f"Request {row['id'][:40]} has an invalid dependsOn.")
    content = json.dumps(row["body"]).encode() if row.get("body") is not None else b""
    path = f"/{version}/{parts.path.lstrip('/')}"
    return Step(row["id"], Wire(method.upper(), envelope.origin, path, parts.query, lowered, content), tuple(parents))
