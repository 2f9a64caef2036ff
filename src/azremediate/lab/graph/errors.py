"""Errors as Microsoft Graph words them on the wire."""

from __future__ import annotations

from datetime import datetime

from azremediate.lab.objects import JsonObject


class GraphError(Exception):
    """An answer that refuses a request; `unknown` marks a request for something the simulation does not have."""

    def __init__(self, status: int, code: str, message: str, *, unknown: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.unknown = unknown

    def body(self, now: datetime, request_id: str, client_request_id: str) -> JsonObject:
        """Return the JSON body; its date has no zone, as on the real service."""
        inner = {
            "date": now.strftime("%Y-%m-%dT%H:%M:%S"),
            "request-id": request_id,
            "client-request-id": client_request_id,
        }
        return {"error": {"code": self.code, "message": self.message, "innerError": inner}}


def bad_request(message: str, *, unknown: bool = False) -> GraphError:
    """Return 400 Request_BadRequest."""
    return GraphError(400, "Request_BadRequest", message, unknown=unknown)


def not_found(identifier: str) -> GraphError:
    """Return 404 for a directory object that does not exist."""
    message = (
        f"Resource '{identifier[:120]}' does not exist or one of its queried reference-property objects "
        "are not present."
    )
    return GraphError(404, "Request_ResourceNotFound", message)


def denied(code: str = "Authorization_RequestDenied") -> GraphError:
    """Return 403 for a caller without the permission."""
    return GraphError(403, code, "Insufficient privileges to complete the operation.")


def unknown_segment(segment: str) -> GraphError:
    """Return 400 for a path that leads nowhere."""
    return GraphError(400, "BadRequest", f"Resource not found for the segment '{segment[:120]}'.", unknown=True)


def unknown_method() -> GraphError:
    """Return 405 for a path that exists, asked with a method it does not take."""
    message = "Specified HTTP method is not allowed for the request target."
    return GraphError(405, "Request_BadRequest", message, unknown=True)
