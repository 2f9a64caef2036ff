"""The report of a run as text: the answer first, then each credential, each change and its proof."""

from collections.abc import Iterator

from azremediate.core.change import Change
from azremediate.core.plan import CaseState
from azremediate.core.result import ChangeResult, ChangeStatus
from azremediate.report.cases import CaseResult
from azremediate.report.escape import terminal
from azremediate.report.phrases import differences, rows, target_line, value_text
from azremediate.report.plan_text import headline
from azremediate.report.run_report import RunReport, answer, not_shown
from azremediate.report.task_text import evidence_line, task_line, tasks_text


def run_text(report: RunReport, width: int | None = None) -> str:
    """The report; `width` cuts display names at a terminal."""
    lines = [
        *run_head(report),
        *_cases(report),
        *_changes(report, width),
        *_manual(report),
        *_limits(report),
        *_audit(report),
    ]
    return "\n".join(lines)


def results_text(report: RunReport, width: int | None = None) -> str:
    """The end of an apply: the answer, and the changes that are not done."""
    lines = [answer(report)]
    for change in report.plan.changes:
        result = report.results.get(change.change_id)
        if result is None or not result.status.done:
            lines.append(f"  {outcome_line(change, result, width)}")
    return "\n".join(lines)


def run_head(report: RunReport) -> Iterator[str]:
    """The answer, and which run and plan it is about."""
    yield answer(report)
    yield ""
    yield headline(report.plan)
    ended = terminal(report.ended_at) or "not ended"
    code = "" if report.exit_code is None else f"  exit code {report.exit_code}"
    yield f"Run {terminal(report.run_id)}  started {terminal(report.started_at)}  ended {ended}{code}"
    yield f"Plan {report.plan.plan_id[:12]}  playbook {terminal(report.plan.origin.playbook)}"


def _cases(report: RunReport) -> Iterator[str]:
    cases = report.cases
    if not cases:
        return
    yield ""
    yield f"Listed credentials ({len(cases)}):"
    for found in cases:
        yield f"  {_case_line(found)}"
        if found.reason and found.case.state is not CaseState.MANUAL:  # those stand below, as tasks
            yield f"      {terminal(found.reason)}"


def _case_line(found: CaseResult) -> str:
    credential = found.case.credential
    state = "closed " if found.closed else "PERSON " if found.person else "OPEN   "
    which = f" {terminal(credential.key_id)}" if credential.key_id else ""
    changes = ", ".join(f"{change_id[:8]} {status}" for change_id, status in found.statuses)
    return (
        f"{state} {credential.kind} {terminal(credential.identity)}{which} ({credential.confidence}, "
        f"{rows(credential.lines)}){': ' + changes if changes else ''}"
    )


def _changes(report: RunReport, width: int | None) -> Iterator[str]:
    if not report.plan.changes:
        return
    yield ""
    yield f"Changes ({report.done} of {len(report.plan.changes)} in effect):"
    for change in report.plan.changes:
        result = report.results.get(change.change_id)
        yield f"  {outcome_line(change, result, width)}"
        if result is not None:
            yield from (f"      {line}" for line in _details(result))


def outcome_line(change: Change, result: ChangeResult | None, width: int | None) -> str:
    """How one change ended, on one line."""
    status = (result.status if result else ChangeStatus.NOT_STARTED).value
    reason = f"  ({terminal(result.reason)})" if result and result.reason else ""
    return f"{status:<14} {change.action} [{change.change_id[:8]}]  {target_line(change.target, width)}{reason}"


def _details(result: ChangeResult) -> Iterator[str]:
    if result.before is not None and result.after is not None:
        yield from differences(result.before, result.after)
    if result.proof:
        yield f"proof: {value_text(result.proof)}"
    if result.request_ids:
        yield f"request ids: {', '.join(map(terminal, result.request_ids))}"
    if result.ended_at:
        yield f"ended {terminal(result.ended_at)}"


def _manual(report: RunReport) -> Iterator[str]:
    yield from tasks_text("Still to be done by a person", report.open_tasks)
    told = [task for task in report.plan.manual_tasks if task.task_id in report.evidence]
    if not told:
        return
    yield ""
    yield f"Done by a person ({len(told)}):"
    for task in told:
        yield f"  [x] {task_line(task)}"
        yield f"      {evidence_line(report.evidence[task.task_id])}"


def _limits(report: RunReport) -> Iterator[str]:
    yield ""
    yield "What this report does not show:"
    for sentence in not_shown(report):
        yield f"  - {terminal(sentence)}"


def _audit(report: RunReport) -> Iterator[str]:
    if report.audit is None:
        return
    yield ""
    head = f", head {terminal(report.audit.head)}" if report.audit.head else ""
    yield f"Audit log: {terminal(report.audit.verdict)}, {report.audit.records} records{head}"
