"""A compromised credential as somebody reported it: one row of a credential list."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class CredentialKind(StrEnum):
    """What kind of credential leaked."""

    CLIENT_SECRET = "client-secret"
    CERTIFICATE = "certificate"
    FEDERATED_CREDENTIAL = "federated-credential"
    USER_PASSWORD = "user-password"
    SESSION = "session"
    STORAGE_KEY = "storage-key"
    OTHER = "other"

    @property
    def of_application(self) -> bool:
        """Whether the credential belongs to an application or its service principal."""
        return self in (CredentialKind.CLIENT_SECRET, CredentialKind.CERTIFICATE, CredentialKind.FEDERATED_CREDENTIAL)

    @property
    def of_user(self) -> bool:
        """Whether the credential belongs to a user."""
        return self in (CredentialKind.USER_PASSWORD, CredentialKind.SESSION)


class Confidence(StrEnum):
    """How sure the reporter is that the credential leaked."""

    KNOWN = "known"
    SUSPECTED = "suspected"


@dataclass(frozen=True, slots=True)
class CompromisedCredential:
    """One usable row of a credential list; duplicates are merged into one of these.

    `lines` are the line numbers (CSV, JSON Lines) or positions (JSON array, from 1) of the rows it was made from.
    `hint` is at most the first three characters of a client secret, or a certificate thumbprint; never a secret.
    """

    kind: CredentialKind
    identity: str
    key_id: str = ""
    hint: str = ""
    exposed_at: datetime | None = None
    confidence: Confidence = Confidence.SUSPECTED
    source: str = ""
    note: str = ""
    lines: tuple[int, ...] = ()
    context: tuple[tuple[str, str], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that cannot be used, with the reason and where it stands."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class CredentialList:
    """A list as it was read: rows = rows used + rows merged + rows rejected.

    `sha256` is the hash of the file's bytes in hexadecimal; `used` counts the rows that became a credential, `merged`
    the further rows that said the same.
    """

    name: str
    sha256: str
    rows: int
    credentials: tuple[CompromisedCredential, ...]
    merged: int
    rejected: tuple[RejectedRow, ...]
    warnings: tuple[str, ...] = ()
