"""Plays the large sets and writes their figures into docs/evidence.md; `make evidence` runs it."""

import argparse
import platform
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Final

from azremediate import __version__
from tests.faults.crew import Crew
from tests.faults.disk_figures import calls, inodes, power, tampered
from tests.faults.figures import (
    SEED,
    Figure,
    after_effect,
    flips,
    kills,
    mutation,
    plain_sdk,
    races,
    storms,
)
from tests.faults.matrix import EVIDENCE, ROOT, ROWS, listed, marked

_BEGIN: Final = "<!-- figures: made by `make evidence` -->"
_BESIDE: Final = "Beside it, what the plain SDK does on the same lab:"
_MUTANTS: Final = (
    "Small wrong changes (a comparison turned, `and` for `or`, a lost `not`, a constant or result off, a call left "
    "out), each held against the tests of its file. Here `wrong` counts those that no test noticed; some of them "
    "change nothing that could be seen (a default that every caller sets, a wording)."
)
_END: Final = "<!-- end of figures -->"


def main() -> int:
    """Play everything; 1 when a promise was broken."""
    asked = _arguments()
    started = time.monotonic()
    figures: list[Figure] = []
    with Crew(asked.workers) as crew:
        for part in (
            kills(crew, asked.pairs),
            after_effect(crew),
            races(crew, asked.races),
            flips(crew),
            calls(crew, asked.harms),
            inodes(crew),
        ):
            figures += _shown(part)
    figures += _shown(power(asked.workers, asked.harms))
    figures += _shown(tampered(asked.workers, asked.harms))
    figures += _shown(storms(asked.seconds))
    compared = list(_shown(plain_sdk()))
    mutated = list(_shown(mutation(asked.workers)))
    minutes = (time.monotonic() - started) / 60
    head = _head(asked, minutes)
    text = EVIDENCE.read_text(encoding="utf-8")
    before, rest = text.split(_BEGIN)
    after = rest.split(_END)[1]
    table = "\n".join(
        [*head, "", *_table(figures), "", _BESIDE, "", *_table(compared), "", _MUTANTS, "", *_table(mutated)]
    )
    EVIDENCE.write_text(f"{before}{_BEGIN}\n\n{table}\n\n{_END}{after}", encoding="utf-8")
    return 1 if any(figure.wrong for figure in figures) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=2, help="processes that play")
    parser.add_argument("--pairs", type=float, default=1.0, help="share of the pairs of kills, 1 is all")
    parser.add_argument("--harms", type=float, default=1.0, help="share of failing calls, power cuts and altered bytes")
    parser.add_argument("--races", type=int, default=200, help="rounds of eight processes")
    parser.add_argument("--seconds", type=float, default=120.0, help="of simulation")
    return parser.parse_args()


def _shown(part: Iterator[Figure]) -> Iterator[Figure]:
    for figure in part:
        print(f"{figure.what}: {figure.played}, {figure.found}, wrong {figure.wrong}", file=sys.stderr, flush=True)  # noqa: T201 - progress of long work
        yield figure


def _head(asked: argparse.Namespace, minutes: float) -> list[str]:
    git = shutil.which("git")
    commit = "unknown"
    if git is not None:
        said = subprocess.run([git, "rev-parse", "HEAD"], capture_output=True, text=True, cwd=ROOT, check=False)  # noqa: S603 - git itself
        commit = said.stdout.strip() or commit
    parts = [
        f"azremediate {__version__} at commit {commit[:12]}",
        f"Python {platform.python_version()} on {platform.system()}, SQLite {sqlite3.sqlite_version}",
        f"msgraph-sdk {version('msgraph-sdk')}",
        f"seed {SEED}",
        f"share of pairs {asked.pairs:g}",
        f"share of failing calls, power cuts and altered bytes {asked.harms:g}",
        f"{datetime.now(UTC):%Y-%m-%d}, {minutes:.0f} minutes",
    ]
    state = listed()
    partly = sum(1 for one, _ in state.values() if one == "partly")
    proven = sum(1 for row in ROWS if row in marked() and row not in state)
    rows = f"Fault matrix: {len(ROWS)} rows, {proven} proven, {partly} partly, {len(state) - partly} open."
    return [f"{'; '.join(parts)}.", "", rows]


def _table(figures: list[Figure]) -> list[str]:
    rows = [f"| {one.what} | {one.played} | {one.found} | {one.wrong} |" for one in figures]
    return ["| what | played | found | wrong |", "| --- | --- | --- | --- |", *rows]


if __name__ == "__main__":
    sys.exit(main())
