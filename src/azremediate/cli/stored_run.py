"""A run as the journal keeps it, for the commands that look back."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from azremediate.cli.catalog import actions
from azremediate.core.config import Config
from azremediate.core.errors import InputInvalid
from azremediate.core.plan import Plan
from azremediate.core.result import ChangeResult
from azremediate.journal.recorded_run import RecordedRun
from azremediate.journal.run_journal import RecordedJournal, read_journal
from azremediate.report.run_report import AuditState, RunReport


@dataclass(frozen=True, slots=True)
class StoredRun:
    """One run: its plan, how each change ended, when it was. Times are RFC 3339 texts."""

    run_id: str
    plan: Plan
    results: Mapping[str, ChangeResult]
    started_at: str
    ended_at: str
    exit_code: int | None

    def report(self, audit: AuditState | None = None) -> RunReport:
        """The run as reports show it."""
        return RunReport(
            run_id=self.run_id,
            plan=self.plan,
            results=self.results,
            actions=actions(),
            started_at=self.started_at,
            ended_at=self.ended_at,
            exit_code=self.exit_code,
            audit=audit,
        )


async def read_run(config: Config, run_id: str | None) -> StoredRun:
    """The named run, or the latest one; raises `InputInvalid` when there is none."""
    async with read_journal(Path(config.state_path)) as journal:
        wanted = run_id or await latest(journal)
        return await stored(await journal.open_run(wanted))


async def latest(journal: RecordedJournal) -> str:
    """The id of the latest run; raises `InputInvalid` when there is none."""
    found = await journal.latest()
    if found is None:
        raise InputInvalid("there is no run yet", hint="make one with `azremediate apply PLAN`")
    return found


async def stored(run: RecordedRun) -> StoredRun:
    """A run read whole."""
    summary = await run.summary()
    return StoredRun(
        run_id=run.run_id,
        plan=await run.plan(),
        results=await run.results(),
        started_at=summary.started_at,
        ended_at=summary.ended_at,
        exit_code=summary.exit_code,
    )
