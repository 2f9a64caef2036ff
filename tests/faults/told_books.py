"""Whether books that lost power still hold what they said is durable: opened by azremediate itself, then read."""

import asyncio
import json
import random
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from azremediate.core.errors import IntegrityBroken
from azremediate.journal.run_journal import open_journal
from azremediate.journal.verification import verify_audit
from tests.faults.power_loss import Disk, put
from tests.faults.system_calls import Call, traced
from tests.journal.stage import TickingClock

SEED: Final = 20240409
_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - made by `tempfile` in there, with a name of its own


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one state of the disk ended. after: how many calls were made. wrong: what was lost, empty for nothing."""

    after: int
    opened: bool
    wrong: str = ""


def program(folder: Path) -> list[Call]:
    """The calls of a program that keeps books in `folder`/place and tells in a file beside them what is durable."""
    place = folder / "place"
    place.mkdir(parents=True)
    command: list[str | Path] = [sys.executable, "-B", "-m", "tests.faults.teller", place / "state", place / "told"]
    return traced(folder / "strace.log", command, place)


def verdicts(calls: Sequence[Call], numbers: Sequence[int], most: int) -> Iterator[Verdict]:
    """Lose power after each of these numbers of calls, in up to `most` different ways each, and open what is left."""
    disk, told, done = Disk(), list[Any](), 0
    place = next(call.path.parent for call in calls if call.path.name == "told")
    for number in sorted(numbers):
        for call in calls[done:number]:
            if call.path.name == "told":
                told += [json.loads(line) for line in call.data.splitlines()]
            else:
                disk.take(call)
        done = number
        chance = random.Random(f"{SEED}{number}")  # noqa: S311 - repeatable on purpose
        trees = {repr(sorted(tree.items())): tree for tree in disk.after_power_loss(chance)}
        chosen = list(trees.values())
        for tree in chosen if len(chosen) <= most else chance.sample(chosen, most):
            with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
                put(tree, place, Path(folder))
                opened, wrong = _opened(Path(folder) / "state", told)
            yield Verdict(number, opened, wrong)


def _opened(state: Path, told: Sequence[Any]) -> tuple[bool, str]:
    """Whether the books open, and what they have lost of what was told."""
    try:
        asyncio.run(_open(state))
    except IntegrityBroken:
        return False, ""
    missing = [what for what in told if not _known(state, what)]
    if missing:
        return True, f"{len(missing)} of {len(told)} things are lost, first {missing[0]}"
    verdict = verify_audit(state)
    return True, "" if verdict.ok or not told else f"{verdict.finding}: {verdict.reason}"


async def _open(state: Path) -> None:
    async with open_journal(state, TickingClock()):
        pass


def _known(state: Path, what: Any) -> bool:
    with closing(sqlite3.connect(state / "journal.db")) as journal:
        if "step" in what:
            query, key = "SELECT state FROM step WHERE run_id = ? AND change_id = ? AND name = ?", ("change", "step")
            found = journal.execute(query, (what["run"], *(what[name] for name in key))).fetchone()
            return found is not None and (what["state"] == "intent" or found[0] == what["state"])
        if "status" in what:
            query = "SELECT status FROM change WHERE run_id = ? AND change_id = ?"
            return bool(journal.execute(query, (what["run"], what["change"])).fetchone() == (what["status"],))
        query = "SELECT exit_code FROM run WHERE run_id = ?"
        return bool(journal.execute(query, (what["run"],)).fetchone() == (what["exit_code"],))
