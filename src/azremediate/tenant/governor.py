"""Keeps all requests of a run within the service's quotas, together."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from weakref import WeakValueDictionary

from azremediate.core.clock import Clock
from azremediate.core.config import Throttle
from azremediate.core.events import Listener, Waiting
from azremediate.tenant.lane import Lane
from azremediate.tenant.learned_pace import LearnedPace
from azremediate.tenant.quota import HOLDERS, KEYS_PER_MINUTE, UNITS_PER_10S, Cost, Workload

_NOTICEABLE = 2.0
_NEARLY_USED = 0.8
_FEW = 8
"""Writes under way when a quota that nobody told is nearly used up."""


class Bucket:
    """A token bucket that lets callers reserve: who comes later waits longer, so nobody is overtaken."""

    def __init__(self, amount: float, period: float, now: float) -> None:
        self._capacity = max(amount, 1.0)
        self._rate = amount / period
        self._level = self._capacity
        self._filled = now

    def reserve(self, amount: float, now: float) -> float:
        """Take an amount, now or in advance, and return the seconds until it is there."""
        if amount <= 0:
            return 0.0
        self._level = min(self._capacity, self._level + (now - self._filled) * self._rate)
        self._filled = now
        self._level -= amount
        return max(0.0, -self._level / self._rate)


class Governor:
    """Admits requests: quota first, then a place in the lane of reads or of writes.

    A write also waits until no other write to the same object is under way. A Retry-After holds back everyone in its
    workload, in both lanes.
    """

    def __init__(self, throttle: Throttle, clock: Clock, listener: Listener) -> None:
        now = clock.monotonic()
        units = throttle.units_per_10s or UNITS_PER_10S[throttle.tenant_size]
        self._clock = clock
        self._listener = listener
        self._longest = throttle.max_wait.total_seconds()
        self._units = Bucket(units, 10, now)
        self._writes = Bucket(throttle.writes_per_150s, 150, now)
        self._requests = {
            Workload.POLICY: Bucket(throttle.policy_per_second, 1, now),
            Workload.REPORTS: Bucket(throttle.reports_per_10s, 10, now),
        }
        self._keys = {collection: Bucket(KEYS_PER_MINUTE, 60, now) for collection in HOLDERS}
        self._pace = LearnedPace(now)
        self._not_before = dict.fromkeys(Workload, now)
        self._reads_lane = Lane(throttle.read_concurrency)
        self._write_places = throttle.write_concurrency
        self._writes_lane = Lane(self._write_places)
        self._objects: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def throttled(self, workload: Workload, seconds: float) -> None:
        """Hold back the whole workload, because the service asked for it; at most as long as configured."""
        until = self._clock.monotonic() + min(seconds, self._longest)
        self._not_before[workload] = max(self._not_before[workload], until)

    def took_write(self, cost: Cost, used: float) -> None:
        """The service took a write: its pace may be higher than was learned.

        used: which share of its quota it said is used, 0.0 when it said nothing. As long as no refusal has shown a
        pace, fewer writes are under way when a quota runs out, so that fewer are refused together.
        """
        if cost.writes:
            self._pace.took()
            narrow = used >= _NEARLY_USED and self._pace.per_second is None
            self._writes_lane.resize(min(_FEW, self._write_places) if narrow else self._write_places)

    def refused_write(self, cost: Cost, seconds: float) -> None:
        """The service refused a write for want of quota, and asked to wait so long."""
        if cost.writes:
            self._pace.refused(self._clock.monotonic(), min(seconds, self._longest))

    @asynccontextmanager
    async def reading(self, cost: Cost) -> AsyncIterator[None]:
        """A place in the lane of reads, once the quota allows it."""
        await self._await_quota(cost)
        async with self._place(self._reads_lane, cost):
            yield

    @asynccontextmanager
    async def writing(self, cost: Cost, object_id: str) -> AsyncIterator[None]:
        """A place in the lane of writes, while nobody else writes to the object; an empty id excludes nobody."""
        async with AsyncExitStack() as held:
            if object_id:
                await held.enter_async_context(self._lock_of(object_id))
            await self._await_quota(cost)
            await held.enter_async_context(self._place(self._writes_lane, cost))
            yield

    def _lock_of(self, object_id: str) -> asyncio.Lock:
        # kept only while somebody holds or awaits it, so a long run does not collect locks
        return self._objects.setdefault(object_id.casefold(), asyncio.Lock())

    async def _await_quota(self, cost: Cost) -> None:
        now = self._clock.monotonic()
        if cost.workload is Workload.DIRECTORY:
            seconds = max(self._units.reserve(cost.units, now), self._writes.reserve(cost.writes, now))
            for collection, reads in Counter(cost.keys).items():
                seconds = max(seconds, self._keys[collection].reserve(reads, now))
        else:
            seconds = self._requests[cost.workload].reserve(1, now)
        await self._wait(seconds, f"the quota of the {cost.workload.value} service is used up")

    @asynccontextmanager
    async def _place(self, lane: Lane, cost: Cost) -> AsyncIterator[None]:
        while True:
            # never wait inside the lane: other workloads share it
            await self._wait(self._held_back(cost.workload), f"the {cost.workload.value} service asked to wait")
            age = self._pace.age
            if cost.writes:
                await self._wait(self._pace.wait(self._clock.monotonic()), "the service takes no more writes than this")
            async with lane:
                # after a refusal everybody takes a new place in the row: the old ones are of a pace that was too high
                if self._held_back(cost.workload) <= 0 and (not cost.writes or age == self._pace.age):
                    yield
                    return

    def _held_back(self, workload: Workload) -> float:
        return self._not_before[workload] - self._clock.monotonic()

    async def _wait(self, seconds: float, why: str) -> None:
        if seconds <= 0:
            return
        if seconds > _NOTICEABLE:
            self._listener(Waiting(why, seconds))
        await self._clock.sleep(seconds)
