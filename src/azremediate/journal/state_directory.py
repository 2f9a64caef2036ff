"""Where a tenant's run journal, audit log and lock are kept, and who may look into it."""

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from azremediate.core.errors import ConfigInvalid, IntegrityBroken
from azremediate.journal.durable_folder import flush_folder, make_folders
from azremediate.journal.file_system import remote_kind

_OWNER_ONLY = 0o700


@dataclass(frozen=True, slots=True)
class StateDirectory:
    """The paths inside one state directory; to hold one says that it was looked at and is fit for use."""

    path: Path

    @property
    def journal(self) -> Path:
        """The SQLite file with the runs."""
        return self.path / "journal.db"

    @property
    def audit(self) -> Path:
        """The folder of the audit log: one folder per tenant, in it one per year, in it one file per month."""
        return self.path / "audit"

    @property
    def keys(self) -> Path:
        """The folder of the keys that sign the audit log's checkpoints."""
        return self.path / "keys"

    @property
    def lock(self) -> Path:
        """The file whose lock the writing process holds."""
        return self.path / "lock"

    @property
    def lock_info(self) -> Path:
        """The file that says who holds the lock."""
        return self.path / "lock.json"

    @property
    def freeze(self) -> Path:
        """The file that stops a run before its next write, while it is there."""
        return self.path / "FREEZE"


def open_state_directory(path: Path, *, network: bool = False) -> StateDirectory:
    """The state directory at `path`, made for its owner alone when it is not there yet.

    Raises `ConfigInvalid` when somebody else could read or replace what is in it; access rights are never changed
    silently. network: whether it may lie on a network file system, which else is refused as well.
    """
    check_file_system(path, network=network)
    try:
        make_folders(path.parent)
        _make(path)
    except NotADirectoryError:
        pass  # which of its folders is none is said by looking at it
    except OSError as error:
        raise unwritable(f"the state directory {path} cannot be made", error) from None
    return _checked(path)


def _make(path: Path) -> None:
    with suppress(FileExistsError):
        path.mkdir(mode=_OWNER_ONLY)
    # also when it was there: whoever made it may have died before its name was durable
    with suppress(PermissionError):  # the folder above may be closed to this account; then it is not its maker either
        flush_folder(path.parent)


def check_file_system(path: Path, *, network: bool) -> None:
    """Raise `ConfigInvalid` when the directory, there or not, is on a network file system and that is not allowed."""
    if not network and (kind := remote_kind(path)):
        raise ConfigInvalid(
            f"the state directory {path} is on a network file system ({kind}), where locks and flushes may not hold",
            hint="set `state.path` to a directory on a local disk, or `state.network: true` where locks surely work",
        )


def existing_state_directory(path: Path) -> StateDirectory:
    """The state directory at `path`, for reading; nothing is made. `ConfigInvalid` when there is none."""
    if not os.path.lexists(path):
        raise ConfigInvalid(
            f"there is no state directory {path}: no plan was applied from here yet",
            hint="apply a plan first (`azremediate apply PLAN`), or set `state.path` to the directory of its run",
        )
    return _checked(path)


def unwritable(what: str, error: OSError) -> IntegrityBroken:
    """The error for a place in the state directory that cannot be written; `what` says which, without a full stop."""
    return IntegrityBroken(f"{what}: {error.strerror or 'the system refuses'}", hint=REMEDY)


REMEDY = (
    "free space on that disk, or give this account a place it may write to (`state.path`); "
    "then run `azremediate resume`"
)
"""What to do when the state directory cannot be written."""


def _checked(path: Path) -> StateDirectory:
    try:
        found = path.lstat()
    except OSError as error:
        raise ConfigInvalid(
            f"the state directory {path} cannot be looked at: {error.strerror}", hint="check `state.path`"
        ) from None
    if stat.S_ISLNK(found.st_mode):
        raise ConfigInvalid(
            f"the state directory {path} is a symbolic link, which can be pointed elsewhere",
            hint="set `state.path` to the directory itself",
        )
    if not stat.S_ISDIR(found.st_mode):
        raise ConfigInvalid(f"{path} is not a directory", hint="set `state.path` to a directory of its own")
    if os.name == "posix":
        _check_access(path, found)
    return StateDirectory(path)


def _check_access(path: Path, found: os.stat_result) -> None:
    if found.st_uid != os.geteuid():
        raise ConfigInvalid(
            f"the state directory {path} belongs to another account",
            hint="set `state.path` to a directory of the account that runs azremediate",
        )
    mode = stat.S_IMODE(found.st_mode)
    if mode & 0o077:
        raise ConfigInvalid(
            f"the state directory {path} is open to other accounts (mode {mode:04o})",
            hint=f"see that nothing in it is foreign, then: chmod 700 {path}",
        )
