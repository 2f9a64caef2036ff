"""One change from its last check to its result: judged again on fresh data, made durably, read back."""

from collections.abc import Mapping, Sequence

from azremediate.core.action import in_effect
from azremediate.core.change import Change
from azremediate.core.clock import iso
from azremediate.core.durable import WITHOUT_EFFECT
from azremediate.core.errors import (
    AzremediateError,
    IntegrityBroken,
    OutcomeUnresolved,
    PermissionMissing,
    PlanExpired,
    SignInFailed,
    Stopped,
    TenantError,
)
from azremediate.core.events import ChangeEnded
from azremediate.core.execution import Execution
from azremediate.core.guards import target_verdicts
from azremediate.core.observed import State
from azremediate.core.pacing import Pace
from azremediate.core.plan import Verdict
from azremediate.core.result import ChangeResult, ChangeStatus
from azremediate.core.run import Run
from azremediate.core.target import Target
from azremediate.core.write import StepRecord


def verdicts_of(
    execution: Execution, change: Change, current: Mapping[str, Target | TenantError]
) -> list[Verdict] | TenantError:
    """What the guards say of a change's target, as the plan describes it and as it is now; or why that is not known."""
    now = current.get(change.change_id, change.target)
    if isinstance(now, TenantError):
        return now
    targets = [change.target] if now == change.target else [change.target, now]
    judged = [target_verdicts(one, change.action, execution.guards, execution.facts) for one in targets]
    return list(dict.fromkeys(verdict for verdicts in judged for verdict in verdicts))


class Changing:
    """One change from its last check to its result."""

    def __init__(
        self,
        execution: Execution,
        change: Change,
        results: Mapping[str, ChangeResult],
        wide: Sequence[Verdict],
        pace: Pace,
        current: Mapping[str, Target | TenantError],
    ) -> None:
        self._execution = execution
        self._change = change
        self._results = results
        self._earlier = results.get(change.change_id)
        self._wide = wide
        self._pace = pace
        self._current = current
        self._action = execution.actions[change.action]
        self._before = self._earlier.before if self._earlier else None
        self._after: State | None = None
        self._run = Run(
            change,
            execution.tenant,
            execution.journal,
            execution.clock,
            settings=execution.settings,
            listener=execution.listener,
            frozen=execution.frozen,
            expired=execution.expired,
        )

    async def to_its_end(self) -> ChangeResult:
        started = self._execution.clock.monotonic()
        permission_missing = False
        try:
            status, reason = await self._outcome()
        except Stopped as error:
            status, reason = await self._stopped(error.message)
        except PlanExpired as error:
            status, reason = ChangeStatus.DRIFTED, error.message
        except OutcomeUnresolved as error:
            status, reason = ChangeStatus.NEEDS_OPERATOR, error.message
        except (PermissionMissing, SignInFailed) as error:
            status, reason, permission_missing = ChangeStatus.FAILED, error.message, True
        except IntegrityBroken:
            raise
        except AzremediateError as error:
            status, reason = ChangeStatus.FAILED, error.message
        if status is ChangeStatus.FAILED and (open_step := await self._open_step()):
            # A failure is final, and a write whose outcome is unknown must not be forgotten with it.
            status, permission_missing = ChangeStatus.NEEDS_OPERATOR, False
            reason = f"{reason}; whether its write {open_step} took effect is not known"
        elif status is ChangeStatus.FAILED and self._run.proof.get("compensated"):
            status = ChangeStatus.COMPENSATED
        result = ChangeResult(
            change_id=self._change.change_id,
            status=status,
            reason=reason,
            before=self._before,
            after=self._after.facts if self._after else None,
            proof=dict(self._run.proof) or None,
            request_ids=self._run.request_ids,
            ended_at=iso(self._execution.clock.now()),
            permission_missing=permission_missing,
        )
        await self._execution.journal.result(self._change, result)
        change, seconds = self._change, self._execution.clock.monotonic() - started
        name = change.target.display_name
        self._execution.listener(ChangeEnded(change.change_id, change.action, name, status.value, reason, seconds))
        return result

    async def _outcome(self) -> tuple[ChangeStatus, str]:
        steps = await self._execution.journal.steps(self._change.change_id)
        begun = any(record.state not in WITHOUT_EFFECT for record in steps.values())
        try:
            if held_back := self._held_back():
                return await self._not_now(held_back) if begun else held_back
            state = await self._action.observe(self._change.target, self._execution.tenant)
        except TenantError as error:
            if begun:
                return ChangeStatus.NEEDS_OPERATOR, _unable(error.message)
            raise
        if not begun:
            self._before = state.facts
        settled = all(record.state.settled for record in steps.values())
        if settled and not self._change.always and self._action.holds(self._change, state):
            self._after = state
            if begun:
                return ChangeStatus.VERIFIED, ""
            return ChangeStatus.SATISFIED, "the tenant was in this state already"
        if not begun and self._execution.expired():
            return ChangeStatus.DRIFTED, "the plan expired before this change was begun"
        if not begun and (drift := self._drift(state)):
            return ChangeStatus.DRIFTED, drift
        if unable := await self._applied(steps if begun else None):
            return ChangeStatus.NEEDS_OPERATOR, unable
        return await self._read_back()

    async def _applied(self, begun: Mapping[str, StepRecord] | None) -> str:
        """Make the change; why it could not go on, empty when it is made.

        begun: the steps of an earlier process. Its change is not over, finally failed, because nothing can be read now
        and so no write was even tried.
        """
        try:
            await self._action.apply(self._change, self._run)
        except TenantError as error:
            if begun is not None and await self._execution.journal.steps(self._change.change_id) == begun:
                return _unable(error.message)
            raise
        return ""

    async def _not_now(self, held_back: tuple[ChangeStatus, str]) -> tuple[ChangeStatus, str]:
        """What is half made is neither "not started" nor "refused": it has to be taken to its end."""
        status, reason = held_back
        if status is ChangeStatus.NOT_STARTED:
            return await self._stopped(reason)
        return ChangeStatus.NEEDS_OPERATOR, _unable(reason)

    async def _stopped(self, reason: str) -> tuple[ChangeStatus, str]:
        """How a change ends that may not go on now."""
        steps = await self._execution.journal.steps(self._change.change_id)
        if not all(record.state.settled for record in steps.values()):
            return ChangeStatus.NEEDS_OPERATOR, _unable(reason)
        begun = any(record.state not in WITHOUT_EFFECT for record in steps.values())
        return (ChangeStatus.STOPPED if begun else ChangeStatus.NOT_STARTED), reason

    def _held_back(self) -> tuple[ChangeStatus, str] | None:
        """Why nothing may be sent for this change now."""
        if self._execution.stopping():
            return ChangeStatus.NOT_STARTED, "stopped on request before this change"
        if barred := self._pace.barred(self._change.action):
            return ChangeStatus.NOT_STARTED, f"not begun: {barred}"
        if self._pace.tripped:
            return ChangeStatus.NOT_STARTED, f"stopped before this change: {self._pace.tripped}"
        if frozen := self._execution.frozen():
            return ChangeStatus.NOT_STARTED, frozen
        for other in self._change.depends_on:
            result = self._results.get(other)
            if result is not None and not result.status.final:
                return ChangeStatus.NOT_STARTED, f"change {other} has not come to its end"
            if result is None or not result.status.done:
                return ChangeStatus.SKIPPED, f"change {other} did not succeed"
        refusals = [*self._wide, *(verdict for verdict in self._verdicts() if not verdict.passed)]
        if refusals:
            return ChangeStatus.REFUSED, "; ".join(f"{verdict.guard}: {verdict.reason}" for verdict in refusals)
        return None

    async def _open_step(self) -> str:
        """A write of this change whose outcome is not known; empty when there is none."""
        steps = await self._execution.journal.steps(self._change.change_id)
        return next((name for name, record in steps.items() if not record.state.settled), "")

    def _verdicts(self) -> list[Verdict]:
        found = verdicts_of(self._execution, self._change, self._current)
        if isinstance(found, TenantError):
            raise found
        return found

    def _drift(self, state: State) -> str:
        broken = [condition.broken_by(state) for condition in self._change.preconditions]
        different = [text for text in broken if text]
        return f"changed since the plan was made: {'; '.join(different)}" if different else ""

    async def _read_back(self) -> tuple[ChangeStatus, str]:
        """Done means read back; a tenant's reads may lag behind its writes for a while."""
        patience = self._execution.settings.reconcile
        clock = self._execution.clock
        deadline = clock.monotonic() + patience.verify.total_seconds()
        seconds = f"within {patience.verify.total_seconds():g} s"
        while True:
            try:
                self._after = await self._action.observe(self._change.target, self._execution.tenant)
                if in_effect(self._action, self._change, self._before, self._after):
                    return ChangeStatus.VERIFIED, ""
                missing = f"the change did not read back {seconds}"
            except TenantError as error:
                if not error.retryable:
                    return ChangeStatus.UNVERIFIED, f"the change was made and could not be read back: {error.message}"
                missing = f"the change could not be read back {seconds}: {error.message}"
            if clock.monotonic() >= deadline:
                return ChangeStatus.UNVERIFIED, missing
            await clock.sleep(patience.poll.total_seconds())


def _unable(reason: str) -> str:
    return f"begun before, and it could not go on: {reason}"
