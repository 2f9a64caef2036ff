"""A number of places for requests under way, which can become smaller and larger meanwhile."""

import asyncio
from types import TracebackType


class Lane:
    """Use it with `async with`: whoever enters waits until fewer than `places` are inside."""

    def __init__(self, places: int) -> None:
        self._places = max(1, places)
        self._inside = 0
        self._changed = asyncio.Condition()

    @property
    def places(self) -> int:
        """How many may be inside."""
        return self._places

    def resize(self, places: int) -> None:
        """From now on; who is inside stays, and who waits is let in when the next one leaves."""
        self._places = max(1, places)

    async def __aenter__(self) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: self._inside < self._places)
            self._inside += 1

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        async with self._changed:
            self._inside -= 1
            self._changed.notify(max(0, self._places - self._inside))
