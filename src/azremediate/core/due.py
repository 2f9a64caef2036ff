"""What waits for a date: manual tasks, periods of notice, and applications watched after they were disabled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from azremediate.core.change import Change
from azremediate.core.manual_task import ManualTask, TaskEvidence
from azremediate.core.plan import Plan
from azremediate.core.result import ChangeResult


class DueKind(StrEnum):
    """What is due."""

    TASK = "task"
    NOTICE_OVER = "notice-over"
    SCREAM_TEST_OVER = "scream-test-over"


@dataclass(frozen=True, slots=True)
class PastRun:
    """One run of the journal with what was recorded about its tasks, by task id."""

    run_id: str
    plan: Plan
    results: Mapping[str, ChangeResult]
    evidence: Mapping[str, TaskEvidence]


@dataclass(frozen=True, slots=True)
class Due:
    """One thing with its date; `ripe` says that the date has come.

    id: of the task or change. identity: the appId of an application, else what the task names. owner: who does a task.
    """

    kind: DueKind
    run_id: str
    id: str
    identity: str
    display_name: str
    what: str
    due: datetime
    ripe: bool
    owner: str = ""


def what_is_due(runs: Sequence[PastRun], now: datetime) -> tuple[Due, ...]:
    """Everything that waits for a date, the earliest first; `runs` with the latest first.

    What a later run took up is left out: an application that was switched on again or deleted is not watched any more.
    """
    found: dict[str, Due] = {}
    later: set[str] = set()
    for run in runs:
        done = [change for change in run.plan.changes if _done(run, change)]
        for task in run.plan.manual_tasks:
            if task.task_id not in found and (due := _of_task(run, task, later, now)) is not None:
                found[task.task_id] = due
        for change in done:
            if change.watched_for is not None and not change.target.ids & later:
                found[change.change_id] = _of_change(run, change, change.watched_for, now)
        later |= {identifier for change in done for identifier in change.target.ids}
        later |= {task.task_id for task in run.plan.manual_tasks}
    return tuple(sorted(found.values(), key=lambda one: (one.due, one.id)))


def _done(run: PastRun, change: Change) -> bool:
    result = run.results.get(change.change_id)
    return result is not None and result.status.done


def _of_task(run: PastRun, task: ManualTask, later: set[str], now: datetime) -> Due | None:
    evidence = run.evidence.get(task.task_id)
    if evidence is None:
        if task.task_id in later:
            return None
        when = _moment(task.due, now)
        return Due(DueKind.TASK, run.run_id, task.task_id, task.identity, "", task.task, when, when <= now, task.owner)
    if task.then_after is None or task.identity.lower() in later:
        return None
    when = _moment(evidence.recorded_at, now) + task.then_after
    what = f"the period of notice is over; plan {run.plan.origin.playbook} again"
    return Due(DueKind.NOTICE_OVER, run.run_id, task.task_id, task.identity, "", what, when, when <= now, task.owner)


def _of_change(run: PastRun, change: Change, watched_for: timedelta, now: datetime) -> Due:
    ended = _moment(run.results[change.change_id].ended_at, now)
    when = ended + watched_for
    target = change.target
    what = f"{change.action} {ended:%Y-%m-%d}; look for failed sign-ins with `azremediate sweep`, then delete it"
    return Due(
        DueKind.SCREAM_TEST_OVER,
        run.run_id,
        change.change_id,
        target.app_id or target.id,
        target.display_name,
        what,
        when,
        when <= now,
    )


def _moment(text: str, now: datetime) -> datetime:
    """A recorded time; what is none counts as now, so that it is looked at rather than forgotten."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return now
    return found if found.tzinfo is not None else now
