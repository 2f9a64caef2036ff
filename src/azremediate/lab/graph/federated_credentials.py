"""Federated identity credentials of applications."""

from __future__ import annotations

import re
import uuid
from typing import Final

from azremediate.lab.graph import permissions as need
from azremediate.lab.graph.call import Call, Done, Listing, Route, Single
from azremediate.lab.graph.errors import GraphError, bad_request, not_found
from azremediate.lab.graph.lookup import check_may_write, find_application
from azremediate.lab.graph.trail import changed, record
from azremediate.lab.objects import JsonObject
from azremediate.lab.schema.directory import FEDERATED_CREDENTIAL
from azremediate.lab.schema.validation import check_update

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{2,119}")
_MAX: Final = 20


def list_credentials(call: Call) -> Listing:
    """GET /applications/{id}/federatedIdentityCredentials"""
    item = find_application(call)
    context = f"applications('{item['id']}')/federatedIdentityCredentials"
    return Listing(FEDERATED_CREDENTIAL, call.store.federated_credentials.get(item["id"], []), context)


def get_credential(call: Call) -> Single:
    """GET .../federatedIdentityCredentials/{id or name}"""
    item = find_application(call)
    return Single(FEDERATED_CREDENTIAL, _find(call, item), f"applications('{item['id']}')/federatedIdentityCredentials")


def create_credential(call: Call) -> Done:
    """POST .../federatedIdentityCredentials"""
    item, body = find_application(call), call.json_body()
    check_may_write(call, item)
    check_update(FEDERATED_CREDENTIAL, body)
    rows = call.store.federated_credentials.setdefault(item["id"], [])
    if len(rows) >= _MAX:
        raise bad_request(f"The number of federated identity credentials exceeds the maximum of {_MAX}.")
    row = {"id": str(uuid.uuid4()), "description": None, "subject": None, **body}
    _check(row)
    if any(known["name"] == row["name"] for known in rows):
        message = "FederatedIdentityCredential with this name already exists."
        raise GraphError(409, "Request_MultipleObjectsWithSameKeyValue", message)
    rows.append(row)
    _audit(call, item, None, row["name"])
    context = f"{call.root}/$metadata#applications('{item['id']}')/federatedIdentityCredentials/$entity"
    return Done(f"add federated credential {row['id']} to {item['id']}", 201, {"@odata.context": context, **row})


def update_credential(call: Call) -> Done:
    """PATCH .../federatedIdentityCredentials/{id or name}"""
    item, body = find_application(call), call.json_body()
    check_may_write(call, item)
    row = _find(call, item)
    check_update(FEDERATED_CREDENTIAL, body)
    if body.get("name", row["name"]) != row["name"]:
        raise bad_request("The name of a federated identity credential cannot be changed.")
    _check({**row, **body})
    row.update(body)
    _audit(call, item, row["name"], row["name"])
    return Done(f"update federated credential {row['id']} of {item['id']}")


def delete_credential(call: Call) -> Done:
    """DELETE .../federatedIdentityCredentials/{id or name}"""
    item = find_application(call)
    check_may_write(call, item)
    row = _find(call, item)
    call.store.federated_credentials[item["id"]].remove(row)
    _audit(call, item, row["name"], None)
    return Done(f"remove federated credential {row['id']} from {item['id']}")


def _find(call: Call, item: JsonObject) -> JsonObject:
    wanted = call.keys[1].value
    for row in call.store.federated_credentials.get(item["id"], []):
        if wanted in (row["id"], row["name"]):
            return row
    raise not_found(wanted)


def _check(row: JsonObject) -> None:
    if not isinstance(row.get("name"), str) or _NAME.fullmatch(row["name"]) is None:
        raise bad_request("The name has to be 3 to 120 characters of letters, digits, hyphen and underscore.")
    if not row.get("issuer") or not row.get("subject") or len(row.get("audiences") or []) != 1:
        raise bad_request("A federated identity credential needs an issuer, a subject and exactly one audience.")


def _audit(call: Call, item: JsonObject, old: str | None, new: str | None) -> None:
    record(call, "Update application", item, "application", [changed("FederatedIdentityCredentials", old, new)])


_ALL: Final = "/applications/{id}/federatedIdentityCredentials"
_ONE: Final = f"{_ALL}/{{credential}}"

ROUTES: Final = (
    Route("GET", _ALL, list_credentials, need.FEDERATED_READ),
    Route("POST", _ALL, create_credential, need.APPLICATION_WRITE),
    Route("GET", _ONE, get_credential, need.FEDERATED_GET),
    Route("PATCH", _ONE, update_credential, need.APPLICATION_WRITE),
    Route("DELETE", _ONE, delete_credential, need.APPLICATION_WRITE),
)
