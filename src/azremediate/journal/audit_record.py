"""One record of the audit log: its closed set of members, its bytes and its hash."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from azremediate.core.change import Change
from azremediate.core.codec import ShapeError, decode, encode
from azremediate.core.errors import IntegrityBroken
from azremediate.core.json_value import Json, JsonObject, canonical, parse_canonical
from azremediate.core.record import Actor
from azremediate.journal.plain_json import FAULT, plain_object, plain_text

VERSION = 1
FIRST_PREV = "0" * 64
"""What the first record of a chain names as its predecessor's hash."""

_LONGEST_TEXT = 512


@dataclass(frozen=True, slots=True)
class AuditTarget:
    """What was acted on, as the tenant named it at that time."""

    kind: str
    id: str
    app_id: str
    display_name: str


@dataclass(frozen=True, slots=True)
class AuditApi:
    """One request to a service and what is known of its answer; empty where there was none."""

    service: str
    method: str
    path: str
    status: int | None
    code: str
    request_id: str
    client_request_id: str
    server_time: str


@dataclass(frozen=True, slots=True)
class AuditTool:
    """What wrote the record."""

    version: str


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """A record before it has a place in its chain: all members that its writer decides.

    outcome: success, failure, unknown or skipped. before, after: facts of the target. None of it holds a secret.
    """

    time: str
    event: str
    outcome: str
    run_id: str
    plan_id: str
    actor: Actor
    tool: AuditTool
    reason: str = ""
    change_id: str = ""
    step: str = ""
    attempt: int = 0
    target: AuditTarget | None = None
    api: AuditApi | None = None
    before: JsonObject | None = None
    after: JsonObject | None = None
    facts: JsonObject | None = None


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """An entry with its place: `seq` counts from 1 without gaps, `prev` is the leaf hash of the record before it."""

    v: int
    chain_id: str
    seq: int
    prev: str
    entry: AuditEntry


@dataclass(frozen=True, slots=True)
class Leaf:
    """The exact line of a record, with its line feed, and its hash.

    The hash is SHA-256 over a zero byte and the line without its line feed, in hexadecimal: the leaf hash of RFC 6962,
    so that a Merkle tree over the log needs no second hash.
    """

    line: bytes
    hash: str


def target_of(change: Change) -> AuditTarget:
    """The target of a change as records name it."""
    target = change.target
    return AuditTarget(target.kind.value, target.id, target.app_id, plain_text(target.display_name, _LONGEST_TEXT))


def seal(record: AuditRecord) -> Leaf:
    """The bytes of a record; `IntegrityBroken` when it holds what must not be written."""
    flat = _flat(record)
    line = canonical(plain_object(flat, "an audit record"))
    return Leaf(line + b"\n", leaf_hash(line))


def leaf_hash(line: bytes) -> str:
    """The hash of a record from its line without the line feed."""
    return sha256(b"\x00" + line).hexdigest()


def parse_record(line: bytes) -> AuditRecord:
    """The record of a line without its line feed; `ShapeError` when its bytes are not those that `seal` writes."""
    try:
        value = parse_canonical(line)
    except (ValueError, RecursionError):
        raise ShapeError("it is not JSON in canonical form") from None
    if not isinstance(value, Mapping):
        raise ShapeError("it is not an object")
    place = {name: value.get(name) for name in _PLACE}
    entry = {name: item for name, item in value.items() if name not in _PLACE}
    if place["v"] != VERSION:
        raise ShapeError(f"it is not of version {VERSION}")
    return decode(AuditRecord, {**place, "entry": entry}, "it")


_PLACE = ("v", "chain_id", "seq", "prev")


def _flat(record: AuditRecord) -> dict[str, Json]:
    try:
        entry = encode(record.entry)
    except TypeError as error:
        raise IntegrityBroken(f"an audit record was refused: {error}", hint=FAULT) from None
    members = dict(entry) if isinstance(entry, Mapping) else {}
    members["reason"] = plain_text(record.entry.reason, _LONGEST_TEXT)
    return {"v": record.v, "chain_id": record.chain_id, "seq": record.seq, "prev": record.prev, **members}
