"""A lane lets so many in as it has places now, and nobody waits who could be in."""

import asyncio

from azremediate.tenant.lane import Lane


class Crowd:
    """Requests that stay inside until they are let go."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.inside = 0
        self._leave = asyncio.Semaphore(0)

    async def one(self) -> None:
        """Go in, stay, go out."""
        async with self.lane:
            self.inside += 1
            await self._leave.acquire()
            self.inside -= 1

    async def let_go(self, count: int = 1) -> None:
        """So many leave."""
        for _ in range(count):
            self._leave.release()
        await settle()


async def settle() -> None:
    """Let everybody do what they can."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_smaller_and_larger() -> None:
    """Who is inside stays; who waits comes in as places become free, two at once when two are."""
    crowd = Crowd(Lane(4))
    tasks = [asyncio.create_task(crowd.one()) for _ in range(10)]
    await settle()
    assert crowd.inside == 4
    crowd.lane.resize(2)
    await crowd.let_go()
    assert crowd.inside == 3
    await crowd.let_go(2)
    assert crowd.inside == 2
    crowd.lane.resize(5)
    await crowd.let_go()
    assert crowd.inside == 5
    await crowd.let_go(6)
    assert all(task.done() for task in tasks)


async def test_who_gives_up_takes_no_place() -> None:
    """A request that is cancelled while it waits, or while it is inside, leaves its place to the next."""
    crowd = Crowd(Lane(1))
    first, second, third = (asyncio.create_task(crowd.one()) for _ in range(3))
    await settle()
    second.cancel()
    first.cancel()
    await settle()
    assert (first.cancelled(), second.cancelled(), third.done()) == (True, True, False)
    await crowd.let_go()
    assert third.done()
    async with asyncio.timeout(1):
        async with crowd.lane:
            pass


async def test_there_is_always_one_place() -> None:
    """However small it is asked to be."""
    lane = Lane(0)
    lane.resize(-3)
    async with lane:
        assert lane.places == 1
