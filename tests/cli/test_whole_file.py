"""Files that are written as a whole or not at all."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from azremediate.cli.whole_file import write_whole
from azremediate.core.errors import AzremediateError, InputInvalid

posix = pytest.mark.skipif(os.name == "nt", reason="modes and limits of POSIX")


def test_a_file_is_replaced(tmp_path: Path) -> None:
    """The new content stands alone, and nothing is left over."""
    file = tmp_path / "a.json"
    file.write_bytes(b"old and longer")
    write_whole(file, b"new", "the plan")
    assert file.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [file]


@posix
def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    """Also where the old file was open to all."""
    file = tmp_path / "a.json"
    file.write_bytes(b"old")
    file.chmod(0o644)
    write_whole(file, b"new", "the plan")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.fault("X5")
@pytest.mark.parametrize(("name", "said"), [(".", "is a folder"), ("missing/a.json", "the folder does not exist")])
def test_a_place_that_cannot_take_it(tmp_path: Path, name: str, said: str) -> None:
    """A wrong argument, with the option that helps."""
    with pytest.raises(InputInvalid, match=said) as caught:
        write_whole(tmp_path / name, b"new", "the plan")
    assert "-o" in caught.value.hint


def test_what_cannot_be_put_in_place_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The temporary file goes, whatever the error."""

    def refuse(_self: Path, _target: Path) -> Path:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(AzremediateError, match="could not be written: Permission denied"):
        write_whole(tmp_path / "a.json", b"new", "the plan")
    assert list(tmp_path.iterdir()) == []


def test_the_content_is_durable_before_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a crash the file holds the old content or the new one, never nothing."""
    seen: list[str] = []
    file = tmp_path / "a.json"
    sync = os.fsync

    def remember(descriptor: int) -> None:
        seen.append("named" if file.exists() else "not named")
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", remember)
    write_whole(file, b"new", "the plan")
    assert seen[0] == "not named"


@pytest.mark.fault("D1")
@posix
def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk: one sentence, exit 1, no leftover."""
    file = tmp_path / "a.json"
    file.write_bytes(b"old")
    code = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from azremediate.cli.whole_file import write_whole\n"
        "from azremediate.core.errors import AzremediateError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try:\n    write_whole(Path(sys.argv[1]), b'x' * 5000, 'the plan')\n"
        "except AzremediateError as error:\n    print(error.message); sys.exit(error.exit_code)\n"
    )
    root = Path(__file__).parents[2] / "src"
    ran = subprocess.run(  # noqa: S603 - the test's own interpreter and code
        [sys.executable, "-B", "-c", code, str(file)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert ran.returncode == 1
    assert ran.stdout.strip() == f"{file}: the plan could not be written: File too large"
    assert ran.stderr == ""
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]
