"""Whether an application may sign in to the simulated tenant with what it presents, and why not."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Protocol

from azremediate.lab.clock import LabClock, parse_time
from azremediate.lab.objects import JsonObject, Shelf


class SignInVerdict(Enum):
    """The outcome of one attempt; anything but `ok` becomes an AADSTS error on the wire."""

    ok = "ok"
    app_not_found = "app_not_found"
    sp_missing = "sp_missing"
    sp_disabled = "sp_disabled"
    app_disabled = "app_disabled"
    wrong_secret = "wrong_secret"
    expired = "expired"
    not_yet = "not_yet"


@dataclass(slots=True)
class SecretRecord:
    """The value of one client secret, which no JSON object of the tenant holds.

    It stays on record after the secret was removed, so that a demo can show that the old value is refused.
    """

    key_id: str
    owner_id: str
    value: str = field(repr=False)
    usable_from: datetime | None = None


class SignInState(Protocol):
    """What of the tenant a sign-in looks at."""

    clock: LabClock
    applications: Shelf
    service_principals: Shelf
    secrets: dict[str, SecretRecord]


def check_identity(state: SignInState, app_id: str) -> SignInVerdict:
    """Return whether anything of that appId may sign in at all, before a credential is looked at."""
    application = state.applications.by_alternate(app_id)
    principal = state.service_principals.by_alternate(app_id)
    if principal is None:
        return SignInVerdict.app_not_found if application is None else SignInVerdict.sp_missing
    if principal.get("accountEnabled") is False:
        return SignInVerdict.sp_disabled
    if application is not None and application.get("isDisabled"):
        return SignInVerdict.app_disabled
    return SignInVerdict.ok


def check_secret(state: SignInState, app_id: str, text: str) -> SignInVerdict:
    """Return whether a client secret of the application or its service principal is accepted now."""
    verdict = check_identity(state, app_id)
    if verdict is not SignInVerdict.ok:
        return verdict
    for credential in _credentials(state, app_id, "passwordCredentials"):
        record = state.secrets.get(str(credential.get("keyId")))
        if record is not None and hmac.compare_digest(record.value.encode(), text.encode()):
            if record.usable_from is not None and record.usable_from > state.clock.now():
                return SignInVerdict.not_yet
            return _in_time(credential, state.clock.now())
    return SignInVerdict.wrong_secret


def check_certificate(state: SignInState, app_id: str, thumbprint_hex: str) -> SignInVerdict:
    """Return whether a certificate with this SHA-1 thumbprint is registered and in time.

    That the caller holds its private key is for the token endpoint to check.
    """
    verdict = check_identity(state, app_id)
    if verdict is not SignInVerdict.ok:
        return verdict
    for credential in _credentials(state, app_id, "keyCredentials"):
        if thumbprint_of(credential) == thumbprint_hex.upper():
            return _in_time(credential, state.clock.now())
    return SignInVerdict.wrong_secret


def thumbprint_of(credential: JsonObject) -> str:
    """Return a keyCredential's SHA-1 thumbprint in hexadecimal, from either form customKeyIdentifier takes.

    Graph shows 40 hexadecimal digits; clients that treat the property as Edm.Binary send the base64 of 20 bytes.
    """
    text = str(credential.get("customKeyIdentifier") or "")
    if len(text) == 40:
        return text.upper()
    try:
        return base64.b64decode(text, validate=True).hex().upper()
    except (binascii.Error, ValueError):
        return ""


def _credentials(state: SignInState, app_id: str, kind: str) -> Iterator[JsonObject]:
    for shelf in (state.applications, state.service_principals):
        owner = shelf.by_alternate(app_id)
        if owner is not None:
            yield from owner.get(kind) or []


def _in_time(credential: JsonObject, now: datetime) -> SignInVerdict:
    end, start = credential.get("endDateTime"), credential.get("startDateTime")
    if end is not None and parse_time(end) <= now:
        return SignInVerdict.expired
    if start is not None and parse_time(start) > now:
        return SignInVerdict.not_yet
    return SignInVerdict.ok
