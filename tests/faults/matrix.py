"""The rows of the fault matrix, and which of them a test proves."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
EVIDENCE: Final = ROOT / "docs" / "evidence.md"
_SIZES: Final = {"N": 30, "P": 8, "D": 7, "C": 9, "G": 8, "X": 10, "S": 6}
"""Network, processes, disk, corruption, guards, hostile input, secrets."""

ROWS: Final = tuple(f"{kind}{number}" for kind, size in _SIZES.items() for number in range(1, size + 1))
_MARK: Final = re.compile(r"mark\.fault\(([^)]*)\)")
_OPEN: Final = re.compile(r"^\| ([NPDCGXS]\d+) \| (open|partly) \| (.+) \|$", re.MULTILINE)


def marked() -> dict[str, list[str]]:
    """For each row the test files that carry its mark."""
    found: dict[str, list[str]] = {}
    for file, row in _marks():
        found.setdefault(row, []).append(file)
    return found


def listed() -> dict[str, tuple[str, str]]:
    """For each row of the table in docs/evidence.md its state, `open` or `partly`, and why."""
    return {row: (state, why) for row, state, why in _OPEN.findall(EVIDENCE.read_text(encoding="utf-8"))}


def _marks() -> Iterator[tuple[str, str]]:
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        for arguments in _MARK.findall(file.read_text(encoding="utf-8")):
            for row in re.findall(r'"(\w+)"', arguments):
                yield file.relative_to(ROOT).as_posix(), row
