"""Manual tasks as text: what is to be done, by whom and until when, with what has to be sent."""

from collections.abc import Iterator, Sequence

from azremediate.core.manual_task import ManualTask, Notice, TaskEvidence
from azremediate.report.escape import terminal
from azremediate.report.phrases import moment, moment_of, rows


def tasks_text(title: str, tasks: Sequence[ManualTask]) -> Iterator[str]:
    """The tasks under a title; nothing when there are none."""
    if not tasks:
        return
    yield ""
    yield f"{title} ({len(tasks)}):"
    for task in tasks:
        yield f"  [ ] {task_line(task)}"
        owner = terminal(task.owner) if task.owner else "nobody named"
        yield f"      task {terminal(task.task_id)}  owner {owner}  due {day(task.due)}"
        if task.notice is not None:
            yield from (f"      | {line}" for line in notice_lines(task.notice))


def task_line(task: ManualTask) -> str:
    """What is to be done, on one line."""
    where = f" ({rows(task.lines)})" if task.lines else ""
    return f"{terminal(task.kind)} {terminal(task.identity)}{where}: {terminal(task.task)}"


def notice_lines(notice: Notice) -> Iterator[str]:
    """A text to send, line by line."""
    yield f"To: {', '.join(map(terminal, notice.to)) or '(nobody is known)'}"
    yield f"Subject: {terminal(notice.subject)}"
    yield ""
    yield from map(terminal, notice.body.splitlines())


def evidence_line(evidence: TaskEvidence) -> str:
    """What was recorded about a task, on one line."""
    file = f"  file {terminal(evidence.file)} sha256 {terminal(evidence.file_sha256)}" if evidence.file_sha256 else ""
    who = f"{terminal(evidence.recorded_at)} by {terminal(evidence.recorded_by)}"
    return f"evidence: {terminal(evidence.evidence)}  ({who}){file}"


def day(text: str) -> str:
    """A due date as people read it."""
    when = moment_of(text)
    return moment(when) if when is not None else terminal(text) or "not set"
