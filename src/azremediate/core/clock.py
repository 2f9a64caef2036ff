"""Time as a need of the domain, so that tests and rehearsals decide how it passes."""

from datetime import datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Where time comes from."""

    def now(self) -> datetime:
        """The time, with zone UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that only ever grow."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


def iso(moment: datetime) -> str:
    """A moment as RFC 3339 text in UTC with milliseconds, e.g. 2024-04-09T17:02:11.250Z."""
    utc = (moment - (moment.utcoffset() or timedelta())).replace(tzinfo=None)
    return utc.isoformat(timespec="milliseconds") + "Z"
