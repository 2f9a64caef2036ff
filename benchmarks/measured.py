"""One command in a process of its own: how long it took, what it cost, how much memory it held."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Measured:
    """seconds: wall clock. cpu: user and system seconds. peak_mib: the most memory it held, in MiB. began: epoch."""

    seconds: float
    cpu: float
    peak_mib: float
    code: int
    out: str
    err: str
    began: float


def measure(command: Sequence[str | Path], *, may_end_with: Sequence[int] = (0,)) -> Measured:
    """Run a command to its end; ends the benchmark when it fails.

    The caller has to be small itself: Linux counts the memory of the process that a command was started from.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began, started = time.time(), time.perf_counter()
        process = subprocess.Popen([str(part) for part in command], stdout=out, stderr=err, env=_as_installed())  # noqa: S603 - ours
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        for stream in (out, err):
            stream.seek(0)
        said, complained = out.read().decode(errors="replace"), err.read().decode(errors="replace")
    if process.returncode not in may_end_with:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {process.returncode}:\n{complained[-2000:]}")
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return Measured(
        seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit, process.returncode, said, complained, began
    )


def _as_installed() -> dict[str, str]:
    """The environment without what would make each process compile its modules again, as no installation does."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def azremediate(config: Path, *arguments: str | Path, may_end_with: Sequence[int] = (0,)) -> Measured:
    """One command of azremediate."""
    command = [sys.executable, "-m", "azremediate", "--config", config, "--quiet", *arguments]
    return measure(command, may_end_with=may_end_with)
