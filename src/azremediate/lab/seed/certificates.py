"""Self-signed certificates that come out the same for the same input."""

from __future__ import annotations

from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID


def make_certificate(key_seed: bytes, common_name: str, start: datetime, end: datetime) -> bytes:
    """Return a certificate in DER; `key_seed` (32 bytes) is its Ed25519 key, whose signatures are deterministic."""
    key = Ed25519PrivateKey.from_private_bytes(key_seed)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(int.from_bytes(key_seed[:15], "big") or 1)
        .not_valid_before(start)
        .not_valid_after(end)
        .sign(key, None)
    )
    return certificate.public_bytes(Encoding.DER)
