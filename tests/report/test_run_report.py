"""The answers that every form of a report gives."""

from dataclasses import replace

import pytest

from azremediate.core.plan import CaseState, sealed
from azremediate.core.result import ChangeResult, ChangeStatus
from azremediate.report.cases import case_results
from azremediate.report.run_json import run_json
from azremediate.report.run_report import RunReport, answer, not_shown
from azremediate.report.run_text import run_text
from tests.core.plans import a_change, a_plan
from tests.report.hostile import hostile_report


@pytest.mark.parametrize(
    ("status", "closed", "person"),
    [
        (ChangeStatus.VERIFIED, True, False),
        (ChangeStatus.SATISFIED, True, False),
        (ChangeStatus.FAILED, False, True),
        (ChangeStatus.DRIFTED, False, True),
        (ChangeStatus.UNVERIFIED, False, True),
        (ChangeStatus.NEEDS_OPERATOR, False, True),
        (ChangeStatus.NOT_STARTED, False, False),
    ],
)
def test_a_case_is_closed_when_what_closes_it_is_done(status: ChangeStatus, closed: bool, person: bool) -> None:
    """Rotation closes an exposed secret; disabling the application alone does not."""
    found = hostile_report(status).cases[0]
    assert (found.closed, found.person) == (closed, person)
    assert [status for _, status in found.statuses] == ["verified", status.value]


def test_other_cases_need_no_results() -> None:
    """What the plan left to a person stays with that person; what needed nothing is closed."""
    found = {case.case.state: (case.closed, case.person) for case in hostile_report().cases[1:]}
    assert found == {
        CaseState.MANUAL: (False, True),
        CaseState.UNRESOLVED: (False, True),
        CaseState.LEFT_OUT: (False, True),
        CaseState.NOTHING_TO_DO: (True, False),
    }


def test_without_its_actions_a_case_needs_all_its_changes() -> None:
    """A report of a newer plan promises nothing that it does not know."""
    report = hostile_report()
    first = report.plan.changes[0].change_id
    only_second = {key: result for key, result in report.results.items() if key != first}
    assert case_results(report.plan, report.results, {}, {})[0].closed
    assert not case_results(report.plan, only_second, {}, {})[0].closed
    assert case_results(report.plan, only_second, report.actions, {})[0].closed


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (ChangeStatus.VERIFIED, "2 of 5 listed credentials closed; 3 need a person"),
        (ChangeStatus.FAILED, "1 of 5 listed credentials closed; 4 need a person"),
        (
            ChangeStatus.NOT_STARTED,
            "1 of 5 listed credentials closed; 3 need a person; 1 not reached yet",
        ),
    ],
)
def test_the_answer_comes_first(status: ChangeStatus, said: str) -> None:
    """In the text and in the JSON alike."""
    report = hostile_report(status)
    said = f"{said}; 1 notice still to be sent"
    assert answer(report) == said
    assert run_text(report).splitlines()[0] == said
    numbers = run_json(report)["answer"]
    assert isinstance(numbers, dict)
    assert numbers["text"] == said


def test_without_a_list_changes_are_counted() -> None:
    """A playbook over the whole tenant has no cases."""
    plan = a_plan(a_change(1))
    done = ChangeResult(plan.changes[0].change_id, ChangeStatus.VERIFIED)
    report = replace(hostile_report(), plan=plan, results={done.change_id: done})
    assert answer(report) == "1 of 1 change is proven to be in effect"
    assert answer(replace(report, results={})) == "0 of 1 change is proven to be in effect"


def test_tokens_live_90_minutes_after_the_last_change_that_cut_somebody_off() -> None:
    """The time shown is never too early, and there is none when nothing was done."""
    report = hostile_report()
    assert run_json(report)["tokens_may_live_until"] == "2024-04-09T18:35:00.000Z"
    failed = hostile_report(ChangeStatus.FAILED)
    assert run_json(failed)["tokens_may_live_until"] == "2024-04-09T18:32:11.250Z"
    assert "may live until 2024-04-09 18:33 UTC" in not_shown(failed)[0]
    assert run_json(replace(report, results={}))["tokens_may_live_until"] is None


def test_the_report_says_what_it_does_not_show() -> None:
    """Rejected and unmatched rows, logs that nobody looked at."""
    said = " ".join(not_shown(hostile_report()))
    assert "1 row of the list that could not be read" in said
    assert "1 row that matched no single object" in said
    assert "sign-in logs were not reviewed" in said


def test_an_unfinished_run_is_no_finished_one() -> None:
    """Neither form invents an end."""
    report: RunReport = replace(hostile_report(), ended_at="", exit_code=None, audit=None)
    assert "not ended" in run_text(report)
    assert run_json(report)["ended_at"] is None
    assert run_json(report)["exit_code"] is None
    assert "Audit log" not in run_text(report)


def test_a_change_without_a_result_was_not_started() -> None:
    """It stands in the report with its plan, not nowhere."""
    report = replace(hostile_report(), results={}, plan=sealed(a_plan(a_change(1))))
    changes = run_json(report)["changes"]
    assert isinstance(changes, list)
    assert changes[0]["result"]["status"] == "not_started"
    assert "not_started" in run_text(report)
