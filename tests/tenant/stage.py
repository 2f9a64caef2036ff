"""A configured tenant in front of scripted servers, and everything that a raised error could give away."""

import base64
import json
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from azremediate.core.cloud import Cloud
from azremediate.core.config import Auth, AuthMethod, Config, Endpoints, SecretStore, Throttle
from azremediate.core.errors import IntegrityBroken
from azremediate.core.events import Event
from azremediate.core.write import Intent
from tests.tenant.clocks import InstantClock
from tests.tenant.loopback import Loopback, Reply, Seen, reply

TENANT = "11111111-1111-4111-8111-111111111111"
APP = "22222222-2222-4222-8222-222222222222"


@dataclass
class Redeemer:
    """Takes each committed intent once, as the journal does."""

    committed: set[int] = field(default_factory=set)

    def __call__(self, intent: Intent) -> None:
        """Refuse what is not committed or was used."""
        if intent.number not in self.committed:
            raise IntegrityBroken("not a committed, unused intent")
        self.committed.remove(intent.number)

    def intent(self, number: int = 1) -> Intent:
        """A committed intent."""
        self.committed.add(number)
        return Intent(number, "R-1", "c-1", f"step-{number}", 1, f"33333333-3333-4333-8333-{number:012d}")


@dataclass
class Stage:
    """The servers, what the listener heard, and the configuration."""

    graph: Loopback
    login: Loopback
    vault: Loopback
    ca_bundle: Path
    server_tls: ssl.SSLContext
    secret_file: Path
    clock: InstantClock = field(default_factory=InstantClock)
    heard: list[Event] = field(default_factory=list)
    throttle: Throttle = field(
        default_factory=lambda: Throttle(attempts=3, policy_per_second=1000, reports_per_10s=1000)
    )

    def config(self) -> Config:
        """The configuration that points to the servers."""
        bases = (self.graph.base, self.login.base, self.vault.base, self.vault.base)
        return Config(
            tenant_id=TENANT,
            cloud=Cloud.CUSTOM,
            endpoints=Endpoints(*bases, str(self.ca_bundle)),
            auth=Auth(AuthMethod.CLIENT_SECRET, APP, str(self.secret_file)),
            secrets=SecretStore(vault_url=self.vault.base),
            throttle=self.throttle,
        )


def token(number: int = 1, tenant: str = TENANT) -> str:
    """Something of the form of an access token."""
    claims = {"tid": tenant, "appid": APP, "oid": "o-1", "idtyp": "app", "roles": ["User.Read.All"], "n": number}
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in ({}, claims))
    return ".".join([*parts, "c2ln"])


def give_token(_: Seen) -> Reply:
    """The sign-in service of a good day."""
    return reply(200, {"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": token()})


def refuse_sign_in(code: int, error: str, status: int = 401) -> Reply:
    """The sign-in service's refusal."""
    text = f"AADSTS{code}: \x1b[31mhostile words. Trace ID: t Correlation ID: c Timestamp: now"
    return reply(status, {"error": error, "error_description": text, "error_codes": [code]})


def everything_in(error: BaseException) -> str:
    """All texts of an error, its causes and contexts, and of what they hold."""
    return "\n".join(_texts(error, set()))


def _texts(error: BaseException | None, seen: set[int]) -> Iterator[str]:
    if error is None or id(error) in seen:
        return
    seen.add(id(error))
    yield f"{error!r} {error} {error.args!r} {vars(error)!r}"
    for value in vars(error).values():
        yield f"{getattr(value, 'content', '')!r} {getattr(value, 'request', '')!r} {getattr(value, '__dict__', '')!r}"
    yield from _texts(error.__cause__, seen)
    yield from _texts(error.__context__, seen)
