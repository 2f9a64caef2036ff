"""The tail of the audit log: completed after a crash, when it is surely only unwritten."""

from pathlib import Path

import pytest

from azremediate.core.errors import IntegrityBroken
from azremediate.core.record import Note
from azremediate.journal.chain_check import Finding
from azremediate.journal.run_journal import open_journal
from azremediate.journal.verification import verify_audit
from tests.journal.stage import ACTOR, TickingClock, a_log, in_another_process, log_file, plan_of

CRASH = """
import asyncio, os, sys
from pathlib import Path
from azremediate.core.record import Note
from azremediate.journal import audit_file
from azremediate.journal.run_journal import open_journal
from tests.journal.stage import ACTOR, TickingClock, plan_of

def cut(file: Path, start: int, content: bytes) -> None:
    with file.open("ab") as opened:
        opened.write(content[: int(sys.argv[2])])
    os._exit(9)

async def main() -> None:
    async with open_journal(Path(sys.argv[1]), TickingClock()) as journal:
        run, _ = await journal.run_for(plan_of(1), ACTOR)
        await run.note(Note("before"))
        audit_file.append = cut
        await run.note(Note("after"))

asyncio.run(main())
"""


def crashed(state: Path, written: int) -> bytes:
    """A state directory whose process died in its last append; the log as it was left."""
    assert in_another_process(CRASH, str(state), str(written)).returncode == 9
    return log_file(state).read_bytes()


@pytest.mark.parametrize("written", [0, 1, 100, 10_000], ids=["nothing", "a byte", "a part", "all"])
async def test_tail_is_completed(tmp_path: Path, written: int) -> None:
    """A process that died within its append leaves a tail that the next writing opening completes, byte for byte."""
    state = tmp_path / "state"
    left = crashed(state, written)
    found = verify_audit(state)
    assert found.finding is (Finding.UNSIGNED_TAIL if written == 10_000 else Finding.UNFINISHED)
    assert log_file(state).read_bytes() == left
    async with open_journal(state, TickingClock()):
        pass
    completed = log_file(state).read_bytes()
    assert completed.startswith(left)
    assert completed.count(b"\n") == 3
    verdict = verify_audit(state)
    assert (verdict.finding, verdict.records) == (Finding.OK, 3)


@pytest.mark.parametrize("tail", [b"x", b'{"a":1}\n'], ids=["a byte", "a line"])
async def test_other_tail_is_refused(tmp_path: Path, tail: bytes) -> None:
    """A tail that is not what the journal holds is never completed nor cut."""
    state = tmp_path / "state"
    left = crashed(state, 0)
    log_file(state).write_bytes(left + tail)
    with pytest.raises(IntegrityBroken, match="altered"):
        async with open_journal(state, TickingClock()):
            pass
    assert log_file(state).read_bytes() == left + tail


async def test_missing_before_the_tail_is_refused(tmp_path: Path) -> None:
    """Records that were surely written are never written again: their absence is no accident."""
    state = tmp_path / "state"
    left = crashed(state, 0)
    log_file(state).write_bytes(left[:-1])
    assert verify_audit(state).finding is Finding.TRUNCATED
    with pytest.raises(IntegrityBroken, match="shortened"):
        async with open_journal(state, TickingClock()):
            pass


async def test_altered_end_is_refused(tmp_path: Path) -> None:
    """A last record of the same length but another content is found before a run begins."""
    state = tmp_path / "state"
    await a_log(state, 1)
    whole = log_file(state).read_bytes()
    log_file(state).write_bytes(whole[:-20] + bytes([whole[-20] ^ 1]) + whole[-19:])
    with pytest.raises(IntegrityBroken, match="last record"):
        async with open_journal(state, TickingClock()):
            pass


async def test_unknown_file_is_refused(tmp_path: Path) -> None:
    """A file of the log that the journal does not know is found before a run begins."""
    state = tmp_path / "state"
    await a_log(state, 1)
    log_file(state).with_name("audit-202405.jsonl").write_bytes(b"")
    with pytest.raises(IntegrityBroken, match="does not know"):
        async with open_journal(state, TickingClock()):
            pass


async def test_change_while_running(tmp_path: Path) -> None:
    """A log that somebody else touches during a run stops the run: nothing more is sent."""
    async with open_journal(tmp_path / "state", TickingClock()) as journal:
        run, _ = await journal.run_for(plan_of(1), ACTOR)
        with log_file(tmp_path / "state").open("ab") as opened:
            opened.write(b"x")
        for _ in range(2):
            with pytest.raises(IntegrityBroken, match="changed by somebody else"):
                await run.note(Note("event"))
