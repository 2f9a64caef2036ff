"""A small tenant with one application, and its sign-in, Azure and Key Vault services as tests see them."""

from __future__ import annotations

import base64
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from azremediate.lab.objects import JsonObject
from azremediate.lab.store import Store
from azremediate.lab.tokens import TokenAuthority

TENANT = "11111111-1111-4111-8111-111111111111"
APP = "22222222-2222-4222-8222-222222222222"
PRINCIPAL = "33333333-3333-4333-8333-333333333333"
SUBSCRIPTION = "44444444-4444-4444-8444-444444444444"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
OFFICER = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7"
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"


@dataclass(frozen=True)
class Keypair:
    """A certificate that was made for this run, and its PEM with the private key."""

    certificate: x509.Certificate
    pem: bytes

    def as_credential(self) -> JsonObject:
        """Return the keyCredential of the certificate."""
        return {
            "keyId": "55555555-5555-4555-8555-555555555555",
            "customKeyIdentifier": self.certificate.fingerprint(hashes.SHA1()).hex().upper(),  # noqa: S303 - x5t
            "key": base64.b64encode(self.certificate.public_bytes(serialization.Encoding.DER)).decode(),
            "endDateTime": "2099-01-01T00:00:00Z",
        }


@dataclass
class SmallCloud:
    """The running services of the small tenant."""

    store: Store
    tokens: TokenAuthority
    endpoints: dict[str, str]
    ca_bundle: Path
    secret: str

    @property
    def trust(self) -> ssl.SSLContext:
        """A context that trusts the lab's authority and no other."""
        return ssl.create_default_context(cafile=str(self.ca_bundle))

    def grant(self, role: str, scope: str, principal: str = PRINCIPAL) -> str:
        """Give a principal an Azure role and return the assignment's id."""
        number = len(self.store.azure.role_assignments)
        name = f"66666666-6666-4666-8666-{number:012d}"
        key = f"{scope.rstrip('/')}/providers/Microsoft.Authorization/roleAssignments/{name}"
        properties = {
            "scope": scope,
            "principalId": principal,
            "roleDefinitionId": f"/providers/Microsoft.Authorization/roleDefinitions/{role}",
        }
        self.store.azure.role_assignments[key] = {"id": key, "name": name, "type": "x", "properties": properties}
        return key


def make_keypair() -> Keypair:
    """Make a new self-signed certificate."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "small tenant")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Keypair(certificate, private + certificate.public_bytes(serialization.Encoding.PEM))
