"""What waits for a date, and what a later run took up."""

from dataclasses import replace
from datetime import timedelta

from azremediate.core.change import Change
from azremediate.core.clock import iso
from azremediate.core.due import DueKind, PastRun, what_is_due
from azremediate.core.manual_task import ManualTask, TaskEvidence
from azremediate.core.plan import sealed
from azremediate.core.result import ChangeResult, ChangeStatus
from tests.core.plans import NOW, a_change, a_plan, a_target

DAY = timedelta(days=1)
TASK = ManualTask("t1", "jenkins", "other", "revoke it", (1,), "Ana", iso(NOW - DAY))
WATCHED = replace(a_change(), watched_for=30 * DAY)


def _run(
    run_id: str,
    *changes: Change,
    tasks: tuple[ManualTask, ...] = (),
    status: ChangeStatus = ChangeStatus.VERIFIED,
    told: tuple[str, ...] = (),
) -> PastRun:
    plan = sealed(replace(a_plan(*changes), manual_tasks=tasks))
    ended = iso(NOW - 31 * DAY)
    results = {change.change_id: ChangeResult(change.change_id, status, ended_at=ended) for change in changes}
    evidence = {task_id: TaskEvidence(task_id, iso(NOW - 8 * DAY), "ana@host", "sent") for task_id in told}
    return PastRun(run_id, plan, results, evidence)


def test_open_tasks() -> None:
    """Until there is evidence; one that is not due yet is not ripe."""
    soon = replace(TASK, task_id="t2", due=iso(NOW + DAY))
    found = what_is_due([_run("R-1", tasks=(TASK, soon))], NOW)
    assert [(one.id, one.ripe, one.owner) for one in found] == [("t1", True, "Ana"), ("t2", False, "Ana")]
    assert what_is_due([_run("R-1", tasks=(TASK,), told=("t1",))], NOW) == ()


def test_the_latest_run_counts() -> None:
    """A task that a later plan repeats is listed once, and closed by evidence there."""
    runs = [_run("R-2", tasks=(TASK,)), _run("R-1", tasks=(TASK,))]
    assert [one.run_id for one in what_is_due(runs, NOW)] == ["R-2"]
    runs = [_run("R-2", tasks=(TASK,), told=("t1",)), _run("R-1", tasks=(TASK,))]
    assert what_is_due(runs, NOW) == ()


def test_period_of_notice() -> None:
    """Runs from the evidence; it is over with a later change to the application."""
    target = a_target()
    notice = replace(TASK, identity=target.app_id, then_after=7 * DAY)
    first = _run("R-1", tasks=(notice,), told=("t1",))
    (due,) = what_is_due([first], NOW)
    assert (due.kind, due.ripe, due.due) == (DueKind.NOTICE_OVER, True, NOW - DAY)
    assert not what_is_due([first], NOW - 2 * DAY)[0].ripe
    assert [one.kind for one in what_is_due([_run("R-2", WATCHED), first], NOW)] == [DueKind.SCREAM_TEST_OVER]


def test_scream_test() -> None:
    """Runs from the end of the change, if it was made, until somebody changed the application again."""
    (due,) = what_is_due([_run("R-1", WATCHED)], NOW)
    assert (due.kind, due.ripe, due.due) == (DueKind.SCREAM_TEST_OVER, True, NOW - DAY)
    assert what_is_due([_run("R-1", WATCHED, status=ChangeStatus.FAILED)], NOW) == ()
    assert what_is_due([_run("R-1", a_change())], NOW) == ()
    enabled = a_change(action="enable_service_principal")
    assert what_is_due([_run("R-2", enabled), _run("R-1", WATCHED)], NOW) == ()
    failed = _run("R-2", enabled, status=ChangeStatus.FAILED)
    assert len(what_is_due([failed, _run("R-1", WATCHED)], NOW)) == 1


def test_a_date_that_is_none() -> None:
    """Is looked at rather than forgotten."""
    (due,) = what_is_due([_run("R-1", tasks=(replace(TASK, due="soon"),))], NOW)
    assert due.ripe
