"""One write that takes effect once, however often it is interrupted: intended, sent, settled."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from azremediate.core.change import Change
from azremediate.core.clock import Clock
from azremediate.core.config import Reconcile, Throttle
from azremediate.core.errors import (
    Conflict,
    NotSent,
    ObjectMissing,
    OutcomeUnresolved,
    PermissionMissing,
    PlanExpired,
    RequestRefused,
    ServiceFailing,
    SignInFailed,
    Stopped,
    TenantError,
    Throttled,
)
from azremediate.core.events import Listener, StepTaken, Waiting
from azremediate.core.json_value import JsonObject
from azremediate.core.record import RunJournal, StepIntent, StepOutcome
from azremediate.core.write import Intent, Receipt, StepRecord, StepState

Recognise: TypeAlias = Callable[[], Awaitable[JsonObject | None]]
"""Reads whether an effect is there: its facts, or None when it is absent."""

Send: TypeAlias = Callable[[Intent], Awaitable[Receipt]]
"""Sends one request that is allowed by the intent."""

Frozen: TypeAlias = Callable[[], str]
"""Asked before each write: why it must not be begun now, empty when it may."""

Expired: TypeAlias = Callable[[], bool]
"""Asked before the first write of a change: whether the plan may not begin anything any more."""

WITHOUT_EFFECT = (StepState.REJECTED, StepState.ABSENT)
"""A step in such a state changed nothing, and begins no change."""

BACKOFF_LIMIT = 30.0
_WORTH_ANOTHER_TRY = (NotSent, Throttled, Conflict)
_SURELY_WITHOUT_EFFECT = (*_WORTH_ANOTHER_TRY, ObjectMissing, PermissionMissing, RequestRefused, SignInFailed)
_LOOK = "look at the object in the tenant, then run `azremediate resume`: it goes on from here"


def never_frozen() -> str:
    """Nothing stops a write."""
    return ""


def never_expired() -> bool:
    """A plan without an end."""
    return False


class DurableWrites:
    """The writes of one change; a write is known by the name of its step.

    A step that the journal holds as performed is answered from there; one whose outcome is unknown is settled by
    reading; nothing is sent again before it is known that the last attempt had no effect.
    """

    def __init__(
        self,
        change: Change,
        journal: RunJournal,
        clock: Clock,
        *,
        reconcile: Reconcile,
        throttle: Throttle,
        listener: Listener,
        frozen: Frozen = never_frozen,
        expired: Expired = never_expired,
    ) -> None:
        self._change = change
        self._journal = journal
        self._clock = clock
        self._reconcile_for = reconcile
        self._throttle = throttle
        self._listener = listener
        self._frozen = frozen
        self._expired = expired
        self.request_ids: list[str] = []

    async def recorded(self, step: str) -> StepRecord | None:
        """The latest attempt of a step, if it was ever intended."""
        return (await self._journal.steps(self._change.change_id)).get(step)

    async def perform(
        self, step: StepIntent, send: Send, recognise: Recognise, *, absent_is_done: bool = False, urgent: bool = False
    ) -> Receipt:
        """Make the write take effect and return what is known of it.

        urgent: sent even when the run is frozen, because stopping before it would lose or endanger something. Raises
        the `TenantError` that refused it, `ServiceFailing` when attempts were lost too often, `Stopped`, `PlanExpired`
        or `OutcomeUnresolved`.
        """
        delay, tries, doubtful = 1.0, 0, False
        while True:
            record = await self.recorded(step.step)
            doubtful = doubtful or (record is not None and record.state is not StepState.REJECTED)
            receipt = await self.known(step, recognise)
            if receipt is not None:
                return receipt
            if tries >= self._throttle.attempts:
                raise ServiceFailing(f"{step.step}: {tries} attempts got no answer, and none of them had an effect")
            tries += 1
            if not urgent and (reason := self._frozen()):
                raise Stopped(reason)
            await self._check_not_expired()
            intent = await self._journal.intend(self._change, step)
            try:
                receipt = await self._sent(step, intent, send, absent_is_done=absent_is_done, doubtful=doubtful)
            except _WORTH_ANOTHER_TRY as error:
                if tries >= self._throttle.attempts:
                    raise
                delay = await self._back_off(error, delay)
            if receipt is not None:
                return receipt

    async def known(self, step: StepIntent, recognise: Recognise) -> Receipt | None:
        """What is known of a step without sending anything: its receipt, or None when it surely had no effect."""
        record = await self.recorded(step.step)
        if record is None:
            return None
        if record.state is StepState.PERFORMED:
            return Receipt(record.facts, settled=True)
        return None if record.state.settled else await self._reconcile(step, record, recognise)

    async def settle(self, step: StepIntent, attempt: int, outcome: StepOutcome) -> None:
        """Record what became of an attempt, and tell it."""
        await self._journal.settle(self._change, step, attempt, outcome)
        if outcome.request_id:
            self.request_ids.append(outcome.request_id)
        change = self._change
        name = change.target.display_name
        self._listener(StepTaken(change.change_id, change.action, name, step.step, outcome.state.value))

    async def _check_not_expired(self) -> None:
        """A process may have been held for hours since the change was looked at; what was begun is finished anyway."""
        if self._expired():
            steps = await self._journal.steps(self._change.change_id)
            if all(record.state in WITHOUT_EFFECT for record in steps.values()):
                raise PlanExpired("the plan expired before this change was begun")

    async def _sent(
        self, step: StepIntent, intent: Intent, send: Send, *, absent_is_done: bool, doubtful: bool
    ) -> Receipt | None:
        """Send it once and record the outcome: a receipt, None when it is unknown, or the error that refused it.

        doubtful: an earlier attempt was lost; a conflict may then be its late effect and proves nothing.
        """
        try:
            receipt = await send(intent)
        except TenantError as error:
            if absent_is_done and isinstance(error, ObjectMissing):
                receipt = Receipt({"absent": True}, request_id=error.request_id, status=404)
            else:
                sure = isinstance(error, _SURELY_WITHOUT_EFFECT) and not (doubtful and isinstance(error, Conflict))
                await self.settle(step, intent.attempt, _outcome(error, sure=sure))
                if sure:
                    raise
                return None
        await self.settle(
            step,
            intent.attempt,
            StepOutcome(
                StepState.PERFORMED,
                receipt.facts,
                receipt.status,
                request_id=receipt.request_id,
                server_time=receipt.server_time,
            ),
        )
        return receipt

    async def _reconcile(self, step: StepIntent, record: StepRecord, recognise: Recognise) -> Receipt | None:
        """Settle an unknown outcome by reading: its receipt, or None when the effect is surely absent."""
        patience = self._reconcile_for
        settle = patience.settle.total_seconds()
        self._listener(Waiting(f"the outcome of {step.step} is unknown; reading the tenant", settle))
        await self._clock.sleep(settle)
        started = self._clock.monotonic()
        absent_since: float | None = None
        while True:
            facts, readable = await self._look(recognise)
            now = self._clock.monotonic()
            if facts is not None:
                await self.settle(step, record.attempt, StepOutcome(StepState.PERFORMED, facts, settled=True))
                return Receipt(facts, settled=True)
            absent_since = (now if absent_since is None else absent_since) if readable else None
            if absent_since is not None and now - absent_since >= patience.window.total_seconds():
                await self.settle(step, record.attempt, StepOutcome(StepState.ABSENT, settled=True))
                return None
            if now - started >= patience.deadline.total_seconds():
                raise OutcomeUnresolved(
                    f"{step.step}: reading could not settle whether this write took effect",
                    hint=_LOOK,
                )
            await self._clock.sleep(patience.poll.total_seconds())

    @staticmethod
    async def _look(recognise: Recognise) -> tuple[JsonObject | None, bool]:
        """The facts if the effect is there, and whether the tenant could be read at all."""
        try:
            return await recognise(), True
        except TenantError as error:
            if not error.retryable:
                raise OutcomeUnresolved(
                    f"whether a write took effect could not be read: {error.message}", hint=error.hint or _LOOK
                ) from error
            return None, False

    async def _back_off(self, error: TenantError, delay: float) -> float:
        asked = error.retry_after if isinstance(error, Throttled) else None
        wanted = asked if asked is not None and asked >= 0 else delay  # also when a service says what is no number
        seconds = min(wanted, self._throttle.max_wait.total_seconds())
        self._listener(Waiting(error.message, seconds))
        await self._clock.sleep(seconds)
        return min(delay * 2, BACKOFF_LIMIT)


def _outcome(error: TenantError, *, sure: bool) -> StepOutcome:
    state = StepState.REJECTED if sure else StepState.UNKNOWN
    return StepOutcome(state, {}, error.status, error.code, error.request_id)
