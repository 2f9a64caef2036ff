"""Makes key pairs with self-signed certificates in memory, and reads back their public half."""

import asyncio
import base64
import binascii
from datetime import UTC, datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12
from cryptography.x509.oid import NameOID

from azremediate.core.clock import iso
from azremediate.core.errors import ServiceFailing
from azremediate.core.ports import KeyForm, PublicCertificate
from azremediate.core.secret import Secret

_BITS: Final = 3072
"""NIST SP 800-57 holds this enough beyond 2030; Entra takes 2048 and more."""

_PEM: Final = "-----BEGIN"


class KeyPairs:
    """The key maker of `core.ports.KeyMaker`: nothing of a private key is written anywhere by it."""

    async def make(self, name: str, start: datetime, end: datetime, form: KeyForm) -> Secret:
        """A new RSA key with its certificate, in a thread: it takes some tenths of a second."""
        return await asyncio.to_thread(_make, name, start, end, form)

    def certificate_of(self, pair: Secret) -> PublicCertificate:
        """The public half; raises `ServiceFailing` when the stored value is no key pair."""
        certificate = pair.use(_certificate)
        if certificate is None:
            raise ServiceFailing("what lies in the secret store is no private key with a certificate")
        return PublicCertificate(
            base64.b64encode(certificate.public_bytes(Encoding.DER)).decode("ascii"),
            iso(certificate.not_valid_before_utc),
            iso(certificate.not_valid_after_utc),
        )


def pair_bytes(text: str) -> bytes:
    """The pair as clients of the sign-in service take it: PEM, or PKCS#12 out of its base64; raises `ValueError`."""
    return text.encode("ascii") if text.startswith(_PEM) else base64.b64decode(text, validate=True)


def _make(name: str, start: datetime, end: datetime, form: KeyForm) -> Secret:
    key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(own)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start.astimezone(UTC).replace(microsecond=0))
        .not_valid_after(end.astimezone(UTC).replace(microsecond=0))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    if form is KeyForm.PKCS12:
        packed = pkcs12.serialize_key_and_certificates(name.encode(), key, certificate, None, NoEncryption())
        return Secret(base64.b64encode(packed).decode("ascii"))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Secret((private + certificate.public_bytes(Encoding.PEM)).decode("ascii"))


def _certificate(text: str) -> x509.Certificate | None:
    """None instead of an error: a parser's error may quote what it read."""
    try:
        data = pair_bytes(text)
        if text.startswith(_PEM):
            return x509.load_pem_x509_certificate(data)
        return pkcs12.load_key_and_certificates(data, None)[1]
    except (ValueError, TypeError, binascii.Error):
        return None
