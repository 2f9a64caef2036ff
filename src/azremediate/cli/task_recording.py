"""Records the evidence that somebody did a manual task of a run."""

import platform
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from azremediate.cli.checkpoint_note import tell_checkpoint
from azremediate.cli.configuration import configuration
from azremediate.cli.os_account import os_user
from azremediate.cli.output import Output
from azremediate.cli.settings import Settings
from azremediate.cli.stored_run import latest
from azremediate.cli.system_clock import SystemClock
from azremediate.core.clock import iso
from azremediate.core.codec import encode
from azremediate.core.errors import InputInvalid
from azremediate.core.exit_code import ExitCode
from azremediate.core.manual_task import ManualTask, TaskEvidence
from azremediate.core.plan import Plan
from azremediate.core.record import Actor
from azremediate.intake.bounded_file import read_bounded
from azremediate.intake.credential_row import evidence_problem
from azremediate.journal.run_journal import open_journal
from azremediate.journal.state_directory import existing_state_directory
from azremediate.report.task_text import evidence_line, task_line

_MAX_FILE = 64 << 20
_MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody says of a task in words, and a file whose hash is kept with it."""

    task: str
    evidence: str
    file: Path | None

    def checked(self) -> "Told":
        """The same, or `InputInvalid` for what must not get into the audit log."""
        if problem := evidence_problem(self.evidence):
            raise InputInvalid(f"--evidence {problem}", hint="name a ticket, a change number or where the proof lies")
        return self


async def record_task(settings: Settings, run_id: str | None, told: Told, shown: Output) -> int:
    """Write the evidence into the audit log of the run (default: the latest); nothing is sent to any tenant."""
    config = configuration(settings)
    told.checked()
    content = b"" if told.file is None else read_bounded(told.file, _MAX_FILE, error=InputInvalid)
    clock, account, host = SystemClock(), os_user(), platform.node()
    existing_state_directory(Path(config.state_path))
    async with open_journal(
        Path(config.state_path),
        clock,
        operation="runs task",
        audit_settings=config.audit,
        network=config.state_network,
    ) as journal:
        run = await journal.open_run(run_id or await latest(journal))
        task = _task(await run.plan(), told.task)
        evidence = TaskEvidence(
            task_id=task.task_id,
            recorded_at=iso(clock.now()),
            recorded_by=f"{account}@{host}",
            evidence=told.evidence.strip(),
            file="" if told.file is None else told.file.name,
            file_sha256="" if told.file is None else sha256(content).hexdigest(),
        )
        actor = Actor(config.tenant_id, "", "", os_user=account, host=host)
        await journal.record_evidence(await run.summary(), actor, evidence)
        checkpoint = tell_checkpoint(journal, config.tenant_id, config.audit, shown)
    shown.data({"run_id": run.run_id, "task": encode(task), "evidence": encode(evidence), "checkpoint": checkpoint})
    shown.text(f"{task_line(task)}\n{evidence_line(evidence)}")
    return ExitCode.DONE


def _task(plan: Plan, task_id: str) -> ManualTask:
    found = next((task for task in plan.manual_tasks if task.task_id == task_id.strip().lower()), None)
    if found is None:
        known = ", ".join(task.task_id for task in plan.manual_tasks[:_MOST_NAMED]) or "none"
        raise InputInvalid(f"the run has no manual task {task_id[:40]!r}", hint=f"its tasks: {known}")
    return found
