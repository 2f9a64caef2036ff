"""Whoever alters the journal beside an untouched log is found out, too."""

from pathlib import Path

import pytest

from azremediate.core.errors import IntegrityBroken
from azremediate.core.plan import plan_bytes
from azremediate.core.record import StepOutcome
from azremediate.core.result import ChangeResult, ChangeStatus
from azremediate.core.write import StepState
from azremediate.journal.chain_check import Finding
from azremediate.journal.run_journal import open_journal, read_journal
from azremediate.journal.verification import verify_audit
from tests.journal.stage import ACTOR, ADD, CHANGE, TickingClock, a_log, altering, carry_out, plan_of

ALTERATIONS = {
    "a change is called verified": "UPDATE change SET status = 'failed'",
    "a result": """UPDATE change SET result = replace(result, '"status":"verified"', '"status":"satisfied"')""",
    "a proof": """UPDATE change SET result = replace(result, '"proof":null', '"proof":{"signed_in":true}')""",
    "what was before": "UPDATE change SET result = replace(result, 'accountEnabled', 'accountDisabled')",
    "no result": "UPDATE change SET result = NULL, status = ''",
    "a result that is none": "UPDATE change SET result = '['",
    "the exit code": "UPDATE run SET exit_code = 3",
    "no end": "UPDATE run SET exit_code = NULL, ended_at = ''",
    "another end": "UPDATE run SET ended_at = '2030-01-01T00:00:00.000Z'",
    "another plan": "UPDATE run SET plan_id = 'x'",
    "a step's state": "UPDATE step SET state = 'rejected'",
    "a step's key id": "UPDATE step SET facts = replace(facts, 'key-', 'other-')",
    "another step": "UPDATE step SET name = 'add-2'",
    "no run": "DELETE FROM step; DELETE FROM change; DELETE FROM run",
}


def _alter(state: Path, statement: str) -> None:
    with altering(state) as connection:
        connection.executescript(statement)


@pytest.mark.parametrize("statement", ALTERATIONS.values(), ids=ALTERATIONS.keys())
async def test_alteration_is_found(tmp_path: Path, statement: str) -> None:
    """What the journal says otherwise than the log is found by verification."""
    state = tmp_path / "state"
    await a_log(state, 3)
    assert verify_audit(state).ok
    _alter(state, statement)
    verdict = verify_audit(state)
    assert verdict.finding is Finding.CONTRADICTED
    assert verdict.reason.startswith("the journal ")


async def test_unfinished_run_contradicts_nothing(tmp_path: Path) -> None:
    """A run that died, a refused attempt, an outcome settled by reading and a second result are all in order."""
    async with open_journal(tmp_path / "state", TickingClock()) as journal:
        run, _ = await journal.run_for(plan_of(2), ACTOR)
        first = await run.intend(CHANGE, ADD)
        await run.settle(CHANGE, ADD, first.attempt, StepOutcome(StepState.UNKNOWN, status=503))
        await run.settle(CHANGE, ADD, first.attempt, StepOutcome(StepState.ABSENT, settled=True))
        await run.intend(CHANGE, ADD)
        await run.result(CHANGE, ChangeResult(CHANGE.change_id, ChangeStatus.NEEDS_OPERATOR, "x" * 2000))
        await run.result(CHANGE, ChangeResult(CHANGE.change_id, ChangeStatus.FAILED, "again", request_ids=("a", "b")))
        await carry_out(journal, plan_of(1))
    assert verify_audit(tmp_path / "state").ok


async def test_plan_put_in_place_of_another(tmp_path: Path) -> None:
    """A run's plan is the one that was recorded, not any plan that fits its own id."""
    state = tmp_path / "state"
    await a_log(state, 3)
    with altering(state) as connection:
        connection.execute("UPDATE run SET plan = ?", (plan_bytes(plan_of(1)),))
    async with read_journal(state) as journal:
        run = await journal.open_run(await journal.latest() or "")
        with pytest.raises(IntegrityBroken, match="another than was recorded"):
            await run.plan()
