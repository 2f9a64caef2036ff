"""A plan is applied in its order, each change re-checked first, and every ending says what is true."""

from dataclasses import replace

import pytest

from azremediate.core.change import Change, Phase
from azremediate.core.config import GuardSettings
from azremediate.core.errors import (
    AzremediateError,
    ChangeFailed,
    ConfigInvalid,
    IntegrityBroken,
    PermissionMissing,
    PlanUnusable,
    RequestRefused,
    ServiceFailing,
)
from azremediate.core.events import ChangeEnded
from azremediate.core.executor import apply_plan
from azremediate.core.exit_code import ExitCode
from azremediate.core.observed import State
from azremediate.core.result import ChangeResult, ChangeStatus, run_exit_code
from azremediate.core.run import Run
from azremediate.core.target import TargetKind
from azremediate.core.write import Write
from tests.core.plans import a_change, a_plan, a_target
from tests.core.stage import FACTS, Directory, Heard, Ledger, Toggle, an_execution

ONE, TWO, THREE = (a_change(number) for number in (1, 2, 3))


def _stage(*changes: Change) -> tuple[Ledger, Directory]:
    ledger = Ledger()
    return ledger, Directory(ledger, [change.target for change in changes])


def _statuses(results: tuple[ChangeResult, ...]) -> list[str]:
    return [result.status.value for result in results]


async def test_made_and_read_back() -> None:
    """A change that took effect is verified, with what was there before and after."""
    ledger, tenant = _stage(ONE)
    heard = Heard()
    (result,) = await apply_plan(an_execution(tenant, ledger, listener=heard), a_plan(ONE))
    assert result.status is ChangeStatus.VERIFIED
    assert result.before == {"accountEnabled": True, "note": "as read"}
    assert result.after == {"accountEnabled": False, "note": "as read"}
    assert ledger.ended[ONE.change_id] == result
    assert [event.status for event in heard.events if isinstance(event, ChangeEnded)] == ["verified"]


async def test_a_phase_begins_when_the_one_before_is_over() -> None:
    """What contains comes first, even when it takes longer than everything else."""
    rotate = Toggle("rotate", Phase.ROTATE)
    harden = Toggle("harden", Phase.HARDEN)
    changes = [
        ONE,
        TWO,
        a_change(3, action="rotate", phase=Phase.ROTATE),
        a_change(4, action="harden", phase=Phase.HARDEN),
    ]
    ledger, tenant = _stage(*changes)
    tenant.answers[ONE.target.id] = ["unknown", "unknown", "lost"]
    ended_at_write: dict[str, set[str]] = {}

    def look(write: Write) -> None:
        ended_at_write[write.object_id] = set(ledger.ended)

    tenant.on_write = look
    await apply_plan(an_execution(tenant, ledger, Toggle(), rotate, harden), a_plan(*changes))
    assert ended_at_write[changes[2].target.id] == {ONE.change_id, TWO.change_id}
    assert ended_at_write[changes[3].target.id] == {change.change_id for change in changes[:3]}


async def test_what_depends_on_another_waits_for_it() -> None:
    """Within one phase too, a change is made after the one it depends on."""
    second = TWO.depending_on(ONE.change_id)
    third = THREE.depending_on(second.change_id)
    ledger, tenant = _stage(ONE, second, third)
    results = await apply_plan(an_execution(tenant, ledger), a_plan(ONE, second, third))
    assert _statuses(results) == ["verified"] * 3
    assert ledger.order == [ONE.change_id, second.change_id, third.change_id]


async def test_what_depends_on_a_failure_is_skipped() -> None:
    """Nothing is sent for it, and what depends on nothing goes on."""
    second = TWO.depending_on(ONE.change_id)
    ledger, tenant = _stage(ONE, second, THREE)
    tenant.answers[ONE.target.id] = [RequestRefused("no", status=400)]
    results = await apply_plan(an_execution(tenant, ledger), a_plan(ONE, second, THREE))
    assert _statuses(results) == ["failed", "skipped", "verified"]
    assert tenant.enabled(second.target)
    assert run_exit_code(results) is ExitCode.INCOMPLETE


@pytest.mark.parametrize(
    ("guards", "facts", "guard"),
    [
        (GuardSettings(protected=(ONE.target.id,)), FACTS, "protected"),
        (GuardSettings(), replace(FACTS, own=replace(FACTS.own, object_id=ONE.target.id)), "own-identity"),
        (GuardSettings(max_changes=0), FACTS, "max-changes"),
        (GuardSettings(max_percent=1), replace(FACTS, population={TargetKind.SERVICE_PRINCIPAL: 50}), "max-percent"),
        (GuardSettings(), replace(FACTS, population={}), "max-percent"),
    ],
    ids=["protected", "own identity", "number", "percent", "population not known"],
)
async def test_guards_judge_again_on_fresh_facts(guards: GuardSettings, facts: object, guard: str) -> None:
    """A plan that was good when it was made is refused when the guards say no now; nothing is sent."""
    ledger, tenant = _stage(ONE)
    results = await apply_plan(an_execution(tenant, ledger, guards=guards, facts=facts), a_plan(ONE))
    assert _statuses(results) == ["refused"]
    assert guard in results[0].reason
    assert tenant.writes == []
    assert run_exit_code(results) is ExitCode.REFUSED


async def test_limits_count_the_whole_plan_also_when_half_of_it_is_made() -> None:
    """A run that goes on does not get its limit again."""
    ledger, tenant = _stage(ONE, TWO)
    ledger.ended[ONE.change_id] = ChangeResult(ONE.change_id, ChangeStatus.VERIFIED)
    execution = an_execution(tenant, ledger, guards=GuardSettings(max_changes=1))
    assert _statuses(await apply_plan(execution, a_plan(ONE, TWO))) == ["verified", "refused"]
    assert [note.reason.partition(":")[0] for note in ledger.notes if note.outcome == "failure"] == ["max-changes"]


async def test_drifted_satisfied_and_new() -> None:
    """In the planned state already: nothing to send. In another state than was reviewed: not touched."""
    ledger, tenant = _stage(ONE, TWO)
    tenant.find(f"/servicePrincipals/{ONE.target.id}")["accountEnabled"] = False
    tenant.find(f"/servicePrincipals/{TWO.target.id}")["accountEnabled"] = None
    results = await apply_plan(an_execution(tenant, ledger), a_plan(ONE, TWO))
    assert _statuses(results) == ["satisfied", "drifted"]
    assert tenant.writes == []
    assert ledger.kept == {}
    assert "/accountEnabled is None, was True" in results[1].reason
    assert run_exit_code(results) is ExitCode.STALE


async def test_what_cannot_be_told_from_others_doing_is_always_done() -> None:
    """A state that anybody may have brought about does not count as this change."""
    ledger, tenant = _stage(ONE)
    tenant.find(f"/servicePrincipals/{ONE.target.id}")["accountEnabled"] = False
    change = replace(ONE, always=True, preconditions=())
    assert _statuses(await apply_plan(an_execution(tenant, ledger), a_plan(change))) == ["verified"]
    assert len(tenant.writes) == 1


@pytest.mark.parametrize("status", [status for status in ChangeStatus if status.final])
async def test_what_has_ended_is_not_touched_again(status: ChangeStatus) -> None:
    """Neither read nor written: the recorded result stands."""
    ledger, tenant = _stage(ONE)
    ledger.ended[ONE.change_id] = ended = ChangeResult(ONE.change_id, status, "as it was")
    assert await apply_plan(an_execution(tenant, ledger), a_plan(ONE)) == (ended,)
    assert (tenant.reads, tenant.writes) == ([], [])


@pytest.mark.parametrize("status", [ChangeStatus.NOT_STARTED, ChangeStatus.NEEDS_OPERATOR])
async def test_what_has_not_ended_goes_on(status: ChangeStatus) -> None:
    """These two are the results with which a run continues."""
    ledger, tenant = _stage(ONE)
    ledger.ended[ONE.change_id] = ChangeResult(ONE.change_id, status)
    assert _statuses(await apply_plan(an_execution(tenant, ledger), a_plan(ONE))) == ["verified"]


async def test_stop_before_the_next_change() -> None:
    """What is under way ends, what has not begun is left for the next run."""
    ledger, tenant = _stage(ONE, TWO)
    second = TWO.depending_on(ONE.change_id)
    asked: list[Write] = []
    tenant.on_write = asked.append
    execution = an_execution(tenant, ledger, stopping=lambda: bool(asked))
    results = await apply_plan(execution, a_plan(ONE, second))
    assert _statuses(results) == ["verified", "not_started"]
    assert run_exit_code(results) is ExitCode.STOPPED
    assert tenant.enabled(TWO.target)


class _Raising(Toggle):
    """Fails in its own words."""

    def __init__(self, error: AzremediateError, *, compensated: bool = False) -> None:
        super().__init__()
        self.error, self.compensated = error, compensated

    async def apply(self, change: Change, run: Run) -> None:
        if self.compensated:
            run.proof["compensated"] = True
        raise self.error


@pytest.mark.parametrize(
    ("error", "compensated", "status", "code"),
    [
        (ChangeFailed("no"), False, "failed", ExitCode.INCOMPLETE),
        (ChangeFailed("no"), True, "compensated", ExitCode.INCOMPLETE),
        (PermissionMissing("no"), False, "failed", ExitCode.SIGN_IN),
        (ConfigInvalid("no vault"), False, "failed", ExitCode.INCOMPLETE),
    ],
    ids=["failed", "compensated", "permission", "configuration"],
)
async def test_a_failure_ends_one_change_only(
    error: AzremediateError, compensated: bool, status: str, code: ExitCode
) -> None:
    """Whatever an action raises on purpose is the result of its change, and the others go on."""
    other = a_change(2, action="other")
    ledger, tenant = _stage(ONE, other)
    execution = an_execution(tenant, ledger, _Raising(error, compensated=compensated), Toggle("other"))
    results = await apply_plan(execution, a_plan(ONE, other))
    assert _statuses(results) == [status, "verified"]
    assert run_exit_code(results) is code


async def test_not_read_back_is_not_done() -> None:
    """A write that was answered well and cannot be seen in time is unverified, not failed: it was made."""
    ledger, tenant = _stage(ONE, TWO)
    one = f"/servicePrincipals/{ONE.target.id}"
    two = f"/servicePrincipals/{TWO.target.id}"

    def spoil(write: Write) -> None:
        tenant.failing.update({two: PermissionMissing("gone")} if write.path == two else {one: ServiceFailing("down")})

    tenant.on_write = spoil
    results = await apply_plan(an_execution(tenant, ledger), a_plan(ONE, TWO))
    assert _statuses(results) == ["unverified", "unverified"]
    assert "within 5 s: down" in results[0].reason
    assert run_exit_code(results) is ExitCode.INCOMPLETE


async def test_reads_that_lag_behind_are_waited_for() -> None:
    """The write was answered well; the tenant shows it after a while."""

    class Lagging(Toggle):
        """Sees its own write on the third look after it."""

        def holds(self, change: Change, state: State) -> bool:
            return super().holds(change, state) and len(self.seen) > 3

    ledger, tenant = _stage(ONE)
    (result,) = await apply_plan(an_execution(tenant, ledger, Lagging()), a_plan(ONE))
    assert result.status is ChangeStatus.VERIFIED
    assert ledger.clock.passed == 2.0


class _Defective(Toggle):
    """Has a defect that shows at once."""

    async def apply(self, change: Change, run: Run) -> None:
        raise KeyError("a defect")


async def test_a_broken_journal_stops_everything() -> None:
    """Nothing more is sent, and the error is the journal's own even when others fail with it."""
    plan = [*(a_change(number) for number in range(1, 6)), a_change(6, action="rotate", phase=Phase.ROTATE)]
    ledger, tenant = _stage(*plan)

    def fail(write: Write) -> None:
        ledger.broken = True

    tenant.on_write = fail
    execution = an_execution(tenant, ledger, Toggle(), Toggle("rotate", Phase.ROTATE))
    throttle = replace(execution.settings.throttle, write_concurrency=1)
    execution = replace(execution, settings=replace(execution.settings, throttle=throttle))
    with pytest.raises(IntegrityBroken):
        await apply_plan(execution, a_plan(*plan))
    assert len(tenant.writes) == 1
    assert ledger.ended == {}


async def test_a_broken_journal_is_told_even_beside_a_defect() -> None:
    """Exit code 7 comes before everything else."""
    ledger, tenant = _stage(ONE, TWO)
    ledger.broken = True
    defective = _Defective("defective")
    changes = (ONE, a_change(2, action="defective"))
    with pytest.raises(IntegrityBroken):
        await apply_plan(an_execution(tenant, ledger, Toggle(), defective), a_plan(*changes))


async def test_unknown_action_is_told_before_anything_is_sent() -> None:
    """A plan of another version, or for another kind of object, is not half applied."""
    ledger, tenant = _stage(ONE, TWO)
    with pytest.raises(PlanUnusable, match="exorcise"):
        await apply_plan(an_execution(tenant, ledger), a_plan(ONE, a_change(2, action="exorcise")))
    with pytest.raises(PlanUnusable, match="user"):
        await apply_plan(an_execution(tenant, ledger), a_plan(ONE, a_change(target=a_target(3, TargetKind.USER))))
    assert (tenant.reads, tenant.writes) == ([], [])
