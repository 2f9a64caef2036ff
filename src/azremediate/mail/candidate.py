"""A value that a rule found, with the text around it, and what a check says of it."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value with the text around it: `before` and `after` reach to the ends of what was searched."""

    value: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Taken:
    """The value stands. claims: what it says of itself, unchecked. length: how much of it belongs to it."""

    length: int
    claims: dict[str, str] = field(default_factory=dict)


Check = Callable[[Candidate, str], Taken | None]
