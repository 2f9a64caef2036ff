"""How long commands take to start, as a multiple of the bare interpreter, measured in one run."""

import statistics
import subprocess
import sys
import time
from pathlib import Path

from table import Row

_ROUNDS = 11
_TIMES_BARE = 8.0
_BARE = "python -c pass"
_COMMANDS = {
    _BARE: [sys.executable, "-c", "pass"],
    "azremediate --help": [sys.executable, "-m", "azremediate", "--help"],
    "azremediate plan --help": [sys.executable, "-m", "azremediate", "plan", "--help"],
    "azremediate actions list": [sys.executable, "-m", "azremediate", "actions", "list"],
    "import msgraph, azure.identity.aio": [sys.executable, "-c", "import msgraph, azure.identity.aio"],
}


def _seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)  # noqa: S603 - the commands above
    return time.perf_counter() - started


def measure_start_up(_folder: Path) -> list[Row]:
    """The median of several rounds of each command."""
    for command in _COMMANDS.values():
        _seconds(command)  # byte code is compiled and cached once
    rounds: dict[str, list[float]] = {name: [] for name in _COMMANDS}
    for _ in range(_ROUNDS):
        for name, command in _COMMANDS.items():
            rounds[name].append(_seconds(command))
    median = {name: statistics.median(values) for name, values in rounds.items()}
    rows = []
    for name, seconds in median.items():
        ratio = seconds / median[_BARE]
        asked = name.endswith("--help")
        rows.append(
            Row(
                name,
                seconds * 1000,
                "ms",
                ratio,
                "of the bare interpreter",
                f"<= {_TIMES_BARE:g}" if asked else "",
                ratio <= _TIMES_BARE if asked else None,
            )
        )
    return rows
