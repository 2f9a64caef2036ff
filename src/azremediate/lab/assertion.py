"""Client assertions: a token request signed with the key of a registered certificate, or by a federated issuer."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_public_key

from azremediate.lab import jwt
from azremediate.lab.sign_in import SignInVerdict, check_identity
from azremediate.lab.store import Store

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def check_assertion(store: Store, app_id: str, text: str) -> SignInVerdict | tuple[int, str]:
    """Return the verdict on an assertion, or the AADSTS number and message of one that cannot be read.

    The audience has to name a token endpoint of this tenant, whatever the host: clients reach the lab under another
    address than the one they would use for Microsoft's service.
    """
    try:
        token = jwt.decode(text)
    except jwt.MalformedToken:
        return 50027, "JWT token is invalid or malformed."
    if token.payload.get("iss") != app_id or token.payload.get("sub") != app_id:
        return _check_federated(store, app_id, token)
    if problem := _find_problem(store, token.payload):
        return problem
    certificate = _find_certificate(store, app_id, token)
    if certificate is None:
        return store.check_certificate(app_id, "")
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey) or not token.is_signed_by(key):
        return 700027, "Client assertion failed signature validation."
    return store.check_certificate(app_id, _thumbprint(certificate))


def _check_federated(store: Store, app_id: str, token: jwt.Token) -> SignInVerdict | tuple[int, str]:
    """Return the verdict on a token of another issuer, whose public key the lab was told (`store.issuers`, PEM)."""
    claims = token.payload
    application = store.applications.by_alternate(app_id)
    trusted = store.federated_credentials.get(application["id"], []) if application is not None else []
    audience = claims.get("aud")
    if not any(
        (row["issuer"], row["subject"]) == (claims.get("iss"), claims.get("sub")) and audience in row["audiences"]
        for row in trusted
    ):
        return 700213, "No matching federated identity record found for presented assertion issuer and subject."
    if not _in_time(claims, store.clock.now()):
        return 700024, "Client assertion is not within its valid time range."
    pem = store.issuers.get(str(claims["iss"]))
    key = load_pem_public_key(pem.encode()) if pem else None
    if not isinstance(key, rsa.RSAPublicKey) or not token.is_signed_by(key):
        return 700027, "Client assertion failed signature validation."
    return check_identity(store, app_id)


def _find_problem(store: Store, claims: jwt.JsonObject) -> tuple[int, str] | None:
    if not _in_time(claims, store.clock.now()):
        return 700024, "Client assertion is not within its valid time range."
    tenant = urlsplit(str(claims.get("aud", ""))).path.strip("/").partition("/")[0].casefold()
    if tenant not in (store.tenant_id.casefold(), store.domain.casefold()):
        return 700027, "Client assertion failed signature validation: its audience is another tenant."
    return None


def _in_time(claims: jwt.JsonObject, now: datetime) -> bool:
    end, start = claims.get("exp"), claims.get("nbf", 0)
    if not isinstance(end, int) or not isinstance(start, int) or not 0 <= start <= end < 2**33:
        return False
    # Five minutes of skew, as the real service grants.
    return start - 300 <= now.timestamp() < end + 300


def _find_certificate(store: Store, app_id: str, token: jwt.Token) -> x509.Certificate | None:
    """Return the registered certificate that the header names by its SHA-1 or SHA-256 thumbprint."""
    named = {name: str(token.header[name]) for name in ("x5t", "x5t#S256") if name in token.header}
    for certificate in _registered(store, app_id):
        der = certificate.public_bytes(Encoding.DER)
        thumbprints = {
            "x5t": jwt.to_base64url(hashlib.sha1(der, usedforsecurity=False).digest()),
            "x5t#S256": jwt.to_base64url(hashlib.sha256(der).digest()),
        }
        if named and all(thumbprints[name] == value.rstrip("=") for name, value in named.items()):
            return certificate
    return None


def _registered(store: Store, app_id: str) -> Iterator[x509.Certificate]:
    for shelf in (store.applications, store.service_principals):
        owner = shelf.by_alternate(app_id)
        for credential in (owner or {}).get("keyCredentials") or []:
            try:
                yield x509.load_der_x509_certificate(base64.b64decode(credential.get("key") or "", validate=True))
            except (binascii.Error, ValueError):
                continue


def _thumbprint(certificate: x509.Certificate) -> str:
    return hashlib.sha1(certificate.public_bytes(Encoding.DER), usedforsecurity=False).hexdigest()
