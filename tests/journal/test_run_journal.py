"""All runs of a state directory: found again after a crash, listed, read."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from azremediate.core.errors import InputInvalid, IntegrityBroken
from azremediate.core.record import StepOutcome
from azremediate.core.result import ChangeStatus
from azremediate.core.write import StepState
from azremediate.journal.audit_reading import read_audit
from azremediate.journal.chain_check import Finding
from azremediate.journal.run_journal import open_journal, read_journal
from azremediate.journal.verification import verify_audit
from tests.journal.stage import ACTOR, ADD, CHANGE, TickingClock, a_log, carry_out, in_another_process, plan_of

CRASH = """
import asyncio, os, sys
from pathlib import Path
from azremediate.journal.run_journal import open_journal
from tests.journal.stage import ACTOR, ADD, CHANGE, TickingClock, plan_of

async def main() -> None:
    async with open_journal(Path(sys.argv[1]), TickingClock()) as journal:
        run, _ = await journal.run_for(plan_of(2), ACTOR)
        await run.intend(CHANGE, ADD)
        os._exit(9)

asyncio.run(main())
"""


async def test_a_dead_process_leaves_its_intents(tmp_path: Path) -> None:
    """After a crash the same plan gets the same run, and what was intended is still to be settled."""
    assert in_another_process(CRASH, str(tmp_path / "state")).returncode == 9
    async with open_journal(tmp_path / "state", TickingClock()) as journal:
        assert await journal.latest(unfinished=True) is not None
        run, existed = await journal.run_for(plan_of(2), ACTOR)
        assert existed
        record = (await run.steps(CHANGE.change_id))["add-1"]
        assert (record.state, record.attempt) == (StepState.INTENT, 1)
        await run.settle(CHANGE, ADD, 1, StepOutcome(StepState.ABSENT, settled=True))
        assert (await run.intend(CHANGE, ADD)).attempt == 2
        await run.finish(3)
    events = [record["event"] for record in read_audit(tmp_path / "state")]
    assert events == ["run.started", "write.intended", "run.resumed", "write.absent", "write.intended", "run.ended"]
    assert verify_audit(tmp_path / "state").ok


async def test_a_dead_process_can_be_read(tmp_path: Path) -> None:
    """What a dead process left can be listed and verified without being completed; its end is not signed yet."""
    assert in_another_process(CRASH, str(tmp_path / "state")).returncode == 9
    async with read_journal(tmp_path / "state") as journal:
        (summary,) = await journal.runs()
        assert not summary.finished
        run = await journal.open_run(summary.run_id)
        assert (await run.steps(CHANGE.change_id))["add-1"].state is StepState.INTENT
    assert verify_audit(tmp_path / "state").finding is Finding.UNSIGNED_TAIL


async def test_permission_does_not_survive(tmp_path: Path) -> None:
    """An intent of an earlier opening lets nothing be sent."""
    async with open_journal(tmp_path / "state", TickingClock()) as journal:
        run, _ = await journal.run_for(plan_of(1), ACTOR)
        intent = await run.intend(CHANGE, ADD)
    with pytest.raises(IntegrityBroken, match="closed"):
        await run.intend(CHANGE, ADD)
    async with open_journal(tmp_path / "state", TickingClock()) as journal:
        with pytest.raises(IntegrityBroken):
            journal.redeem(intent)


async def test_runs_are_listed(tmp_path: Path) -> None:
    """Runs are listed latest first, with how they ended and what became of their changes."""
    async with open_journal(tmp_path / "state", TickingClock()) as journal:
        first = await carry_out(journal, plan_of(2))
        second, _ = await journal.run_for(plan_of(3), ACTOR)
        assert [run.run_id for run in await journal.runs()] == [second.run_id, first.run_id]
        assert await journal.latest() == second.run_id
        assert await journal.latest(unfinished=True) == second.run_id
    async with read_journal(tmp_path / "state") as reader:
        last, done = await reader.runs()
        assert (done.exit_code, done.changes, dict(done.statuses)) == (0, 2, {"verified": 2})
        assert (last.exit_code, last.ended_at, dict(last.statuses)) == (None, "", {"": 3})
        run = await reader.open_run(done.run_id)
        assert {result.status for result in (await run.results()).values()} == {ChangeStatus.VERIFIED}
        assert await run.plan() == plan_of(2)
        assert await run.summary() == done


async def test_run_id_names_time_and_plan(tmp_path: Path) -> None:
    """The id says when the run began and starts with its plan's id."""
    clock = TickingClock(datetime(2026, 11, 22, 14, 7, 59, tzinfo=UTC))
    async with open_journal(tmp_path / "state", clock) as journal:
        run, _ = await journal.run_for(plan_of(1), ACTOR)
    assert run.run_id == f"R-20261122-140759-{plan_of(1).plan_id[:4]}"


async def test_a_finished_run_is_repeated_under_its_id(tmp_path: Path) -> None:
    """The same plan again is the same run; its end stays as it was, and the attempt is recorded."""
    await a_log(tmp_path / "state", 1)
    async with open_journal(tmp_path / "state", TickingClock()) as journal:
        run, existed = await journal.run_for(plan_of(1), ACTOR)
        assert existed
        assert (await run.summary()).exit_code == 0
    *_, last = read_audit(tmp_path / "state")
    assert last["event"] == "run.repeated"


async def test_unknown_run(tmp_path: Path) -> None:
    """A run that does not exist is a sentence, with its hostile id cut short."""
    await a_log(tmp_path / "state", 1)
    async with read_journal(tmp_path / "state") as journal:
        with pytest.raises(InputInvalid, match="there is no run"):
            await journal.open_run("R-1\x1b" + "x" * 500)
