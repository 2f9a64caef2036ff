"""The large sets: each function plays one of them and gives its rows for docs/evidence.md."""

import asyncio
import multiprocessing
import random
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from azremediate.core.errors import PlanUnusable
from azremediate.core.plan import parse_plan
from azremediate.lab.server import Lab
from tests.faults.cases import CASES
from tests.faults.crew import Crew
from tests.faults.failing_calls import DEEDS, Place, harmed, places
from tests.faults.few_inodes import ENOUGH, may_mount, starved
from tests.faults.killing import Tally, points_of, telling
from tests.faults.ledger import Ledger
from tests.faults.mutants import JUDGED, SOURCE, mutants_of, survivors
from tests.faults.plain_sdk import secrets_after_one_call
from tests.faults.scene import Scene
from tests.faults.storm import Luck
from tests.faults.system_calls import Call
from tests.faults.test_simulation import play
from tests.faults.told_books import Verdict, program, verdicts

SEED: Final = 20240409
ADD: Final = "/addPassword$"
_STATUSES: Final = (500, 502, 503, 504)
_WRITES: Final = "/(addPassword|removePassword|revokeSignInSessions|policies|servicePrincipals/[0-9a-f-]{36})$"


@dataclass(frozen=True, slots=True)
class Figure:
    """One row: what was played, how often, and what was found. wrong: how many times a promise was broken."""

    what: str
    played: int
    found: str
    wrong: int


def kills(crew: Crew, share: float) -> Iterator[Figure]:
    """Every single kill of every case, and of the pairs a seeded share (1 is all)."""
    chance = random.Random(SEED)  # noqa: S311 - repeatable on purpose
    for case in CASES:
        points = next(crew.each(_points, case.name, [0]))
        tell = telling(points)
        singles = [(number,) for number in range(1, len(points) + 1)]
        pairs = [(first, second) for first in tell for second in tell if chance.random() < share]
        yield _killed(f"{case.name}: {len(points)} points, single kills", crew, case.name, singles)
        yield _killed(f"{case.name}: pairs, of {len(tell) ** 2}", crew, case.name, pairs)


def _killed(what: str, crew: Crew, case: str, schedules: Sequence[tuple[int, ...]]) -> Figure:
    tally = Tally()
    for outcome in crew.kills(case, schedules):
        tally.add(outcome)
    found = f"lost secrets {tally.lost}, double writes {tally.doubles}, orphans {tally.orphans}, kills {tally.kills}"
    if tally.bad:
        found += f"; first: {str(tally.bad[0]).replace('|', '/')[:300]}"
    return Figure(what, tally.schedules, found, len(tally.bad))


def after_effect(crew: Crew) -> Iterator[Figure]:
    """Every action's first write answered with an error, or not at all, after it took effect."""
    kinds: list[dict[str, object]] = [{"kind": "reset"}, {"kind": "hang", "seconds": 0.1}]
    kinds += [{"kind": "status", "status": status} for status in _STATUSES]
    wrong = played = 0
    for case in CASES:
        for broken in crew.each(_disturbed, case.name, [{**kind, "path": _WRITES} for kind in kinds]):
            played += 1
            wrong += bool(broken)
    names = ", ".join(map(str, _STATUSES))
    yield Figure(f"writes answered with {names}, reset or closed late, after effect", played, "one effect each", wrong)
    offsets = [{"kind": "truncate", "bytes": size, "path": ADD} for size in range(0, 420, 3)]
    cut = list(crew.each(_disturbed, "rotate_app_secret", offsets))
    yield Figure(
        "answer with the new secret cut off at every third byte", len(cut), "one live secret each", sum(map(bool, cut))
    )


def races(crew: Crew, rounds: int) -> Iterator[Figure]:
    """Eight processes that apply one plan at the same time."""
    found = list(crew.each(_race, "rotate_app_secret", range(rounds)))
    yield Figure(
        "eight processes apply one plan", len(found), "one applies, the others end with 6 or find it done", sum(found)
    )


def storms(seconds: float) -> Iterator[Figure]:
    """Seeded schedules of outcomes, crashes and lags against a tenant in memory."""
    chance = random.Random(SEED)  # noqa: S311 - repeatable on purpose
    until = time.monotonic() + seconds
    played = writes = wrong = 0
    while time.monotonic() < until:
        rough = chance.choice((0.2, 0.4, 0.6, 0.8))
        dealt = [
            chance.choice(list(Luck)) if chance.random() < rough else Luck.FINE for _ in range(chance.randrange(20))
        ]
        played, writes = played + 1, writes + len(dealt)
        try:
            asyncio.run(play(dealt, chance.choice((0.0, 0.5, 1.0, 1.5))))
        except AssertionError:
            wrong += 1
    yield Figure("simulated schedules of one rotation", played, f"{writes} outcomes dealt", wrong)


def flips(crew: Crew) -> Iterator[Figure]:
    """One bit flipped in every byte of a plan."""
    content = next(crew.each(_plan_bytes, "rotate_app_secret", [0]))
    accepted = sum(_accepted(content, position) for position in range(len(content)))
    yield Figure("one bit flipped in each byte of a plan", len(content), "refused", accepted)


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


def power(workers: int) -> Iterator[Figure]:
    """Power that goes after each call that a program makes while it keeps books, and what may be left then."""
    if shutil.which("strace") is None:
        return
    with tempfile.TemporaryDirectory(prefix="azremediate-evidence-") as folder:
        calls = program(Path(folder))
    parts = [range(first + 1, len(calls) + 1, 4 * workers) for first in range(4 * workers)]
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        found = [one for part in pool.map(_unpowered, [calls] * len(parts), parts) for one in part]
    refused = sum(not one.opened for one in found)
    wrong = [one for one in found if one.wrong]
    text = f"{len(found) - refused} open with all that was told, {refused} are refused"
    if wrong:
        text += f"; first: after {wrong[0].after}, {wrong[0].wrong[:200]}"
    yield Figure(f"states of the disk after power was lost at one of {len(calls)} calls", len(found), text, len(wrong))


def mutation(workers: int) -> Iterator[Figure]:
    """Every mutant of the files that decide about writes, against the tests of those files."""
    for file in JUDGED:
        mutants = list(mutants_of(file, (SOURCE / "azremediate" / file).read_text(encoding="utf-8")))
        left = [mutant.what for mutant, survived in survivors(mutants, workers) if survived]
        noticed = f"{len(mutants) - len(left)} noticed ({100 * (len(mutants) - len(left)) / len(mutants):.0f} %)"
        lines = sorted({int(what.split(":")[1]) for what in left})
        told = f"; unnoticed in lines {', '.join(map(str, lines))}" if lines else ""
        yield Figure(f"mutants of `{file}`", len(mutants), noticed + told, len(left))


def plain_sdk() -> Iterator[Figure]:
    """The SDK's defaults on the same lab; nothing here is azremediate's."""
    with tempfile.TemporaryDirectory(prefix="azremediate-evidence-") as folder, Lab(directory=Path(folder)) as lab:
        for lost in (1, 2):
            live = asyncio.run(secrets_after_one_call(lab, lost))
            what = f"msgraph-sdk as it is: one addPassword, {lost} answer(s) 503 after effect"
            yield Figure(what, 1, f"{live} live secrets, of which the caller knows one", live - 1)


def _places(scene: Scene, _: object) -> list[Place]:
    return places(scene)


def _harmed(scene: Scene, harm: tuple[Place, str]) -> list[str]:
    return harmed(scene, *harm)


def _starved(scene: Scene, number: int) -> tuple[int, list[str]]:
    return starved(scene, number)


def _unpowered(calls: list[Call], numbers: range) -> list[Verdict]:
    return list(verdicts(calls, numbers, 1000))


def _points(scene: Scene, _: object) -> tuple[str, ...]:
    return points_of(scene)


def _plan_bytes(scene: Scene, _: object) -> bytes:
    return scene.plan_file.read_bytes()


def _disturbed(scene: Scene, fault: dict[str, object]) -> list[str]:
    scene.begin()
    scene.lab.set_faults([{**fault, "when": "after", "method": method} for method in ("POST", "PATCH")])
    broken = [str(one) for one in scene.judge(scene.apply())]
    return broken + [str(one) for one in Ledger(scene.lab.store, scene.plan, scene.state).unmatched()]


def _race(scene: Scene, _: object) -> bool:
    """Whether it went wrong."""
    scene.begin()
    ended = scene.race([scene.order(*scene.applying) for _ in range(8)])
    done = [one for one in ended if one.code == 0 and not one.json["already_applied"]]
    others = {one.code for one in ended if one not in done}
    return len(done) != 1 or not others <= {0, 6} or bool(scene.judge(done[0]))


def _accepted(content: bytes, position: int) -> bool:
    altered = bytearray(content)
    altered[position] ^= 1 << (position % 8)
    try:
        parse_plan(bytes(altered), "altered")
    except PlanUnusable:
        return False
    return True
