"""The large sets about disks and damaged books, with their rows for docs/evidence.md."""

import multiprocessing
import random
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.faults.crew import Crew
from tests.faults.failing_calls import DEEDS, Place, harmed, places
from tests.faults.few_inodes import ENOUGH, may_mount, starved
from tests.faults.figures import SEED, Figure
from tests.faults.scene import Scene
from tests.faults.system_calls import Call
from tests.faults.tampering import RECORDS, Books
from tests.faults.told_books import Verdict, program, verdicts


def calls(crew: Crew, share: float) -> Iterator[Figure]:
    """Every system call of a run on its state directory (of them a seeded share), failing or deadly."""
    if shutil.which("strace") is None:
        return
    name = "disable_service_principal"
    chance = random.Random(SEED)  # noqa: S311 - repeatable on purpose
    found = [place for place in next(crew.each(_places, name, [0])) if chance.random() < share]
    for deed in DEEDS:
        wrong = [what for what in crew.each(_harmed, name, [(place, deed) for place in found]) if what]
        text = "the run ends with 0 or 7 or is killed, the same plan ends well after it"
        text += f"; first: {wrong[0][0][:300]}" if wrong else ""
        yield Figure(f"each system call of {name} on the state directory: {deed}", len(found), text, len(wrong))


def inodes(crew: Crew) -> Iterator[Figure]:
    """A file system without room for another file, from none to all that a run needs."""
    if not may_mount():
        return
    found = list(crew.each(_starved, "disable_service_principal", range(1, ENOUGH + 1)))
    wrong = sum(bool(one) for _, one in found)
    full = sum(code == 7 for code, _ in found)
    text = f"{full} runs end with 7, the others with 0; the same plan ends well when there is room"
    yield Figure(f"state directory with room for 1 to {ENOUGH} files", len(found), text, wrong)


def power(workers: int, share: float) -> Iterator[Figure]:
    """Power that goes after each call that a program makes while it keeps books, and what may be left then."""
    if shutil.which("strace") is None:
        return
    with tempfile.TemporaryDirectory(prefix="azremediate-evidence-") as folder:
        calls = program(Path(folder))
    parts = _parts(len(calls), workers, share)
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        found = [one for part in pool.map(_unpowered, [calls] * len(parts), parts) for one in part]
    refused = sum(not one.opened for one in found)
    wrong = [one for one in found if one.wrong]
    text = f"{len(found) - refused} open with all that was told, {refused} are refused"
    if wrong:
        text += f"; first: after {wrong[0].after}, {wrong[0].wrong[:200]}"
    yield Figure(f"states of the disk after power was lost at one of {len(calls)} calls", len(found), text, len(wrong))


def tampered(workers: int, share: float) -> Iterator[Figure]:
    """A bit flipped in every byte, and a cut at every byte, of an audit log and of a journal; every line moved."""
    with Books() as books:
        log, journal = len(books.log_bytes), len(books.journal_bytes)
        lines = list(books.lines())
    yield Figure(
        f"each line of an audit log of {RECORDS} records left out, doubled or swapped with the next",
        len(lines),
        "found",
        sum(not found for _, found in lines),
    )
    played = (
        ("a bit flipped in each byte of that log", "found", log, _flipped),
        ("that log cut at each byte", "found", log, _cut),
        ("a bit flipped in each byte of a journal", "refused, or what it says is as before", journal, _survived),
        ("that journal cut at each byte", "refused", journal, _shortened),
    )
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        for what, text, size, work in played:
            parts = _parts(size, workers, share)
            yield Figure(what, sum(map(len, parts)), text, sum(pool.map(work, parts)))


def _parts(size: int, workers: int, share: float) -> list[range]:
    """The numbers below `size`, or a share of them that lies evenly, in parts for the workers."""
    step = round(1 / share)
    count = 4 * workers
    return [range(first * step, size, count * step) for first in range(count)]


def _places(scene: Scene, _: object) -> list[Place]:
    return places(scene)


def _harmed(scene: Scene, harm: tuple[Place, str]) -> list[str]:
    return harmed(scene, *harm)


def _starved(scene: Scene, number: int) -> tuple[int, list[str]]:
    return starved(scene, number)


def _flipped(places: range) -> int:
    with Books() as books:
        return sum(not books.flipped(at) for at in places)


def _cut(places: range) -> int:
    with Books() as books:
        return sum(not books.cut(at) for at in places)


def _survived(places: range) -> int:
    with Books() as books:
        return sum(bool(books.survived(at)) for at in places)


def _shortened(places: range) -> int:
    with Books() as books:
        return sum(bool(books.shortened(at)) for at in places)


def _unpowered(calls: list[Call], numbers: range) -> list[Verdict]:
    return list(verdicts(calls, [number + 1 for number in numbers], 1000))
