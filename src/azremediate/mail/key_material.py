"""What key material says of itself: thumbprints of certificates, the public part of a private key."""

import base64
import binascii
import hashlib
import re
import warnings
from collections.abc import Iterator

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_private_key,
    load_pem_private_key,
    load_ssh_private_key,
    pkcs12,
)

_CERTIFICATE = re.compile(
    r"-----BEGIN CERTIFICATE-----[\s>|]*([A-Za-z0-9+/=\s>|\\]{200,20000}?)-----END CERTIFICATE-----"
)
_MAX = 2_000_000
_UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm, OverflowError, IndexError)


def certificate_claims(certificate: x509.Certificate) -> dict[str, str]:
    """thumbprint (SHA-1, as keyCredentials.customKeyIdentifier has it), spki (SHA-256), subject, not_after."""
    data = certificate.public_bytes(Encoding.DER)
    return {
        "thumbprint": hashlib.sha1(data, usedforsecurity=False).hexdigest().upper(),
        "thumbprint_sha256": hashlib.sha256(data).hexdigest().upper(),
        "spki": _spki(certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)),
        "subject": certificate.subject.rfc4514_string()[:200],
        "not_after": certificate.not_valid_after_utc.isoformat().replace("+00:00", "Z"),
    }


def _spki(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest().upper()


def private_key_claims(pem: str) -> dict[str, str]:
    """What a PEM block says: `spki` of its public half, or that it is encrypted or cannot be read."""
    text = "\n".join(line.strip(" >|\t\r") for line in pem.replace("\\r", "").replace("\\n", "\n").splitlines()) + "\n"
    if "ENCRYPTED" in text or "PGP" in text:
        return {"key": "encrypted" if "ENCRYPTED" in text else "PGP"}
    loader = load_ssh_private_key if "OPENSSH" in text else load_pem_private_key
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            public = loader(text.encode("latin-1", "replace"), password=None).public_key()
    except _UNREADABLE:
        return {"key": "unreadable"}
    return {"spki": _spki(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))}


def certificates(text: str) -> Iterator[dict[str, str]]:
    """The claims of each PEM certificate in a text; what cannot be read is left out, for it is no secret."""
    for found in _CERTIFICATE.finditer(text):
        body = re.sub(r"[^A-Za-z0-9+/=]", "", found[1].replace("\\n", "").replace("\\r", ""))
        try:
            yield certificate_claims(x509.load_der_x509_certificate(base64.b64decode(body)))
        except (binascii.Error, *_UNREADABLE):
            continue


def pkcs12_claims(data: bytes) -> dict[str, str] | None:
    """What a PKCS#12 container says without a password; None when the bytes are none."""
    if not _is_pkcs12(data):
        return None
    for password in (None, b""):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                key, certificate, _ = pkcs12.load_key_and_certificates(data, password)
        except _UNREADABLE:
            continue
        claims = {"key": "not encrypted"} if key is not None else {}
        return claims | (certificate_claims(certificate) if certificate is not None else {})
    return {"key": "encrypted"}


def _is_pkcs12(data: bytes) -> bool:
    """Whether the bytes begin as a PFX does: a sequence that begins with version 3."""
    return (
        len(data) <= _MAX
        and re.match(rb"\x30(?:\x82..|\x83...|\x84....|\x80|\x81.|[\x10-\x7f])\x02\x01\x03\x30", data, re.DOTALL)
        is not None
    )


def base64_claims(kind: str, value: str) -> dict[str, str]:
    """Claims of key material in text, by the kind of its finding."""
    if kind == "private-key" and "PRIVATE KEY" in value:
        return private_key_claims(value)
    if kind == "pfx":
        try:
            return pkcs12_claims(base64.b64decode(re.sub(r"[^A-Za-z0-9+/=]", "", value))) or {}
        except (binascii.Error, ValueError):
            return {}
    return {}


def file_claims(name: str, data: bytes) -> tuple[str, dict[str, str]] | None:
    """(kind, claims) of a file that holds a private key; None for one that holds none, such as a certificate."""
    lowered = name.lower()
    if (claims := pkcs12_claims(data)) is not None:
        return "pfx", claims
    if lowered.endswith((".pfx", ".p12")):
        return "pfx", {"key": "unreadable"}
    if lowered.endswith((".jks", ".keystore", ".bcfks")) or data[:4] in (b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce"):
        return "private-key", {"key": "encrypted", "format": "Java key store"}
    if lowered.endswith(".kdbx") or data[:4] == b"\x03\xd9\xa2\x9a":
        return "private-key", {"key": "encrypted", "format": "KeePass"}
    try:
        public = load_der_private_key(data, password=None).public_key()
    except _UNREADABLE:
        return None
    return "private-key", {"spki": _spki(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))}
