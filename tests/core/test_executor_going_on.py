"""A run that goes on after a crash, a stop or an open outcome ends every change, and tells no lie about it."""

from typing import Any

import pytest

from azremediate.core.change import Change
from azremediate.core.config import GuardSettings
from azremediate.core.errors import NotSent, PermissionMissing, RequestRefused, ServiceFailing, TenantError
from azremediate.core.executor import apply_plan
from azremediate.core.exit_code import ExitCode
from azremediate.core.result import ChangeResult, ChangeStatus, run_exit_code
from azremediate.core.run import Run
from tests.core.plans import a_change, a_plan, a_target
from tests.core.stage import Directory, Ledger, Toggle, TwoWrites, an_execution
from tests.fakes import Crash

ONE, TWO = a_change(1), a_change(2)


def _stage(*changes: Change) -> tuple[Ledger, Directory]:
    ledger = Ledger()
    return ledger, Directory(ledger, [change.target for change in changes])


def _statuses(results: tuple[ChangeResult, ...]) -> list[str]:
    return [result.status.value for result in results]


async def test_what_depends_on_an_open_change_is_made_when_that_is_closed() -> None:
    """An open outcome is no failure: the change that waits for it is made by a later run."""
    second = TWO.depending_on(ONE.change_id)
    ledger, tenant = _stage(ONE, second)
    path = f"/servicePrincipals/{ONE.target.id}"
    tenant.answers[ONE.target.id] = ["lost"]
    tenant.on_write = lambda write: tenant.failing.update({path: ServiceFailing("down")})
    results = await apply_plan(an_execution(tenant, ledger), a_plan(ONE, second))
    assert _statuses(results) == ["needs_operator", "not_started"]
    assert run_exit_code(results) is ExitCode.UNRESOLVED
    tenant.failing.clear()
    tenant.on_write = lambda write: None
    results = await apply_plan(an_execution(tenant, ledger), a_plan(ONE, second))
    assert _statuses(results) == ["verified", "verified"]
    assert len(tenant.writes) == 2


async def _left_open(ledger: Ledger, tenant: Directory) -> None:
    """A write of change one takes effect, and neither the answer nor any reading comes back."""
    path = f"/servicePrincipals/{ONE.target.id}"
    tenant.answers[ONE.target.id] = ["lost"]
    tenant.on_write = lambda write: tenant.failing.update({path: ServiceFailing("down")})
    results = await apply_plan(an_execution(tenant, ledger), a_plan(ONE))
    assert _statuses(results) == ["needs_operator"]
    tenant.failing.clear()


@pytest.mark.parametrize("held_back_by", ["stop", "guard"])
async def test_what_is_half_made_is_not_called_untouched(held_back_by: str) -> None:
    """Stopped or refused after an open write, a change stays open: "nothing was sent" would be a lie."""
    ledger, tenant = _stage(ONE)
    await _left_open(ledger, tenant)
    changed: dict[str, dict[str, Any]] = {
        "stop": {"stopping": lambda: True},
        "guard": {"guards": GuardSettings(protected=(ONE.target.id,))},
    }
    results = await apply_plan(an_execution(tenant, ledger, **changed[held_back_by]), a_plan(ONE))
    assert _statuses(results) == ["needs_operator"]
    assert run_exit_code(results) is ExitCode.UNRESOLVED


async def test_an_open_write_is_settled_before_the_change_is_verified() -> None:
    """The tenant is as planned, and the journal still learns what became of the write."""
    ledger, tenant = _stage(ONE)
    await _left_open(ledger, tenant)
    (result,) = await apply_plan(an_execution(tenant, ledger), a_plan(ONE))
    assert result.status is ChangeStatus.VERIFIED
    assert ledger.states(ONE) == {"switch": "performed"}
    assert len(tenant.writes) == 1


async def test_before_is_what_was_read_before_the_first_write() -> None:
    """A run that goes on does not call its own half-made state the one before."""
    ledger, tenant = _stage(ONE)
    await _left_open(ledger, tenant)
    (result,) = await apply_plan(an_execution(tenant, ledger), a_plan(ONE))
    assert result.before == {"accountEnabled": True, "note": "as read"}


async def test_a_rejected_write_does_not_excuse_drift() -> None:
    """Nothing took effect before the process died, so the change is judged as one that has not begun."""
    ledger, tenant = _stage(ONE)
    tenant.answers[ONE.target.id] = [RequestRefused("no", status=400)]
    await apply_plan(an_execution(tenant, ledger), a_plan(ONE))
    del ledger.ended[ONE.change_id]  # the process died before it wrote the result down
    tenant.find(f"/servicePrincipals/{ONE.target.id}")["accountEnabled"] = None
    assert _statuses(await apply_plan(an_execution(tenant, ledger), a_plan(ONE))) == ["drifted"]


async def test_losing_the_permission_does_not_close_an_open_write() -> None:
    """A role that expires while an outcome is unknown leaves the change open, for a failure would be final."""
    ledger, tenant = _stage(ONE)
    path = f"/servicePrincipals/{ONE.target.id}"
    tenant.answers[ONE.target.id] = ["lost"]
    tenant.on_write = lambda write: tenant.failing.update({path: PermissionMissing("gone", status=403)})
    assert _statuses(await apply_plan(an_execution(tenant, ledger), a_plan(ONE))) == ["needs_operator"]
    (again,) = await apply_plan(an_execution(tenant, ledger), a_plan(ONE))
    assert again.status is ChangeStatus.NEEDS_OPERATOR
    assert again.exit_code is ExitCode.UNRESOLVED
    tenant.failing.clear()
    assert _statuses(await apply_plan(an_execution(tenant, ledger), a_plan(ONE))) == ["verified"]


async def test_a_dead_process_leaves_nothing_to_guess() -> None:
    """Killed after its write took effect: the next run sends nothing again, and does not claim to know came before."""
    ledger, tenant = _stage(ONE)
    tenant.answers[ONE.target.id] = ["crash"]
    with pytest.raises(BaseExceptionGroup) as raised:
        await apply_plan(an_execution(tenant, ledger), a_plan(ONE))
    assert raised.group_contains(Crash)
    (result,) = await apply_plan(an_execution(tenant, ledger), a_plan(ONE))
    assert (result.status, result.before) == (ChangeStatus.VERIFIED, None)
    assert ledger.states(ONE) == {"switch": "performed"}
    assert len(tenant.writes) == 1


@pytest.mark.parametrize("failure", [ServiceFailing("down"), PermissionMissing("gone", status=403)], ids=["5xx", "403"])
async def test_what_is_half_made_does_not_fail_over_a_reading(failure: TenantError) -> None:
    """Killed between two writes and taken up while nothing can be read: a failure would be final, and half be made."""
    ledger, tenant = _stage(ONE)
    path = f"/servicePrincipals/{ONE.target.id}"
    tenant.answers[ONE.target.id] = ["performed", "crash"]
    execution = an_execution(tenant, ledger, TwoWrites())
    with pytest.raises(BaseExceptionGroup):
        await apply_plan(execution, a_plan(ONE))
    ledger.kept[ONE.change_id].pop("second")  # the process died before this was intended
    tenant.failing[path] = failure
    (result,) = await apply_plan(execution, a_plan(ONE))
    assert (result.status, failure.message in result.reason) == (ChangeStatus.NEEDS_OPERATOR, True)
    tenant.failing.clear()
    assert _statuses(await apply_plan(execution, a_plan(ONE))) == ["verified"]


@pytest.mark.fault("P5")
async def test_an_expired_plan_finishes_what_it_began_and_begins_nothing() -> None:
    """After the plan expired the open change is closed, and the next one is not begun."""
    second = a_change(2, target=a_target(2))
    ledger, tenant = _stage(ONE, second)
    await _left_open(ledger, tenant)
    execution = an_execution(tenant, ledger, expired=lambda: True)
    results = await apply_plan(execution, a_plan(ONE, second))
    assert _statuses(results) == ["verified", "drifted"]
    assert "expired" in results[1].reason
    assert len(tenant.writes) == 1


@pytest.mark.fault("P5")
async def test_a_plan_that_expires_between_look_and_write() -> None:
    """Held after the change was looked at and before its first write, until the plan had expired: nothing is sent."""
    ledger, tenant = _stage(ONE)
    toggle = Toggle()
    execution = an_execution(tenant, ledger, toggle, expired=lambda: bool(toggle.seen))
    (result,) = await apply_plan(execution, a_plan(ONE))
    assert (result.status, result.reason) == (ChangeStatus.DRIFTED, "the plan expired before this change was begun")
    assert (tenant.writes, ledger.states(ONE)) == ([], {})


@pytest.mark.fault("P5")
async def test_a_change_that_was_begun_outlives_the_plan() -> None:
    """The second write of a change goes out after the plan expired, also one that is tried again."""
    ledger, tenant = _stage(ONE)
    tenant.answers[ONE.target.id] = ["performed", NotSent("the network is down")]
    execution = an_execution(tenant, ledger, TwoWrites(), expired=lambda: bool(tenant.writes))
    (result,) = await apply_plan(execution, a_plan(ONE))
    assert result.status is ChangeStatus.VERIFIED
    assert [write.step for write in tenant.writes] == ["first", "second"]


class _ReadsFirst(TwoWrites):
    """Reads once more before its writes, and cannot."""

    blocked: TenantError | None = None

    async def apply(self, change: Change, run: Run) -> None:
        """What `Rotation` does, too."""
        if self.blocked is not None:
            raise self.blocked
        await super().apply(change, run)


@pytest.mark.parametrize("error", [ServiceFailing("down"), PermissionMissing("gone", status=403)])
async def test_what_was_begun_does_not_fail_because_nothing_could_be_read(error: TenantError) -> None:
    """The process died between two writes: a failure would be final, and the half of a change would stay."""
    ledger, tenant = _stage(ONE)
    action = _ReadsFirst()
    tenant.answers[ONE.target.id] = ["performed", "crash"]
    with pytest.raises(BaseExceptionGroup):
        await apply_plan(an_execution(tenant, ledger, action), a_plan(ONE))
    tenant.find(f"/servicePrincipals/{ONE.target.id}")["accountEnabled"] = True
    action.blocked = error
    assert _statuses(await apply_plan(an_execution(tenant, ledger, action), a_plan(ONE))) == ["needs_operator"]


async def test_what_was_not_begun_fails_where_nothing_can_be_read() -> None:
    """Nothing is in the tenant that could stay there."""
    ledger, tenant = _stage(ONE)
    action = _ReadsFirst()
    action.blocked = ServiceFailing("down")
    assert _statuses(await apply_plan(an_execution(tenant, ledger, action), a_plan(ONE))) == ["failed"]
