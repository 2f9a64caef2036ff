"""The file that freezes a run is found, and what cannot be looked at counts as frozen."""

import os
from pathlib import Path

import pytest

from azremediate.core.errors import Stopped
from azremediate.core.exit_code import ExitCode
from azremediate.journal.freeze import check_not_frozen, freeze_reason
from azremediate.journal.state_directory import StateDirectory, open_state_directory


def test_the_file_freezes(tmp_path: Path) -> None:
    """With it nothing may be begun, and the message names it and says how to go on."""
    state = open_state_directory(tmp_path / "state")
    check_not_frozen(state)
    state.freeze.touch()
    with pytest.raises(Stopped) as raised:
        check_not_frozen(state)
    assert raised.value.exit_code is ExitCode.STOPPED
    assert str(state.freeze) in raised.value.message
    assert "gone" in raised.value.hint


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_a_link_to_nowhere_freezes(tmp_path: Path) -> None:
    """Whatever has the name counts."""
    state = open_state_directory(tmp_path / "state")
    state.freeze.symlink_to(tmp_path / "nowhere")
    assert "FREEZE" in freeze_reason(state)


def test_what_cannot_be_looked_at_is_frozen(tmp_path: Path) -> None:
    """A path that the system refuses to look at is no permission to go on."""
    (tmp_path / "file").touch()
    assert "cannot be looked at" in freeze_reason(StateDirectory(tmp_path / "file"))
