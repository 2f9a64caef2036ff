"""Which kind of file system holds a directory: locks and durable writes can be trusted on a local disk only."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
"""Linux's table of what is mounted where, see proc_pid_mountinfo(5)."""

_REMOTE = frozenset(
    {
        *("9p", "afs", "beegfs", "ceph", "cifs", "coda", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4"),
        *("orangefs", "prl_fs", "smb2", "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs"),
    }
)
_WINDOWS_REMOTE_DRIVE = 4
_ESCAPED = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Mount:
    """One line of the table: where something is mounted, and its kind."""

    place: str
    kind: str


def remote_kind(path: Path, mounts: Path | None = None) -> str:
    """The kind of network or FUSE file system that holds the nearest existing folder of `path`, empty for any other.

    Linux's table of mounts is asked, or Windows what kind of drive it is. Elsewhere, and where the table cannot be
    read, nothing is known, and nothing is said.
    """
    whole = os.path.realpath(path)
    if os.name == "nt":
        return _windows_kind(whole)
    try:
        table = (mounts or MOUNTS).read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""
    kind = kind_in(table, whole)
    return kind if kind in _REMOTE or kind == "fuse" or kind.startswith("fuse.") else ""


def kind_in(table: str, path: str) -> str:
    """The kind of the mount that holds an absolute path without links; of several at one place the last one counts."""
    found = Mount("", "")
    for mount in _mounts(table):
        inside = mount.place in ("/", path) or path.startswith(f"{mount.place}/")
        if inside and len(mount.place) >= len(found.place):
            found = mount
    return found.kind


def _mounts(table: str) -> Iterator[Mount]:
    for line in table.splitlines():
        about, dash, source = line.partition(" - ")
        words, kind = about.split(" "), source.split(" ")[0]
        if dash and len(words) > 4:
            yield Mount(_ESCAPED.sub(lambda found: chr(int(found[1], 8)), words[4]), kind)


def _windows_kind(path: str) -> str:
    import ctypes

    drive = os.path.splitdrive(path)[0]
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 - only Windows has it, and types are checked on Linux
    remote = drive.startswith("\\\\") or kernel.GetDriveTypeW(f"{drive}\\") == _WINDOWS_REMOTE_DRIVE
    return "network drive" if remote else ""
