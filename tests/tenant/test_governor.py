"""The governor: quotas, shared waits, lanes and locks, in a time that tests move."""

import asyncio
import itertools
from collections.abc import Sequence

from azremediate.core.config import Throttle
from azremediate.core.events import Event, Waiting
from azremediate.tenant.governor import Bucket, Governor
from azremediate.tenant.quota import Cost, Workload
from tests.tenant.clocks import SteppedClock

UNIT = Cost(Workload.DIRECTORY, 1)
WRITE = Cost(Workload.DIRECTORY, 1, 1)
POLICY = Cost(Workload.POLICY)
REPORT = Cost(Workload.REPORTS)


class Rig:
    """A governor, its clock, and when each request was admitted."""

    def __init__(self, throttle: Throttle) -> None:
        self.clock = SteppedClock()
        self.heard: list[Event] = []
        self.governor = Governor(throttle, self.clock, self.heard.append)
        self.times: list[float] = []
        self.most = 0
        self._inside = 0

    async def read(self, cost: Cost, takes: float = 0.0) -> None:
        """One read."""
        async with self.governor.reading(cost):
            await self._do(takes)

    async def write(self, cost: Cost, object_id: str = "", takes: float = 0.0) -> None:
        """One write."""
        async with self.governor.writing(cost, object_id):
            await self._do(takes)

    async def _do(self, takes: float) -> None:
        self.times.append(self.clock.monotonic())
        self._inside += 1
        self.most = max(self.most, self._inside)
        if takes:
            await self.clock.sleep(takes)
        self._inside -= 1


async def all_of(rig: Rig, tasks: Sequence[asyncio.Task[None]]) -> list[float]:
    """Let them finish, and say when each was admitted."""
    await rig.clock.settle()
    assert all(task.done() for task in tasks)
    return [round(time, 6) for time in rig.times]


def test_bucket_reserves_in_order() -> None:
    """What is not there yet is waited for, everybody behind the one before; what flows in is not lost."""
    bucket = Bucket(10, 5, 0.0)
    assert [bucket.reserve(5, 0.0) for _ in range(4)] == [0, 0, 2.5, 5]
    assert bucket.reserve(5, 100.0) == 0


async def test_policy_is_one_request_a_second() -> None:
    """Conditional Access has a quota of its own; it holds nobody else back."""
    rig = Rig(Throttle())
    tasks = [asyncio.create_task(rig.read(POLICY)) for _ in range(4)]
    tasks.append(asyncio.create_task(rig.read(UNIT)))
    assert sorted(await all_of(rig, tasks)) == [0, 0, 1, 2, 3]


async def test_reports_are_five_in_ten_seconds() -> None:
    """Five at once, then one every two seconds."""
    rig = Rig(Throttle())
    tasks = [asyncio.create_task(rig.read(REPORT)) for _ in range(8)]
    assert await all_of(rig, tasks) == [0, 0, 0, 0, 0, 2, 4, 6]


async def test_units_and_writes() -> None:
    """Whichever quota is used up decides."""
    rig = Rig(Throttle(units_per_10s=100, writes_per_150s=3, read_concurrency=100))
    tasks = [asyncio.create_task(rig.read(Cost(Workload.DIRECTORY, 50))) for _ in range(3)]
    assert await all_of(rig, tasks) == [0, 0, 5]
    rig.times.clear()
    tasks = [asyncio.create_task(rig.write(WRITE)) for _ in range(4)]
    assert max(await all_of(rig, tasks)) - 5 >= 50


async def test_a_retry_after_holds_back_the_workload() -> None:
    """Everybody in it waits, in both lanes; other workloads go on."""
    rig = Rig(Throttle())
    rig.governor.throttled(Workload.DIRECTORY, 7)
    tasks = [
        asyncio.create_task(rig.read(UNIT)),
        asyncio.create_task(rig.write(WRITE)),
        asyncio.create_task(rig.read(REPORT)),
    ]
    assert sorted(await all_of(rig, tasks)) == [0, 7, 7]
    assert [event.seconds for event in rig.heard if isinstance(event, Waiting)] == [7, 7]


async def test_a_retry_after_reaches_who_waits_for_a_place() -> None:
    """A wait that was asked for meanwhile is kept, and the place is not held during it."""
    rig = Rig(Throttle(read_concurrency=1))
    first = asyncio.create_task(rig.read(UNIT, takes=1))
    second = asyncio.create_task(rig.read(UNIT))
    await asyncio.sleep(0)
    rig.governor.throttled(Workload.DIRECTORY, 9)
    third = asyncio.create_task(rig.read(REPORT))
    assert await all_of(rig, [first, second, third]) == [0, 1, 9]
    assert rig.most == 1


async def test_a_wait_has_a_limit() -> None:
    """However long the service asks for, five minutes are the default's limit."""
    rig = Rig(Throttle())
    rig.governor.throttled(Workload.DIRECTORY, 1e9)
    assert await all_of(rig, [asyncio.create_task(rig.read(UNIT))]) == [300]


async def test_lanes_are_separate_and_bounded() -> None:
    """Full lanes of reads leave writes alone."""
    rig = Rig(Throttle(read_concurrency=2, write_concurrency=3))
    reads = [asyncio.create_task(rig.read(UNIT, takes=1)) for _ in range(6)]
    await rig.clock.settle()
    assert (rig.most, max(rig.times)) == (2, 2)
    rig.most = 0
    writes = [asyncio.create_task(rig.write(WRITE, takes=1)) for _ in range(6)]
    await all_of(rig, [*reads, *writes])
    assert rig.most == 3


async def test_one_write_at_a_time_for_an_object() -> None:
    """Ids that differ in case are one object; a failed write gives the object free."""
    rig = Rig(Throttle())
    names = ["object-a", "OBJECT-A", "object-a"]
    assert await all_of(rig, [asyncio.create_task(rig.write(WRITE, name, takes=1)) for name in names]) == [0, 1, 2]
    assert rig.most == 1
    assert rig.governor._objects.valuerefs() == []


async def test_after_a_refusal_everybody_waits_by_the_new_pace() -> None:
    """Places that were taken at a pace that was too high are given up: else they would be refused one by one."""
    rig = Rig(Throttle())
    for _ in range(40):
        rig.governor.took_write(WRITE, 0.0)

    async def story() -> list[asyncio.Task[None]]:
        await rig.clock.sleep(4)
        rig.governor.refused_write(WRITE, 0.0)  # ten a second were seen; five are guessed
        tasks = [asyncio.create_task(rig.write(WRITE)) for _ in range(10)]
        await rig.clock.sleep(1.1)
        rig.governor.refused_write(WRITE, 0.0)  # none was taken meanwhile: one every two seconds is left
        return tasks

    told = asyncio.create_task(story())
    await rig.clock.settle()
    await all_of(rig, told.result())
    later = sorted(time for time in rig.times if time > 5.1)
    assert [round(second - first) for first, second in itertools.pairwise(later)] == [2] * (len(later) - 1)
    assert len(later) > 2


async def test_a_quota_that_runs_out_narrows_the_lane() -> None:
    """What is under way when a quota ends is refused together: fewer writes are, once the service says that it ends."""
    rig = Rig(Throttle(write_concurrency=32))
    rig.governor.took_write(WRITE, 0.85)
    tasks = [asyncio.create_task(rig.write(WRITE, takes=1.0)) for _ in range(30)]
    await all_of(rig, tasks)
    assert rig.most == 8


async def test_a_lane_is_wide_again() -> None:
    """When there is quota again, or when a refusal has shown the pace."""
    rig = Rig(Throttle(write_concurrency=32))
    rig.governor.took_write(WRITE, 0.85)
    rig.governor.took_write(WRITE, 0.0)
    tasks = [asyncio.create_task(rig.write(WRITE, takes=1.0)) for _ in range(30)]
    await all_of(rig, tasks)
    assert rig.most == 30


async def test_certificates_are_read_150_times_a_minute() -> None:
    """Each collection for itself; a batch counts each of its reads."""
    rig = Rig(Throttle(read_concurrency=1000))
    batch = Cost(Workload.DIRECTORY, 20, keys=("applications",) * 20)
    tasks = [asyncio.create_task(rig.read(batch)) for _ in range(8)]
    tasks.append(asyncio.create_task(rig.read(Cost(Workload.DIRECTORY, 1, keys=("serviceprincipals",)))))
    assert sorted(await all_of(rig, tasks)) == [*[0] * 8, 4]
