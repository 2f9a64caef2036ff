"""Access tokens of the simulated tenant: who issues them, what they claim, and when a service refuses one."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa

from azremediate.lab import jwt

GRAPH_AUDIENCE: Final = "https://graph.microsoft.com"
ARM_AUDIENCE: Final = "https://management.azure.com"
VAULT_AUDIENCE: Final = "https://vault.azure.net"

# The application id of Microsoft Graph is what a token for it may carry as audience instead of the address.
_ALIASES: Final = {"00000003-0000-0000-c000-000000000000": GRAPH_AUDIENCE, "https://localhost": GRAPH_AUDIENCE}
_REMEMBERED: Final = 256


@dataclass(frozen=True, slots=True)
class Claims:
    """What a valid token says about its bearer; `object_id` is that of the service principal."""

    app_id: str
    object_id: str
    tenant_id: str
    roles: tuple[str, ...]
    audience: str


@dataclass(frozen=True, slots=True)
class AuthProblem:
    """Why a request is not authenticated; the message never quotes the token."""

    code: str
    message: str


# (request headers with lower-case names, audience of the service) -> who calls, or why nobody does
Authenticate = Callable[[Mapping[str, str], str], Claims | AuthProblem]


class TokenAuthority:
    """Issues and verifies the tokens of one tenant with a key that lives in memory only.

    Lifetime is in seconds. `now` must return an aware time and is the tenant's clock, so that moving that clock
    expires tokens. `aliases` adds audiences (an endpoint's own address) to the well-known ones.
    """

    def __init__(self, now: Callable[[], datetime], *, lifetime: int = 3599) -> None:
        self.now = now
        self.lifetime = lifetime
        self.aliases: dict[str, str] = dict(_ALIASES)
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._seen: set[tuple[bytes, bytes]] = set()
        self._key_id = jwt.to_base64url(uuid.uuid4().bytes)

    def resolve_audience(self, resource: str) -> str | None:
        """Return the canonical audience that `resource` (a scope without /.default) means, or None."""
        wanted = resource.rstrip("/")
        if wanted in (GRAPH_AUDIENCE, ARM_AUDIENCE, VAULT_AUDIENCE):
            return wanted
        return self.aliases.get(wanted)

    def issue(self, claims: Claims, *, issuer: str) -> str:
        """Return a signed token for `claims`, valid from now for the authority's lifetime."""
        now = int(self.now().timestamp())
        payload: jwt.JsonObject = {
            "aud": claims.audience,
            "iss": issuer,
            "iat": now,
            "nbf": now,
            "exp": now + self.lifetime,
            "appid": claims.app_id,
            "appidacr": "1",
            "idtyp": "app",
            "oid": claims.object_id,
            "sub": claims.object_id,
            "tid": claims.tenant_id,
            "roles": list(claims.roles),
            "uti": jwt.to_base64url(uuid.uuid4().bytes),
            "ver": "1.0",
        }
        return jwt.encode(payload, self._key, self._key_id)

    def verify(self, text: str, audience: str) -> Claims | AuthProblem:
        """Return the claims of a token of ours that is in time and meant for `audience`, or the reason against it."""
        try:
            token = jwt.decode(text)
        except jwt.MalformedToken:
            return AuthProblem("InvalidAuthenticationToken", "IDX14100: JWT is not well formed.")
        if not self._is_ours(token):
            return AuthProblem("InvalidAuthenticationToken", "Signature of the access token is not valid.")
        payload = token.payload
        if datetime.fromtimestamp(int(payload["exp"]), UTC) <= self.now():
            return AuthProblem("InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")
        if self.resolve_audience(str(payload["aud"])) != audience:
            return AuthProblem("InvalidAuthenticationToken", "Access token validation failure. Invalid audience.")
        return Claims(
            app_id=payload["appid"],
            object_id=payload["oid"],
            tenant_id=payload["tid"],
            roles=tuple(payload["roles"]),
            audience=audience,
        )

    def _is_ours(self, token: jwt.Token) -> bool:
        # A client sends one token thousands of times; checking a signature costs more than most requests.
        seal = (token.signed, token.signature)
        if seal not in self._seen:
            if not token.is_signed_by(self._key.public_key()):
                return False
            if len(self._seen) >= _REMEMBERED:
                self._seen.clear()
            self._seen.add(seal)
        return True

    def authenticate(self, headers: Mapping[str, str], audience: str) -> Claims | AuthProblem:
        """Read the bearer token of a request (headers with lower-case names) and verify it."""
        scheme, _, text = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not text.strip():
            return AuthProblem("InvalidAuthenticationToken", "Access token is empty.")
        return self.verify(text.strip(), audience)

    def key_set(self) -> jwt.JsonObject:
        """Return the public half as a JSON Web Key Set (RFC 7517)."""
        numbers = self._key.public_key().public_numbers()
        key = {"kty": "RSA", "use": "sig", "kid": self._key_id, "x5t": self._key_id}
        for name, number in (("n", numbers.n), ("e", numbers.e)):
            key[name] = jwt.to_base64url(number.to_bytes((number.bit_length() + 7) // 8, "big"))
        return {"keys": [key]}
