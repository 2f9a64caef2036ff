"""A run while it is carried out: intents before, outcomes after, permissions once, no secret."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from azremediate.core.errors import IntegrityBroken
from azremediate.core.record import Note, StepIntent, StepOutcome
from azremediate.core.result import ChangeResult, ChangeStatus
from azremediate.core.secret import Secret
from azremediate.core.write import StepState
from azremediate.journal.audit_reading import read_audit
from azremediate.journal.run_journal import FileJournal, open_journal
from azremediate.journal.written_run import WrittenRun
from tests.core.plans import a_change
from tests.journal.stage import ACTOR, ADD, CHANGE, TickingClock, plan_of


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[FileJournal]:
    """A journal, open for writing."""
    async with open_journal(tmp_path / "state", TickingClock()) as opened:
        yield opened


@pytest.fixture
async def run(journal: FileJournal) -> WrittenRun:
    """A run of two changes, just begun."""
    begun, existed = await journal.run_for(plan_of(2), ACTOR)
    assert not existed
    return begun


async def test_steps_follow_intents_and_outcomes(run: WrittenRun) -> None:
    """The journal tells the latest attempt of each step with the facts of its outcome."""
    assert await run.steps(CHANGE.change_id) == {}
    first = await run.intend(CHANGE, ADD)
    assert (await run.steps(CHANGE.change_id))["add-1"].state is StepState.INTENT
    await run.settle(CHANGE, ADD, first.attempt, StepOutcome(StepState.REJECTED, status=429))
    second = await run.intend(CHANGE, ADD)
    await run.settle(CHANGE, ADD, second.attempt, StepOutcome(StepState.UNKNOWN))
    await run.settle(CHANGE, ADD, second.attempt, StepOutcome(StepState.PERFORMED, {"keyId": "k"}, settled=True))
    (record,) = (await run.steps(CHANGE.change_id)).values()
    assert (record.attempt, record.state, record.facts) == (2, StepState.PERFORMED, {"keyId": "k"})
    assert first.client_request_id != second.client_request_id


@pytest.mark.parametrize("state", [StepState.INTENT, StepState.UNKNOWN, StepState.PERFORMED])
async def test_nothing_is_sent_twice_blindly(run: WrittenRun, state: StepState) -> None:
    """A step that took effect, or may have, gets no second intent."""
    intent = await run.intend(CHANGE, ADD)
    if state is not StepState.INTENT:
        await run.settle(CHANGE, ADD, intent.attempt, StepOutcome(state))
    with pytest.raises(IntegrityBroken, match="was to be sent again"):
        await run.intend(CHANGE, ADD)


@pytest.mark.parametrize("state", [StepState.PERFORMED, StepState.REJECTED, StepState.ABSENT])
async def test_what_is_known_is_never_changed(run: WrittenRun, state: StepState) -> None:
    """A settled step stays as it is, and an attempt that was never intended cannot be settled."""
    intent = await run.intend(CHANGE, ADD)
    await run.settle(CHANGE, ADD, intent.attempt, StepOutcome(state))
    for attempt in (intent.attempt, intent.attempt + 1):
        with pytest.raises(IntegrityBroken, match="not waiting for its outcome"):
            await run.settle(CHANGE, ADD, attempt, StepOutcome(StepState.UNKNOWN))
    with pytest.raises(IntegrityBroken, match="settled as intent"):
        await run.settle(CHANGE, ADD, 1, StepOutcome(StepState.INTENT))


async def test_change_outside_the_plan(run: WrittenRun, tmp_path: Path) -> None:
    """Only changes of the plan can be made; the refusal leaves the journal usable."""
    stranger = a_change(99)
    with pytest.raises(IntegrityBroken, match="not in the plan"):
        await run.intend(stranger, ADD)
    with pytest.raises(IntegrityBroken, match="not in the plan"):
        await run.result(stranger, ChangeResult(stranger.change_id, ChangeStatus.VERIFIED))
    await run.intend(CHANGE, ADD)


async def test_permission_is_used_once(journal: FileJournal, run: WrittenRun) -> None:
    """An intent lets one write pass; a copy of it, a second use and a settled one let none pass."""
    intent = await run.intend(CHANGE, ADD)
    with pytest.raises(IntegrityBroken, match="it was not sent"):
        journal.redeem(replace(intent))
    journal.redeem(intent)
    with pytest.raises(IntegrityBroken):
        journal.redeem(intent)
    await run.settle(CHANGE, ADD, 1, StepOutcome(StepState.REJECTED))
    late = await run.intend(CHANGE, ADD)
    await run.settle(CHANGE, ADD, 2, StepOutcome(StepState.ABSENT))
    with pytest.raises(IntegrityBroken):
        journal.redeem(late)


async def test_waiting_is_no_permission(journal: FileJournal, run: WrittenRun) -> None:
    """The intent of a wait lets nothing be sent."""
    intent = await run.intend(CHANGE, StepIntent("overlap", "clock", "WAIT", "/"))
    with pytest.raises(IntegrityBroken):
        journal.redeem(intent)


async def test_no_secret_is_recorded(run: WrittenRun, tmp_path: Path) -> None:
    """A secret in facts, notes or results is refused, and its value is in no file and no error."""
    text = secrets.token_urlsafe(30)
    intent = await run.intend(CHANGE, ADD)
    hidden = {"key": Secret(text)}
    named = {"secretText": text}
    for facts in (hidden, named):
        attempts = (
            run.settle(CHANGE, ADD, intent.attempt, StepOutcome(StepState.PERFORMED, facts)),  # type: ignore[arg-type]  # wrong on purpose
            run.note(Note("wrong", facts=facts)),  # type: ignore[arg-type]  # same
            run.result(CHANGE, ChangeResult(CHANGE.change_id, ChangeStatus.VERIFIED, proof=facts)),  # type: ignore[arg-type]  # same
            run.result(CHANGE, ChangeResult(CHANGE.change_id, ChangeStatus.VERIFIED, before=facts)),  # type: ignore[arg-type]  # same
        )
        for attempt in attempts:
            with pytest.raises(IntegrityBroken) as caught:
                await attempt
            assert text not in repr(caught.value) + caught.value.hint
    files = [path for path in (tmp_path / "state").rglob("*") if path.is_file()]
    assert [path for path in files if text.encode() in path.read_bytes()] == []
    await run.settle(CHANGE, ADD, intent.attempt, StepOutcome(StepState.PERFORMED))


async def test_many_at_once_share_commits(journal: FileJournal) -> None:
    """Intents of different changes share commits, none is lost, and each is on disk when its caller goes on."""
    plan = plan_of(100)
    run, _ = await journal.run_for(plan, ACTOR)
    before = journal.commits
    intents = await asyncio.gather(*(run.intend(change, ADD) for change in plan.changes))
    assert journal.commits - before <= 20
    assert len({intent.number for intent in intents}) == 100
    for change, intent in zip(plan.changes, intents, strict=True):
        assert intent.change_id == change.change_id
        journal.redeem(intent)


async def test_one_refusal_harms_no_other(run: WrittenRun) -> None:
    """In a shared commit the refused part is taken back alone."""
    second = plan_of(2).changes[1]
    one, refused, two = await asyncio.gather(
        run.intend(CHANGE, ADD), run.intend(a_change(99), ADD), run.intend(second, ADD), return_exceptions=True
    )
    assert isinstance(refused, IntegrityBroken)
    assert not isinstance(one, BaseException)
    assert not isinstance(two, BaseException)
    assert len(await run.steps(second.change_id)) == 1


async def test_stopped_waiting_does_not_take_back(run: WrittenRun) -> None:
    """Who is cancelled while an outcome is recorded does not lose the record."""
    intent = await run.intend(CHANGE, ADD)
    settling = asyncio.ensure_future(run.settle(CHANGE, ADD, intent.attempt, StepOutcome(StepState.PERFORMED)))
    await asyncio.sleep(0)
    settling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await settling
    await run.note(Note("afterwards"))
    assert (await run.steps(CHANGE.change_id))["add-1"].state is StepState.PERFORMED


async def test_results_come_back(run: WrittenRun) -> None:
    """Results are read back as they were given, the latest of each change."""
    first = ChangeResult(CHANGE.change_id, ChangeStatus.FAILED, "no")
    last = ChangeResult(
        CHANGE.change_id, ChangeStatus.VERIFIED, "", {"a": 1}, {"a": [2]}, {"signed_in": True}, ("r1", "r2"), "now"
    )
    await run.result(CHANGE, first)
    await run.result(CHANGE, last)
    assert await run.results() == {CHANGE.change_id: last}


async def test_events_of_a_run(run: WrittenRun, tmp_path: Path) -> None:
    """Each thing that happens has its record, with actor, plan, change, request and target."""
    intent = await run.intend(CHANGE, ADD)
    outcome = StepOutcome(StepState.PERFORMED, {"keyId": "k"}, 200, "", "request-7", "server-time")
    await run.settle(CHANGE, ADD, intent.attempt, outcome)
    await run.note(Note("guard.verdict", "failure", CHANGE, "protected"))
    done = ChangeResult(CHANGE.change_id, ChangeStatus.NEEDS_OPERATOR, "look", {"b": 1}, {"b": 2})
    await run.result(CHANGE, done)
    await run.finish(8)
    records = list(read_audit(tmp_path / "state"))
    assert [(record["event"], record["outcome"]) for record in records] == [
        ("run.started", "success"),
        ("write.intended", "unknown"),
        ("write.performed", "success"),
        ("guard.verdict", "failure"),
        ("change.ended", "unknown"),
        ("run.ended", "failure"),
    ]
    performed, ended = records[2], records[4]
    assert performed["api"] == {
        "service": "graph",
        "method": "POST",
        "path": ADD.path,
        "status": 200,
        "code": "",
        "request_id": "request-7",
        "client_request_id": intent.client_request_id,
        "server_time": "server-time",
    }
    assert (performed["change_id"], performed["step"], performed["attempt"]) == (CHANGE.change_id, "add-1", 1)
    assert (ended["before"], ended["after"], ended["reason"]) == ({"b": 1}, {"b": 2}, "look")
    assert {str(record["plan_id"]) for record in records} == {plan_of(2).plan_id}
    assert [record["seq"] for record in read_audit(tmp_path / "state", event="write")] == [2, 3]
