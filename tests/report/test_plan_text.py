"""A plan as a person reads it: nothing that matters is missing."""

from dataclasses import replace

import pytest

from azremediate.core.cloud import Environment
from azremediate.core.plan import Plan
from azremediate.report.plan_text import plan_text
from tests.core.plans import a_change, a_plan, a_target
from tests.report.hostile import hostile_plan


def test_a_small_plan_is_this_text() -> None:
    """The whole page, so that a change of it is seen."""
    plan = replace(a_plan(a_change(1)), plan_id="0123456789abcdef")
    change_id = plan.changes[0].change_id[:8]
    expected = f"""\
LAB (simulated tenant): Contoso (contoso.onmicrosoft.com), tenant 11111111-2222-4333-8444-555555555555, custom cloud
Plan 0123456789ab  playbook respond v1  made 2024-04-09 17:00 UTC  usable until 2024-04-09 21:00 UTC

1. CONTAIN: cut the attacker off (1 change)

  payroll-1   servicePrincipal  appId bbbbbbbb-0000-4000-8000-000000000001  id aaaaaaaa-0000-4000-8000-000000000001
  ~ disable_service_principal: disable sign-in  [{change_id}]
      accountEnabled: yes -> no
      undo  reversible: enable it again

Guards:

Plan: 1 change on 1 identity, 0 cannot be undone; 0 sent to the tenant

Next:  azremediate apply "my plan.json"
       azremediate show "my plan.json\""""
    assert plan_text(plan, plan_file="my plan.json") == expected


def test_a_live_tenant_cannot_be_mistaken() -> None:
    """The first word of the page says whether this is for real."""
    plan = a_plan(a_change(1))
    live = replace(plan, origin=replace(plan.origin, environment=Environment.LIVE))
    assert plan_text(live).startswith("LIVE TENANT: Contoso")
    assert plan_text(plan).startswith("LAB")


def test_no_changes_are_said() -> None:
    """An empty plan is a result, and needs no next command."""
    text = plan_text(a_plan(), plan_file="a.json")
    assert "\nNo changes.\n" in text
    assert "Next:" not in text


@pytest.mark.parametrize(
    "said",
    [
        "CANNOT BE UNDONE: 1",
        "Plan: 2 changes on 1 identity, 1 cannot be undone; 0 sent to the tenant",
        "THIS PLAN MAY NOT BE APPLIED",
        "5 rows = 3 used + 1 merged + 1 rejected",
        "5 listed credentials: 1 gets changes, 1 needs nothing, 1 left out, 1 not matched, 1 needs a person",
        "Refused by guards, left out (1):",
        "Could not be done or looked at, left out (1):",
        "Nothing to do (1):",
        "Not matched with one object of the tenant (1):",
        "candidate: b",
        "Rejected rows (1):",
        "For a person (2):",
        "REFUSED max-changes",
        "REFUSED protected: 1 target",
        "ok      own-identity: 3 targets passed",
        "undo  IRREVERSIBLE",
        "2. ROTATE",
    ],
)
def test_nothing_is_left_out(said: str) -> None:
    """Every part of a plan has its place on the page."""
    assert said in plan_text(hostile_plan())


def test_an_unusable_plan_has_no_next_command() -> None:
    """Nobody is sent to apply what a guard refuses."""
    assert "azremediate apply" not in plan_text(hostile_plan(), plan_file="a.json")
    assert "azremediate apply" in plan_text(hostile_plan(applicable=True), plan_file="a.json")


def test_changes_of_one_identity_stand_together() -> None:
    """The target is named once for both of its changes."""
    target = a_target(1)
    plan: Plan = a_plan(a_change(1, target=target), a_change(2, target=target, action="revoke_sessions"))
    assert plan_text(plan).count(f"id {target.id}") == 1
