"""Going on with a run that has not come to its end."""

import os
from dataclasses import dataclass
from pathlib import Path

from azremediate.cli.stored_run import StoredRun, stored
from azremediate.core.clock import Clock
from azremediate.core.config import Config
from azremediate.core.errors import InputInvalid
from azremediate.journal.run_journal import open_journal


@dataclass(frozen=True, slots=True)
class ToResume:
    """The run to go on with, None when there is none; `others` are the ids of further unfinished runs."""

    run: StoredRun | None
    others: tuple[str, ...] = ()


async def run_to_resume(config: Config, clock: Clock, run_id: str | None, wait: float = 0.0) -> ToResume:
    """The named run, or the latest one that has not ended.

    The journal is opened for writing even when no run is left open: that completes what a process that died left
    unwritten in the audit log. Raises `InputInvalid` when there is no run with this id,
    `RunLocked` when another process still holds it after `wait` seconds.
    """
    path = Path(config.state_path)
    if not _exists(path):
        if run_id is not None:
            raise InputInvalid(f"there is no run {run_id[:80]!r}: there is no state directory {path}")
        return ToResume(None)
    async with open_journal(path, clock, operation="resume", network=config.state_network, wait=wait) as journal:
        unfinished = [run.run_id for run in await journal.runs() if not run.finished]
        wanted = run_id or next(iter(unfinished), None)
        if wanted is None:
            return ToResume(None)
        run = await stored(await journal.open_run(wanted))
    return ToResume(run, tuple(one for one in unfinished if one != wanted))


def _exists(path: Path) -> bool:
    return os.path.lexists(path)
