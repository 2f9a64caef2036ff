"""Signs in to the lab as an application, as whoever holds one of its credentials would."""

import base64
import secrets
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from cryptography.x509.oid import NameOID

from azremediate.lab import jwt
from tests.end_to_end.console import Console

GITHUB = "https://token.actions.githubusercontent.com"
AUDIENCE = "api://AzureADTokenExchange"
_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Stolen:
    """A certificate with its private key in an attacker's hands."""

    key: rsa.RSAPrivateKey = field(default_factory=_new_key)
    key_id: str = field(default_factory=lambda: f"{secrets.token_hex(4)}-0000-4000-8000-{secrets.token_hex(6)}")

    def __post_init__(self) -> None:
        """Sign the certificate."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stolen")])
        start, end = datetime.now(UTC) - timedelta(days=90), datetime.now(UTC) + timedelta(days=90)
        self.certificate = (
            x509.CertificateBuilder(name, name, self.key.public_key(), x509.random_serial_number(), start, end)
        ).sign(self.key, hashes.SHA256())

    def as_credential(self, usage: str = "Verify") -> dict[str, Any]:
        """Its public half as Graph shows it."""
        day = timedelta(days=1)
        return {
            "customKeyIdentifier": self.certificate.fingerprint(hashes.SHA1()).hex().upper(),  # noqa: S303 - as Graph
            "displayName": "CN=stolen",
            "endDateTime": (datetime.now(UTC) + 90 * day).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "key": base64.b64encode(self.certificate.public_bytes(Encoding.DER)).decode(),
            "keyId": self.key_id,
            "startDateTime": (datetime.now(UTC) - 90 * day).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "type": "AsymmetricX509Cert" if usage == "Verify" else "X509CertAndPassword",
            "usage": usage,
        }


class AppClient:
    """Token requests for one application; each answers 0, or the AADSTS number of the refusal."""

    def __init__(self, console: Console, name: str) -> None:
        self.console = console
        self.app_id = console.app_id(name)
        self._issuer = _new_key()
        public = self._issuer.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        console.lab.store.issuers[GITHUB] = public.decode()

    def with_secret(self, text: str) -> int:
        """Sign in with a client secret."""
        return self._ask(client_secret=text)

    def with_key(self, key: rsa.RSAPrivateKey, certificate: x509.Certificate) -> int:
        """Sign in with a certificate's private key."""
        thumbprint = jwt.to_base64url(certificate.fingerprint(hashes.SHA1()))  # noqa: S303 - x5t is SHA-1
        claims = {"iss": self.app_id, "sub": self.app_id, "aud": f"https://x.invalid/{self._tenant}/v2.0"}
        return self._assert({**claims, "jti": secrets.token_hex(8)}, key, thumbprint)

    def with_pem(self, text: str) -> int:
        """Sign in with a private key and certificate in PEM."""
        key = load_pem_private_key(text.encode(), None)
        assert isinstance(key, rsa.RSAPrivateKey)
        return self.with_key(key, x509.load_pem_x509_certificate(text.encode()))

    def as_job(self, subject: str) -> int:
        """Sign in as a job of GitHub's, with the issuer's token for it."""
        return self._assert({"iss": GITHUB, "sub": subject, "aud": AUDIENCE}, self._issuer, "issuer-key")

    @property
    def _tenant(self) -> str:
        return self.console.lab.store.tenant_id

    def _assert(self, claims: dict[str, Any], key: rsa.RSAPrivateKey, key_id: str) -> int:
        end = int(datetime.now(UTC).timestamp()) + 300
        text = jwt.encode({**claims, "exp": end}, key, key_id)
        return self._ask(client_assertion=text, client_assertion_type=_TYPE)

    def _ask(self, **credential: str) -> int:
        scope = "https://graph.microsoft.com/.default"
        body = {"grant_type": "client_credentials", "client_id": self.app_id, "scope": scope, **credential}
        trust = ssl.create_default_context(cafile=str(self.console.lab.ca_bundle))
        with httpx.Client(verify=trust, trust_env=False) as client:
            answer = client.post(f"{self.console.lab.endpoints['login']}/{self._tenant}/oauth2/v2.0/token", data=body)
        return 0 if answer.status_code == 200 else int(answer.json()["error_codes"][0])
