"""A run as the journal keeps it, for the commands that look back."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from azremediate.cli.catalog import actions
from azremediate.core.config import Config
from azremediate.core.errors import InputInvalid
from azremediate.core.manual_task import TaskEvidence
from azremediate.core.plan import Plan
from azremediate.core.result import ChangeResult
from azremediate.journal.recorded_run import RecordedRun
from azremediate.journal.run_journal import RecordedJournal, read_journal
from azremediate.journal.task_evidence import recorded_evidence
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
    evidence: Mapping[str, TaskEvidence] = field(default_factory=dict)

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
            evidence=self.evidence,
        )


async def read_run(config: Config, run_id: str | None) -> StoredRun:
    """The named run, or the latest one; raises `InputInvalid` when there is none."""
    path = Path(config.state_path)
    async with read_journal(path) as journal:
        recorded = await journal.open_run(run_id or await latest(journal))
        found = await stored(recorded)
        if not found.plan.manual_tasks:
            return found
        return replace(found, evidence=recorded_evidence(path, await recorded.summary()))


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
