"""Who has to approve what, and that nothing but enough approvals of others for exactly this plan counts."""

import base64
from dataclasses import replace
from datetime import timedelta

import pytest

from azremediate.cli.catalog import actions
from azremediate.core.approval import (
    Approval,
    Approver,
    Decision,
    Demand,
    approval_verdict,
    demand_of,
    parse_approver,
    planned_approvals,
)
from azremediate.core.change import Change, Risk, UndoClass
from azremediate.core.config import ApprovalClass, ApprovalSettings
from tests.core.plans import NOW, a_change, a_plan, a_target

PEOPLE = [Approver(name, bytes([number]) * 32) for number, name in enumerate(("alice", "bob", "carol"), 1)]
ALICE, BOB, CAROL = PEOPLE
SETTINGS = ApprovalSettings(
    tuple(ApprovalClass), tuple(f"{one.name} {base64.b64encode(one.public_key).decode()}" for one in PEOPLE)
)
PLAN = a_plan(a_change())
DEMAND = Demand({ApprovalClass.IRREVERSIBLE: 1}, 2)


def _given(approver: Approver, decision: Decision = Decision.APPROVE, *, minutes: float = 10) -> Approval:
    return Approval(PLAN.plan_id, approver.key_id, decision, "", NOW + timedelta(minutes=minutes))


def _verdict(*given: Approval, plan: object = PLAN) -> tuple[bool, str]:
    verdict = approval_verdict(PLAN, DEMAND, SETTINGS, given, NOW + timedelta(hours=1))
    return verdict.passed, verdict.reason


@pytest.mark.parametrize(
    ("change", "classes"),
    [
        (a_change(), set()),
        (replace(a_change(), risk=Risk.PRIVILEGED), {"privileged"}),
        (a_change(target=a_target(7)), {"privileged"}),
        (replace(a_change(), undo_class=UndoClass.IRREVERSIBLE), {"irreversible"}),
        (a_change(action="block_legacy_authentication"), {"conditional-access"}),
        (a_change(action="unknown_here"), {"conditional-access"}),
        (replace(a_change(), params={"order": "evict-first"}), {"evict-first"}),
    ],
    ids=["none", "risk", "administrator", "irreversible", "policy", "unknown action", "evict first"],
)
def test_classes(change: Change, classes: set[str]) -> None:
    """Each kind of change asks for what it is; an action that is not known asks for the most."""
    found = demand_of([change], actions(), SETTINGS, frozenset({a_target(7).id}))
    assert {str(name) for name in found.classes} == classes
    assert found.people == (2 if classes else 0)


def test_removing_first_always_needs_one() -> None:
    """Also where nothing is required."""
    change = replace(a_change(), params={"order": "evict-first"}, undo_class=UndoClass.IRREVERSIBLE)
    assert demand_of([change], actions(), ApprovalSettings(), frozenset()).people == 1
    (verdict,) = planned_approvals([change], actions(), ApprovalSettings(), frozenset())
    assert not verdict.passed
    assert planned_approvals([a_change()], actions(), ApprovalSettings(), frozenset()) == []


def test_two_people() -> None:
    """Two approve; one alone, or one twice, does not do."""
    assert _verdict(_given(ALICE), _given(BOB))[0]
    for given in ([], [_given(ALICE)], [_given(ALICE), _given(ALICE, minutes=20)]):
        passed, reason = _verdict(*given)
        assert not passed
        assert "carol" in reason


@pytest.mark.parametrize(
    "second",
    [
        replace(_given(BOB), plan_id="0" * 64),
        replace(_given(BOB), key_id="f" * 16),
        _given(BOB, minutes=-6),
        _given(BOB, minutes=5 * 60),
        _given(BOB, minutes=70),
    ],
    ids=["another plan", "a stranger", "before the plan", "after its expiry", "from the future"],
)
def test_what_does_not_count(second: Approval) -> None:
    """An approval is good for one plan, in its time, by a configured key."""
    assert not _verdict(_given(ALICE), second)[0]


def test_rejection_stops_it() -> None:
    """Whoever rejects last decides for itself, and one rejection is enough."""
    passed, reason = _verdict(_given(ALICE), _given(BOB), _given(CAROL, Decision.REJECT))
    assert (passed, "carol rejected" in reason) == (False, True)
    assert _verdict(_given(ALICE), _given(BOB, Decision.REJECT, minutes=5), _given(BOB, minutes=9))[0]


def test_maker_of_the_plan_does_not_count() -> None:
    """Two people means two others."""
    own = replace(ALICE, name=PLAN.origin.planner_object_id.upper())
    lines = [f"{one.name} {base64.b64encode(one.public_key).decode()}" for one in (own, BOB)]
    settings = ApprovalSettings(tuple(ApprovalClass), tuple(lines))
    verdict = approval_verdict(PLAN, DEMAND, settings, [_given(ALICE), _given(BOB)], NOW + timedelta(hours=1))
    assert not verdict.passed


@pytest.mark.parametrize("text", ["alice", "alice AAAA", f"alice {'A' * 43}", base64.b64encode(bytes(32)).decode()])
def test_approver_that_is_none(text: str) -> None:
    """A name and 32 bytes."""
    with pytest.raises(ValueError, match="must be a name"):
        parse_approver(text)
