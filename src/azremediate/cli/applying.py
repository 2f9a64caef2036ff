"""Applying a plan in an open session: bound, confirmed, journalled."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from azremediate.cli.approving import approvals_of, check_approved
from azremediate.cli.catalog import actions
from azremediate.cli.checkpoint_note import tell_checkpoint
from azremediate.cli.consent import Consent
from azremediate.cli.output import Output
from azremediate.cli.session import Session
from azremediate.cli.stored_run import StoredRun, stored
from azremediate.cli.strays_check import check_no_other_run
from azremediate.core.binding import check_applicable, check_binding, expired
from azremediate.core.clock_watch import ClockWatch
from azremediate.core.codec import encode
from azremediate.core.events import Listener, Waiting
from azremediate.core.execution import Execution
from azremediate.core.executor import apply_plan
from azremediate.core.exit_code import ExitCode, most_serious
from azremediate.core.guards import GuardFacts
from azremediate.core.plan import Plan
from azremediate.core.record import Note
from azremediate.core.result import run_exit_code
from azremediate.core.run import RunSettings
from azremediate.core.sweeping import Unswept, sweep
from azremediate.journal.approval_file import keep_approvals, kept_approvals
from azremediate.journal.freeze import check_not_frozen
from azremediate.journal.run_journal import FileJournal, open_journal
from azremediate.report.phrases import count
from azremediate.report.run_text import results_text


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of applying a plan; `again` says that the run had ended before and nothing was done now.

    unswept: the changes of which it is not known whether a lost write left something behind.
    """

    run: StoredRun
    exit_code: ExitCode
    again: bool
    unswept: tuple[Unswept, ...] = ()


async def apply_and_tell(
    session: Session,
    plan: Plan,
    consent: Consent,
    shown: Output,
    *,
    operation: str = "apply",
    approvals: Path | None = None,
    wait: float = 0.0,
) -> int:
    """Apply the plan and print what came of it; the exit code.

    operation: the command, for who finds it locked. approvals: the file with approvals of the plan, if it has one.
    wait: seconds for which another process that holds the state directory is waited for; then `RunLocked`.
    """
    config = session.config
    async with open_journal(
        Path(config.state_path),
        session.clock,
        operation=operation,
        audit_settings=config.audit,
        network=config.state_network,
        wait=wait,
    ) as journal:
        earlier = await _earlier_run(journal, plan)
        applied = None if earlier is None or earlier.exit_code is None else _as_it_ended(earlier)
        if applied is None:
            check_binding(plan, session.config, session.claim("tid"), session.now, begun=earlier is not None)
            check_applicable(plan)
            check_not_frozen(journal.state)
            consent.confirm(plan, session.profile.domain)
            applied = await _apply(session, plan, journal, approvals)
        frozen = journal.frozen()
    checkpoint = tell_checkpoint(journal, plan.origin.tenant_id, config.audit, shown)
    run = applied.run
    shown.data(
        {
            "run_id": run.run_id,
            "plan_id": plan.plan_id,
            "exit_code": int(applied.exit_code),
            "already_applied": applied.again,
            "checkpoint": checkpoint,
            "results": encode([run.results[change.change_id] for change in plan.changes]),
            "unswept": [{"change_id": one.change.change_id, "reason": one.reason} for one in applied.unswept],
        }
    )
    said = [f"This plan was applied before, in run {run.run_id}; nothing was sent."] if applied.again else []
    left = [
        f"Whether a lost write of {one.change.action} on {one.change.target.display_name} left something behind is not "
        f"known: {one.reason}"
        for one in applied.unswept
    ]
    results = results_text(run.report(), shown.name_width)
    shown.text("\n".join([*said, results, *left, _next_steps(run, shown, frozen)]))
    return applied.exit_code


def _next_steps(run: StoredRun, shown: Output, frozen: str) -> str:
    if run.exit_code is None:
        left = sum(not result.status.final for result in run.results.values())
        go_on = shown.command("resume", run.run_id)
        when = f"Stopped: {frozen}. When that is over, go on with:" if frozen else "Go on with:"
        what = f"{count(left, 'change')} left" if left else "the last look for strays is left"
        return f"Run {run.run_id} has not ended: {what}. {when}\nNext:  {go_on}"
    return (
        f"Run {run.run_id} ended with exit code {run.exit_code}.\n"
        f"Next:  {shown.command('verify', run.run_id)}\n"
        f"       {shown.command('report', run.run_id)}"
    )


async def _earlier_run(journal: FileJournal, plan: Plan) -> StoredRun | None:
    for summary in await journal.runs():
        if summary.plan_id == plan.plan_id:
            return await stored(await journal.open_run(summary.run_id))
    return None


def _as_it_ended(run: StoredRun) -> Applied:
    return Applied(run, ExitCode(run.exit_code or 0), again=True)


async def _apply(session: Session, plan: Plan, journal: FileJournal, approvals: Path | None) -> Applied:
    config = session.config
    facts = await session.guard_facts()
    approved = _approved(session, plan, journal, facts, approvals)
    if config.guards.other_runs:
        await check_no_other_run(session, plan, journal, config.guards.other_runs)
    run, _ = await journal.run_for(plan, session.actor, session.ahead.content if session.ahead else b"")
    for note in approved:
        await run.note(note)
    with _stop_requested(session.listener) as stopping:
        execution = Execution(
            tenant=session.tenant.writer(journal.redeem),
            actions=actions(),
            journal=run,
            clock=session.clock,
            settings=RunSettings(config.reconcile, config.throttle, config.secrets, lambda: session.tenant.skew),
            guards=config.guards,
            facts=facts,
            listener=session.listener,
            stopping=stopping,
            current=session.current,
            expired=lambda: expired(plan, session.now),
            frozen=journal.frozen,
        )
        clock = ClockWatch(session.tenant.skew)
        for note in clock.at_start():
            await run.note(note)
        results = await apply_plan(execution, plan)
        unswept = await sweep(execution, plan, {result.change_id: result for result in results})
        for note in clock.at_end(session.tenant.skew):
            await run.note(note)
    exit_code = most_serious({run_exit_code(results), *(one.exit_code for one in unswept)})
    if all(result.status.final for result in results) and not any(one.again for one in unswept):
        await run.finish(exit_code)
    return Applied(await stored(run), exit_code, again=False, unswept=unswept)


def _approved(
    session: Session, plan: Plan, journal: FileJournal, facts: GuardFacts, approvals: Path | None
) -> list[Note]:
    """Who approved the plan, kept for a resumed run; raises `GuardRefused` when not enough people did."""
    kept = kept_approvals(journal.state, plan.plan_id)
    given = approvals_of(session.config, approvals, kept)
    notes = check_approved(plan, session.config.guards.approvals, facts, given, session.now)
    if notes and approvals is not None:
        keep_approvals(journal.state, plan.plan_id, approvals)
    return notes


@contextmanager
def _stop_requested(listener: Listener) -> Iterator[Callable[[], bool]]:
    """The first Ctrl-C or SIGTERM stops before the next change; the second one at once."""
    asked = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True
        listener(Waiting("stopping after the changes that are under way; once more stops at once", 0.0))

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
