"""Which keys may have signed a chain: those that were named, and those that they handed over to."""

import base64
import binascii
from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from azremediate.journal.audit_record import AuditRecord
from azremediate.journal.key_rotation import NEW_KEY, ROTATED
from azremediate.journal.signed_note import SignedNote

_KEY_SIZE = 32


class KeyTrust:
    """The keys of one chain while its checkpoints are read in their order.

    A key takes over when a record names it and a checkpoint over that record is signed by both; from there on the old
    key signs nothing any more.
    """

    def __init__(self, origin: str, named: Sequence[Ed25519PublicKey]) -> None:
        self._origin = origin
        self._known = list(named)
        self._offered: list[Ed25519PublicKey] = []
        self._signing: Ed25519PublicKey | None = None

    def read(self, record: AuditRecord) -> None:
        """Learn from a record which key is to take over."""
        facts = record.entry.facts
        if record.entry.event != ROTATED or facts is None:
            return
        try:
            raw = base64.b64decode(str(facts.get(NEW_KEY)), validate=True)
        except (binascii.Error, ValueError):
            return
        if len(raw) == _KEY_SIZE:
            self._offered.append(Ed25519PublicKey.from_public_bytes(raw))

    def accepts(self, note: SignedNote) -> bool | None:
        """Whether the next checkpoint is rightly signed; None when no key that may sign now did."""
        candidates = self._known if self._signing is None else [self._signing]
        for key in candidates:
            signed = note.signed_by(self._origin, key)
            if signed is not None:
                self._signing = key
                return signed and self._hand_over(note)
        return None

    def knows(self, note: SignedNote) -> bool | None:
        """Whether a checkpoint kept elsewhere is rightly signed by a key of any time; None when by none of them."""
        for key in self._known:
            signed = note.signed_by(self._origin, key)
            if signed is not None:
                return signed
        return None

    def _hand_over(self, note: SignedNote) -> bool:
        for key in self._offered:
            signed = note.signed_by(self._origin, key)
            if signed is not None:
                self._signing = key
                self._known.append(key)
                return signed
        return True
