"""A last look, at the end of a run, for what a lost write left behind after reading had said that it had no effect."""

from collections.abc import Mapping
from dataclasses import dataclass

from azremediate.core.action import SweepingAction
from azremediate.core.change import Change
from azremediate.core.concurrency import at_once
from azremediate.core.errors import (
    AzremediateError,
    IntegrityBroken,
    ObjectMissing,
    OutcomeUnresolved,
    Stopped,
    TenantError,
)
from azremediate.core.execution import Execution
from azremediate.core.exit_code import ExitCode
from azremediate.core.plan import Plan
from azremediate.core.record import Note
from azremediate.core.result import ChangeResult
from azremediate.core.run import Run
from azremediate.core.write import StepState


@dataclass(frozen=True, slots=True)
class Unswept:
    """A change of which it is not known whether a lost write left something behind.

    again: whether going on with the run can still find it out.
    """

    change: Change
    reason: str
    again: bool
    exit_code: ExitCode


async def sweep(execution: Execution, plan: Plan, results: Mapping[str, ChangeResult]) -> tuple[Unswept, ...]:
    """Remove what lost writes left behind, and return the changes of which that could not be said.

    Looked at are the changes that came to their end, well or not, after an attempt that reading had said to be without
    effect; what is found is removed through the journal. Their results stand as they are.
    """

    async def one(change: Change, action: SweepingAction) -> Unswept | None:
        run = Run(
            change,
            execution.tenant,
            execution.journal,
            execution.clock,
            settings=execution.settings,
            listener=execution.listener,
            frozen=execution.frozen,
        )
        try:
            await action.sweep(change, run)
        except IntegrityBroken:
            raise
        except ObjectMissing:
            return None  # the object is gone, and what was on it with it
        except AzremediateError as error:
            await execution.journal.note(Note("sweep.failed", "failure", change, error.message))
            stopped = isinstance(error, Stopped)
            again = (
                stopped or isinstance(error, OutcomeUnresolved) or (isinstance(error, TenantError) and error.retryable)
            )
            return Unswept(change, error.message, again, ExitCode.STOPPED if stopped else ExitCode.UNRESOLVED)
        return None

    work = []
    for change in plan.changes:
        action = execution.actions[change.action]
        ended = change.change_id in results and results[change.change_id].status.final
        if ended and isinstance(action, SweepingAction) and await _lost_a_write(execution, change):
            work.append(one(change, action))
    return tuple(found for found in await at_once(work) if found is not None)


async def _lost_a_write(execution: Execution, change: Change) -> bool:
    steps = await execution.journal.steps(change.change_id)
    return any(record.attempt > 1 or record.state is StepState.ABSENT for record in steps.values())
