"""Signs how far each chain has come, after the records it signs are on disk; used in the journal's thread only."""

import sqlite3
from collections.abc import Callable, Collection
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from azremediate.core.clock import Clock, iso
from azremediate.core.codec import ShapeError
from azremediate.core.config import AuditSettings
from azremediate.core.errors import IntegrityBroken
from azremediate.journal import audit_file
from azremediate.journal.checkpoint import Checkpoint, origin_of
from azremediate.journal.checkpoint_file import NAME, KeptNote, Torn, cut, own_notes, stored
from azremediate.journal.merkle_tree import GrowingTree
from azremediate.journal.signed_note import SignedNote, key_hash, sign
from azremediate.journal.signing_key import KeyRing, key_id, open_keys
from azremediate.journal.state_directory import StateDirectory

BOUNDARIES = frozenset({"run.started", "run.resumed", "run.repeated", "run.ended", "audit.key_rotated"})
"""Events that are signed at once."""

_HASHES = "SELECT hash FROM outbox WHERE tenant_id = ? ORDER BY seq"


@dataclass(slots=True)
class _Chain:
    """One tenant's chain: its tree, how many records are signed, since when, and where its file ends."""

    origin: str
    file: Path
    tree: GrowingTree
    signed: int = 0
    signed_at: float = 0.0
    end: int = 0
    both_keys: bool = False


class CheckpointSigner:
    """The signer of all chains of one state directory; `newest` are the latest notes by tenant.

    on_signed: called in the journal's thread with each new note, after it is on disk.
    """

    def __init__(self, state: StateDirectory, clock: Clock, settings: AuditSettings) -> None:
        self._state = state
        self._clock = clock
        self._settings = settings
        self._chains: dict[str, _Chain] = {}
        self._keys: KeyRing | None = None
        self._replacement: Ed25519PrivateKey | None = None
        self.newest: dict[str, SignedNote] = {}
        self.on_signed: Callable[[SignedNote], None] = _nobody

    def open(self, connection: sqlite3.Connection) -> None:
        """Get the keys and the trees, and sign what a dead process left unsigned.

        The trees are built from the journal. Raises `IntegrityBroken` when they do not continue what was signed before.
        """
        self._keys = open_keys(self._state.keys, in_use=any(self._state.audit.glob(f"*/{NAME}")))
        for tenant_id, chain_id in connection.execute("SELECT tenant_id, chain_id FROM chain ORDER BY 1").fetchall():
            chain = self._begin(tenant_id, chain_id)
            last = self._last_note(chain)
            if last is None:
                _grow(chain, connection, tenant_id)
            else:
                self._continue(chain, last, connection, tenant_id)
        self.sign(set(self._chains))

    @property
    def key_id(self) -> str:
        """The id of the key that signs."""
        return key_id(self._ring.current.public_key())

    @property
    def tenants(self) -> Collection[str]:
        """Whose chains there are."""
        return self._chains.keys()

    def replace_key(self, key: Ed25519PrivateKey) -> None:
        """Sign with `key` from the next commit on, and that commit with the old key as well."""
        self._replacement = key

    def follow(self, connection: sqlite3.Connection, tenant_id: str, lines: list[bytes]) -> None:
        """Take in records that were appended to their file; `lines` end with line feeds."""
        chain = self._chains.get(tenant_id)
        if chain is None:
            found = connection.execute("SELECT chain_id FROM chain WHERE tenant_id = ?", (tenant_id,)).fetchone()
            chain = self._begin(tenant_id, found[0])
            if self._last_note(chain) is not None:
                raise _contradiction(chain, "was signed before the journal began it")
        for line in lines:
            chain.tree.append(sha256(b"\x00" + line[:-1]).digest())

    def sign(self, at_once: set[str]) -> None:
        """Sign the chains where it is due, and those of the tenants named."""
        if self._replacement is not None:
            self._ring.begin_rotation(self._replacement)
            self._replacement = None
        rotating = self._ring.next is not None
        for tenant_id, chain in self._chains.items():
            unsigned = chain.tree.size - chain.signed
            if rotating and not chain.both_keys:
                self._sign(tenant_id, chain)
                chain.both_keys = True
            elif unsigned and (tenant_id in at_once or self._due(chain, unsigned)):
                self._sign(tenant_id, chain)
        if rotating:
            self._ring.end_rotation()
            for chain in self._chains.values():
                chain.both_keys = False

    @property
    def _ring(self) -> KeyRing:
        if self._keys is None:
            raise IntegrityBroken("the audit log was to be signed before its key was there")
        return self._keys

    def _due(self, chain: _Chain, unsigned: int) -> bool:
        waited = self._clock.monotonic() - chain.signed_at
        every = self._settings.checkpoint_every.total_seconds()
        return unsigned >= self._settings.checkpoint_records or waited >= every

    def _begin(self, tenant_id: str, chain_id: str) -> _Chain:
        chain = _Chain(origin_of(tenant_id, chain_id), self._state.audit / tenant_id / NAME, GrowingTree())
        self._chains[tenant_id] = chain
        return chain

    def _last_note(self, chain: _Chain) -> KeptNote | None:
        """The last whole note of the chain's file, which is cut behind it when a process died while it wrote."""
        last: KeptNote | None = None
        torn = False
        try:
            for found in own_notes(chain.file):
                if isinstance(found, Torn):
                    torn = True
                else:
                    last = found
        except ShapeError as problem:
            raise IntegrityBroken(f"the checkpoints {chain.file}: {problem}", hint=audit_file.EVIDENCE) from None
        chain.end = last.end if last else 0
        if torn:
            cut(chain.file, chain.end)
        return last

    def _continue(self, chain: _Chain, last: KeptNote, connection: sqlite3.Connection, tenant_id: str) -> None:
        keys = [key.public_key() for key in self._ring.signing]
        by_each = [last.note.signed_by(chain.origin, key) for key in keys]
        retired = len(keys) == 1 and last.note.signatures[-1].key_hash != key_hash(chain.origin, keys[0])
        if last.checkpoint.origin != chain.origin or not by_each[0] or False in by_each or retired:
            raise _contradiction(chain, "ends with a checkpoint that this key did not sign")
        _grow(chain, connection, tenant_id, last.checkpoint)
        chain.signed, chain.signed_at = last.checkpoint.size, self._clock.monotonic()
        chain.both_keys = len(by_each) > 1 and all(by_each)
        self.newest[tenant_id] = last.note

    def _sign(self, tenant_id: str, chain: _Chain) -> None:
        checkpoint = Checkpoint(chain.origin, chain.tree.size, chain.tree.root(), iso(self._clock.now()))
        note = sign(checkpoint.text, chain.origin, *self._ring.signing)
        content = stored(note)
        audit_file.append(chain.file, chain.end, content)
        chain.end += len(content)
        chain.signed, chain.signed_at = checkpoint.size, self._clock.monotonic()
        self.newest[tenant_id] = note
        self.on_signed(note)


def _grow(chain: _Chain, connection: sqlite3.Connection, tenant_id: str, signed: Checkpoint | None = None) -> None:
    """Build the tree from the journal; it must have grown out of what was signed."""
    for (digest,) in connection.execute(_HASHES, (tenant_id,)):
        chain.tree.append(bytes.fromhex(digest))
        if signed is not None and chain.tree.size == signed.size and chain.tree.root() != signed.root:
            raise _contradiction(chain, f"holds another record than one of the {signed.size} that were signed")
    if signed is not None and chain.tree.size < signed.size:
        raise _contradiction(chain, f"ends at record {chain.tree.size}, but {signed.size} were signed")


def _contradiction(chain: _Chain, what: str) -> IntegrityBroken:
    return IntegrityBroken(f"the chain beside {chain.file} {what}", hint=audit_file.EVIDENCE)


def _nobody(_note: SignedNote) -> None:
    """Told of signatures when nobody else is."""
