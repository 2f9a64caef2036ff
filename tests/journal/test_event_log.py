"""The events of long work become log lines with fields."""

import io
import json

import pytest

from azremediate.core.events import ChangeEnded, Event, Progressed, StepTaken, Waiting
from azremediate.journal.event_log import logged
from azremediate.journal.log_setup import set_up_logging

EVENTS: list[tuple[Event, str, str]] = [
    (ChangeEnded("c1", "revoke_sessions", "Ana", "verified", "", 1.5), "change.ended", "info"),
    (Waiting("asked to wait", 3.0), "work.waits", "info"),
    (StepTaken("c1", "revoke_sessions", "Ana", "revoke", "performed"), "step.taken", "debug"),
    (Progressed("verifying", 1, 2, "Ana\x1b[2J"), "work.progressed", "debug"),
]


@pytest.mark.parametrize(("event", "name", "level"), EVENTS, ids=lambda value: str(value)[:20])
def test_event_is_logged_and_passed_on(event: Event, name: str, level: str) -> None:
    """One line with the event's fields, escaped; the listener behind still hears the event."""
    stream, heard = io.StringIO(), list[Event]()
    set_up_logging(verbosity=2, as_json=True, stream=stream)
    logged(heard.append)(event)
    line = json.loads(stream.getvalue())
    assert (line["event"], line["level"]) == (name, level)
    assert "\x1b" not in stream.getvalue()
    assert heard == [event]
