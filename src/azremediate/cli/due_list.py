"""Gathers what waits for a date from all runs of the state directory."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from azremediate.cli.stored_run import stored
from azremediate.core.config import Config
from azremediate.core.due import Due, PastRun, what_is_due
from azremediate.core.errors import ConfigInvalid
from azremediate.journal.run_journal import read_journal
from azremediate.journal.task_evidence import recorded_evidence, sent_notices


async def due_now(config: Config, now: datetime) -> Sequence[Due]:
    """Everything that waits, ripe or not; reads the state directory only."""
    path = Path(config.state_path)
    found = []
    async with read_journal(path) as journal:
        for summary in await journal.runs():
            run = await stored(await journal.open_run(summary.run_id))
            evidence = recorded_evidence(path, summary) if run.plan.manual_tasks else {}
            found.append(PastRun(run.run_id, run.plan, run.results, evidence))
    return what_is_due(found, now)


def notices(config: Config) -> Mapping[str, datetime]:
    """When each notice to owners was sent, by task id; none when nothing was ever applied from here."""
    try:
        return sent_notices(Path(config.state_path), config.tenant_id)
    except ConfigInvalid:
        return {}
