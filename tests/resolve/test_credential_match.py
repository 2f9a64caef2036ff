"""Which live credentials a row means, from its key id, its first characters, its thumbprint or nothing."""

import base64
import hashlib
from datetime import timedelta
from typing import Any

import pytest

from azremediate.core.clock import iso
from azremediate.core.credential import CompromisedCredential, CredentialKind
from azremediate.core.target import TargetKind
from azremediate.resolve.credential_match import Holder, match_credential
from tests.fakes import START

DER = b"not a real certificate"
SHA1 = hashlib.sha1(DER, usedforsecurity=False)
A, B, C, OLD, NONE = "key-a", "key-b", "key-c", "key-old", "key-none"


def _secret(key_id: str, hint: str | None, days: int = 30) -> dict[str, Any]:
    return {"keyId": key_id, "hint": hint, "endDateTime": iso(START + timedelta(days=days))}


def _certificate(key_id: str, identifier: str | None, key: bytes | None = None, days: int = 30) -> dict[str, Any]:
    return {
        "keyId": key_id,
        "customKeyIdentifier": identifier,
        "key": None if key is None else base64.b64encode(key).decode(),
        "endDateTime": iso(START + timedelta(days=days)),
    }


def _holders(
    secrets: list[dict[str, Any]], on_principal: list[dict[str, Any]], member: str = "passwordCredentials"
) -> list[Holder]:
    return [
        Holder(TargetKind.APPLICATION, {"id": "app", member: secrets}),
        Holder(TargetKind.SERVICE_PRINCIPAL, {"id": "sp", member: on_principal}),
    ]


SECRETS = _holders([_secret(A, "abc"), _secret(B, "xyz"), _secret(OLD, "old", days=-3)], [_secret(C, "xyz")])
ROWS: dict[str, tuple[str, str, list[str], str]] = {
    "by key id": (A, "", [A], ""),
    "by key id in capitals": (A.upper(), "", [A], ""),
    "key id on the service principal": (C, "", [C], ""),
    "key id decides over a hint": (A, "xyz", [A], ""),
    "unknown key id": ("key-z", "", [], "not (or no longer) on the application or its service principal"),
    "expired key id": (OLD, "", [], "expired on 2024-04-06"),
    "hint that fits one": ("", "abc", [A], ""),
    "hint that fits several": ("", "xyz", [A, B, C], "so all 3 live client secrets are meant"),
    "hint of an expired one": ("", "old", [], "none of its 3 live secrets"),
    "neither": ("", "", [A, B, C], "names neither key id nor first characters, so all 3 live client secrets"),
}


def _row(key_id: str, hint: str, kind: CredentialKind = CredentialKind.CLIENT_SECRET) -> CompromisedCredential:
    return CompromisedCredential(kind, "payroll", key_id=key_id, hint=hint)


@pytest.mark.parametrize("name", ROWS)
def test_secret(name: str) -> None:
    """The row means these secrets, and the note says when that is not plain."""
    key_id, hint, expected, note = ROWS[name]
    match = match_credential(_row(key_id, hint), SECRETS, START)
    assert [one.key_id for one in match.exposed] == expected
    assert note in match.note
    assert bool(note) == bool(match.note)
    assert all(one.reason for one in match.exposed)


def test_exposed_names_its_holder() -> None:
    """Each object has its own secrets, so each exposed one says where it is."""
    match = match_credential(_row("", ""), SECRETS, START)
    assert [(one.holder, one.holder_id) for one in match.exposed] == [
        (TargetKind.APPLICATION, "app"),
        (TargetKind.APPLICATION, "app"),
        (TargetKind.SERVICE_PRINCIPAL, "sp"),
    ]


def test_secret_without_recorded_hint_may_be_the_one() -> None:
    """A hint that fits no other may belong to a secret for which none is recorded."""
    holders = _holders([_secret(A, "abc"), _secret(NONE, None)], [])
    match = match_credential(_row("", "zzz"), holders, START)
    assert [one.key_id for one in match.exposed] == [NONE]


def test_nothing_live() -> None:
    """An application whose secrets have all expired has nothing exposed, and the note counts them."""
    match = match_credential(_row("", ""), _holders([_secret(OLD, "old", days=-1)], []), START)
    assert (match.exposed, match.note) == ((), "it has no live client secret; 1 expired")


THUMBPRINTS = {
    "hexadecimal": SHA1.hexdigest(),
    "capitals with colons": ":".join(SHA1.hexdigest().upper()[i : i + 2] for i in range(0, 40, 2)),
    "base64": base64.b64encode(SHA1.digest()).decode(),
    "base64 of an address": base64.urlsafe_b64encode(SHA1.digest()).decode().rstrip("="),
}
IDENTIFIERS = {
    "base64 of the bytes": base64.b64encode(SHA1.digest()).decode(),
    "hexadecimal": SHA1.hexdigest().upper(),
    "base64 of the hexadecimal": base64.b64encode(SHA1.hexdigest().encode()).decode(),
}


@pytest.mark.parametrize("as_hint", [True, False], ids=["in hint", "in key_id"])
@pytest.mark.parametrize("identifier", IDENTIFIERS)
@pytest.mark.parametrize("written", THUMBPRINTS)
def test_thumbprint(written: str, identifier: str, as_hint: bool) -> None:
    """A thumbprint is recognised however the row writes it and however the directory holds it."""
    held = [_certificate(A, IDENTIFIERS[identifier]), _certificate(B, "AAAA")]
    text = THUMBPRINTS[written]
    row = _row("" if as_hint else text, text if as_hint else "", CredentialKind.CERTIFICATE)
    match = match_credential(row, _holders(held, [], "keyCredentials"), START)
    assert [one.key_id for one in match.exposed] == [A]


def test_sha256_thumbprint_is_taken_from_the_certificate() -> None:
    """Graph keeps SHA-1 only; where it shows the certificate, others are computed."""
    held = [_certificate(A, None, DER)]
    row = _row(hashlib.sha256(DER).hexdigest(), "", CredentialKind.CERTIFICATE)
    assert len(match_credential(row, _holders([], held, "keyCredentials"), START).exposed) == 1


def test_certificate_by_key_id_and_expired() -> None:
    """A certificate is also known by its key id; an expired one is not live."""
    held = [_certificate("0f0f0f0f-0000-4000-8000-000000000001", None, days=-1)]
    row = _row("0F0F0F0F-0000-4000-8000-000000000001", "", CredentialKind.CERTIFICATE)
    assert "expired on" in match_credential(row, _holders(held, [], "keyCredentials"), START).note


def test_other_kinds_match_nothing() -> None:
    """A federated credential is no secret and no certificate."""
    assert match_credential(_row("x", "", CredentialKind.FEDERATED_CREDENTIAL), SECRETS, START).exposed == ()
