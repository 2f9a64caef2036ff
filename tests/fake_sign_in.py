"""A sign-in service and a maker of key pairs in memory."""

import secrets
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from azremediate.core.clock import iso
from azremediate.core.errors import ServiceFailing
from azremediate.core.ports import KeyForm, PublicCertificate, SignIn, SignInAnswer
from azremediate.core.secret import Secret


class Issuing(Protocol):
    """What of a tenant a sign-in looks at."""

    issued: dict[str, Secret]
    collections: dict[str, list[dict[str, Any]]]

    @property
    def keys(self) -> "FakeKeys":
        """Where its key pairs were made."""
        ...

    def has_key(self, key_id: str) -> bool:
        """Whether any object has a secret with this key id."""
        ...


class FakeKeys:
    """Makes pairs of which only their public half has a meaning; `pairs` are those made."""

    def __init__(self) -> None:
        self.pairs: list[tuple[Secret, PublicCertificate]] = []
        self.forms: list[KeyForm] = []

    async def make(self, name: str, start: datetime, end: datetime, form: KeyForm) -> Secret:
        """One more."""
        der = b64encode(secrets.token_bytes(24)).decode()
        pair = Secret(secrets.token_urlsafe(24))
        self.pairs.append((pair, PublicCertificate(der, iso(start), iso(end))))
        self.forms.append(form)
        return pair

    def certificate_of(self, pair: Secret) -> PublicCertificate:
        """Of a pair that was made here."""
        for known, public in self.pairs:
            if known is pair:
                return public
        raise ServiceFailing("no pair of ours")


@dataclass
class FakeProver:
    """Accepts what the tenant issued and still has, unless `answers` say something else first."""

    tenant: Issuing
    answers: list[SignInAnswer] = field(default_factory=list)
    tries: int = 0

    async def try_secret(self, app_id: str, secret: Secret) -> SignInAnswer:
        """One sign-in."""
        self.tries += 1
        if self.answers:
            return self.answers.pop(0)
        live = any(known is secret and self.tenant.has_key(key_id) for key_id, known in self.tenant.issued.items())
        return SignInAnswer(SignIn.ACCEPTED) if live else SignInAnswer(SignIn.REFUSED, "AADSTS7000215")

    async def try_certificate(self, app_id: str, pair: Secret) -> SignInAnswer:
        """One sign-in with what `FakeKeys` made."""
        self.tries += 1
        if self.answers:
            return self.answers.pop(0)
        rows = [row for rows in self.tenant.collections.values() for row in rows]
        registered = {key["key"] for row in rows for key in row.get("keyCredentials", [])}
        live = self.tenant.keys.certificate_of(pair).der in registered
        return SignInAnswer(SignIn.ACCEPTED) if live else SignInAnswer(SignIn.REFUSED, "AADSTS700027")
