"""The large sets: each function plays one of them and gives its rows for docs/evidence.md."""

import asyncio
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from azremediate.core.errors import PlanUnusable
from azremediate.core.plan import parse_plan
from azremediate.lab.server import Lab
from tests.faults.cases import CASES
from tests.faults.crew import Crew
from tests.faults.killing import Tally, points_of, telling
from tests.faults.ledger import Ledger
from tests.faults.mutants import JUDGED, SOURCE, mutants_of, survivors
from tests.faults.plain_sdk import secrets_after_one_call
from tests.faults.scene import Scene
from tests.faults.storm import Luck
from tests.faults.test_simulation import play

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
