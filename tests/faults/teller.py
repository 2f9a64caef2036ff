"""Keeps books as a run does, and says in a file of its own what it was told is durable; traced for a power loss.

`python -m tests.faults.teller STATE TOLD`: two sessions with a run each, and a new key between them.
"""

import asyncio
import json
import os
import sys
from pathlib import Path

from azremediate.core.plan import Plan
from azremediate.core.record import Note, StepOutcome
from azremediate.core.result import ChangeResult, ChangeStatus
from azremediate.core.write import StepState
from azremediate.journal.run_journal import FileJournal, open_journal
from tests.journal.stage import ACTOR, ADD, TickingClock, plan_of


class Told:
    """The file that stands for the tenant: what is said here has left the machine."""

    def __init__(self, file: Path) -> None:
        self._descriptor = os.open(file, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)

    def tell(self, **what: object) -> None:
        """Say one thing, in one system call."""
        os.write(self._descriptor, json.dumps(what).encode() + b"\n")


async def keep(journal: FileJournal, plan: Plan, told: Told) -> None:
    """One run; each thing is told as soon as the journal has returned."""
    run, _ = await journal.run_for(plan, ACTOR)
    for change in plan.changes:
        intent = await run.intend(change, ADD)
        step = {"run": run.run_id, "change": change.change_id, "step": ADD.step}
        told.tell(**step, state="intent")
        outcome = StepOutcome(StepState.PERFORMED, {"keyId": f"key-{intent.number}"}, 200, "", "request-1")
        await run.settle(change, ADD, intent.attempt, outcome)
        told.tell(**step, state="performed")
        await run.result(change, ChangeResult(change.change_id, ChangeStatus.VERIFIED, before={}, after={}))
        told.tell(run=run.run_id, change=change.change_id, status="verified")
    await run.note(Note("guard.verdict", facts={"guard": "limits"}))
    await run.finish(0)
    told.tell(run=run.run_id, exit_code=0)


async def main(state: Path, file: Path) -> None:
    """Two sessions and a new key."""
    told, clock = Told(file), TickingClock()
    async with open_journal(state, clock) as journal:
        await keep(journal, plan_of(1), told)
    async with open_journal(state, clock) as journal:
        await journal.rotate_key(ACTOR)
    async with open_journal(state, clock) as journal:
        await keep(journal, plan_of(2), told)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2])))
