"""A run that goes wrong stops early: at its canaries, after failures in a row, or after too many of them."""

import pytest

from azremediate.core.config import Breaker, GuardSettings
from azremediate.core.errors import RequestRefused
from azremediate.core.executor import apply_plan
from azremediate.core.exit_code import ExitCode
from azremediate.core.pacing import Pace
from azremediate.core.result import ChangeResult, ChangeStatus, run_exit_code
from tests.core.plans import a_change, a_plan
from tests.core.stage import Directory, Ledger, an_execution

GOOD, BAD, NEUTRAL = ChangeStatus.VERIFIED, ChangeStatus.FAILED, ChangeStatus.DRIFTED


def _tripped(pace: Pace, *statuses: ChangeStatus) -> bool:
    for status in statuses:
        pace.heard(ChangeResult("c", status))
    return bool(pace.tripped)


def _sizes(pace: Pace, number: int) -> list[int]:
    return [len(batch) for batch in pace.batches([a_change(one) for one in range(number)])]


def test_permission_that_is_gone() -> None:
    """One refusal may be about its target; three in a row are about us, and bar that action alone."""
    pace = Pace(GuardSettings())
    forbidden, fine = ChangeResult("c", BAD, permission_missing=True), ChangeResult("c", GOOD)
    for result in (forbidden, forbidden, fine, forbidden, forbidden):
        pace.heard(result, "revoke_sessions")
    assert pace.barred("revoke_sessions") == ""
    pace.heard(forbidden, "revoke_sessions")
    assert "revoke_sessions is missing" in pace.barred("revoke_sessions")
    assert pace.barred("disable_user") == ""
    assert pace.tripped == ""


@pytest.mark.parametrize(
    ("canary", "number", "sizes"),
    [((), 8, [8]), ((1, 5), 8, [1, 5, 2]), ((1, 5), 4, [1, 3]), ((1,), 1, [1]), ((2,), 0, [])],
    ids=["none", "one, five, rest", "fewer", "one", "empty"],
)
def test_batches(canary: tuple[int, ...], number: int, sizes: list[int]) -> None:
    """The canaries of a phase go first."""
    pace = Pace(GuardSettings(canary=canary))
    pace.begin_phase(number)
    assert _sizes(pace, number) == sizes


@pytest.mark.parametrize(
    ("breaker", "statuses", "trips"),
    [
        (Breaker(), [BAD] * 20, False),
        (Breaker(consecutive=3), [BAD, BAD], False),
        (Breaker(consecutive=3), [BAD, NEUTRAL, BAD, BAD], True),
        (Breaker(consecutive=3), [BAD, BAD, GOOD, BAD, BAD], False),
        (Breaker(percent=10.0), [BAD, BAD], False),
        (Breaker(percent=10.0), [BAD, GOOD, BAD, GOOD, BAD], True),
        (Breaker(percent=0.0), [BAD], True),
        (Breaker(consecutive=1, percent=0.0), [GOOD, NEUTRAL], False),
    ],
)
def test_breaker(breaker: Breaker, statuses: list[ChangeStatus], trips: bool) -> None:
    """Of twenty changes: in a row, or more than the percent; without a limit never."""
    pace = Pace(GuardSettings(breaker=breaker))
    pace.begin_phase(20)
    assert _tripped(pace, *statuses) is trips


@pytest.mark.parametrize(
    "status", [BAD, ChangeStatus.COMPENSATED, ChangeStatus.UNVERIFIED, ChangeStatus.NEEDS_OPERATOR]
)
def test_a_failing_canary_stops(status: ChangeStatus) -> None:
    """But not when it is all there is: then nothing is left to spare."""
    pace = Pace(GuardSettings(canary=(1,)))
    pace.begin_phase(2)
    next(iter(pace.batches([a_change(1), a_change(2)])))
    assert _tripped(pace, status)
    alone = Pace(GuardSettings(canary=(1,)))
    alone.begin_phase(1)
    next(iter(alone.batches([a_change(1)])))
    assert not _tripped(alone, status)


def test_a_new_phase_counts_anew() -> None:
    """Failures of one phase say nothing of the next."""
    pace = Pace(GuardSettings(breaker=Breaker(consecutive=2)))
    pace.begin_phase(5)
    assert not _tripped(pace, BAD)
    pace.begin_phase(5)
    assert not _tripped(pace, BAD)
    assert _tripped(pace, BAD)


async def test_a_stopped_run_is_open_and_goes_on() -> None:
    """The rest is not started, the audit log hears why, and the next run makes the rest."""
    changes = [a_change(number) for number in range(1, 6)]
    ledger = Ledger()
    tenant = Directory(ledger, [change.target for change in changes])
    tenant.answers[changes[0].target.id] = [RequestRefused("no", status=400)]
    guards = GuardSettings(canary=(1,))
    results = await apply_plan(an_execution(tenant, ledger, guards=guards), a_plan(*changes))
    assert [result.status.value for result in results] == ["failed", *["not_started"] * 4]
    assert run_exit_code(results) is ExitCode.INCOMPLETE
    assert tenant.writes == []
    assert [note.event for note in ledger.notes][-1] == "breaker.tripped"
    again = await apply_plan(an_execution(tenant, ledger, guards=guards), a_plan(*changes))
    assert [result.status.value for result in again] == ["failed", *["verified"] * 4]


async def test_verdicts_are_recorded_before_anything_is_sent() -> None:
    """Each plan-wide verdict, each refusal of a target with its change, and which guards let how many targets pass."""
    changes = [a_change(number) for number in (1, 2, 3)]
    ledger = Ledger()
    tenant = Directory(ledger, [change.target for change in changes])
    sent_before: list[int] = []
    tenant.on_write = lambda _write: sent_before.append(len(ledger.notes))
    guards = GuardSettings(protected=(changes[1].target.id,))
    await apply_plan(an_execution(tenant, ledger, guards=guards), a_plan(*changes))
    notes = [note for note in ledger.notes if note.event == "guard.verdict"]
    said = {note.reason.partition(":")[0]: (note.outcome, note.change) for note in notes}
    assert said == {
        "max-changes": ("success", None),
        "last-administrator": ("success", None),
        "max-percent": ("success", None),
        "protected": ("failure", changes[1]),
        "targets passed": ("success", None),
    }
    passed = (
        "targets passed: break-glass (3), break-glass-configuration (3), managed-identity (3), microsoft-owned (3), "
        "own-identity (3), protected (2)"
    )
    assert notes[-1].reason == passed
    assert sent_before == [len(notes)] * 2
