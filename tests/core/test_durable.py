"""One write takes effect once, whatever becomes of its requests, its answers and its process."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azremediate.core.durable import DurableWrites
from azremediate.core.errors import (
    Conflict,
    NotSent,
    ObjectMissing,
    OutcomeUnknown,
    OutcomeUnresolved,
    PermissionMissing,
    RequestRefused,
    ServiceFailing,
    SignInFailed,
    TenantError,
    Throttled,
)
from azremediate.core.events import StepTaken, Waiting
from azremediate.core.json_value import JsonObject
from azremediate.core.record import StepIntent
from azremediate.core.write import Intent, Receipt, StepState
from tests.core.plans import a_change
from tests.core.stage import SETTINGS, Heard, Ledger
from tests.fakes import Crash

CHANGE = a_change()
STEP = StepIntent("add-1", "graph", "POST", "/applications/x/addPassword")


class World:
    """A service with one tagged object; `outcomes` say what becomes of each request, `readings` of each look.

    Outcomes: performed, lost (takes effect, no answer), unknown (no effect, no answer), crash (takes effect), die (no
    effect, the process is gone), or an error. Readings: True and False lie about the effect, an error is raised.
    """

    def __init__(self, outcomes: Sequence[str | Exception] = (), readings: Sequence[bool | Exception] = ()) -> None:
        self.ledger = Ledger()
        self.heard = Heard()
        self.outcomes, self.readings = list(outcomes), list(readings)
        self.sent = 0
        self.effects = 0
        self.attempts = SETTINGS.throttle.attempts

    @property
    def writes(self) -> DurableWrites:
        """As a new process would have them."""
        throttle = replace(SETTINGS.throttle, attempts=self.attempts, max_wait=timedelta(seconds=60))
        return DurableWrites(
            CHANGE,
            self.ledger,
            self.ledger.clock,
            reconcile=SETTINGS.reconcile,
            throttle=throttle,
            listener=self.heard,
        )

    async def send(self, intent: Intent) -> Receipt:
        """One request, allowed by a durable intent."""
        self.ledger.open_intents.remove(intent.number)
        self.sent += 1
        outcome = self.outcomes.pop(0) if self.outcomes else "performed"
        if isinstance(outcome, Exception):
            raise outcome
        if outcome == "die":
            raise Crash
        if outcome == "unknown":
            raise OutcomeUnknown("no answer")
        self.effects += 1
        if outcome == "crash":
            raise Crash
        if outcome == "lost":
            raise OutcomeUnknown("no answer")
        return Receipt({"keyId": "k"}, request_id="r", status=200)

    async def look(self) -> JsonObject | None:
        """One reading."""
        reading = self.readings.pop(0) if self.readings else self.effects > 0
        if isinstance(reading, Exception):
            raise reading
        return {"keyId": "k"} if reading else None

    async def perform(self, *, absent_is_done: bool = False) -> Receipt:
        """The write, by a process that began just now."""
        return await self.writes.perform(STEP, self.send, self.look, absent_is_done=absent_is_done)

    @property
    def state(self) -> StepState:
        """What the journal says of the write."""
        return self.ledger.states(CHANGE)["add-1"]


async def test_performed_is_answered_from_the_journal_afterwards() -> None:
    """A second process sends nothing and gets the same facts."""
    world = World()
    first = await world.perform()
    second = await world.perform()
    assert (first.facts, first.settled) == ({"keyId": "k"}, False)
    assert (second.facts, second.settled) == ({"keyId": "k"}, True)
    assert world.sent == 1
    assert [event.state for event in world.heard.events if isinstance(event, StepTaken)] == ["performed"]


async def test_lost_answer_is_found_by_reading() -> None:
    """The effect is there: it is not sent again."""
    world = World(["lost"], [False, True])
    receipt = await world.perform()
    assert (receipt.facts, receipt.settled, receipt.secret) == ({"keyId": "k"}, True, None)
    assert (world.sent, world.effects, world.state) == (1, 1, StepState.PERFORMED)


async def test_no_effect_is_believed_after_equal_readings_only() -> None:
    """Absent has to last a window, and an unreadable moment begins it anew."""
    world = World(["unknown"], [False, False, ServiceFailing("down"), False, False])
    await world.perform()
    assert (world.sent, world.effects) == (2, 1)
    # settle 1 s; looks at 1, 2, (3), 4, 5 and 6: from 4 on it was absent for the window of 2 s
    assert world.ledger.clock.passed == 6.0


async def test_readings_that_never_settle_are_for_a_person() -> None:
    """Nothing is sent again, the journal keeps the doubt, and the next process takes it up."""
    world = World(["lost"], [False, ServiceFailing("down")] * 6)
    with pytest.raises(OutcomeUnresolved):
        await world.perform()
    assert (world.sent, world.state) == (1, StepState.UNKNOWN)
    assert world.ledger.clock.passed <= 1 + SETTINGS.reconcile.deadline.total_seconds()
    world.readings.clear()
    assert (await world.perform()).settled
    assert world.sent == 1


@pytest.mark.parametrize("error", [PermissionMissing("no", status=403), ObjectMissing("gone", status=404)])
async def test_not_being_able_to_read_is_no_refusal_of_the_write(error: TenantError) -> None:
    """A reading that is refused leaves the outcome open; it does not say that the write was refused."""
    world = World(["lost"], [error])
    with pytest.raises(OutcomeUnresolved, match=error.message):
        await world.perform()
    assert world.state is StepState.UNKNOWN


@pytest.mark.parametrize("death", ["crash", "die"])
async def test_a_process_that_died_left_an_intent(death: str) -> None:
    """The next one reads before it sends: one effect, whether or not the dead one had got so far."""
    world = World([death])
    with pytest.raises(Crash):
        await world.perform()
    assert world.state is StepState.INTENT
    await world.perform()
    assert (world.effects, world.state) == (1, StepState.PERFORMED)


@pytest.mark.parametrize(
    "error",
    [RequestRefused("no"), PermissionMissing("no"), SignInFailed("no"), ObjectMissing("no")],
    ids=lambda error: type(error).__name__,
)
async def test_a_refusal_is_final_and_recorded(error: TenantError) -> None:
    """The error comes back as it is, after one request."""
    world = World([error])
    with pytest.raises(type(error)):
        await world.perform()
    assert (world.sent, world.state) == (1, StepState.REJECTED)


async def test_an_error_that_proves_nothing_is_an_unknown_outcome() -> None:
    """Only what surely had no effect counts as rejected; anything else is settled by reading."""
    world = World([ServiceFailing("a broken answer")])
    await world.perform()
    assert world.ledger.kept[CHANGE.change_id]["add-1"].attempt == 2
    assert world.ledger.clock.passed >= 3.0


async def test_absent_is_done() -> None:
    """For a deletion, 404 says that it is done; for everything else it is a refusal."""
    world = World([ObjectMissing("gone", status=404, request_id="r")])
    receipt = await world.perform(absent_is_done=True)
    assert (receipt.facts, receipt.status, world.state) == ({"absent": True}, 404, StepState.PERFORMED)


@pytest.mark.parametrize(
    ("asked", "waited"),
    [(7.0, 7.0), (1e9, 60.0), (0.0, 0.0), (None, 1.0), (-5.0, 1.0), (float("nan"), 1.0), (float("inf"), 60.0)],
)
async def test_throttled_waits_as_asked_within_reason(asked: float | None, waited: float) -> None:
    """Retry-After counts up to the configured limit; what is no waiting time counts as not said."""
    world = World([Throttled("wait", retry_after=asked)])
    await world.perform()
    assert [event.seconds for event in world.heard.events if isinstance(event, Waiting)] == [waited]
    assert world.sent == 2


@pytest.mark.parametrize("error", [Throttled("wait"), Conflict("busy"), NotSent("no network")], ids=lambda e: e.message)
async def test_trying_again_has_an_end(error: TenantError) -> None:
    """After the configured number of attempts the last error comes back; the waits between them grow."""
    world = World([error] * 5)
    with pytest.raises(type(error)):
        await world.perform()
    assert (world.sent, world.effects, world.state) == (3, 0, StepState.REJECTED)
    assert world.ledger.clock.passed == 3.0


async def test_losing_every_attempt_has_an_end() -> None:
    """A service that swallows each request is given up, with the last attempt known to be without effect."""
    world = World(["unknown"] * 50)
    with pytest.raises(ServiceFailing, match="3 attempts"):
        await world.perform()
    assert (world.sent, world.effects, world.state) == (3, 0, StepState.ABSENT)


async def test_a_conflict_after_a_lost_attempt_proves_nothing() -> None:
    """The lost attempt may have landed late and be what conflicts: it is looked for before anything is sent again."""
    world = World(["lost", Conflict("exists")], [False, False, False])
    receipt = await world.perform()
    assert receipt.settled
    assert (world.sent, world.effects) == (2, 1)


_OUTCOMES = st.sampled_from(
    ["performed", "lost", "unknown", "crash", "die", "throttled", "conflict", "refused", "not sent"]
)
_ERRORS = {
    "throttled": Throttled("wait", retry_after=1.0),
    "conflict": Conflict("busy"),
    "refused": RequestRefused("no"),
    "not sent": NotSent("no network"),
}


@given(st.lists(_OUTCOMES, max_size=12), st.lists(st.booleans(), max_size=6))
@settings(max_examples=300, deadline=None)
async def test_at_most_one_effect(outcomes: list[str], failures: list[bool]) -> None:
    """Whatever happens in whichever order, over as many processes as it takes, it takes effect at most once.

    Readings tell the truth or fail. The last word of the journal is the truth.
    """
    world = World([_ERRORS.get(outcome, outcome) for outcome in outcomes])
    world.attempts = 2
    for fails in [*failures, *[False] * 20]:
        world.readings = [ServiceFailing("down")] * 20 if fails else []
        try:
            receipt = await world.perform()
        except Crash:
            continue
        except OutcomeUnresolved:
            assert fails
            assert not world.state.settled
            continue
        except TenantError:
            assert world.state in (StepState.REJECTED, StepState.ABSENT)
            assert world.effects == 0
            continue
        assert receipt.facts == {"keyId": "k"}
        break
    assert world.effects == 1
    assert world.state is StepState.PERFORMED
