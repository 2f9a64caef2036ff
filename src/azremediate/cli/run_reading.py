"""Reads recorded runs from the state directory, without a tenant, a lock or a change."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from azremediate.core.config import Config
from azremediate.core.plan import Plan
from azremediate.core.write import StepRecord
from azremediate.journal.recorded_run import RunSummary
from azremediate.journal.run_journal import read_journal


async def list_runs(config: Config) -> Sequence[RunSummary]:
    """All runs, the latest first."""
    async with read_journal(Path(config.state_path)) as journal:
        return await journal.runs()


async def read_steps(config: Config, run_id: str, plan: Plan) -> Mapping[str, Sequence[StepRecord]]:
    """The writes of each change of a run, in the order of their first attempts."""
    async with read_journal(Path(config.state_path)) as journal:
        run = await journal.open_run(run_id)
        return {change.change_id: tuple((await run.steps(change.change_id)).values()) for change in plan.changes}
