"""Verifying reads every change again and tells what is lost from what could not be read."""

from dataclasses import replace

import pytest

from azremediate.core.change import Change, Phase
from azremediate.core.errors import FeatureMissing, PermissionMissing, ServiceFailing, SignInFailed
from azremediate.core.events import ignore
from azremediate.core.observed import State
from azremediate.core.result import ChangeResult, ChangeStatus
from azremediate.core.verifier import Verification, verify_run
from tests.core.plans import a_change, a_plan
from tests.core.stage import Directory, Ledger, Toggle

ONE, TWO = a_change(1), a_change(2)
VERIFIED = {change.change_id: ChangeResult(change.change_id, ChangeStatus.VERIFIED) for change in (ONE, TWO)}


def _tenant(*, enabled: bool) -> Directory:
    tenant = Directory(Ledger(), [ONE.target, TWO.target])
    for row in tenant.collections["/servicePrincipals"]:
        row["accountEnabled"] = enabled
    return tenant


async def _verified(
    tenant: Directory, results: dict[str, ChangeResult], action: Toggle | None = None
) -> tuple[Verification, ...]:
    toggle = action or Toggle()
    return await verify_run(a_plan(ONE, TWO), results, tenant, {toggle.name: toggle}, ignore)


async def test_what_holds() -> None:
    """In the plan's order, and nothing is lost."""
    found = await _verified(_tenant(enabled=False), VERIFIED)
    assert [(one.change_id, one.holds, one.lost) for one in found] == [
        (ONE.change_id, True, False),
        (TWO.change_id, True, False),
    ]


async def test_what_no_longer_holds_is_lost() -> None:
    """Somebody enabled it again."""
    found = await _verified(_tenant(enabled=True), VERIFIED)
    assert [(one.holds, one.lost, one.reason) for one in found] == [(False, True, "it no longer holds")] * 2


@pytest.mark.parametrize("status", [status for status in ChangeStatus if not status.done])
async def test_what_was_never_done_is_not_lost(status: ChangeStatus) -> None:
    """Only verified and satisfied count as done."""
    results = {ONE.change_id: ChangeResult(ONE.change_id, status)}
    found = await _verified(_tenant(enabled=True), results)
    assert [(one.done_before, one.lost, one.holds) for one in found] == [(False, False, False)] * 2


@pytest.mark.parametrize("error", [ServiceFailing("down"), FeatureMissing("no licence")])
async def test_could_not_look_is_not_holding(error: Exception) -> None:
    """What cannot be read is not proven, and counts as lost."""
    tenant = _tenant(enabled=False)
    tenant.failing[f"/servicePrincipals/{ONE.target.id}"] = error
    one, two = await _verified(tenant, VERIFIED)
    assert (one.holds, one.lost) == (None, True)
    assert one.reason.startswith("could not look")
    assert two.holds


async def test_an_answer_that_makes_no_sense_is_could_not_look() -> None:
    """One malformed object does not hide what became of the others."""

    class Puzzled(Toggle):
        """Cannot judge what it reads of the first target."""

        def holds(self, change: Change, state: State) -> bool:
            if change == ONE:
                raise ServiceFailing("the answer's name is not a string")
            return super().holds(change, state)

    one, two = await _verified(_tenant(enabled=False), VERIFIED, Puzzled())
    assert (one.holds, one.lost, two.holds) == (None, True, True)


async def test_an_action_of_another_version_could_not_look() -> None:
    """A run of a newer version is not reported as holding."""
    found = await _verified(_tenant(enabled=False), VERIFIED, Toggle("another"))
    assert [(one.holds, one.lost) for one in found] == [(None, True)] * 2
    assert "no action 'disable_service_principal'" in found[0].reason


@pytest.mark.parametrize("error", [PermissionMissing("no"), SignInFailed("no")])
async def test_a_missing_permission_is_told_as_one(error: Exception) -> None:
    """However many reads met it, one error of its own kind comes out."""
    tenant = _tenant(enabled=False)
    tenant.failing = {f"/servicePrincipals/{change.target.id}": error for change in (ONE, TWO)}
    with pytest.raises(type(error)):
        await _verified(tenant, VERIFIED)


@pytest.mark.parametrize(
    ("restored", "lost"),
    [(ChangeStatus.VERIFIED, False), (ChangeStatus.FAILED, True), (None, True)],
    ids=["restored", "not restored", "somebody else"],
)
async def test_what_the_same_run_lifted_is_not_lost(restored: ChangeStatus | None, lost: bool) -> None:
    """Disabled first and enabled at the end: that it is not disabled any more was the plan."""
    enable = replace(
        a_change(3), action="enable", phase=Phase.RESTORE, target=ONE.target, after={"accountEnabled": True}
    )
    disable = replace(ONE, phase=Phase.CONTAIN, after={"accountEnabled": False})
    results = {ONE.change_id: VERIFIED[ONE.change_id]}
    if restored:
        results[enable.change_id] = ChangeResult(enable.change_id, restored)
    toggle = Toggle()
    found = await verify_run(
        a_plan(disable, enable), results, _tenant(enabled=True), {toggle.name: toggle, "enable": toggle}, ignore
    )
    assert found[0].lost is lost
    assert (found[0].lifted_by == enable.change_id) is not lost
