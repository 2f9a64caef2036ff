"""How long commands take to start, as a multiple of the bare interpreter, measured in one run."""

import json
import statistics
import subprocess
import sys
import time

_ROUNDS = 11
_COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "azremediate --help": [sys.executable, "-m", "azremediate", "--help"],
    "azremediate plan --help": [sys.executable, "-m", "azremediate", "plan", "--help"],
    "azremediate actions list": [sys.executable, "-m", "azremediate", "actions", "list"],
    "import msgraph, azure.identity.aio": [sys.executable, "-c", "import msgraph, azure.identity.aio"],
}


def _seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)  # noqa: S603 - the commands above
    return time.perf_counter() - started


def main() -> None:
    """Print a table, and the same as one JSON object."""
    for command in _COMMANDS.values():
        _seconds(command)  # byte code is compiled and cached once
    rounds: dict[str, list[float]] = {name: [] for name in _COMMANDS}
    for _ in range(_ROUNDS):
        for name, command in _COMMANDS.items():
            rounds[name].append(_seconds(command))
    median = {name: statistics.median(values) for name, values in rounds.items()}
    bare = median["python -c pass"]
    for name, seconds in median.items():
        print(f"{name:<36} {seconds * 1000:7.0f} ms  {seconds / bare:5.1f} x")
    ratios = {name: {"seconds": round(value, 4), "ratio": round(value / bare, 2)} for name, value in median.items()}
    print(json.dumps(ratios))


if __name__ == "__main__":
    main()
