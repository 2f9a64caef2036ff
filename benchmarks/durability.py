"""What durability costs: the journal and audit log of three hundred rotations, with and without waiting for the disk.

The steps are those of a rotation and nothing else is done, so that the figures are the journal's own.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from table import Row

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.journal.stage import ACTOR, TickingClock, plan_of

from azremediate.core.change import Change
from azremediate.core.record import StepIntent, StepOutcome
from azremediate.core.result import ChangeResult, ChangeStatus
from azremediate.core.write import StepState
from azremediate.journal import schema
from azremediate.journal.run_journal import open_journal

_CHANGES = 300
_STEPS = (
    StepIntent("add-1", "graph", "POST", "/applications/a/addPassword"),
    StepIntent("store-1", "vault", "PUT", "/secrets/s"),
    StepIntent("remove-k", "graph", "POST", "/applications/a/removePassword"),
)
_HOW = {"one after the other": 1, "128 at once, as apply has them": 128}
_WRITE = "import sys; from durability import write_here; write_here(sys.argv[1], int(sys.argv[2]), sys.argv[3])"


def write_here(state: str, at_once: int, durable: str) -> None:
    """What a process of its own does: prints seconds, processor seconds and commits."""
    if durable != "durable":
        schema.SETTINGS["synchronous"] = 0
        for name in ("fsync", "fdatasync"):  # nothing waits for the disk: this is what is compared with
            setattr(os, name, lambda _file: None)
    print(json.dumps(asyncio.run(_write(Path(state), at_once))))


async def _write(state: Path, at_once: int) -> tuple[float, float, int]:
    async with open_journal(state, TickingClock()) as journal:
        plan = plan_of(_CHANGES)
        run, _ = await journal.run_for(plan, ACTOR)
        gate = asyncio.Semaphore(at_once)
        started, cpu, commits = time.perf_counter(), time.process_time(), journal.commits

        async def one(change: Change) -> None:
            async with gate:
                for step in _STEPS:
                    intent = await run.intend(change, step)
                    journal.redeem(intent)
                    outcome = StepOutcome(StepState.PERFORMED, {"keyId": "k"}, 200, "", "request")
                    await run.settle(change, step, intent.attempt, outcome)
                await run.result(change, ChangeResult(change.change_id, ChangeStatus.VERIFIED, before={}, after={}))

        await asyncio.gather(*(one(change) for change in plan.changes))
        seconds, used = time.perf_counter() - started, time.process_time() - cpu
        return seconds, used, journal.commits - commits


def measure_durability(folder: Path) -> list[Row]:
    """Milliseconds of each change; the ratio is to the same without waiting for the disk."""
    rows = []
    for number, (words, at_once) in enumerate(_HOW.items()):
        seconds, cpu, commits = _measured(folder / f"{number}-durable", at_once, "durable")
        without, _, _ = _measured(folder / f"{number}-not", at_once, "not")
        each = 1000 / _CHANGES
        rows += [
            Row(f"journal and audit log of a rotation, {words}", seconds * each, "ms", seconds / without, "without"),
            Row("  of it processor time", cpu * each, "ms"),
            Row("  commits for each", commits / _CHANGES, ""),
        ]
    return rows


def _measured(state: Path, at_once: int, durable: str) -> tuple[float, float, int]:
    command = [sys.executable, "-c", _WRITE, str(state), str(at_once), durable]
    said = subprocess.run(command, check=True, cwd=Path(__file__).parent, capture_output=True, text=True)  # noqa: S603 - ours
    seconds, cpu, commits = json.loads(said.stdout.splitlines()[-1])
    return float(seconds), float(cpu), int(commits)
