"""What became of each listed credential: closed, or still open and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from azremediate.core.action import Action
from azremediate.core.manual_task import TaskEvidence, credential_task_id
from azremediate.core.plan import Case, CaseState, Plan
from azremediate.core.result import ChangeResult, ChangeStatus

_GOES_ON = (ChangeStatus.NOT_STARTED, ChangeStatus.STOPPED)
"""What a further run does by itself."""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One listed credential after the run.

    closed: nothing more has to be done. person: somebody has to do something that no further run does by itself.
    statuses: how each of its changes ended, by change id.
    """

    case: Case
    closed: bool
    person: bool
    reason: str
    statuses: tuple[tuple[str, str], ...]


def case_results(
    plan: Plan,
    results: Mapping[str, ChangeResult],
    actions: Mapping[str, Action],
    evidence: Mapping[str, TaskEvidence],
) -> tuple[CaseResult, ...]:
    """One result for each case of the plan, in its order; `evidence` of manual tasks by their id closes their cases."""
    used = {change.change_id: actions.get(change.action) for change in plan.changes}
    return tuple(_told(_case_result(case, results, used), evidence) for case in plan.cases)


def _told(found: CaseResult, evidence: Mapping[str, TaskEvidence]) -> CaseResult:
    """A case that was left to a person is closed by that person's evidence and by nothing else."""
    shown = evidence.get(credential_task_id(found.case.credential))
    if found.case.state is not CaseState.MANUAL or shown is None:
        return found
    return replace(found, closed=True, person=False, reason=f"done by a person: {shown.evidence}")


def _case_result(case: Case, results: Mapping[str, ChangeResult], used: Mapping[str, Action | None]) -> CaseResult:
    statuses = tuple((change_id, _status(results.get(change_id))) for change_id in case.change_ids)
    if case.state is CaseState.NOTHING_TO_DO:
        return CaseResult(case, True, False, case.reason, statuses)
    if case.state is not CaseState.CHANGES:
        return CaseResult(case, False, True, case.reason, statuses)
    closing = _closing(case, used)
    open_ones = [change_id for change_id in closing if not _done(results.get(change_id))]
    if not open_ones:
        return CaseResult(case, True, False, "", statuses)
    reasons = [_why_open(change_id, results.get(change_id)) for change_id in open_ones]
    person = any(_status(results.get(change_id)) not in _GOES_ON for change_id in open_ones)
    return CaseResult(case, False, person, "; ".join(reasons), statuses)


def _closing(case: Case, used: Mapping[str, Action | None]) -> Sequence[str]:
    """The changes that close it; `used` are the actions by change id, None for one that is not known here.

    All of its changes when none of the actions says that it closes such a case.
    """
    closing = []
    for change_id in case.change_ids:
        action = used[change_id]
        if action is None or case.credential.kind in action.closes:
            closing.append(change_id)
    return closing or case.change_ids


def _done(result: ChangeResult | None) -> bool:
    return result is not None and result.status.done


def _status(result: ChangeResult | None) -> str:
    return (result.status if result else ChangeStatus.NOT_STARTED).value


def _why_open(change_id: str, result: ChangeResult | None) -> str:
    reason = f": {result.reason}" if result and result.reason else ""
    return f"change {change_id[:8]} {_status(result)}{reason}"
