"""A difference of clocks, and a clock that was set during a run, are said in the audit log."""

from datetime import timedelta

import pytest

from azremediate.core.clock_watch import DIFFERS, JUMPED, ClockWatch

HOUR = timedelta(hours=1)


@pytest.mark.fault("N23")
@pytest.mark.parametrize(
    ("before", "after", "events"),
    [
        (timedelta(), timedelta(), []),
        (timedelta(minutes=4), timedelta(minutes=-0.5), []),
        (HOUR, HOUR, [DIFFERS]),
        (-10 * 365 * 24 * HOUR, -10 * 365 * 24 * HOUR, [DIFFERS]),
        (timedelta(), HOUR, [JUMPED]),
        (HOUR, -HOUR, [DIFFERS, JUMPED]),
    ],
)
def test_what_is_said(before: timedelta, after: timedelta, events: list[str]) -> None:
    """From five minutes on; a jump by how far it went."""
    watch = ClockWatch(before)
    notes = [*watch.at_start(), *watch.at_end(after)]
    assert [note.event for note in notes] == events
    if JUMPED in events:
        assert notes[-1].facts == {"seconds": round((after - before).total_seconds())}
