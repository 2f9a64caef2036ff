"""Evidence of a manual task is a record of the tenant's chain, and is read from there."""

from pathlib import Path

import pytest

from azremediate.core.clock import iso
from azremediate.core.errors import ConfigInvalid
from azremediate.core.manual_task import TaskEvidence
from azremediate.journal.audit_reading import read_audit
from azremediate.journal.run_journal import open_journal, read_journal
from azremediate.journal.task_evidence import recorded_evidence, sent_notices
from azremediate.journal.verification import verify_audit
from tests.core.plans import NOW, TENANT_ID
from tests.journal.stage import ACTOR, TickingClock, a_log


async def _record(state: Path, *words: str) -> None:
    async with open_journal(state, TickingClock()) as journal:
        run = (await journal.runs())[0]
        for word in words:
            await journal.record_evidence(run, ACTOR, TaskEvidence("t1", iso(NOW), "ana@desk", word))


async def test_the_latest_record_counts(tmp_path: Path) -> None:
    """Both stay in the log, which verifies, and the run is named."""
    state = tmp_path / "state"
    await a_log(state, 1)
    await _record(state, "INC-1", "INC-2")
    async with read_journal(state) as journal:
        run = (await journal.runs())[0]
    assert recorded_evidence(state, run)["t1"].evidence == "INC-2"
    assert len(list(read_audit(state, run_id=run.run_id, event="task.done"))) == 2
    assert verify_audit(state).ok
    assert sent_notices(state, TENANT_ID) == {"t1": NOW}


async def test_another_tenant_s_tasks_do_not_count(tmp_path: Path) -> None:
    """One state directory may serve several tenants."""
    state = tmp_path / "state"
    await a_log(state, 1)
    await _record(state, "INC-1")
    assert sent_notices(state, "99999999-0000-4000-8000-000000000009") == {}


def test_no_state_directory(tmp_path: Path) -> None:
    """Is said, and none is made."""
    with pytest.raises(ConfigInvalid):
        sent_notices(tmp_path / "state", TENANT_ID)
    assert not (tmp_path / "state").exists()
