"""Comparing one tenant's chain with its checkpoints: its own, and those that somebody kept elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from azremediate.core.codec import ShapeError
from azremediate.journal.audit_record import AuditRecord
from azremediate.journal.chain_check import Finding, Problem
from azremediate.journal.checkpoint import Checkpoint
from azremediate.journal.checkpoint_file import NAME, KeptNote, Torn, own_notes
from azremediate.journal.key_trust import KeyTrust
from azremediate.journal.merkle_tree import GrowingTree
from azremediate.journal.signed_note import SignedNote


@dataclass(frozen=True, slots=True)
class Retained:
    """A checkpoint that somebody kept: `file` is where, as it was named."""

    file: str
    note: SignedNote
    checkpoint: Checkpoint


class CheckpointCheck:
    """One pass over a chain's records, which rebuilds its tree; keeps no more of it than its growing edge.

    `signed` is how many records the last checkpoint covers.
    """

    def __init__(self, origin: str, folder: Path, trust: KeyTrust, retained: Sequence[Retained]) -> None:
        self._origin = origin
        self._trust = trust
        self._name = f"{folder.name}/{NAME}"
        self._own = _Notes(folder / NAME)
        self._next: KeptNote | Torn | ShapeError | None = None
        self._retained = sorted(retained, key=lambda kept: kept.checkpoint.size)
        self._tree = GrowingTree()
        self._problem: Problem | None = None
        self.signed = 0
        self._advance()

    def saw(self, record: AuditRecord, digest: str) -> None:
        """Take in the next record, and compare every checkpoint that ends with it."""
        self._tree.append(bytes.fromhex(digest))
        self._trust.read(record)
        while isinstance(self._next, KeptNote) and self._problem is None:
            if self._next.checkpoint.size > self._tree.size:
                break
            self._check_own(self._next)
            self._advance()
        while self._retained and self._retained[0].checkpoint.size <= self._tree.size:
            self._check_retained(self._retained.pop(0))

    def finish(self) -> Problem | None:
        """The first problem of the whole chain, or None."""
        if isinstance(self._next, ShapeError):
            self._blame(Finding.MODIFIED, str(self._next), self._name)
        elif isinstance(self._next, KeptNote):
            reason = f"the log has {self._tree.size} records, but {self._next.checkpoint.size} were signed"
            self._blame(Finding.TRUNCATED, reason, self._name, self._next.line)
        for kept in self._retained:
            if self._check_signature(kept):
                reason = f"the log has {self._tree.size} records, but there were {kept.checkpoint.size} already"
                self._blame(Finding.ROLLED_BACK, reason, kept.file)
        left = self._tree.size - self.signed
        if isinstance(self._next, Torn):
            self._blame(Finding.UNSIGNED_TAIL, f"the last checkpoint is cut; {left} records are unsigned", self._name)
        elif left:
            self._blame(Finding.UNSIGNED_TAIL, f"{left} records at the end are unsigned", self._name)
        return self._problem

    def _check_own(self, kept: KeptNote) -> None:
        found = kept.checkpoint
        if found.origin != self._origin:
            self._blame(Finding.FORKED, "this checkpoint is of another chain", self._name, kept.line)
            return
        accepted = self._trust.accepts(kept.note)
        if accepted is None:
            self._blame(Finding.KEY_UNKNOWN, "no known key signed this checkpoint", self._name, kept.line)
        elif not accepted:
            self._blame(Finding.MODIFIED, "the signature of this checkpoint is wrong", self._name, kept.line)
        elif found.size < self._tree.size or (found.size == self.signed and len(kept.note.signatures) == 1):
            self._blame(Finding.MODIFIED, "this checkpoint is not in its place", self._name, kept.line)
        elif found.root != self._tree.root():
            reason = f"the first {found.size} records are not those that were signed"
            self._blame(Finding.FORKED, reason, self._name, kept.line)
        self.signed = found.size

    def _check_retained(self, kept: Retained) -> None:
        if self._check_signature(kept) and (
            kept.checkpoint.size != self._tree.size or kept.checkpoint.root != self._tree.root()
        ):
            self._blame(Finding.FORKED, "the log is another than the one of this checkpoint", kept.file)

    def _check_signature(self, kept: Retained) -> bool:
        signed = self._trust.knows(kept.note)
        if signed is None:
            self._blame(Finding.KEY_UNKNOWN, "no known key signed this checkpoint", kept.file)
        elif not signed:
            self._blame(Finding.MODIFIED, "the signature of this checkpoint is wrong", kept.file)
        return bool(signed)

    def _advance(self) -> None:
        self._next = self._own.following()

    def _blame(self, finding: Finding, reason: str, file: str, line: int = 0) -> None:
        """Keep the first problem."""
        if self._problem is None:
            self._problem = Problem(finding, reason, file, line, self.signed + 1)


class _Notes:
    """The chain's own notes one after the other; what is no checkpoint is given, not raised."""

    def __init__(self, file: Path) -> None:
        self._notes: Iterator[KeptNote | Torn] = own_notes(file)

    def following(self) -> KeptNote | Torn | ShapeError | None:
        try:
            return next(self._notes, None)
        except ShapeError as problem:
            return problem
