"""Clocks for tests: one whose waits are over at once, one that moves only when nothing else can happen."""

import asyncio
import heapq
from datetime import UTC, datetime, timedelta
from itertools import count

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class InstantClock:
    """Every wait is over at once and remembered in `slept`."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def now(self) -> datetime:
        """The start and all waits so far."""
        return START + timedelta(seconds=sum(self.slept))

    def monotonic(self) -> float:
        """Seconds of all waits so far."""
        return sum(self.slept)

    async def sleep(self, seconds: float) -> None:
        """Remember the wait."""
        self.slept.append(seconds)
        await asyncio.sleep(0)


class SteppedClock:
    """Time stands still until `settle` moves it from one sleeper's end to the next."""

    def __init__(self) -> None:
        self._time = 0.0
        self._order = count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        """The time."""
        return START + timedelta(seconds=self._time)

    def monotonic(self) -> float:
        """Seconds since the start."""
        return self._time

    async def sleep(self, seconds: float) -> None:
        """Wait for `settle` to get there."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._time + seconds, next(self._order), future))
        await future

    async def settle(self) -> None:
        """Let everything run, moving time on whenever all sleep, until nobody sleeps any more."""
        while True:
            for _ in range(50):
                await asyncio.sleep(0)
            if not self._sleepers:
                return
            self._time, _, future = heapq.heappop(self._sleepers)
            if not future.done():
                future.set_result(None)
