"""The one policy by which reads are tried again; writes are never repeated here."""

import math
import random
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt

from azremediate.core.clock import Clock
from azremediate.core.config import Throttle
from azremediate.core.errors import NotSent, Throttled
from azremediate.core.events import Listener, Waiting
from azremediate.tenant.answers import Passing

Result = TypeVar("Result")

_NUMBER: Final = re.compile(r"\d{1,12}(\.\d{1,9})?")
_NOTICEABLE: Final = 2.0
_LONGEST_BACKOFF: Final = 30.0


def retry_after(header: str | None, now: datetime) -> float | None:
    """The seconds that a Retry-After header asks for: whole, fractional or as an HTTP date (RFC 9110 10.2.3).

    None when there is none, when it is not understood or when it names no time to come: then the backoff decides, so
    that a zero never becomes a busy loop.
    """
    text = (header or "").strip()
    if not text:
        return None
    if _NUMBER.fullmatch(text):
        seconds = float(text)
    else:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, IndexError, OverflowError):
            return None
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        seconds = (aware - now).total_seconds()
    return seconds if math.isfinite(seconds) and seconds > 0 else None


def backoff(attempt: int) -> float:
    """Seconds to wait after the given attempt (from 1), random so that waiters spread, when the service names none."""
    return 0.5 + random.uniform(0, min(_LONGEST_BACKOFF, 2.0 ** min(attempt, 9)))  # noqa: S311 - spreads waiters, guards nothing


class ReadRetry:
    """Tries reads again after 429, passing server errors and lost connections."""

    def __init__(self, throttle: Throttle, clock: Clock, listener: Listener) -> None:
        self.attempts = max(1, throttle.attempts)
        self._longest = throttle.max_wait.total_seconds()
        self._clock = clock
        self._listener = listener

    async def run(self, attempt: Callable[[], Awaitable[Result]]) -> Result:
        """Call `attempt` until it answers, fails for good, or was tried often enough; then its last error is raised."""
        retrying = AsyncRetrying(
            before_sleep=self._announce,
            sleep=self._clock.sleep,
            stop=stop_after_attempt(self.attempts),
            wait=self._wait,
            retry=retry_if_exception_type((Throttled, NotSent, Passing)),
            reraise=True,
        )
        return await retrying(attempt)

    def seconds(self, asked: float | None, attempt: int) -> float:
        """How long to wait after an attempt when the service asked for `asked` seconds."""
        return min(backoff(attempt) if asked is None else asked, self._longest)

    async def pause(self, seconds: float, why: str) -> None:
        """Wait, and tell the listener when it takes a while."""
        if seconds > _NOTICEABLE:
            self._listener(Waiting(why, seconds))
        await self._clock.sleep(seconds)

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        return self.seconds(error.retry_after if isinstance(error, Throttled) else None, state.attempt_number)

    def _announce(self, state: RetryCallState) -> None:
        seconds = state.next_action.sleep if state.next_action else 0.0
        error = state.outcome.exception() if state.outcome else None
        if seconds > _NOTICEABLE:
            throttled = isinstance(error, Throttled)
            why = (
                "the service asks to wait; this is normal"
                if throttled
                else "the service fails or is not reachable; trying again"
            )
            self._listener(Waiting(why, seconds))
