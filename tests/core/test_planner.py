"""A plan holds each change once and in order, leaves out what it must with a reason, and never guesses."""

from dataclasses import replace

import pytest

from azremediate.core.change import Change, Phase, Skip
from azremediate.core.config import GuardSettings
from azremediate.core.credential import CredentialKind, CredentialList, RejectedRow
from azremediate.core.errors import PermissionMissing, ServiceFailing, SignInFailed
from azremediate.core.guards import BREAK_GLASS_CONFIGURATION
from azremediate.core.observed import State
from azremediate.core.plan import CaseState, Plan, parse_plan, plan_bytes
from azremediate.core.playbook import Selector, Source, Step
from azremediate.core.ports import TenantReader
from azremediate.core.target import Target, TargetKind
from tests.core.plans import TENANT_ID, a_target
from tests.core.stage import FACTS, Params, Toggle
from tests.core.survey import SECRET, Desk, Surveyed, a_row, resolved

CLOSING = Toggle("remove_app_secret", Phase.EVICT, closes=frozenset({SECRET}))
ENABLE = Toggle("enable_service_principal", Phase.RESTORE)


class Enable(Toggle):
    """Due where it is disabled, or will be."""

    def __init__(self) -> None:
        super().__init__("enable_service_principal", Phase.RESTORE)

    def plan(self, target: Target, state: State, params: Params) -> Change | Skip:
        """The opposite of disabling."""
        return super().plan(target, State({**state.facts, "accountEnabled": True}), params)


HARDEN = Toggle("harden", Phase.HARDEN)


async def test_containment_comes_first() -> None:
    """Whatever the playbook's order, changes stand in the order of their phases."""
    actions = (HARDEN, CLOSING, Toggle())
    rows = [resolved(a_row(number), a_target(number)) for number in (1, 2, 3)]
    desk = Desk(Surveyed(rows), actions)
    selectors = {
        "harden": Selector(kind=(CredentialKind.CERTIFICATE,)),
        "remove_app_secret": Selector(kind=(CredentialKind.FEDERATED_CREDENTIAL,)),
    }
    desk.surveyed.found = [
        resolved(a_row(1, kind=CredentialKind.CERTIFICATE), a_target(1)),
        resolved(a_row(2, kind=CredentialKind.FEDERATED_CREDENTIAL), a_target(2)),
        resolved(a_row(3), a_target(3)),
    ]
    plan = await desk.plan(
        Step("harden", selector=selectors["harden"]),
        Step("remove_app_secret", selector=selectors["remove_app_secret"]),
        Step("disable_service_principal", selector=Selector(kind=(SECRET,))),
    )
    assert [change.phase for change in plan.changes] == [Phase.CONTAIN, Phase.EVICT, Phase.HARDEN]
    assert parse_plan(plan_bytes(plan), "p") == plan


async def test_planning_writes_nothing_and_is_repeatable() -> None:
    """The same tenant gives the same plan, and no write is sent."""
    desk = Desk(Surveyed([resolved(a_row(1)), resolved(a_row(2), a_target(2))]))
    first, second = await desk.plan("disable_service_principal"), await desk.plan("disable_service_principal")
    assert first.plan_id == second.plan_id
    assert desk.tenant.writes == []


async def test_rows_of_one_identity_are_one_change_with_their_evidence() -> None:
    """It says which rows named the target."""
    desk = Desk(Surveyed([resolved(a_row(4), note="two secrets fit"), resolved(a_row(2))]))
    plan = await desk.plan("disable_service_principal")
    (change,) = plan.changes
    assert change.evidence == ("listed in row 2, 4", "two secrets fit")


async def test_the_same_change_from_two_steps_is_made_once_and_closes_both_cases() -> None:
    """A change that two steps ask for stands once in the plan, with the evidence and the cases of both."""

    class Stubborn(Toggle):
        """Plans from what it was told to see, like an action whose facts do not change by its own doing."""

        def plan(self, target: Target, state: State, params: Params) -> Change | Skip:
            return super().plan(target, State({**state.facts, "accountEnabled": True}), params)

    action = Stubborn("remove_app_secret", Phase.EVICT, closes=frozenset({SECRET, CredentialKind.CERTIFICATE}))
    rows = [resolved(a_row(1)), resolved(a_row(2, kind=CredentialKind.CERTIFICATE))]
    plan = await Desk(Surveyed(rows), (action,)).plan(
        Step("remove_app_secret", selector=Selector(kind=(SECRET,))),
        Step("remove_app_secret", selector=Selector(kind=(CredentialKind.CERTIFICATE,))),
    )
    (change,) = plan.changes
    assert change.evidence == ("listed in row 1", "listed in row 2")
    assert [case.state for case in plan.cases] == [CaseState.CHANGES] * 2
    assert [case.change_ids for case in plan.cases] == [(change.change_id,)] * 2


async def test_a_later_step_sees_what_an_earlier_one_will_have_done() -> None:
    """Also when the first looks at the service principal and the second at the application of the same identity."""
    target = a_target(service_principal_id=a_target().id)
    plan = await Desk(Surveyed([resolved(a_row(1), target)]), (Toggle(), HARDEN)).plan(
        "disable_service_principal", "harden"
    )
    assert [change.action for change in plan.changes] == ["disable_service_principal"]
    assert [skip.reason for skip in plan.skips] == ["it is disabled already"]

    class OfApplication(Toggle):
        """Reads the service principal of an application."""

        async def observe(self, target: Target, tenant: TenantReader) -> State:
            return State({"accountEnabled": True})

    application = a_target(
        7, TargetKind.APPLICATION, application_id=a_target(7).id, service_principal_id=a_target(1).id
    )
    later = OfApplication("harden", Phase.HARDEN, targets=(TargetKind.APPLICATION,))
    plan = await Desk(Surveyed([resolved(a_row(1), application)]), (Toggle(), later)).plan(
        "disable_service_principal", "harden"
    )
    assert [change.action for change in plan.changes] == ["disable_service_principal"]


async def test_restoring_waits_for_what_comes_before_it_on_the_same_identity() -> None:
    """And for nothing of another identity."""

    class Restore(Toggle):
        """Always due."""

        def plan(self, target: Target, state: State, params: Params) -> Change | Skip:
            return super().plan(target, State({**state.facts, "accountEnabled": True}), params)

    rows = [resolved(a_row(1)), resolved(a_row(2), a_target(2))]
    plan = await Desk(Surveyed(rows), (CLOSING, Restore("enable_service_principal", Phase.RESTORE))).plan(
        "remove_app_secret", "enable_service_principal"
    )
    before, after = plan.changes[:2], plan.changes[2:]
    assert [change.depends_on for change in after] == [(change.change_id,) for change in before]


@pytest.mark.parametrize(
    ("skip", "restored"),
    [(Skip("nowhere to store", done=False), False), (Skip("it has no secret", done=True), True)],
    ids=["not done", "nothing to do"],
)
async def test_nothing_is_let_in_again_with_its_exposed_secret(skip: Skip, restored: bool) -> None:
    """Where the rotation had to be left out, what follows it is left out too."""
    rotate = Toggle("rotate_app_secret", Phase.ROTATE, skip=skip)
    plan = await Desk(Surveyed([resolved(a_row(1))]), (rotate, ENABLE)).plan(
        "rotate_app_secret", "enable_service_principal"
    )
    assert [change.action for change in plan.changes] == (["enable_service_principal"] if restored else [])
    if not restored:
        assert "rotate_app_secret is left out: nowhere to store" in [one.reason for one in plan.skips][1]


async def test_what_was_stopped_before_the_plan_stays_so() -> None:
    """Containing and letting in again in one plan lets nothing in that somebody had stopped before."""
    desk = Desk(Surveyed([resolved(a_row(1)), resolved(a_row(2), a_target(2))]), (Toggle(), Enable()))
    desk.tenant.find(f"/servicePrincipals/{a_target(1).id}")["accountEnabled"] = False
    plan = await desk.plan("disable_service_principal", "enable_service_principal")
    assert [(change.action, change.target.id) for change in plan.changes] == [
        ("disable_service_principal", a_target(2).id),
        ("enable_service_principal", a_target(2).id),
    ]
    assert [one.done for one in plan.skips] == [True, True]
    assert "stopped before this plan" in plan.skips[1].reason


async def test_a_guard_leaves_out_its_target_and_the_rest_stands() -> None:
    """It is listed as refused with the reason, and it is not even read."""
    action = Toggle()
    rows = [resolved(a_row(1)), resolved(a_row(2), a_target(2))]
    plan = await Desk(Surveyed(rows), (action,), GuardSettings(protected=(a_target(1).id,))).plan(
        "disable_service_principal"
    )
    assert [change.target.id for change in plan.changes] == [a_target(2).id]
    assert [one.target.id for one in plan.refused] == [a_target(1).id]
    assert plan.applicable
    assert plan.skips == ()
    assert set(action.seen) == {a_target(2).id}


@pytest.mark.parametrize(
    ("guards", "population"),
    [(GuardSettings(max_changes=1), 100), (GuardSettings(max_percent=10), 10), (GuardSettings(), 0)],
    ids=["number", "percent", "population not known"],
)
async def test_a_plan_wide_guard_makes_it_inapplicable(guards: GuardSettings, population: int) -> None:
    """The plan is written with its changes, and may not be applied."""
    facts = replace(FACTS, population={TargetKind.SERVICE_PRINCIPAL: population} if population else {})
    rows = [resolved(a_row(number), a_target(number)) for number in (1, 2)]
    plan = await Desk(Surveyed(rows), guards=guards, facts=facts).plan("disable_service_principal")
    assert not plan.applicable
    assert len(plan.changes) == 2
    assert any(not verdict.passed and not verdict.target_id for verdict in plan.guards)


async def test_missing_emergency_accounts_make_it_inapplicable() -> None:
    """A change of how everybody signs in needs two of them."""
    tenant_wide = Toggle("policy", Phase.HARDEN, targets=(TargetKind.TENANT,))
    plan = await Desk(Surveyed(), (tenant_wide,)).plan(Step("policy", Source.TENANT), given=None)
    assert not plan.applicable
    assert [one.target.id for one in plan.refused] == [TENANT_ID]
    assert BREAK_GLASS_CONFIGURATION in {verdict.guard for verdict in plan.guards if not verdict.passed}
    assert plan.input is None


async def test_could_not_look_is_not_nothing_to_do() -> None:
    """A target that cannot be read is left out with the reason and stays open."""
    desk = Desk(Surveyed([resolved(a_row(1)), resolved(a_row(2), a_target(2))]), (CLOSING,))
    desk.tenant.failing[f"/servicePrincipals/{a_target(1).id}"] = ServiceFailing("the service failed with 503")
    plan = await desk.plan("remove_app_secret")
    assert [(one.reason, one.done) for one in plan.skips] == [("could not look: the service failed with 503", False)]
    assert [case.state for case in plan.cases] == [CaseState.LEFT_OUT, CaseState.CHANGES]


async def test_an_answer_that_makes_no_sense_is_could_not_look_too() -> None:
    """One malformed object does not take the whole plan with it."""

    class Puzzled(Toggle):
        """Finds a number where a text belongs."""

        def plan(self, target: Target, state: State, params: Params) -> Change | Skip:
            raise ServiceFailing("the answer's name is not a string")

    plan = await Desk(Surveyed([resolved(a_row(1))]), (Puzzled(closes=frozenset({SECRET})),)).plan(
        "disable_service_principal"
    )
    assert [case.state for case in plan.cases] == [CaseState.LEFT_OUT]
    assert plan.changes == ()


@pytest.mark.parametrize("error", [PermissionMissing("no", status=403), SignInFailed("no")])
async def test_a_missing_permission_stops_planning(error: Exception) -> None:
    """No plan is made of a part; the error is the permission's own, however many targets met it."""
    desk = Desk(Surveyed([resolved(a_row(number), a_target(number)) for number in (1, 2, 3)]))
    desk.tenant.failing.update({f"/servicePrincipals/{a_target(number).id}": error for number in (1, 2)})
    with pytest.raises(type(error)):
        await desk.plan("disable_service_principal")


async def test_a_target_without_the_kind_of_object_is_left_out() -> None:
    """An application without a service principal cannot be disabled, and the case stays open."""
    application = a_target(1, TargetKind.APPLICATION, application_id=a_target(1).id)
    plan = await Desk(Surveyed([resolved(a_row(1), application)])).plan("disable_service_principal")
    assert [(one.reason, one.done) for one in plan.skips] == [("it has no servicePrincipal in this tenant", False)]


async def test_rows_are_counted() -> None:
    """Rows in are used, merged or rejected; warnings and gaps are told once."""
    given = CredentialList("list.csv", "0" * 64, 5, (a_row(2),), 1, (RejectedRow(3, "x"),) * 2, ("w", "w"))
    facts = replace(FACTS, gaps=("g",))
    plan: Plan = await Desk(Surveyed([resolved(a_row(2))]), facts=facts).plan("disable_service_principal", given=given)
    assert plan.input is not None
    assert (plan.input.rows, plan.input.used, plan.input.merged, len(plan.input.rejected)) == (5, 2, 1, 2)
    assert plan.warnings == ("w", "g")
