"""Undo is a plan like any other: inverses of what still stands, newest first, all else with its reason."""

from dataclasses import replace
from typing import Any

import pytest

from azremediate.actions.disable_service_principal import ACTION as DISABLE
from azremediate.actions.enable_service_principal import ACTION as ENABLE
from azremediate.actions.revoke_sessions import ACTION as REVOKE
from azremediate.core.change import Change, Phase
from azremediate.core.config import GuardSettings
from azremediate.core.credential import CredentialKind
from azremediate.core.errors import ServiceFailing
from azremediate.core.events import ignore
from azremediate.core.observed import State
from azremediate.core.plan import Plan, parse_plan, plan_bytes
from azremediate.core.planner import Planning
from azremediate.core.result import ChangeResult, ChangeStatus
from azremediate.core.target import ExposedCredential, Target, TargetKind
from azremediate.core.undoing import PastRun, make_undo_plan
from tests.core.plans import a_plan, a_target, an_origin
from tests.core.stage import FACTS, Directory, Ledger
from tests.core.survey import Surveyed

ACTIONS = {action.name: action for action in (DISABLE, ENABLE, REVOKE)}
ON: dict[str, Any] = {"accountEnabled": True, "servicePrincipalType": "Application", "appOwnerOrganizationId": ""}
OFF: dict[str, Any] = {**ON, "accountEnabled": False}


def _disabled(number: int, target: Target | None = None) -> Change:
    change = DISABLE.plan(target or a_target(number), State(ON), DISABLE.params())
    assert isinstance(change, Change)
    return change


def _verified(change: Change, at: int, before: dict[str, Any], after: dict[str, Any]) -> ChangeResult:
    moment = f"2024-04-09T17:00:{at:02d}Z"
    return ChangeResult(change.change_id, ChangeStatus.VERIFIED, before=before, after=after, ended_at=moment)


async def _undo(
    results: list[tuple[Change, ChangeResult]],
    tenant: Directory,
    *,
    guards: GuardSettings | None = None,
    ended: bool = True,
    current: dict[str, Any] | None = None,
) -> Plan:
    plan = a_plan(*sorted((change for change, _ in results), key=lambda change: change.phase.order))
    planning = Planning(tenant, ACTIONS, Surveyed().survey, guards or GuardSettings(), FACTS, an_origin(), ignore)
    by_id = {change.change_id: result for change, result in results}
    made = await make_undo_plan(planning, PastRun("R-1", plan, by_id, ended, current or {}))
    assert parse_plan(plan_bytes(made), "undo") == made
    assert tenant.writes == []
    return made


def _tenant(*states: tuple[int, bool]) -> Directory:
    tenant = Directory(Ledger(), [a_target(number) for number, _ in states])
    for number, enabled in states:
        tenant.find(f"/servicePrincipals/{a_target(number).id}").update({**ON, "accountEnabled": enabled})
    return tenant


async def test_newest_first() -> None:
    """What was done last is taken back first, each with what it takes back."""
    one, two = _disabled(1), _disabled(2)
    results = [(one, _verified(one, 2, ON, OFF)), (two, _verified(two, 1, ON, OFF))]
    plan = await _undo(results, _tenant((1, False), (2, False)))
    assert [(change.action, change.target.id) for change in plan.changes] == [
        ("enable_service_principal", one.target.id),
        ("enable_service_principal", two.target.id),
    ]
    assert one.change_id[:8] in plan.changes[0].evidence[0]
    assert plan.applicable
    assert plan.warnings == ()


async def test_what_somebody_changed_since_is_left_alone() -> None:
    """It is listed with the fact that moved, and counted."""
    one = _disabled(1)
    plan = await _undo([(one, _verified(one, 1, ON, OFF))], _tenant((1, True)))
    assert plan.changes == ()
    assert [(left.reason, left.done) for left in plan.skips] == [
        ("it is not as the run left it: /accountEnabled changed since", False)
    ]
    assert plan.warnings == ("1 of the 1 changes of run R-1 cannot be undone: 1 disable_service_principal",)


async def test_what_cannot_be_undone_is_counted() -> None:
    """A revoked session stays revoked, and the plan says so before it is applied."""
    user = a_target(3, TargetKind.USER)
    seen: dict[str, Any] = {"accountEnabled": True, "guest": False, "signInSessionsValidFromDateTime": ""}
    revoked = REVOKE.plan(user, State(seen), REVOKE.params())
    assert isinstance(revoked, Change)
    later = {**seen, "signInSessionsValidFromDateTime": "2024-04-09T17:00:00Z"}
    tenant = _tenant((1, False))
    tenant.collections["/users"] = [{"id": user.id, "userPrincipalName": "a@b", "userType": "Member", **later}]
    one = _disabled(1)
    plan = await _undo([(one, _verified(one, 1, ON, OFF)), (revoked, _verified(revoked, 2, seen, later))], tenant)
    assert [change.action for change in plan.changes] == ["enable_service_principal"]
    assert [left.action for left in plan.skips] == ["revoke_sessions"]
    assert plan.warnings == ("1 of the 2 changes of run R-1 cannot be undone: 1 revoke_sessions",)


async def test_what_the_run_took_back_itself_needs_nothing() -> None:
    """Disabled to contain and enabled in the end: nothing is left to take back, and nothing is counted as kept."""
    off = _disabled(1)
    on = ENABLE.plan(off.target, State(OFF), ENABLE.params())
    assert isinstance(on, Change)
    plan = await _undo([(off, _verified(off, 1, ON, OFF)), (on, _verified(on, 2, OFF, ON))], _tenant((1, True)))
    assert plan.changes == ()
    assert [(left.action, left.done) for left in plan.skips] == [
        ("enable_service_principal", True),
        ("disable_service_principal", True),
    ]
    assert plan.warnings == ()


@pytest.mark.parametrize(
    ("status", "done"),
    [
        (ChangeStatus.SATISFIED, True),
        (ChangeStatus.DRIFTED, True),
        (ChangeStatus.NOT_STARTED, True),
        (ChangeStatus.COMPENSATED, True),
        (ChangeStatus.FAILED, False),
        (ChangeStatus.UNVERIFIED, False),
        (ChangeStatus.STOPPED, False),
        (ChangeStatus.NEEDS_OPERATOR, False),
    ],
)
async def test_only_proven_changes_are_taken_back(status: ChangeStatus, done: bool) -> None:
    """What the run did not make needs nothing; what it may have made halfway needs a person."""
    one = _disabled(1)
    result = replace(_verified(one, 1, ON, OFF), status=status)
    plan = await _undo([(one, result)], _tenant((1, False)))
    assert plan.changes == ()
    assert [left.done for left in plan.skips] == [done]


async def test_guards_judge_an_inverse_too() -> None:
    """A target that a guard protects now, by its name of now, is left out and listed as refused."""
    one = _disabled(1)
    results = [(one, _verified(one, 1, ON, OFF))]
    current = {one.change_id: replace(one.target, display_name="Crown Jewels")}
    guards = GuardSettings(protected=("crown*",))
    plan = await _undo(results, _tenant((1, False)), guards=guards, current=current)
    assert (plan.changes, [left.action for left in plan.refused]) == ((), ["enable_service_principal"])
    assert plan.refused[0].reason.startswith("protected: ")
    plan = await _undo(results, _tenant((1, False)), guards=GuardSettings(max_changes=0))
    assert not plan.applicable
    unread = {one.change_id: ServiceFailing("down")}
    plan = await _undo(results, _tenant((1, False)), current=unread)
    assert (plan.changes, plan.skips[0].reason) == ((), "could not look: down")


async def test_what_cannot_be_read_is_left_out() -> None:
    """Nothing is taken back on a guess."""
    one = _disabled(1)
    tenant = _tenant((1, False))
    tenant.failing[f"/servicePrincipals/{one.target.id}"] = ServiceFailing("down")
    plan = await _undo([(one, _verified(one, 1, ON, OFF))], tenant)
    assert (plan.changes, plan.skips[0].reason) == ((), "could not look: down")


async def test_letting_in_again_is_warned_of() -> None:
    """What was contained because of a leak says so, and an open run is named."""
    leaked = ExposedCredential(CredentialKind.CLIENT_SECRET, TargetKind.SERVICE_PRINCIPAL, "h", "k", "abc", "", "")
    one = _disabled(1, replace(a_target(1), exposed=(leaked,)))
    plan = await _undo([(one, _verified(one, 1, ON, OFF))], _tenant((1, False)), ended=False)
    (change,) = plan.changes
    assert "gets in again" in change.warnings[-1]
    assert change.phase is Phase.RESTORE
    assert "azremediate resume" in plan.warnings[-1]
