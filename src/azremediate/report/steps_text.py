"""How far a run came: each change with its status and its writes, as text and as JSON."""

from collections.abc import Mapping, Sequence

from azremediate.core.codec import encode
from azremediate.core.json_value import JsonObject
from azremediate.core.write import StepRecord
from azremediate.report.escape import terminal
from azremediate.report.run_report import RunReport, answer
from azremediate.report.run_text import outcome_line, run_head


def steps_text(report: RunReport, steps: Mapping[str, Sequence[StepRecord]], width: int | None = None) -> str:
    """One line for each change and each of its writes; `steps` by change id, `width` cuts display names."""
    lines = [*run_head(report), ""]
    for change in report.plan.changes:
        lines.append(outcome_line(change, report.results.get(change.change_id), width))
        for step in steps.get(change.change_id, ()):
            again = f" (attempt {step.attempt})" if step.attempt > 1 else ""
            lines.append(f"    {terminal(step.step)}: {step.state}{again}  {terminal(step.started_at)}")
    return "\n".join(lines)


def steps_json(report: RunReport, steps: Mapping[str, Sequence[StepRecord]]) -> JsonObject:
    """The same as one object."""
    return {
        "run_id": report.run_id,
        "plan_id": report.plan.plan_id,
        "started_at": report.started_at,
        "ended_at": report.ended_at or None,
        "exit_code": report.exit_code,
        "answer": answer(report),
        "changes": [
            {
                "change_id": change.change_id,
                "action": change.action,
                "target": encode(change.target),
                "result": encode(report.results.get(change.change_id)),
                "steps": encode(tuple(steps.get(change.change_id, ()))),
            }
            for change in report.plan.changes
        ],
    }
