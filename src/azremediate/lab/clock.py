"""The simulated tenant's time: real time plus an offset that tests may move, and how far replicas lag behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


class LabClock:
    """A clock that runs with real time from `start` (default: now) and can be moved."""

    def __init__(self, start: datetime | None = None) -> None:
        self._offset = timedelta() if start is None else start - datetime.now(UTC)

    def now(self) -> datetime:
        """Return the tenant's time, aware, in UTC."""
        return datetime.now(UTC) + self._offset

    def advance(self, seconds: float) -> None:
        """Move the clock; a negative number moves it back."""
        self._offset += timedelta(seconds=seconds)


@dataclass(slots=True)
class Lag:
    """How long effects take to show, in seconds of the tenant's clock.

    `secret_delay`: until a new secret signs in. `read_lag`: how long reads may show the former credentials.
    """

    secret_delay: float = 0.0
    read_lag: float = 0.0


def wire_time(moment: datetime) -> str:
    """Return a time as the services write it: UTC, whole seconds, Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_time(text: str) -> datetime:
    """Return the aware time of an ISO 8601 text (Edm.DateTimeOffset); raises ValueError for anything else."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"no time zone: {text!r}")
    return moment.astimezone(UTC)
