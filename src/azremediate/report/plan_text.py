"""A plan as text for the person who decides on it: everything that will happen, everything that will not, and why."""

from collections import Counter
from collections.abc import Iterator, Sequence

from azremediate.core.cloud import Environment
from azremediate.core.plan import CaseState, LeftOut, Plan
from azremediate.report.change_text import changes_text, identities, irreversible
from azremediate.report.escape import terminal
from azremediate.report.people_text import people_text
from azremediate.report.phrases import count, moment, rows, target_line
from azremediate.report.task_text import tasks_text

_CASES = {
    CaseState.CHANGES: ("gets changes", "get changes"),
    CaseState.NOTHING_TO_DO: ("needs nothing", "need nothing"),
    CaseState.LEFT_OUT: ("left out", "left out"),
    CaseState.UNRESOLVED: ("not matched", "not matched"),
    CaseState.MANUAL: ("needs a person", "need a person"),
}


def plan_text(plan: Plan, *, plan_file: str | None = None, width: int | None = None) -> str:
    """The plan; `plan_file` is where it lies, for the next commands, and `width` cuts display names at a terminal."""
    lines = [
        *_head(plan),
        *changes_text(plan.changes, width),
        *_left_out("Refused by guards, left out", plan.refused, width),
        *_left_out("Could not be done or looked at, left out", [one for one in plan.skips if not one.done], width),
        *_left_out("Nothing to do", [one for one in plan.skips if one.done], width),
        *_unresolved(plan),
        *_rejected(plan),
        *tasks_text("For a person", plan.manual_tasks),
        *people_text(plan),
        *_guards(plan),
        *_warnings(plan),
        *_sums(plan),
        *_next(plan, plan_file),
    ]
    return "\n".join(lines)


def banner(environment: Environment) -> str:
    """Whether this is for real, in words that cannot be missed."""
    return "LIVE TENANT" if environment is Environment.LIVE else "LAB (simulated tenant)"


def headline(plan: Plan) -> str:
    """The tenant that a plan is for, on one line."""
    origin = plan.origin
    return (
        f"{banner(origin.environment)}: {terminal(origin.tenant_name)} ({terminal(origin.tenant_domain)}), "
        f"tenant {terminal(origin.tenant_id)}, {origin.cloud} cloud"
    )


def _head(plan: Plan) -> Iterator[str]:
    origin = plan.origin
    yield headline(plan)
    yield (
        f"Plan {plan.plan_id[:12]}  playbook {terminal(origin.playbook)} v{origin.playbook_version}"
        f"  made {moment(origin.created_at)}  usable until {moment(origin.expires_at)}"
    )
    if plan.input is not None:
        given = plan.input
        yield (
            f"List {terminal(given.name)}: {count(given.rows, 'row')} = {given.used} used + {given.merged} merged"
            f" + {len(given.rejected)} rejected"
        )
    if plan.cases:
        states = Counter(case.state for case in plan.cases)
        parts = [f"{states[state]} {words[states[state] != 1]}" for state, words in _CASES.items() if states[state]]
        yield f"{count(len(plan.cases), 'listed credential')}: {', '.join(parts)}"
    if not plan.changes:
        yield ""
        yield "No changes."


def _left_out(title: str, found: Sequence[LeftOut], width: int | None) -> Iterator[str]:
    if not found:
        return
    yield ""
    yield f"{title} ({len(found)}):"
    for one in found:
        yield f"  - {one.action}: {target_line(one.target, width)}"
        yield f"      {terminal(one.reason)}"


def _unresolved(plan: Plan) -> Iterator[str]:
    if not plan.unresolved:
        return
    yield ""
    yield f"Not matched with one object of the tenant ({len(plan.unresolved)}):"
    for row in plan.unresolved:
        yield f"  - {rows(row.lines)}: {terminal(row.kind)} {terminal(row.identity)}: {row.why}: {terminal(row.reason)}"
        for candidate in row.candidates:
            yield f"      candidate: {terminal(candidate)}"


def _rejected(plan: Plan) -> Iterator[str]:
    rejected = plan.input.rejected if plan.input else ()
    if not rejected:
        return
    yield ""
    yield f"Rejected rows ({len(rejected)}):"
    for row in rejected:
        yield f"  - row {row.line}: {terminal(row.reason)}"


def _guards(plan: Plan) -> Iterator[str]:
    yield ""
    yield "Guards:"
    refused: Counter[str] = Counter()
    for verdict in plan.guards:
        if verdict.target_id:
            refused[verdict.guard] += not verdict.passed
        else:
            mark = "ok     " if verdict.passed else "REFUSED"
            yield f"  {mark} {verdict.guard}: {terminal(verdict.reason)}"
    for guard, number in sorted(refused.items()):
        if number:
            yield f"  REFUSED {guard}: {count(number, 'target')}"


def _warnings(plan: Plan) -> Iterator[str]:
    if not plan.warnings:
        return
    yield ""
    yield "Warnings:"
    for warning in plan.warnings:
        yield f"  - {terminal(warning)}"


def _sums(plan: Plan) -> Iterator[str]:
    final = irreversible(plan.changes)
    yield ""
    if final:
        yield f"CANNOT BE UNDONE: {final}"
    yield (
        f"Plan: {count(len(plan.changes), 'change')} on {count(identities(plan.changes), 'identity', 'identities')}, "
        f"{final} cannot be undone; 0 sent to the tenant"
    )
    if not plan.applicable:
        yield "THIS PLAN MAY NOT BE APPLIED: a guard refuses it, see Guards above"


def _next(plan: Plan, plan_file: str | None) -> Iterator[str]:
    if not plan_file or not plan.applicable or not plan.changes:
        return
    shown = f'"{terminal(plan_file)}"' if " " in plan_file else terminal(plan_file)
    yield ""
    yield f"Next:  azremediate apply {shown}"
    yield f"       azremediate show {shown}"
