"""How many writes a service takes each second, learned from its refusals.

Published quotas are known beforehand and kept by the governor. Others share them (every application of a tenant counts
together), Microsoft changes them, and then only refusals tell.
"""

from typing import Final

_FIRST_GUESS: Final = 0.5
_BELOW: Final = 0.95
_GROWTH_AT_FIRST: Final = 0.04
_GROWTH: Final = 0.005
"""Writes per second more for each that was taken: fast until two refusals show the pace, then slow."""
_TELLING: Final = 8
"""Writes between two refusals from which on the pace that they show is believed."""

_PART_OF_ONE: Final = 0.5
_SLOWEST: Final = 0.2
_SAME_REFUSAL: Final = 1.0
"""Seconds in which further refusals are the same: what was under way when the service began to refuse."""


class LearnedPace:
    """Without a refusal it holds nobody back. After one, writes leave one by one, evenly.

    The service's bucket is empty whenever it refuses. What it took between two refusals is therefore what it fills up
    with in that time, and that is the pace; it grows slowly, because the others may have stopped.
    """

    def __init__(self, now: float) -> None:
        self._rate: float | None = None
        self._next = now
        self._since = now
        self._refused_at: float | None = None
        self._taken = 0
        self._growth = _GROWTH_AT_FIRST
        self._age = 0

    @property
    def per_second(self) -> float | None:
        """Writes per second, None as long as nothing was refused."""
        return self._rate

    @property
    def age(self) -> int:
        """Changes with each refusal: a place in the row that was taken before does not count any more."""
        return self._age

    def wait(self, now: float) -> float:
        """Take the next place in the row, and return the seconds until it comes."""
        if self._rate is None:
            return 0.0
        place = max(now, self._next)
        self._next = place + 1 / self._rate
        return place - now

    def took(self) -> None:
        """The service took a write."""
        self._taken += 1
        if self._rate is not None:
            self._rate += self._growth

    def refused(self, now: float, hold: float) -> None:
        """The service refused a write, and asked to be left alone for `hold` seconds."""
        self._age += 1
        if self._refused_at is not None and now - self._refused_at < _SAME_REFUSAL:
            self._next = max(self._next, now + hold)
            return
        passed = max(now - self._since, _SAME_REFUSAL)
        first = self._refused_at is None
        # between two refusals the service's bucket got some part of one write more than was taken
        seen = (self._taken + (0.0 if first else _PART_OF_ONE)) / passed
        self._growth = _GROWTH if self._taken >= _TELLING and not first else _GROWTH_AT_FIRST
        self._rate = max(_SLOWEST, seen * (_FIRST_GUESS if first else _BELOW))
        self._refused_at = self._since = now
        self._taken = 0
        self._next = now + hold
