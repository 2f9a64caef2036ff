"""A state directory on a network file system is refused, because locks and flushes cannot be trusted there."""

import os
from pathlib import Path

import pytest

from azremediate.core.errors import ConfigInvalid
from azremediate.core.exit_code import ExitCode
from azremediate.journal import file_system
from azremediate.journal.file_system import kind_in, remote_kind
from azremediate.journal.run_journal import open_journal, read_journal
from tests.journal.stage import TickingClock, a_log

TABLE = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
23 22 0:21 / /proc rw,nosuid - proc proc rw
40 22 0:50 / /mnt/share rw shared:9 master:2 - nfs4 server:/export rw,vers=4.2
41 40 0:51 / /mnt/share/local rw - ext4 /dev/vdb rw
42 22 0:52 / /mnt/with\\040space rw - cifs //server/x rw
43 22 0:53 / /home/me/remote rw - fuse.sshfs me@server: rw
44 22 0:54 / /mnt/ntfs rw - fuseblk /dev/sdb1 rw
45 22 0:55 / /mnt/twice rw - nfs server:/a rw
46 22 0:56 / /mnt/twice rw - tmpfs tmpfs rw
a line of another form
"""


@pytest.mark.fault("D6")
@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/state", "ext4"),
        ("/mnt/share", "nfs4"),
        ("/mnt/share/a/b", "nfs4"),
        ("/mnt/share/local/a", "ext4"),
        ("/mnt/shared", "ext4"),
        ("/mnt/with space/a", "cifs"),
        ("/home/me/remote/a", "fuse.sshfs"),
        ("/mnt/ntfs/a", "fuseblk"),
        ("/mnt/twice/a", "tmpfs"),
    ],
)
def test_the_mount_that_holds_a_path(path: str, kind: str) -> None:
    """The longest place that the path is inside of counts, and of two at one place the later."""
    assert kind_in(TABLE, path) == kind


def _mounted(tmp_path: Path, kind: str, place: Path) -> Path:
    table = tmp_path / "mountinfo"
    shown = os.path.realpath(place).replace(" ", "\\040")
    table.write_text(f"1 0 0:1 / / rw - ext4 d rw\n2 1 0:2 / {shown} rw - {kind} s rw\n", encoding="utf-8")
    return table


@pytest.mark.fault("D6")
@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "fuse", "fuse.sshfs", "virtiofs"])
async def test_refused_unless_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Nothing is made there; with the configuration's leave it is used; reading is always possible."""
    share = tmp_path / "share"
    share.mkdir()
    monkeypatch.setattr(file_system, "MOUNTS", _mounted(tmp_path, kind, share))
    state = share / "deep" / "state"
    with pytest.raises(ConfigInvalid, match=f"network file system \\({kind}\\)") as refused:
        async with open_journal(state, TickingClock()):
            pass
    assert refused.value.exit_code == ExitCode.USAGE
    assert "state.network" in refused.value.hint
    assert not state.parent.exists()
    async with open_journal(state, TickingClock(), network=True):
        pass
    async with read_journal(state) as journal:
        assert await journal.runs() == []


@pytest.mark.fault("D6")
@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "tmpfs", "overlay", "apfs", "fuseblk"])
async def test_local_ones_are_not_asked_about(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Any other kind is taken without a word."""
    monkeypatch.setattr(file_system, "MOUNTS", _mounted(tmp_path, kind, tmp_path))
    await a_log(tmp_path / "state", 1)


def test_no_table(tmp_path: Path) -> None:
    """A system without the table is not asked."""
    assert remote_kind(tmp_path, tmp_path / "none") == ""
