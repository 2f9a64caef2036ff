"""Applying at a real terminal and without one, as people and jobs do it."""

import os
import re
import select
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import pytest

from azremediate.lab.server import Lab

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo terminals of this kind", allow_module_level=True)

import fcntl
import pty
import struct
import termios

COLUMNS = 80
QUESTION = "Type the tenant's domain to go on"
SOURCE = Path(__file__).parents[2] / "src"
APPLIED = "1 of 1 listed credential closed"


@dataclass(frozen=True, slots=True)
class Place:
    """A folder with a configuration for a lab and a plan of one change."""

    lab: Lab
    folder: Path
    plan: Path

    @property
    def command(self) -> list[str]:
        """Applying the plan, without further options."""
        return self.line("apply", str(self.plan))

    def line(self, *arguments: str) -> list[str]:
        """One command against this lab."""
        return [sys.executable, "-m", "azremediate", "--config", str(self.folder / "config.yaml"), *arguments]

    @property
    def environment(self) -> dict[str, str]:
        """Without settings of the machine that runs the tests."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("AZREMEDIATE_", "AZURE_")) and name not in {"NO_COLOR", "COLUMNS", "LINES"}
        }
        return {**kept, "TERM": "xterm-256color", "PYTHONPATH": str(SOURCE)}

    def piped(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one command as a job does."""
        return subprocess.run(  # noqa: S603 - our own command
            self.line(*arguments),
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A tenant for all tests of this file."""
    with Lab(directory=tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture
def place(served: Lab, tmp_path: Path) -> Place:
    """The tenant at its start, and a plan that revokes the sessions of one user."""
    served.reset()
    served.write_config(tmp_path / "config.yaml")
    leaked = tmp_path / "leaked.csv"
    leaked.write_text(f"kind,identity\nsession,amira.user@{served.store.domain}\n", encoding="utf-8")
    found = Place(served, tmp_path, tmp_path / "one.plan.json")
    done = found.piped("plan", "revoke-exposed-sessions", "--credentials", str(leaked), "-o", str(found.plan))
    assert done.returncode == 0, done.stderr
    return found


def at_terminal(place: Place, command: Sequence[str], answer: bytes) -> tuple[int, str]:
    """Run a command at a terminal of 80 columns and answer its question; exit code and what the screen was sent."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, COLUMNS, 0, 0))
    process = subprocess.Popen(  # noqa: S603 - our own command
        command, env=place.environment, stdin=theirs, stdout=theirs, stderr=theirs, preexec_fn=_take_terminal
    )
    os.close(theirs)
    seen, end = b"", monotonic() + 300
    try:
        while select.select([ours], [], [], max(end - monotonic(), 0))[0]:
            try:
                read = os.read(ours, 65536)
            except OSError:  # how Linux tells that the other side was closed
                break
            if not read:
                break
            asked = QUESTION.encode() in seen
            seen += read
            if not asked and QUESTION.encode() in seen:
                os.write(ours, answer)
        return process.wait(timeout=max(end - monotonic(), 1)), seen.decode()
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _take_terminal() -> None:
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def plain(screen: str) -> str:
    """What was sent to a screen without escape sequences."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen).replace("\r\n", "\n")


def test_the_right_domain_applies(place: Place) -> None:
    """The plan is shown first, then the question, then what came of it."""
    code, screen = at_terminal(place, place.command, f"{place.lab.store.domain}\n".encode())
    before, _, after = plain(screen).partition(QUESTION)
    assert code == 0, screen
    assert "revoke every sign-in session" in before
    assert APPLIED in after
    assert len(place.lab.effects) == 1


def test_another_domain_sends_nothing(place: Place) -> None:
    """Exit 4."""
    code, screen = at_terminal(place, place.command, b"contoso.example\n")
    assert code == 4
    assert "nothing was sent" in plain(screen)
    assert place.lab.effects == []


def test_ctrl_c_at_the_question_ends_at_once(place: Place) -> None:
    """Exit 130 after one keystroke, and nothing was sent."""
    code, screen = at_terminal(place, place.command, b"\x03")
    assert code == 130
    assert "stopped on request" in plain(screen)
    assert place.lab.effects == []


def test_a_plan_fits_the_screen(place: Place) -> None:
    """No line but a command to copy is wider than the terminal, and no id is torn apart."""
    code, screen = at_terminal(place, place.line("show", str(place.plan)), b"")
    assert code == 0
    lines = [line for line in plain(screen).splitlines() if "azremediate apply" not in line]
    assert max(map(len, lines)) <= COLUMNS
    assert place.lab.store.tenant_id in " ".join(lines)


def test_a_job_is_never_asked(place: Place) -> None:
    """Exit 2 with the exact options to add, before the tenant is asked anything."""
    done = place.piped("apply", str(place.plan))
    assert (done.returncode, done.stdout) == (2, "")
    assert f"--yes --confirm-tenant {place.lab.store.tenant_id}" in done.stderr
    assert "\x1b" not in done.stderr
    assert place.lab.effects == []


def test_a_job_gets_lines_without_escapes(place: Place) -> None:
    """One line for each change on standard error, the result on standard output."""
    done = place.piped("apply", str(place.plan), "--yes", "--confirm-tenant", place.lab.store.tenant_id)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^1/1 verified +revoke_sessions  Amira User", done.stderr, re.MULTILINE)
    assert done.stdout.startswith(APPLIED)
    assert "\x1b" not in done.stdout + done.stderr
