"""Client secrets and certificates of applications and service principals: adding, removing, replacing."""

from __future__ import annotations

import base64
import hashlib
import secrets
import uuid
from datetime import datetime, timedelta
from typing import Any, Final

from azremediate.lab.clock import parse_time, wire_time
from azremediate.lab.graph.app_rules import check_rules
from azremediate.lab.graph.call import Call, Done
from azremediate.lab.graph.errors import bad_request
from azremediate.lab.graph.trail import changed, record
from azremediate.lab.objects import JsonObject
from azremediate.lab.schema.entity import Kinds
from azremediate.lab.schema.validation import check_parameters

_ADD: Final[Kinds] = {"passwordCredential": "passwordCredential"}
_REMOVE: Final[Kinds] = {"keyId": "Guid"}
_SETTABLE: Final = frozenset({"displayName", "startDateTime", "endDateTime", "customKeyIdentifier"})
# Graph sets an end two years after the start when none is given.
_DEFAULT_LIFE: Final = timedelta(days=730)


def add_password(call: Call, owner: JsonObject, noun: str) -> Done:
    """Make a new client secret; its text is in this answer and nowhere else in the directory."""
    body = call.json_body() if call.body is not None else {}
    check_parameters(_ADD, body)
    wanted: JsonObject = body.get("passwordCredential") or {}
    if any(value is not None for name, value in wanted.items() if name not in _SETTABLE and "@" not in name):
        raise bad_request("Property secretText, hint or keyId of a password credential cannot be set.")
    start, end = _life(call, wanted)
    check_rules(call, owner, noun, "passwordCredentials", end - start)
    text = _new_text()
    credential: JsonObject = {
        "customKeyIdentifier": wanted.get("customKeyIdentifier"),
        "displayName": wanted.get("displayName"),
        "endDateTime": wire_time(end),
        "hint": text[:3],
        "keyId": str(uuid.uuid4()),
        "secretText": None,
        "startDateTime": wire_time(start),
    }
    before = list(owner.get("passwordCredentials") or [])
    call.store.set_passwords(owner, [*before, credential])
    call.store.new_secret(owner["id"], credential["keyId"], text)
    _record(call, owner, noun, "PasswordCredential", before, owner["passwordCredentials"])
    context = f"{call.root}/$metadata#microsoft.graph.passwordCredential"
    answer = {"@odata.context": context, **credential, "secretText": text}
    return Done(f"addPassword {owner['id']} keyId={credential['keyId']}", 200, answer)


def remove_password(call: Call, owner: JsonObject, noun: str) -> Done:
    """Remove one client secret by keyId; a keyId that is not there is an error, as on the real service."""
    body = call.json_body()
    check_parameters(_REMOVE, body)
    key_id = body.get("keyId")
    if not isinstance(key_id, str):
        raise bad_request("The parameter 'keyId' is required.")
    before = list(owner.get("passwordCredentials") or [])
    after = [credential for credential in before if credential["keyId"].lower() != key_id.lower()]
    if len(after) == len(before):
        raise bad_request(f"No password credential found with keyId {key_id}.")
    call.store.set_passwords(owner, after)
    _record(call, owner, noun, "PasswordCredential", before, after)
    return Done(f"removePassword {owner['id']} keyId={key_id.lower()}")


def replace_passwords(call: Call, owner: JsonObject, wanted: list[Any]) -> None:
    """Apply a PATCH of passwordCredentials, which can only leave entries out."""
    before = {credential["keyId"].lower(): credential for credential in owner.get("passwordCredentials") or []}
    keep: list[JsonObject] = []
    for entry in wanted:
        known = before.get(str(entry.get("keyId")).lower()) if isinstance(entry, dict) else None
        if known is None or entry.get("secretText") is not None:
            raise bad_request("New password credentials must be generated with service actions.")
        keep.append(known)
    call.store.set_passwords(owner, keep)


def replace_keys(call: Call, owner: JsonObject, wanted: list[Any], noun: str) -> None:
    """Apply a PATCH of keyCredentials, which replaces the whole collection.

    Of an entry that stays the key has to be sent too; whether the real service fills it in by keyId is not documented.
    """
    before = {credential["keyId"].lower(): credential for credential in owner.get("keyCredentials") or []}
    after: list[JsonObject] = []
    for entry in wanted:
        if not isinstance(entry, dict):
            raise bad_request("Invalid value specified for property 'keyCredentials' of resource.")
        known = before.get(str(entry.get("keyId")).lower())
        if known is not None and entry.get("key") != known["key"]:
            raise bad_request("The key of an existing key credential has to be sent unchanged.")
        after.append(known if known is not None else _new_key(call, owner, entry, noun))
    owner["keyCredentials"] = after
    if list(before) != [credential["keyId"].lower() for credential in after]:
        _record(call, owner, noun, "KeyDescription", list(before.values()), after)


def _new_key(call: Call, owner: JsonObject, entry: JsonObject, noun: str) -> JsonObject:
    if not all(isinstance(entry.get(name), str) for name in ("key", "type", "usage")):
        raise bad_request("A new key credential needs a key, a type and a usage.")
    if entry.get("startDateTime") and entry.get("endDateTime"):
        life = parse_time(entry["endDateTime"]) - parse_time(entry["startDateTime"])
        check_rules(call, owner, noun, "keyCredentials", life)
    der = base64.b64decode(entry["key"])
    thumbprint = hashlib.sha1(der, usedforsecurity=False).hexdigest().upper()
    return {
        "customKeyIdentifier": entry.get("customKeyIdentifier") or thumbprint,
        "displayName": entry.get("displayName"),
        "endDateTime": entry.get("endDateTime"),
        "key": entry["key"],
        "keyId": str(entry.get("keyId") or uuid.uuid4()),
        "startDateTime": entry.get("startDateTime"),
        "type": entry["type"],
        "usage": entry["usage"],
    }


def _life(call: Call, wanted: JsonObject) -> tuple[datetime, datetime]:
    start = parse_time(wanted["startDateTime"]) if wanted.get("startDateTime") else call.store.clock.now()
    end = parse_time(wanted["endDateTime"]) if wanted.get("endDateTime") else start + _DEFAULT_LIFE
    if end <= start or end <= call.store.clock.now():
        raise bad_request("The end date of the credential is not after its start.")
    return start, end


def _new_text() -> str:
    """Return a secret of 40 characters; its end says that it opens nothing but a simulation."""
    first = secrets.choice("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz")
    return f"{first}{secrets.token_urlsafe(3)[:2]}8Q~{secrets.token_urlsafe(25)[:25]}-lab-fake"


def _record(
    call: Call, owner: JsonObject, noun: str, name: str, before: list[JsonObject], after: list[JsonObject]
) -> None:
    activity = (
        "Update application – Certificates and secrets management"  # noqa: RUF001 - Entra writes a dash here
        if noun == "application"
        else "Update service principal"
    )
    old, new = [row["keyId"] for row in before], [row["keyId"] for row in after]
    record(call, activity, owner, noun, [changed(name, old, new)])
