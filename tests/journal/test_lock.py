"""The lock: one writing process, a second one is told who holds it."""

import os
import stat
from pathlib import Path

import pytest

from azremediate.core.errors import IntegrityBroken, RunLocked
from azremediate.core.exit_code import ExitCode
from azremediate.journal.lock import hold_lock
from azremediate.journal.run_journal import open_journal, read_journal
from azremediate.journal.state_directory import open_state_directory
from azremediate.journal.verification import verify_audit
from tests.journal.stage import ACTOR, TickingClock, in_another_process, plan_of

TRY = """
import asyncio, sys
from pathlib import Path
from azremediate.core.errors import AzremediateError
from azremediate.journal.run_journal import open_journal
from tests.journal.stage import TickingClock

async def main() -> None:
    async with open_journal(Path(sys.argv[1]), TickingClock()):
        pass

try:
    asyncio.run(main())
except AzremediateError as error:
    print(error.message)
    sys.exit(error.exit_code)
"""

DIE = """
import asyncio, os, sys
from pathlib import Path
from azremediate.journal.run_journal import open_journal
from tests.journal.stage import TickingClock

async def main() -> None:
    async with open_journal(Path(sys.argv[1]), TickingClock(), operation="apply"):
        os._exit(9)

asyncio.run(main())
"""


@pytest.mark.fault("P7")
async def test_second_process_is_told_who_holds_it(tmp_path: Path) -> None:
    """Another process gets exit code 6 and the holder's command, run and process."""
    async with open_journal(tmp_path / "state", TickingClock(), operation="resume") as journal:
        run, _ = await journal.run_for(plan_of(1), ACTOR)
        other = in_another_process(TRY, str(tmp_path / "state"))
    assert other.returncode == ExitCode.LOCKED, other.stderr
    assert f"`azremediate resume` of run {run.run_id} (process " in other.stdout


@pytest.mark.fault("P1")
async def test_lock_of_a_dead_process_is_free(tmp_path: Path) -> None:
    """A process that died without a word holds no lock, though its information is still there."""
    assert in_another_process(DIE, str(tmp_path / "state")).returncode == 9
    assert (tmp_path / "state" / "lock.json").exists()
    assert in_another_process(TRY, str(tmp_path / "state")).returncode == 0


async def test_readers_are_told_as_well(tmp_path: Path) -> None:
    """While a run writes, its journal cannot be read; the error says who is at it."""
    async with open_journal(tmp_path / "state", TickingClock()):
        with pytest.raises(RunLocked, match="in use by `azremediate apply`"):
            async with read_journal(tmp_path / "state"):
                pass
        with pytest.raises(RunLocked):
            verify_audit(tmp_path / "state")


async def test_waiting_for_the_lock(tmp_path: Path) -> None:
    """The wait is cut into growing pauses and ends when it was promised to end."""
    state, clock = open_state_directory(tmp_path / "state"), TickingClock()
    async with hold_lock(state, TickingClock(), "apply"):
        with pytest.raises(RunLocked):
            async with hold_lock(state, clock, "apply", wait=10):
                pass
    assert clock.slept == [1, 2, 4, 3]


async def test_lock_is_freed(tmp_path: Path) -> None:
    """After the end the lock can be had again and nobody is named as its holder."""
    state = open_state_directory(tmp_path / "state")
    for _ in range(2):
        async with hold_lock(state, TickingClock(), "apply"):
            assert state.lock_info.exists()
        assert not state.lock_info.exists()


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"operation": 1}', b"\xff"], ids=repr)
async def test_unreadable_information(tmp_path: Path, content: bytes) -> None:
    """Information that cannot be read makes the message vaguer and nothing else."""
    state = open_state_directory(tmp_path / "state")
    async with hold_lock(state, TickingClock(), "apply"):
        state.lock_info.write_bytes(content)
        with pytest.raises(RunLocked, match="in use by another process"):
            async with hold_lock(state, TickingClock(), "apply"):
                pass


@pytest.mark.skipif(os.name != "posix", reason="file modes and links as POSIX has them")
async def test_information_is_for_the_owner_alone(tmp_path: Path) -> None:
    """Who holds the lock is nobody else's business, and is never written where a link leads."""
    state = open_state_directory(tmp_path / "state")
    before = os.umask(0)
    try:
        async with hold_lock(state, TickingClock(), "apply"):
            assert stat.S_IMODE(state.lock_info.stat().st_mode) == 0o600
            assert stat.S_IMODE(state.lock.stat().st_mode) == 0o600
    finally:
        os.umask(before)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("kept", encoding="utf-8")
    state.lock_info.symlink_to(elsewhere)
    with pytest.raises(IntegrityBroken, match="cannot be written"):
        async with hold_lock(state, TickingClock(), "apply"):
            pass
    assert elsewhere.read_text(encoding="utf-8") == "kept"


async def test_a_note_of_the_holder_that_cannot_be_removed_spoils_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run has ended well by then: its exit code stands, and the next one gets the lock."""

    def failing(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    state = open_state_directory(tmp_path / "state")
    with monkeypatch.context() as patched:
        async with hold_lock(state, TickingClock(), "apply"):
            patched.setattr(Path, "unlink", failing)
    async with hold_lock(state, TickingClock(), "apply"):
        pass
