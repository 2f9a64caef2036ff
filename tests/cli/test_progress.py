"""Progress in lines: what is said at once, what only after a silence."""

import pytest

from azremediate.cli.progress import HEARTBEAT, LineProgress, describe
from azremediate.core.events import ChangeEnded, Event, Progressed, StepTaken, Waiting


class _Time:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_at_most_one_sign_of_life_in_each_interval() -> None:
    """Many events make one line per interval, none makes one too."""
    time, lines = _Time(), list[str]()
    progress = LineProgress(lines.append, time)
    for done in range(100):
        time.seconds += HEARTBEAT / 40
        progress(Progressed("verifying", done, 100))
    assert len(lines) == 2
    time.seconds += HEARTBEAT
    progress.beat()
    progress.beat()
    assert len(lines) == 3
    assert lines[-1] == "still working: verifying 99/100"


def test_each_finished_change_is_one_line_at_once() -> None:
    """However many there are."""
    time, lines = _Time(), list[str]()
    progress = LineProgress(lines.append, time)
    for number in range(5):
        progress(ChangeEnded(str(number), "revoke_sessions", f"user {number}", "failed", "no\nanswer", 1.25))
    assert lines[4] == "failed         revoke_sessions  user 4  1.2 s  (no\\u{a}answer)"
    assert len(lines) == 5


def test_finished_changes_are_counted_when_their_number_is_known() -> None:
    """So that a build log shows how far it is."""
    lines = list[str]()
    progress = LineProgress(lines.append, _Time(), changes=12)
    for _ in range(2):
        progress(ChangeEnded("c", "act", "payroll", "verified", "", 1.0))
    assert lines[1].startswith("2/12 verified ")


def test_a_wait_does_not_hide_how_far_it_is() -> None:
    """Both are told, and the wait only once."""
    time, lines = _Time(), list[str]()
    progress = LineProgress(lines.append, time)
    progress(Progressed("resolving", 3, 9))
    progress(Waiting("asked to wait", 30.0))
    for _ in range(2):
        time.seconds += HEARTBEAT
        progress.beat()
    assert lines == [
        "still working: resolving 3/9; asked to wait: waiting 30 s",
        "still working: resolving 3/9",
    ]


def test_changes_that_a_stop_left_out_are_not_told_one_by_one() -> None:
    """They stand in the summary."""
    lines = list[str]()
    progress = LineProgress(lines.append, _Time(), changes=3)
    for status in ("verified", "not_started", "not_started"):
        progress(ChangeEnded("c", "act", "payroll", status, "", 0.0))
    assert len(lines) == 1


def test_an_announcement_is_said_at_once() -> None:
    """That a stop was asked for must be seen while the stop is under way."""
    lines = list[str]()
    LineProgress(lines.append, _Time())(Waiting("stopping after the changes that are under way", 0.0))
    assert lines == ["stopping after the changes that are under way"]


def test_nothing_is_said_while_a_person_is_asked() -> None:
    """A sign of life in the middle of a prompt would look like an answer."""
    time, lines = _Time(), list[str]()
    progress = LineProgress(lines.append, time)
    with progress.held():
        time.seconds += 10 * HEARTBEAT
        progress.beat()
    assert lines == []
    progress.beat()
    assert lines == ["still working: waiting for the first answer"]


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (Progressed("resolving", 3, 9, "a\x1bb"), "resolving 3/9  a\\u{1b}b"),
        (Progressed("paging", 300, 0), "paging 300"),
        (Progressed("starting", 0, 0), "starting"),
        (Waiting("asked to wait", 37.4), "asked to wait: waiting 37 s"),
        (StepTaken("c", "act", "payroll", "add-1", "performed"), "act  payroll  add-1 performed"),
        (ChangeEnded("c", "act", "payroll", "verified", "", 8.06), "verified       act  payroll  8.1 s"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_describe(event: Event, line: str) -> None:
    """One line for each event."""
    assert describe(event) == line
