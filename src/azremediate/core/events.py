"""What happens during long work, for whoever shows it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Progressed:
    """Part `done` of `total` of a piece of work is finished; `total` 0 means not known."""

    work: str
    done: int
    total: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The work waits, e.g. because the service asked for it."""

    reason: str
    seconds: float


@dataclass(frozen=True, slots=True)
class StepTaken:
    """One step of a change came to an end."""

    change_id: str
    action: str
    target: str
    step: str
    state: str


@dataclass(frozen=True, slots=True)
class ChangeEnded:
    """One change came to its end."""

    change_id: str
    action: str
    target: str
    status: str
    reason: str
    seconds: float


Event: TypeAlias = Progressed | Waiting | StepTaken | ChangeEnded
Listener: TypeAlias = Callable[[Event], None]


def ignore(event: Event) -> None:
    """A listener that shows nothing."""
