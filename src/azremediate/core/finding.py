"""A secret found in mail, without its value: what it is, where it stands, what it may belong to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Tier(StrEnum):
    """How a secret was recognised; what only stands near a telling word is for an analyst and never for a plan."""

    EXACT = "T1"
    LABELLED = "T2"
    PROXIMITY = "T3"


class LinkState(StrEnum):
    """How sure it is that a finding means a live object."""

    CONFIRMED = "confirmed"
    PROBABLE = "probable"
    CANDIDATE = "candidate"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One place where the value stands.

    part: path of the part, e.g. `1.2` or `2/report.docx`. offset, length: in characters of the part's decoded text.
    """

    part: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Nearby:
    """What stands near the value and may say whose it is; texts as found, not yet looked up."""

    ids: tuple[str, ...] = ()
    user_principal_names: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """The live object that a finding means; `key_ids` are the credentials of it that fit, `reason` is for people."""

    state: LinkState
    reason: str
    identity: str = ""
    object_kind: str = ""
    display_name: str = ""
    key_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One value in one message; the value itself is never in it.

    rule: name of the rule. kind: what the value is, a rule's word such as `client-secret`, `storage-key`, `sas`, `jwt`
    or `password`. hint: the first three characters, only of kinds whose hint the directory shows; else empty. length:
    of the value in characters. fingerprint: HMAC-SHA-256 under the case's key, so that equal values are told without
    being known. excerpt: the text around, with this and every other finding masked. message_id: the internet
    Message-ID. mime_sha256: of the raw message. source: the file, or `mailbox:UPN`. sent: ISO 8601, empty when unknown.
    claims: what the value says of itself without being checked (of a token: tid, appid, upn, exp; of a connection
    string: host, account; of a certificate: thumbprint). expires: ISO 8601, when the value itself says so.
    """

    finding_id: str
    rule: str
    tier: Tier
    kind: str
    hint: str
    length: int
    fingerprint: str
    excerpt: str
    message_id: str
    mime_sha256: str
    source: str
    occurrences: tuple[Occurrence, ...]
    sent: str = ""
    sender: str = ""
    recipients: tuple[str, ...] = ()
    nearby: Nearby = Nearby()
    claims: Mapping[str, str] = field(default_factory=dict)
    expires: str = ""
    link: Link | None = None
    confidence: str = "suspected"


@dataclass(frozen=True, slots=True)
class NotAnalysed:
    """What could not be obtained or looked into, and why; never an empty result instead.

    part: as in `Occurrence`, empty for a whole message. size: in bytes, 0 when not known.
    """

    source: str
    message_id: str
    part: str
    reason: str
    size: int = 0
    mime_sha256: str = ""
