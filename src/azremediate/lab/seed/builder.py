"""What every part of the seed builds with: names to ids, days to dates, and the shapes of new objects."""

from __future__ import annotations

import base64
import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

from azremediate.lab.clock import wire_time
from azremediate.lab.objects import JsonObject
from azremediate.lab.seed.certificates import make_certificate
from azremediate.lab.sign_in import SecretRecord
from azremediate.lab.store import Store

_NAMESPACE: Final = uuid.UUID("6f2c1d3e-8b47-4a59-9d0e-1c5a7b3f9e24")


@dataclass
class Builder:
    """Fills one store; everything it makes depends on the seed, the name and the store's clock only."""

    store: Store
    seed: int

    @cached_property
    def now(self) -> datetime:
        """The moment all dates of the seed are counted from."""
        return self.store.clock.now().replace(microsecond=0)

    def new_id(self, kind: str, name: str) -> str:
        """Return the GUID that belongs to a kind and a name."""
        return str(uuid.uuid5(_NAMESPACE, f"{self.seed}/{kind}/{name}"))

    def ago(self, days: float) -> str:
        """Return the time that many days before the tenant's start; negative days lie ahead."""
        return wire_time(self.now - timedelta(days=days))

    def digest(self, text: str) -> str:
        """Return 64 hexadecimal digits that belong to a text."""
        return hashlib.sha256(f"{self.seed}/{text}".encode()).hexdigest()

    def name(self, name: str, object_id: str) -> None:
        """Make an object known under a name; raises ValueError when the name is taken."""
        if name in self.store.named:
            raise ValueError(f"the seed names {name} twice")
        self.store.named[name] = object_id

    def add_secret(
        self,
        owner: JsonObject,
        label: str,
        *,
        name: str,
        hint: str | None = None,
        created: float = 200,
        expires: float = 500,
    ) -> str:
        """Give an object a client secret, dated in days before and after now, and return its value.

        `name` makes its keyId known as `named["<name>:<label>"]`; `hint` sets its first three characters.
        """
        digest = self.digest(f"secret/{name}/{label}")
        key_id = self.new_id("secret", f"{name}:{label}")
        value = f"{hint or _hint(digest)}8Q~lab-fake-secret-{digest[:18]}"
        owner.setdefault("passwordCredentials", []).append(
            {
                "customKeyIdentifier": None,
                "displayName": label,
                "endDateTime": self.ago(-expires),
                "hint": value[:3],
                "keyId": key_id,
                "secretText": None,
                "startDateTime": self.ago(created),
            }
        )
        self.store.secrets[key_id] = SecretRecord(key_id, owner["id"], value)
        self.name(f"{name}:{label}", key_id)
        return value

    def add_certificate(self, owner: JsonObject, label: str, *, name: str) -> None:
        """Give an object a certificate whose private key nobody keeps."""
        key_seed = bytes.fromhex(self.digest(f"certificate/{name}/{label}"))
        der = make_certificate(key_seed, label, self.now - timedelta(days=100), self.now + timedelta(days=265))
        key_id = self.new_id("certificate", f"{name}:{label}")
        owner.setdefault("keyCredentials", []).append(
            {
                "customKeyIdentifier": hashlib.sha1(der, usedforsecurity=False).hexdigest().upper(),
                "displayName": f"CN={label}",
                "endDateTime": self.ago(-265),
                "key": base64.b64encode(der).decode(),
                "keyId": key_id,
                "startDateTime": self.ago(100),
                "type": "AsymmetricX509Cert",
                "usage": "Verify",
            }
        )
        self.name(f"{name}:{label}", key_id)


def _hint(digest: str) -> str:
    """Return three characters as secrets begin with: a letter first, so that no spreadsheet takes them for more."""
    letters = "abcdefghkmnpqrstuvwxyzABCDEFGHKMNPQRSTUVWXYZ"
    numbers = bytes.fromhex(digest)[:3]
    return "".join(letters[number % len(letters)] for number in numbers)
