"""Kills the application of a plan at chosen points, applies it again, and judges what is left."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.faults.ledger import Broken, Ledger
from tests.faults.scene import Scene

_TELLING: Final = ("outbox:after", "audit:before", "append:torn", "send:", "vault:", "proof:after")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One schedule of kills and what was found after it. at: names of the points where a process died."""

    case: str
    at: tuple[str, ...]
    schedule: tuple[int, ...]
    broken: tuple[Broken, ...] = ()
    lost: int = 0
    doubles: int = 0
    orphans: int = 0

    def __str__(self) -> str:
        where = ", ".join(f"{number} {name}" for number, name in zip(self.schedule, self.at, strict=False))
        return f"{self.case} killed at {where}: {'; '.join(map(str, self.broken))}"


@dataclass(slots=True)
class Tally:
    """The sum of many outcomes."""

    schedules: int = 0
    kills: int = 0
    lost: int = 0
    doubles: int = 0
    orphans: int = 0
    bad: list[Outcome] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        """Count one outcome."""
        self.schedules += 1
        self.kills += len(outcome.at)
        self.lost += outcome.lost
        self.doubles += outcome.doubles
        self.orphans += outcome.orphans
        if outcome.broken:
            self.bad.append(outcome)


def points_of(scene: Scene) -> tuple[str, ...]:
    """The points of a run that nobody disturbs, in order."""
    scene.begin()
    ended = scene.apply()
    if ended.code != 0:
        raise RuntimeError(f"{scene.case.name} without a kill: {ended.out}{ended.err}")
    return ended.points


def telling(points: Sequence[str]) -> list[int]:
    """The points, from 1, between which something durable happens; the others equal their neighbours on disk."""
    return [number for number, name in enumerate(points, 1) if name.startswith(_TELLING)]


def kill_at(scene: Scene, schedule: Sequence[int], deed: str = "kill") -> Outcome:
    """Kill one process after another at the given points, then let one run to its end, and judge."""
    scene.begin()
    died: list[str] = []
    for number in schedule:
        ended = scene.apply(number, deed)
        if not ended.killed and deed == "kill":
            break  # it came to its end before that point
        died.append(ended.points[number - 1] if number <= len(ended.points) else "end")
    last = scene.apply()
    broken = scene.judge(last)
    ledger = Ledger(scene.lab.store, scene.plan, scene.state)
    strays = sum(1 for one in broken if one.invariant == "I2")
    return Outcome(
        scene.case.name,
        tuple(died),
        tuple(schedule),
        tuple(broken),
        len(ledger.lost()),
        len(ledger.unmatched()),
        strays,
    )
