"""The bodies Azure Resource Manager answers with: pages and errors."""

from __future__ import annotations

from azremediate.lab.exchange import Answer, Request, json_answer
from azremediate.lab.objects import JsonObject


def arm_error(status: int, code: str, message: str) -> Answer:
    """Return an error in ARM's form."""
    return json_answer(status, {"error": {"code": code, "message": message}})


def method_not_allowed(request: Request) -> Answer:
    """Return the answer to a method that a resource does not have."""
    return arm_error(405, "MethodNotAllowed", f"The resource does not support the method '{request.method}'.")


def not_authorized(object_id: str, action: str, scope: str) -> Answer:
    """Return the answer to a caller without a role that allows `action` at `scope`."""
    message = f"The client '{object_id}' does not have authorization to perform action '{action}' over scope '{scope}'."
    return arm_error(403, "AuthorizationFailed", message)


def page(request: Request, rows: list[JsonObject], size: int) -> Answer:
    """Return one page of a list; the nextLink is absolute and names the host the client used."""
    token = request.options.get("$skipToken", "")
    start = int(token) if token.isdecimal() else 0
    body: JsonObject = {"value": rows[start : start + size]}
    if start + size < len(rows):
        parts = [part for part in request.query.split("&") if not part.lower().startswith("%24skiptoken=")]
        base = request.url.partition("?")[0]
        body["nextLink"] = f"{base}?{'&'.join(parts)}&%24skipToken={start + size}"
    return json_answer(200, body)
