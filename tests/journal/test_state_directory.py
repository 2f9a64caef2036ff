"""The state directory: made for its owner alone, refused when others could look into it."""

import os
import stat
from pathlib import Path

import pytest

from azremediate.core.errors import ConfigInvalid
from azremediate.journal.run_journal import read_journal
from azremediate.journal.state_directory import existing_state_directory, open_state_directory
from azremediate.journal.verification import verify_audit
from tests.journal.stage import a_log

posix = pytest.mark.skipif(os.name != "posix", reason="Windows has no modes")


@posix
def test_new_directory_is_the_owners(tmp_path: Path) -> None:
    """A missing directory is made with mode 0700, its parents with it."""
    state = open_state_directory(tmp_path / "deep" / "state")
    assert stat.S_IMODE(state.path.stat().st_mode) == 0o700


@posix
async def test_everything_in_it_is_the_owners(tmp_path: Path) -> None:
    """No file or folder that a run makes can be read by others."""
    await a_log(tmp_path / "state", 1)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "state").rglob("*")}
    assert modes == {0o700, 0o600}


@pytest.mark.fault("D5")
@posix
@pytest.mark.parametrize("mode", [0o755, 0o750, 0o701, 0o770])
def test_open_directory_is_refused(tmp_path: Path, mode: int) -> None:
    """A directory that others may enter is refused with the command that closes it, and left as it is."""
    state = tmp_path / "state"
    state.mkdir()
    state.chmod(mode)
    with pytest.raises(ConfigInvalid, match=f"mode {mode:04o}") as caught:
        open_state_directory(state)
    assert f"chmod 700 {state}" in caught.value.hint
    assert stat.S_IMODE(state.stat().st_mode) == mode


@pytest.mark.fault("D5")
@posix
def test_symbolic_link_is_refused(tmp_path: Path) -> None:
    """A link could be pointed elsewhere between two runs."""
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "state").symlink_to(tmp_path / "real")
    with pytest.raises(ConfigInvalid, match="symbolic link"):
        open_state_directory(tmp_path / "state")


@pytest.mark.fault("D5")
@posix
def test_foreign_directory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory of another account is refused."""
    (tmp_path / "state").mkdir(mode=0o700)
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(ConfigInvalid, match="belongs to another account"):
        open_state_directory(tmp_path / "state")


def test_file_is_refused(tmp_path: Path) -> None:
    """A file in the directory's place is told as such."""
    (tmp_path / "state").write_text("x")
    with pytest.raises(ConfigInvalid, match="not a directory"):
        open_state_directory(tmp_path / "state")


@pytest.mark.fault("D5", "D7")
def test_directory_that_cannot_be_made(tmp_path: Path) -> None:
    """A parent that is a file gives a sentence and a remedy."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(ConfigInvalid, match="cannot be looked at") as caught:
        open_state_directory(tmp_path / "file" / "state")
    assert "state.path" in caught.value.hint


async def test_reading_makes_nothing(tmp_path: Path) -> None:
    """Commands that read tell that there is no state directory, and do not make one."""
    state = tmp_path / "state"
    with pytest.raises(ConfigInvalid, match="no state directory") as caught:
        existing_state_directory(state)
    assert "azremediate apply" in caught.value.hint
    with pytest.raises(ConfigInvalid):
        async with read_journal(state):
            pass
    with pytest.raises(ConfigInvalid):
        verify_audit(state)
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - the blocking of a test's own look harms nobody


async def test_reading_changes_nothing(tmp_path: Path) -> None:
    """Reading a journal and verifying its log leave every byte and every name as it was."""
    state = tmp_path / "state"
    await a_log(state, 2)
    before = {path: path.read_bytes() for path in state.rglob("*") if path.is_file()}
    async with read_journal(state) as journal:
        await journal.runs()
    verify_audit(state)
    assert {path: path.read_bytes() for path in state.rglob("*") if path.is_file()} == before
