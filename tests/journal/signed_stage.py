"""A clock that passes on order, and state directories whose signed log was tampered with."""

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from azremediate.core.config import AuditSettings
from azremediate.journal.audit_record import leaf_hash, parse_record, seal
from azremediate.journal.checkpoint_file import KeptNote, own_notes, stored
from azremediate.journal.merkle_tree import root_of
from azremediate.journal.run_journal import open_journal
from azremediate.journal.signed_note import sign
from tests.journal.stage import TickingClock, altering, carry_out, log_file, plan_of

EVERY_TEN = AuditSettings(anchors=(), checkpoint_records=10)


class ManualClock(TickingClock):
    """Time passes only when a test says so; who sleeps waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.passed = 0.0
        self._sleepers: list[tuple[float, asyncio.Event]] = []

    def monotonic(self) -> float:
        """Seconds that passed."""
        return self.passed

    async def sleep(self, seconds: float) -> None:
        """Wait for time to pass."""
        woken = asyncio.Event()
        self._sleepers.append((self.passed + seconds, woken))
        await woken.wait()

    async def advance(self, seconds: float, sleepers: int = 2) -> None:
        """Let time pass once so many sleep: who is still at work would miss it."""
        while sum(not woken.is_set() for _, woken in self._sleepers) < sleepers:  # noqa: ASYNC110 - sleepers come and go
            await asyncio.sleep(0)
        self.passed += seconds
        for until, woken in self._sleepers:
            if until <= self.passed:
                woken.set()


@dataclass(frozen=True, slots=True)
class Signed:
    """A finished state directory, a copy from before its second run, and what was kept elsewhere."""

    state: Path
    older: Path
    kept: Path
    public: Path

    @property
    def checkpoints(self) -> Path:
        """The file of the chain's own checkpoints."""
        return log_file(self.state).parents[1] / "checkpoints.txt"

    def notes(self) -> list[KeptNote]:
        """The chain's own checkpoints."""
        return [note for note in own_notes(self.checkpoints) if isinstance(note, KeptNote)]


async def a_signed_log(folder: Path) -> Signed:
    """Two runs, the first of 12 records and the second of 21, with a checkpoint at least every 10 records."""
    state, older = folder / "state", folder / "older"
    async with open_journal(state, ManualClock(), audit_settings=EVERY_TEN) as journal:
        await carry_out(journal, plan_of(3))
    shutil.copytree(state, older)
    async with open_journal(state, ManualClock(), audit_settings=EVERY_TEN) as journal:
        await carry_out(journal, plan_of(6))
    signed = Signed(state, older, folder / "kept.txt", folder / "kept.pub.pem")
    shutil.copyfile(signed.checkpoints, signed.kept)
    (public,) = (state / "keys").glob("*.pub.pem")
    shutil.copyfile(public, signed.public)
    return signed


def rewrite(state: Path, at: int) -> None:
    """Alter the record at index `at`, and everything behind it and the journal so that they agree."""
    file = log_file(state)
    lines = file.read_bytes().splitlines(keepends=True)
    records = [parse_record(line[:-1]) for line in lines]
    records[at] = replace(records[at], entry=replace(records[at].entry, reason="nothing happened"))
    prev, start = records[at].prev, sum(map(len, lines[:at]))
    with altering(state) as connection:
        for index in range(at, len(records)):
            leaf = seal(replace(records[index], prev=prev))
            lines[index], prev = leaf.line, leaf.hash
            row = (leaf.hash, start, len(leaf.line), index + 1)
            connection.execute("UPDATE outbox SET hash = ?, start = ?, length = ?, unwritten = NULL WHERE seq = ?", row)
            start += len(leaf.line)
    file.write_bytes(b"".join(lines))


def sign_again(signed: Signed, key: Ed25519PrivateKey) -> None:
    """Replace all checkpoints by ones over the log as it is now, signed by `key`."""
    leaves = [bytes.fromhex(leaf_hash(line)) for line in log_file(signed.state).read_bytes().splitlines()]
    content = b""
    for kept in signed.notes():
        found = replace(kept.checkpoint, root=root_of(leaves[: kept.checkpoint.size]))
        content += stored(sign(found.text, found.origin, key))
    signed.checkpoints.write_bytes(content)


def _drop_last_line(signed: Signed) -> None:
    log_file(signed.state).write_bytes(b"".join(log_file(signed.state).read_bytes().splitlines(keepends=True)[:-1]))


def _older_but_checkpoints(signed: Signed) -> None:
    newer = signed.checkpoints.read_bytes()
    _older(signed)
    signed.checkpoints.write_bytes(newer)


def _older(signed: Signed) -> None:
    shutil.rmtree(signed.state)
    shutil.copytree(signed.older, signed.state)


def _other_history(signed: Signed) -> None:
    _older(signed)

    async def another() -> None:
        async with open_journal(signed.state, ManualClock(), audit_settings=EVERY_TEN) as journal:
            await carry_out(journal, plan_of(7))

    asyncio.run(another())


def _forged_key(signed: Signed) -> None:
    key = Ed25519PrivateKey.generate()
    rewrite(signed.state, 5)
    sign_again(signed, key)
    (public,) = (signed.state / "keys").glob("*.pub.pem")
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def _without_notes(signed: Signed, count: int) -> None:
    notes = signed.notes()[:-count]
    signed.checkpoints.write_bytes(signed.checkpoints.read_bytes()[: notes[-1].end])


def _swapped_notes(signed: Signed) -> None:
    notes = [stored(kept.note) for kept in signed.notes()]
    notes[1], notes[2] = notes[2], notes[1]
    signed.checkpoints.write_bytes(b"".join(notes))


def _cut_checkpoints(signed: Signed) -> None:
    signed.checkpoints.write_bytes(signed.checkpoints.read_bytes()[:-40])


def _new_chain(signed: Signed) -> None:
    shutil.rmtree(signed.state)

    async def anew() -> None:
        async with open_journal(signed.state, ManualClock(), audit_settings=EVERY_TEN) as journal:
            await carry_out(journal, plan_of(1))

    asyncio.run(anew())
    (public,) = (signed.state / "keys").glob("*.pub.pem")
    shutil.copyfile(signed.public, public.with_name("audit-0.pub.pem"))


# name: what is done, and the verdict alone, with the kept checkpoints, with the kept public key
TAMPERINGS: dict[str, tuple[Callable[[Signed], None], str, str, str]] = {
    "nothing": (lambda _: None, "OK", "OK", "OK"),
    "the last record removed": (_drop_last_line, "TRUNCATED", "TRUNCATED", "TRUNCATED"),
    "a record rewritten, with the journal": (lambda signed: rewrite(signed.state, 5), "FORKED", "FORKED", "FORKED"),
    "the last record rewritten, with the journal": (
        lambda signed: rewrite(signed.state, 32),
        "FORKED",
        "FORKED",
        "FORKED",
    ),
    "an older copy beside newer checkpoints": (_older_but_checkpoints, "TRUNCATED", "TRUNCATED", "TRUNCATED"),
    "an older copy of everything": (_older, "OK", "ROLLED BACK", "OK"),
    "an older copy that went on differently": (_other_history, "OK", "FORKED", "OK"),
    "everything rewritten and signed by another key": (_forged_key, "OK", "KEY UNKNOWN", "KEY UNKNOWN"),
    "signed again by a stranger": (
        lambda signed: sign_again(signed, Ed25519PrivateKey.generate()),
        "KEY UNKNOWN",
        "KEY UNKNOWN",
        "KEY UNKNOWN",
    ),
    "the last checkpoint removed": (
        lambda signed: _without_notes(signed, 1),
        "UNSIGNED TAIL",
        "UNSIGNED TAIL",
        "UNSIGNED TAIL",
    ),
    "all checkpoints removed": (
        lambda signed: signed.checkpoints.unlink(),
        "UNSIGNED TAIL",
        "UNSIGNED TAIL",
        "UNSIGNED TAIL",
    ),
    "the last checkpoint cut": (_cut_checkpoints, "UNSIGNED TAIL", "UNSIGNED TAIL", "UNSIGNED TAIL"),
    "two checkpoints swapped": (_swapped_notes, "MODIFIED", "MODIFIED", "MODIFIED"),
    "a log begun anew": (_new_chain, "OK", "FORKED", "KEY UNKNOWN"),
}
