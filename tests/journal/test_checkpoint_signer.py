"""Who signs and when: after the records are on disk, often enough, and each tenant's chain by itself."""

import asyncio
import os
from pathlib import Path

import pytest

from azremediate.core.config import AuditSettings
from azremediate.core.errors import IntegrityBroken
from azremediate.core.record import Note
from azremediate.journal.checkpoint import checkpoint_in
from azremediate.journal.checkpoint_file import KeptNote, own_notes
from azremediate.journal.run_journal import open_journal
from azremediate.journal.signed_note import SignedNote
from azremediate.journal.verification import verify_audit
from tests.core.plans import TENANT_ID
from tests.journal.signed_stage import ManualClock
from tests.journal.stage import ACTOR, TickingClock, a_log, log_file, plan_of


def sizes(file: Path) -> list[int]:
    """How many records each checkpoint of a file covers."""
    return [note.checkpoint.size for note in own_notes(file) if isinstance(note, KeptNote)]


async def test_records_come_first(tmp_path: Path) -> None:
    """When a checkpoint is signed, the log on disk holds at least the records it covers."""
    state = tmp_path / "state"
    seen: list[tuple[int, int]] = []

    def watch(note: SignedNote) -> None:
        seen.append((checkpoint_in(note).size, log_file(state).read_bytes().count(b"\n")))

    async with open_journal(state, TickingClock()) as journal:
        journal._books.audit.signer.on_signed = watch
        run, _ = await journal.run_for(plan_of(1), ACTOR)
        await asyncio.gather(*(run.note(Note(f"event-{number}")) for number in range(250)))
        await run.finish(0)
    assert len(seen) >= 3
    assert all(size <= on_disk for size, on_disk in seen)
    assert seen[-1] == (252, 252)


async def test_every_hundred_records(tmp_path: Path) -> None:
    """Without another wish a run of 300 single records has a checkpoint at least each 100, and no more than needed."""
    state = tmp_path / "state"
    async with open_journal(state, ManualClock(), audit_settings=AuditSettings(anchors=())) as journal:
        run, _ = await journal.run_for(plan_of(1), ACTOR)
        for number in range(298):
            await run.note(Note(f"event-{number}"))
        await run.finish(0)
    assert sizes(log_file(state).parents[1] / "checkpoints.txt") == [1, 101, 201, 300]


async def test_other_hands(tmp_path: Path) -> None:
    """A file of checkpoints that somebody else writes to during a run stops the run."""
    async with open_journal(tmp_path / "state", TickingClock()) as journal:
        run, _ = await journal.run_for(plan_of(1), ACTOR)
        with (log_file(tmp_path / "state").parents[1] / "checkpoints.txt").open("ab") as opened:
            opened.write(b"x")
        with pytest.raises(IntegrityBroken, match="changed by somebody else"):
            await run.finish(0)


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
async def test_modes(tmp_path: Path) -> None:
    """Checkpoints are their owner's alone, as the log is."""
    await a_log(tmp_path / "state", 1)
    assert (log_file(tmp_path / "state").parents[1] / "checkpoints.txt").stat().st_mode & 0o777 == 0o600


async def test_a_log_from_before(tmp_path: Path) -> None:
    """A log that was never signed is wholly unsigned, and wholly signed after the next writing opening."""
    state = tmp_path / "state"
    await a_log(state, 1)
    (log_file(state).parents[1] / "checkpoints.txt").unlink()
    for file in (state / "keys").iterdir():
        file.unlink()
    verdict = verify_audit(state)
    assert (verdict.finding, verdict.heads[0].signed) == ("UNSIGNED TAIL", 0)
    async with open_journal(state, TickingClock()) as journal:
        assert journal.checkpoint(TENANT_ID) is not None
    assert verify_audit(state).ok
