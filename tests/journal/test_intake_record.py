"""Hashes of files from outside in the audit log, without any run."""

import asyncio
from pathlib import Path

from azremediate.journal.audit_reading import read_audit
from azremediate.journal.run_journal import open_journal
from azremediate.journal.verification import verify_audit
from tests.journal.signed_stage import ManualClock
from tests.journal.stage import ACTOR, carry_out, plan_of


def test_recorded_between_runs(tmp_path: Path) -> None:
    """The record belongs to no run, and the log verifies with it before and after one."""
    facts = {"notices": [{"file": "n.csv", "sha256": "0" * 64}]}

    async def work() -> None:
        async with open_journal(tmp_path / "state", ManualClock()) as journal:
            await journal.record_intake(ACTOR, facts)
            await carry_out(journal, plan_of(1))
            await journal.record_intake(ACTOR, facts)

    asyncio.run(work())
    records = list(read_audit(tmp_path / "state", tenant_id=ACTOR.tenant_id, event="intake.read"))
    assert [(record["facts"], record["run_id"], record["outcome"]) for record in records] == [
        (facts, "", "success")
    ] * 2
    assert verify_audit(tmp_path / "state").finding == "OK"
