"""Owners have their time before anything is switched off, and are asked again when that was long ago."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from azremediate.core.change import Change
from azremediate.core.owner_notice import STAYS_VALID, notice_task_id, with_notices
from azremediate.core.plan import LeftOut
from azremediate.core.planned_cases import Planned
from azremediate.core.playbook import Step
from azremediate.core.target import Selected
from tests.core.plans import NOW, a_change, a_target

WEEK = timedelta(days=7)
STEP = Step("disable_service_principal", notice=WEEK, scream_test=timedelta(days=30))
ITEM = Planned(Selected(a_target(), note="usage unused", owners=("ana@contoso.example",)), STEP.action, a_change(), ())
TASK = notice_task_id(a_target())


@pytest.mark.parametrize(
    ("told", "changed", "asked"),
    [
        (None, False, True),
        (NOW, False, False),
        (NOW - WEEK + timedelta(seconds=1), False, False),
        (NOW - WEEK, True, False),
        (NOW - WEEK - STAYS_VALID, True, False),
        (NOW - WEEK - STAYS_VALID - timedelta(seconds=1), False, True),
    ],
    ids=["never told", "told now", "just inside", "on the day", "still valid", "too long ago"],
)
def test_period(told: datetime | None, changed: bool, asked: bool) -> None:
    """Before its end nothing is changed; long after it the owners are told again."""
    found = with_notices([ITEM], STEP, {} if told is None else {TASK: told}, NOW)
    (item,) = found.planned
    assert isinstance(item.outcome, Change) is changed
    assert (len(found.tasks) == 1) is asked
    if isinstance(item.outcome, LeftOut):
        assert not item.outcome.done


def test_no_period() -> None:
    """With a period of zero the owners are told and the change is made at once."""
    found = with_notices([ITEM], replace(STEP, notice=timedelta()), {}, NOW)
    (item,) = found.planned
    assert isinstance(item.outcome, Change)
    assert item.outcome.watched_for == timedelta(days=30)
    assert [task.owner for task in found.tasks] == ["ana@contoso.example"]


def test_a_step_without_notice() -> None:
    """Is left as it is."""
    plain = Step(STEP.action)
    assert with_notices([ITEM], plain, {}, NOW).planned == (ITEM,)


def test_what_is_left_out_is_not_announced() -> None:
    """Nobody is told about an application that a guard or an exemption keeps."""
    kept = replace(ITEM, outcome=LeftOut(STEP.action, a_target(), "protected", done=False))
    found = with_notices([kept], STEP, {}, NOW)
    assert (found.planned, found.tasks) == ((kept,), ())


def test_nobody_owns_it() -> None:
    """Then the task says so instead of a notice to nobody."""
    orphan = replace(ITEM, selected=Selected(a_target()))
    (task,) = with_notices([orphan], STEP, {}, NOW).tasks
    assert (task.owner, "nobody owns it" in task.task) == ("", True)
