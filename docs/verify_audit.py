"""Verifies an audit log of azremediate without azremediate: Python 3.11 or newer and the package cryptography.

    python verify_audit.py STATE [--pub KEY]... [--checkpoint FILE]... [--log-only]

STATE is the state directory or a copy of it. KEY is a public key in PEM form; without one, those in STATE/keys are
trusted. FILE holds checkpoints that were kept elsewhere. --log-only compares nothing with the journal. Prints a verdict
for each tenant, and exits 0 when all are OK, 7 when one is not, 2 when the arguments cannot be used. docs/audit.md
describes the format. This file is meant to be read whole before it is trusted.
"""

import argparse
import base64
import binascii
import hashlib
import json
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

ZERO = "0" * 64
LONGEST = 16 * 1024 * 1024


class Verdict(Exception):
    """Anything but OK: one of the words of docs/audit.md, and why."""

    def __init__(self, word: str, why: str) -> None:
        super().__init__(f"{word}: {why}")
        self.word = word


class Note:
    """One checkpoint: origin, size, root, the text that is signed, and its signatures as (name, 68 bytes)."""

    def __init__(self, content: str) -> None:
        text, blank, tail = content.partition("\n\n")
        lines = text.split("\n")
        if not blank or len(lines) != 4 or not tail.endswith("\n"):
            raise Verdict("MODIFIED", "a checkpoint has another form")
        self.text = f"{text}\n"
        self.origin, size, root, _ = lines
        self.signatures = [self._signature(line) for line in tail[:-1].split("\n")]
        try:
            self.size, self.root = int(size), base64.b64decode(root, validate=True)
        except ValueError:
            raise Verdict("MODIFIED", "a checkpoint has no size or no root") from None

    @staticmethod
    def _signature(line: str) -> tuple[str, bytes]:
        mark, name, encoded = (*line.split(" "), "", "")[:3]
        try:
            content = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            content = b""
        if mark != "\u2014" or len(content) != 68 or line != f"\u2014 {name} {base64.b64encode(content).decode()}":
            raise Verdict("MODIFIED", "a signature line has another form")
        return name, content

    def verifies(self, key: Ed25519PublicKey) -> bool | None:
        """Whether the key's signature fits; None when there is none of it."""
        wanted = hashlib.sha256(self.origin.encode() + b"\n\x01" + key.public_bytes_raw()).digest()[:4]
        for name, content in self.signatures:
            if name == self.origin and content[:4] == wanted:
                try:
                    key.verify(content[4:], self.text.encode())
                except InvalidSignature:
                    return False
                return True
        return None


class Tree:
    """The Merkle tree of RFC 6962 as a stack of (height, hash)."""

    def __init__(self) -> None:
        self.size, self.stack = 0, list[tuple[int, bytes]]()

    def add(self, leaf: bytes) -> None:
        """The hash of the next leaf."""
        self.stack.append((0, leaf))
        self.size += 1
        while len(self.stack) > 1 and self.stack[-1][0] == self.stack[-2][0]:
            height, right = self.stack.pop()
            self.stack[-1] = (height + 1, hashlib.sha256(b"\x01" + self.stack[-1][1] + right).digest())

    def root(self) -> bytes:
        """The root so far."""
        found = b""
        for _, left in reversed(self.stack):
            found = hashlib.sha256(b"\x01" + left + found).digest() if found else left
        return found


class Chain:
    """One tenant's chain, read once from its beginning to its end."""

    def __init__(self, state: Path, tenant: str, chain_id: str, keys: list[Ed25519PublicKey]) -> None:
        self.folder, self.tenant, self.chain_id = state / "audit" / tenant, tenant, chain_id
        self.origin = f"azremediate/{tenant}/{chain_id}"
        self.known, self.offered = list(keys), list[Ed25519PublicKey]()
        self.signing: Ed25519PublicKey | None = None
        self.tree, self.signed, self.head = Tree(), 0, ZERO
        self.torn = False

    def lines(self) -> Iterator[tuple[str, bytes]]:
        """Each line with the name of its file."""
        for file in sorted(self.folder.rglob("*.jsonl")):
            with file.open("rb") as opened:
                while line := opened.readline(LONGEST):
                    yield file.relative_to(self.folder.parent).as_posix(), line

    def own_notes(self) -> Iterator[Note]:
        """The chain's own checkpoints; `torn` when the last one is cut."""
        file = self.folder / "checkpoints.txt"
        if not file.is_file():
            return
        block, divided = "", False
        with file.open("r", encoding="utf-8", errors="replace", newline="") as opened:
            while line := opened.readline(8192):
                block += line
                if len(block) > 65536:
                    raise Verdict("MODIFIED", "no checkpoint is so long")
                if line == "\n" and divided:
                    yield Note(block[:-1])
                    block, divided = "", False
                elif line == "\n":
                    divided = True
        self.torn = bool(block)

    def check(self, rows: Iterator[tuple[Any, ...]] | None, retained: list[Note]) -> None:
        """Raise the first `Verdict` that is not OK; `rows` are what the journal remembers."""
        notes = self.own_notes()
        waiting = _following(notes)
        retained = sorted((note for note in retained if note.origin == self.origin), key=lambda note: note.size)
        problem: Verdict | None = None
        lines = self.lines()
        line = next(lines, None)
        while line is not None:
            following = next(lines, None)
            self.check_line(line, following, next(rows, None) if rows is not None else None, rows is not None)
            while isinstance(waiting, Note) and waiting.size <= self.tree.size and problem is None:
                problem = self.check_note(waiting)
                waiting = _following(notes)
            while retained and retained[0].size <= self.tree.size:
                found = self.check_retained(retained.pop(0))
                problem = problem or found
            line = following
        self.check_rest(rows)
        if problem is None and isinstance(waiting, Verdict):
            problem = waiting
        if problem is not None:
            raise problem
        if isinstance(waiting, Note):
            raise Verdict("TRUNCATED", f"{waiting.size} records were signed, {self.tree.size} are here")
        for note in retained:
            raise self.check_retained(note) or Verdict("ROLLED BACK", f"there were {note.size} records already")
        if self.signed != self.tree.size or self.torn:
            raise Verdict("UNSIGNED TAIL", f"{self.tree.size - self.signed} records")

    def check_line(
        self, line: tuple[str, bytes], following: tuple[str, bytes] | None, row: tuple[Any, ...] | None, journal: bool
    ) -> None:
        """One record against its predecessor and against what the journal remembers."""
        name, content = line
        seq = self.tree.size + 1
        if row is not None:
            if row[0] != seq or row[2] != name:
                raise Verdict("MODIFIED", f"record {seq} is not where the journal knows it")
            if following is None and len(content) < row[3]:
                unfinished = row[4] is not None and row[4].startswith(content)
                raise Verdict("UNFINISHED" if unfinished else "TRUNCATED", f"it ends within record {seq}")
        elif not content.endswith(b"\n") and not journal:
            raise Verdict("TRUNCATED", f"it ends within record {seq}")
        record = _record(content, seq)
        if (record.get("seq"), record.get("prev"), record.get("chain_id")) != (seq, self.head, self.chain_id):
            raise Verdict("MODIFIED", f"record {seq} does not follow from the one before it")
        leaf = hashlib.sha256(b"\x00" + content[:-1]).digest()
        if journal and row is None:
            raise Verdict("ROLLED BACK", f"the journal ends at record {seq - 1}")
        if row is not None and row[1] != leaf.hex():
            goes_on = following is not None and f'"prev":"{leaf.hex()}"'.encode() in following[1]
            raise Verdict("FORKED" if goes_on else "MODIFIED", f"record {seq} is not the one that was written")
        self.head = leaf.hex()
        self.tree.add(leaf)
        if record.get("event") == "audit.key_rotated":
            self.learn(record)

    def check_rest(self, rows: Iterator[tuple[Any, ...]] | None) -> None:
        """What the journal remembers beyond the end of the log."""
        row = next(rows, None) if rows is not None else None
        if row is not None:
            raise Verdict("TRUNCATED" if row[4] is None else "UNFINISHED", f"record {row[0]} is missing")

    def check_note(self, note: Note) -> Verdict | None:
        """One of the chain's own checkpoints."""
        before, self.signed = self.signed, note.size
        if note.origin != self.origin:
            return Verdict("FORKED", "a checkpoint is of another chain")
        for key in self.known if self.signing is None else [self.signing]:
            good = note.verifies(key)
            if good is None:
                continue
            self.signing = key
            for new in self.offered:
                if note.verifies(new) is not None:
                    good = good and note.verifies(new)
                    self.signing = new
                    self.known.append(new)
                    break
            if not good or note.size < self.tree.size or (note.size == before and len(note.signatures) == 1):
                return Verdict("MODIFIED", f"the checkpoint of {note.size} records is not as it was written")
            same = note.root == self.tree.root()
            return None if same else Verdict("FORKED", f"the first {note.size} records are not those that were signed")
        return Verdict("KEY UNKNOWN", f"of the checkpoint of {note.size} records")

    def check_retained(self, note: Note) -> Verdict | None:
        """A checkpoint that was kept elsewhere."""
        good = next((found for key in self.known if (found := note.verifies(key)) is not None), None)
        if not good:
            return Verdict("KEY UNKNOWN" if good is None else "MODIFIED", "of a checkpoint that was kept")
        if note.size <= self.tree.size and (note.size, note.root) != (self.tree.size, self.tree.root()):
            return Verdict("FORKED", f"the first {note.size} records are not those of the checkpoint that was kept")
        return None

    def learn(self, record: dict[str, Any]) -> None:
        """A key that is to take over; it does when a checkpoint over this record is signed by both."""
        try:
            self.offered.append(Ed25519PublicKey.from_public_bytes(base64.b64decode(record["facts"]["new_public_key"])))
        except (KeyError, TypeError, ValueError):
            return


def _record(content: bytes, seq: int) -> dict[str, Any]:
    try:
        record = json.loads(content)
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict) or not content.endswith(b"}\n"):
        raise Verdict("MODIFIED", f"line {seq} is no record")
    return record


def _following(notes: Iterator[Note]) -> Note | Verdict | None:
    try:
        return next(notes, None)
    except Verdict as problem:
        return problem


def _kept(file: Path) -> list[Note]:
    """The notes in a file that somebody kept: in one-line form in the lines of a log, or as they are stored."""
    text = file.read_text(encoding="utf-8").replace("\r\n", "\n")
    found = [json.JSONDecoder().raw_decode(part)[0] for part in _one_line_parts(text)]
    blocks = [note["checkpoint"] for note in found] or _pairs(text)
    if not blocks:
        raise ValueError(f"{file} holds no checkpoint")
    return [Note(block) for block in blocks]


def _one_line_parts(text: str) -> list[str]:
    mark = '{"checkpoint":"'
    return [line[line.index(mark) :] for line in text.split("\n") if mark in line]


def _pairs(text: str) -> list[str]:
    parts = [part for part in text.split("\n\n") if part.strip("\n")]
    return [f"{one}\n\n{two.rstrip()}\n" for one, two in zip(parts[::2], parts[1::2], strict=True)]


def _keys(files: list[Path]) -> list[Ed25519PublicKey]:
    found = [load_pem_public_key(file.read_bytes()) for file in files]
    return [key for key in found if isinstance(key, Ed25519PublicKey)]


def _chains(state: Path, journal: sqlite3.Connection | None) -> dict[str, str]:
    if journal is not None:
        return dict(journal.execute("SELECT tenant_id, chain_id FROM chain ORDER BY 1").fetchall())
    chains: dict[str, str] = {}
    for file in sorted((state / "audit").rglob("*.jsonl"), reverse=True):
        with file.open("rb") as opened:
            first = opened.readline(LONGEST)
        chains[file.parents[1].name] = str(_record(first, 1).get("chain_id"))
    return chains


def _verify(state: Path, keys: list[Ed25519PublicKey], retained: list[Note], *, log_only: bool) -> Iterator[str]:
    file = state / "journal.db"
    if not log_only and (not file.is_file() or not file.stat().st_size):
        raise Verdict("NO JOURNAL", "use --log-only for a log without its journal")
    journal = None if log_only else sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
    chains = _chains(state, journal)
    for folder in sorted({log.parents[1].name for log in (state / "audit").rglob("*.jsonl")}):
        if folder not in chains:
            raise Verdict("ROLLED BACK", f"the journal does not know the tenant {folder}")
    for tenant, chain_id in chains.items():
        query = "SELECT seq, hash, file, length, unwritten FROM outbox WHERE tenant_id = ? ORDER BY seq"
        rows = journal.execute(query, (tenant,)) if journal is not None else None
        chain = Chain(state, tenant, chain_id, keys)
        chain.check(rows, retained)
        yield f"OK: tenant {tenant}, {chain.tree.size} records, all signed"
    for note in retained:
        if note.origin not in {f"azremediate/{tenant}/{chain_id}" for tenant, chain_id in chains.items()}:
            began_anew = note.origin.split("/")[1] in chains
            raise Verdict("FORKED" if began_anew else "ROLLED BACK", f"the log of {note.origin} is not here")


def main() -> int:
    """Read the arguments, verify, print; the exit code."""
    parser = argparse.ArgumentParser(description="Verifies an audit log of azremediate without azremediate.")
    parser.add_argument("state", type=Path)
    parser.add_argument("--pub", type=Path, action="append", default=[])
    parser.add_argument("--checkpoint", type=Path, action="append", default=[])
    parser.add_argument("--log-only", action="store_true")
    given = parser.parse_args()
    try:
        keys = _keys(given.pub or sorted((given.state / "keys").glob("audit-*.pub.pem")))
        retained = [note for file in given.checkpoint for note in _kept(file)]
    except (OSError, ValueError, UnsupportedAlgorithm, Verdict) as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    try:
        for line in _verify(given.state, keys, retained, log_only=given.log_only):
            sys.stdout.write(f"{line}\n")
    except (Verdict, sqlite3.Error) as verdict:
        sys.stdout.write(f"{verdict}\n")
        return 7
    return 0


if __name__ == "__main__":
    sys.exit(main())
