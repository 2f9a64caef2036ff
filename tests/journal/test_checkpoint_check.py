"""A log against signed checkpoints: what no journal can show any more is found by what was kept elsewhere."""

import asyncio
import shutil
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from azremediate.core.errors import InputInvalid, IntegrityBroken
from azremediate.core.record import Note
from azremediate.journal import chain_check
from azremediate.journal.audit_record import parse_record
from azremediate.journal.chain_check import Finding
from azremediate.journal.checkpoint_file import one_line, stored
from azremediate.journal.run_journal import open_journal
from azremediate.journal.signed_note import sign
from azremediate.journal.verification import verify_audit
from tests.journal.signed_stage import (
    EVERY_TEN,
    TAMPERINGS,
    ManualClock,
    Signed,
    a_signed_log,
    rewrite,
)
from tests.journal.stage import ACTOR, log_file, plan_of

RECORDS = 33


@pytest.fixture
def signed(tmp_path: Path) -> Signed:
    """A signed log of two runs."""
    return asyncio.run(a_signed_log(tmp_path))


@pytest.mark.fault("C7", "C8")
@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_tampering(signed: Signed, tampering: str) -> None:
    """The verdict alone, with the checkpoints that were kept, and with the public key that was kept."""
    act, alone, with_kept, with_key = TAMPERINGS[tampering]
    act(signed)
    assert verify_audit(signed.state).finding == alone
    assert verify_audit(signed.state, checkpoints=[signed.kept]).finding == with_kept
    assert verify_audit(signed.state, public_keys=[signed.public]).finding == with_key


def test_checkpoints_are_frequent(signed: Signed) -> None:
    """At the beginning and the end of each run, and never more than ten records apart."""
    sizes = [kept.checkpoint.size for kept in signed.notes()]
    assert sizes[0] == 1
    assert {12, 13, RECORDS} <= set(sizes)
    assert max(later - earlier for earlier, later in pairwise(sizes)) <= 10
    (head,) = verify_audit(signed.state).heads
    assert (head.seq, head.signed) == (RECORDS, RECORDS)


@pytest.mark.fault("C8")
def test_every_byte_of_the_checkpoints(signed: Signed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Flipping any byte of a checkpoint is found."""
    monkeypatch.setattr(chain_check, "parse_record", lru_cache(parse_record))  # the log itself stays the same
    content = signed.checkpoints.read_bytes()
    for at in range(len(content)):
        signed.checkpoints.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        assert not verify_audit(signed.state).ok, at


@pytest.mark.fault("C7")
def test_truncation_at_each_line(signed: Signed) -> None:
    """Cut at any line the log is TRUNCATED, with or without what was kept: the journal and the checkpoints know."""
    file = log_file(signed.state)
    lines = file.read_bytes().splitlines(keepends=True)
    for left in range(len(lines)):
        file.write_bytes(b"".join(lines[:left]))
        assert verify_audit(signed.state).finding is Finding.TRUNCATED
        assert verify_audit(signed.state, checkpoints=[signed.kept]).finding is Finding.TRUNCATED


def test_each_rewritten_record(signed: Signed, tmp_path: Path) -> None:
    """Whichever record is rewritten together with the journal, the checkpoint over it says so."""
    for at in range(0, RECORDS, 4):
        copy = tmp_path / f"copy-{at}"
        shutil.copytree(signed.state, copy)
        rewrite(copy, at)
        verdict = verify_audit(copy)
        assert verdict.finding is Finding.FORKED
        assert verdict.seq <= at + 1


def test_kept_checkpoints_of_every_form(signed: Signed, tmp_path: Path) -> None:
    """A single note, notes with other line ends, and lines of a build log are understood."""
    kept = signed.notes()[-1].note
    forms = {
        "one": kept.encode().encode(),
        "stored": stored(kept),
        "crlf": signed.kept.read_bytes().replace(b"\n", b"\r\n"),
        "log": f"2024-04-09 note: {one_line(kept)}\nanother line\n".encode(),
    }
    for name, content in forms.items():
        file = tmp_path / name
        file.write_bytes(content)
        assert verify_audit(signed.state, checkpoints=[file]).ok, name
        assert verify_audit(signed.older, checkpoints=[file]).finding is Finding.ROLLED_BACK, name


@pytest.mark.parametrize("content", [b"", b"text\n", b'{"checkpoint":"a\n', b"\xff\n\n\xff\n", b"x" * 100_000])
def test_what_is_no_checkpoint(signed: Signed, tmp_path: Path, content: bytes) -> None:
    """A file that was meant to hold checkpoints and holds none is an error, not silence."""
    (tmp_path / "kept").write_bytes(content)
    with pytest.raises(InputInvalid, match="checkpoint"):
        verify_audit(signed.state, checkpoints=[tmp_path / "kept"])


@pytest.mark.fault("C8")
def test_altered_kept_checkpoint(signed: Signed) -> None:
    """A kept checkpoint whose text was altered proves nothing."""
    signed.kept.write_bytes(signed.kept.read_bytes().replace(b"\n33\n", b"\n34\n"))
    assert verify_audit(signed.state, checkpoints=[signed.kept]).finding is Finding.MODIFIED


def test_what_is_no_key(signed: Signed, tmp_path: Path) -> None:
    """A file that was meant to be a public key and is none is an error."""
    (tmp_path / "key").write_bytes(b"no key")
    with pytest.raises(InputInvalid, match="public key"):
        verify_audit(signed.state, public_keys=[tmp_path / "key"])


@pytest.mark.parametrize("tampering", ["an older copy beside newer checkpoints", "signed again by a stranger"])
def test_nothing_is_signed_over_a_contradiction(signed: Signed, tampering: str) -> None:
    """A writing opening that finds other checkpoints than its own signs nothing and writes nothing."""
    TAMPERINGS[tampering][0](signed)
    before = signed.checkpoints.read_bytes()

    async def write() -> None:
        async with open_journal(signed.state, ManualClock(), audit_settings=EVERY_TEN):
            pass

    with pytest.raises(IntegrityBroken, match="checkpoints"):
        asyncio.run(write())
    assert signed.checkpoints.read_bytes() == before


@pytest.mark.parametrize("tampering", ["the last checkpoint removed", "the last checkpoint cut"])
def test_an_unsigned_tail_is_signed(signed: Signed, tampering: str) -> None:
    """The next writing opening signs what a dead process left unsigned, and takes a half checkpoint away."""
    TAMPERINGS[tampering][0](signed)

    async def write() -> None:
        async with open_journal(signed.state, ManualClock(), audit_settings=EVERY_TEN):
            pass

    asyncio.run(write())
    assert verify_audit(signed.state, checkpoints=[signed.kept]).ok


async def test_rotation(tmp_path: Path) -> None:
    """Who trusts the first key trusts what the second signed, and the first signs nothing any more."""
    signed = await a_signed_log(tmp_path)
    async with open_journal(signed.state, ManualClock(), audit_settings=EVERY_TEN) as journal:
        old, new = await journal.rotate_key(ACTOR)
        run, _ = await journal.run_for(plan_of(2), ACTOR)
        await run.note(Note("event"))
        await run.finish(0)
    assert old != new
    assert verify_audit(signed.state, checkpoints=[signed.kept], public_keys=[signed.public]).ok
    assert len(list((signed.state / "keys").glob("*.pub.pem"))) == 2
    assert [len(kept.note.signatures) for kept in signed.notes()[-3:]] == [2, 1, 1]
    last = signed.notes()[-1]
    stranger = Ed25519PrivateKey.generate()
    content = signed.checkpoints.read_bytes()[: signed.notes()[-2].end]
    signed.checkpoints.write_bytes(content + stored(sign(last.note.text, last.checkpoint.origin, stranger)))
    assert verify_audit(signed.state, public_keys=[signed.public]).finding is Finding.KEY_UNKNOWN


async def test_the_old_key_is_retired(tmp_path: Path) -> None:
    """What the old key signs after its rotation is not accepted, though the key is known; nor is it taken up again."""
    signed = await a_signed_log(tmp_path)
    file = signed.state / "keys" / "audit-key.pem"
    old = file.read_bytes()
    async with open_journal(signed.state, ManualClock(), audit_settings=EVERY_TEN) as journal:
        await journal.rotate_key(ACTOR)
    new = file.read_bytes()
    file.write_bytes(old)
    with pytest.raises(IntegrityBroken, match="this key did not sign"):
        async with open_journal(signed.state, ManualClock(), audit_settings=EVERY_TEN):
            pass
    file.write_bytes(new)
    async with open_journal(signed.state, ManualClock(), audit_settings=EVERY_TEN) as journal:
        await journal.run_for(plan_of(1), ACTOR)
    key = load_pem_private_key(old, None)
    assert isinstance(key, Ed25519PrivateKey)
    last = signed.notes()[-1]
    content = signed.checkpoints.read_bytes()[: signed.notes()[-2].end]
    signed.checkpoints.write_bytes(content + stored(sign(last.note.text, last.checkpoint.origin, key)))
    assert verify_audit(signed.state).finding is Finding.KEY_UNKNOWN
