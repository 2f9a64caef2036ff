"""Keeps the requests to each mailbox within what Exchange Online allows one application."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from azremediate.core.clock import Clock
from azremediate.core.events import Listener, Waiting
from azremediate.tenant.governor import Bucket

CONCURRENT: Final = 4
_REQUESTS, _SECONDS = 10_000, 600
_NOTICEABLE = 2.0


class MailboxGate:
    """Admits requests to one mailbox: four at a time, 10,000 in ten minutes, and none while the service asked to wait.

    Source: https://learn.microsoft.com/graph/throttling-limits, Outlook service limits. longest: in seconds, how long
    a wait is believed.
    """

    def __init__(self, clock: Clock, listener: Listener, longest: float) -> None:
        self._clock = clock
        self._listener = listener
        self._longest = longest
        self._lane = asyncio.Semaphore(CONCURRENT)
        self._requests = Bucket(_REQUESTS, _SECONDS, clock.monotonic())
        self._not_before = clock.monotonic()

    def throttled(self, seconds: float) -> None:
        """Hold back every request to this mailbox."""
        self._not_before = max(self._not_before, self._clock.monotonic() + min(seconds, self._longest))

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """One of the four places, once quota and service allow it."""
        await self._wait(self._requests.reserve(1, self._clock.monotonic()), "the quota of a mailbox is used up")
        async with self._lane:
            while (seconds := self._not_before - self._clock.monotonic()) > 0:
                await self._wait(seconds, "a mailbox asked to wait")
            yield

    async def _wait(self, seconds: float, why: str) -> None:
        if seconds > _NOTICEABLE:
            self._listener(Waiting(why, seconds))
        if seconds > 0:
            await self._clock.sleep(seconds)
