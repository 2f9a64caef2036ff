"""The file by which anybody who reaches the state directory stops a run before its next write."""

from azremediate.core.errors import Stopped
from azremediate.journal.state_directory import StateDirectory


def freeze_reason(state: StateDirectory) -> str:
    """Why nothing may be begun now; empty when there is no such file. What cannot be looked at counts as frozen."""
    try:
        state.freeze.lstat()
    except FileNotFoundError:
        return ""
    except OSError as error:
        return f"whether there is a file {state.freeze} cannot be looked at ({error.strerror or 'the system refuses'})"
    return f"frozen by the file {state.freeze}"


def check_not_frozen(state: StateDirectory) -> None:
    """Raise `Stopped` when a run may not begin or go on."""
    if reason := freeze_reason(state):
        raise Stopped(
            f"{reason}; nothing was sent",
            hint=f"see who made it and why; when {state.freeze} is gone, give the same command again",
        )
