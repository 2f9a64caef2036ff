"""The machine's own clock."""

import asyncio
import time
from datetime import UTC, datetime


class SystemClock:
    """Time as this machine sees it."""

    def now(self) -> datetime:
        """The time, with zone UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that only ever grow."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(max(seconds, 0.0))
