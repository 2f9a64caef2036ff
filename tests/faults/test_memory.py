"""Input of any size ends in a sentence, within the memory that a small build machine has."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Final

import pytest

from tests.end_to_end.console import Console

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the memory of a program is read from /proc")

ROOT: Final = Path(__file__).parents[2]
MOST: Final = 300 << 20
HEAD: Final = b"kind,identity,key_id,hint\n"


def _measured(folder: Path, *arguments: str | Path) -> tuple[int, int, str]:
    """Exit code, most memory in bytes, and what was said."""
    peak = folder / "peak"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    command = [sys.executable, "-B", "-m", "tests.faults.measured", str(peak), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=120)  # noqa: S603 - our own command
    return done.returncode, int(peak.read_text(encoding="ascii")), done.stdout + done.stderr


def _million_rows(file: Path) -> None:
    with file.open("wb") as opened:
        opened.write(HEAD)
        opened.writelines(b"session,u%d@contoso.example,,\n" % number for number in range(1_000_000))


def _gigabyte(file: Path) -> None:
    with file.open("wb") as opened:
        opened.write(HEAD)
        opened.truncate(1 << 30)


def _one_cell(file: Path) -> None:
    file.write_bytes(HEAD + b"session," + b"x" * (40 << 20))


def _json_rows(file: Path) -> None:
    file.write_bytes(b"[" + b'{"kind":"session","identity":"a@contoso.example"},' * 1_000_000 + b"null]")


def _deep_json(file: Path) -> None:
    file.write_bytes(b"[" * 1_000_000)


LISTS: Final[dict[str, tuple[str, Callable[[Path], None]]]] = {
    "a million rows": ("csv", _million_rows),
    "a gigabyte": ("csv", _gigabyte),
    "one cell of 40 MB": ("csv", _one_cell),
    "a million objects": ("json", _json_rows),
    "a million levels": ("json", _deep_json),
}


@pytest.mark.fault("X2")
@pytest.mark.parametrize("name", LISTS)
def test_credential_list(console: Console, name: str) -> None:
    """A credential list that is too large is refused in a sentence that names it."""
    kind, write = LISTS[name]
    file = console.folder / f"large.{kind}"
    write(file)
    code, most, said = _measured(
        console.folder, "--config", console.config, "plan", "revoke-exposed-sessions", "--credentials", file
    )
    assert (code, "Traceback" in said, file.name in said) == (2, False, True), said[-500:]
    assert most < MOST


@contextmanager
def _endless(pipe: Path) -> Iterator[None]:
    """A pipe that is written to until nobody reads it any more."""

    def write() -> None:
        with pipe.open("wb", buffering=0) as opened:
            opened.write(HEAD)
            while True:
                opened.write(b"session,a@contoso.example,,\n" * 2000)

    def until_left() -> None:
        try:
            write()
        except BrokenPipeError:
            return

    os.mkfifo(pipe)
    writer = Thread(target=until_left)
    writer.start()
    yield
    writer.join(60)
    assert not writer.is_alive()


@pytest.mark.fault("X2")
def test_endless_pipe(console: Console) -> None:
    """A pipe that never ends is left after the limit."""
    pipe = console.folder / "pipe.csv"
    with _endless(pipe):
        code, most, said = _measured(
            console.folder, "--config", console.config, "plan", "revoke-exposed-sessions", "--credentials", pipe
        )
    assert (code, "Traceback" in said, pipe.name in said) == (2, False, True), said[-500:]
    assert most < MOST


OTHERS: Final[dict[str, tuple[str, ...]]] = {
    "configuration": ("--config", "LARGE", "doctor"),
    "playbook": ("playbooks", "validate", "LARGE"),
    "plan": ("show", "LARGE"),
    "plan to apply": ("--config", "CONFIG", "apply", "LARGE", "--yes", "--confirm-tenant", "TENANT"),
}


@pytest.mark.fault("X2")
@pytest.mark.parametrize("name", OTHERS)
def test_other_files(console: Console, name: str) -> None:
    """A gigabyte where any other file is read is refused too."""
    file = console.folder / "large.yaml"
    _gigabyte(file)
    words = {"LARGE": str(file), "CONFIG": str(console.config), "TENANT": console.lab.store.tenant_id}
    code, most, said = _measured(console.folder, *(words.get(word, word) for word in OTHERS[name]))
    assert (code in (2, 5), "Traceback" in said, file.name in said) == (True, False, True), said[-500:]
    assert most < MOST
