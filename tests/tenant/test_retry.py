"""Waiting times: what a Retry-After header says, and what is waited without one."""

from datetime import timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azremediate.core.config import Throttle
from azremediate.core.errors import Conflict, RequestRefused, ServiceFailing, TenantError, Throttled
from azremediate.core.events import ignore
from azremediate.tenant.answers import Passing
from azremediate.tenant.retry import ReadRetry, backoff, retry_after
from tests.tenant.clocks import START, InstantClock


@pytest.mark.fault("N10")
@given(st.text())
def test_any_header_is_a_time_to_come_or_nothing(text: str) -> None:
    """No header leads to an error, a busy loop or an endless wait."""
    seconds = retry_after(text, START)
    assert seconds is None or 0 < seconds < float("inf")


@given(st.integers(-(10**6), 10**6))
def test_dates(seconds: int) -> None:
    """A date is as many seconds as it lies ahead."""
    header = format_datetime(START + timedelta(seconds=seconds), usegmt=True)
    assert retry_after(header, START) == (seconds if seconds > 0 else None)


@given(st.integers(1, 10_000))
def test_backoff_is_bounded(attempt: int) -> None:
    """Never nothing, never more than half a minute."""
    assert 0.5 <= backoff(attempt) <= 30.5


@pytest.mark.parametrize(
    ("error", "tries"),
    [(Throttled("x"), 4), (Passing("x"), 4), (ServiceFailing("x"), 1), (RequestRefused("x"), 1), (Conflict("x"), 1)],
    ids=lambda value: type(value).__name__,
)
async def test_what_is_tried_again(error: TenantError, tries: int) -> None:
    """Only what another try may cure, and the last error is raised."""
    clock, count = InstantClock(), 0

    async def attempt() -> None:
        nonlocal count
        count += 1
        raise error

    with pytest.raises(type(error)):
        await ReadRetry(Throttle(attempts=4), clock, ignore).run(attempt)
    assert (count, len(clock.slept)) == (tries, tries - 1)
