"""Messages of mailboxes: listed by date or by internet message id, and read as MIME."""

from __future__ import annotations

import base64
import re
from typing import Final
from urllib.parse import parse_qsl

from azremediate.lab.graph import permissions as need
from azremediate.lab.graph.call import Call, Content, Listing, Route, Single
from azremediate.lab.graph.errors import GraphError
from azremediate.lab.graph.lookup import find_user
from azremediate.lab.objects import JsonObject
from azremediate.lab.schema.mail import MESSAGE

MAX_TOP: Final = 1000
_REFUSAL: Final = "ErrorAccessDenied"
_PROPERTY: Final = re.compile(r"[A-Za-z]+")


def list_messages(call: Call) -> Listing:
    """GET /users/{id}/messages, newest first unless ordered otherwise."""
    rows = sorted(_mailbox(call), key=lambda row: str(row["receivedDateTime"]), reverse=True)
    _check_order(call.query)
    return Listing(MESSAGE, rows, f"users('{call.keys[0].value}')/messages", MAX_TOP)


def get_message(call: Call) -> Single:
    """GET /users/{id}/messages/{id}"""
    return Single(MESSAGE, _message(call), f"users('{call.keys[0].value}')/messages")


def get_mime(call: Call) -> Content:
    """GET /users/{id}/messages/{id}/$value"""
    return Content(base64.b64decode(_message(call)["mime"]), "text/plain")


def _mailbox(call: Call) -> list[JsonObject]:
    name = call.keys[0].value
    try:
        user = find_user(call)
    except GraphError as error:
        raise GraphError(404, "ErrorInvalidUser", f"The requested user '{name[:120]}' is invalid.") from error
    mailbox = call.store.mailboxes.get(user["id"])
    if mailbox is None:
        message = "The mailbox is either inactive, soft-deleted, or is hosted on-premise."
        raise GraphError(404, "MailboxNotEnabledForRESTAPI", message)
    return mailbox


def _message(call: Call) -> JsonObject:
    found = next((row for row in _mailbox(call) if row["id"] == call.keys[1].value), None)
    if found is None:
        raise GraphError(404, "ErrorItemNotFound", "The specified object was not found in the store.")
    return found


def _check_order(query: str) -> None:
    """What is sorted by has to be the first that is filtered by.

    Source: https://learn.microsoft.com/graph/api/user-list-messages, "Using filter and orderby in the same query".
    """
    given = {name.removeprefix("$").lower(): value for name, value in parse_qsl(query)}
    order, condition = given.get("orderby", "").split(), _PROPERTY.findall(given.get("filter", ""))
    if order and condition and condition[0].lower() != order[0].lower():
        message = "The restriction or sort order is too complex for this operation."
        raise GraphError(400, "InefficientFilter", message)


ROUTES: Final = (
    Route("GET", "/users/{id}/messages", list_messages, need.MAIL_READ, _REFUSAL),
    Route("GET", "/users/{id}/messages/{id}", get_message, need.MAIL_READ, _REFUSAL),
    Route("GET", "/users/{id}/messages/{id}/$value", get_mime, need.MAIL_READ, _REFUSAL),
)
