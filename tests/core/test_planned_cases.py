"""Every row of a list ends in exactly one case, and none counts as closed that is not."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azremediate.core.action import Action
from azremediate.core.change import Change, Phase, Skip
from azremediate.core.credential import CompromisedCredential, CredentialKind, CredentialList
from azremediate.core.errors import ServiceFailing
from azremediate.core.plan import CaseState, LeftOut
from azremediate.core.planned_cases import Planned, cases_of, manual_tasks_of
from azremediate.core.selection import Selection
from azremediate.core.target import Resolved, Selected, Unresolvable, Unresolved
from tests.core.plans import NOW, a_change, a_target
from tests.core.stage import Toggle
from tests.core.survey import SECRET, Desk, Surveyed, a_row, resolved

CHANGE = a_change(action="close")
ACTIONS: dict[str, Action] = {
    "close": Toggle("close", Phase.EVICT, closes=frozenset({SECRET})),
    "touch": Toggle("touch"),
}
DONE = LeftOut("close", a_target(), "it has none", done=True)
NOT_DONE = LeftOut("close", a_target(), "could not look", done=False)


def _state(outcomes: Sequence[tuple[str, Change | LeftOut]], kind: CredentialKind = SECRET) -> tuple[CaseState, str]:
    row = a_row(1, kind=kind)
    selected = Selected(a_target(), (row,))
    planned = [Planned(selected, action, outcome, ()) for action, outcome in outcomes]
    selection = Selection(Surveyed().survey, (resolved(row),), (), ())
    (case,) = cases_of(selection, planned, ACTIONS, "respond")
    return case.state, case.reason


@pytest.mark.parametrize(
    ("outcomes", "state", "reason"),
    [
        ([("close", CHANGE)], CaseState.CHANGES, ""),
        ([("close", DONE)], CaseState.NOTHING_TO_DO, "it has none"),
        ([("close", NOT_DONE)], CaseState.LEFT_OUT, "could not look"),
        ([("close", DONE), ("close", NOT_DONE)], CaseState.LEFT_OUT, "could not look"),
        ([("close", NOT_DONE), ("close", CHANGE)], CaseState.CHANGES, ""),
        ([("touch", CHANGE), ("close", NOT_DONE)], CaseState.LEFT_OUT, "could not look"),
        ([("touch", CHANGE)], CaseState.MANUAL, "no step of respond closes it"),
        ([("touch", DONE)], CaseState.MANUAL, "no step of respond closes it"),
        ([], CaseState.MANUAL, "no step of respond closes it"),
    ],
    ids=["change", "done", "not done", "worst", "closed by another", "touched only", "touch", "touch done", "none"],
)
def test_state(outcomes: list[tuple[str, Change | LeftOut]], state: CaseState, reason: str) -> None:
    """Only a change that closes this kind of credential closes the case; what could not be looked at stays open."""
    found, said = _state(outcomes)
    assert (found, said.startswith(reason)) == (state, True)


def test_an_action_closes_its_own_kinds_only() -> None:
    """Rotating a secret does nothing about a certificate of the same application."""
    assert _state([("close", CHANGE)], CredentialKind.CERTIFICATE)[0] is CaseState.MANUAL


@pytest.mark.parametrize("kind", list(CredentialKind))
def test_every_kind_has_its_manual_task(kind: CredentialKind) -> None:
    """Whatever no action closes is told to a person in words."""
    row = a_row(7, kind=kind)
    selection = Selection(Surveyed().survey, (), (), (row,))
    cases = cases_of(selection, [], ACTIONS, "respond")
    (task,) = manual_tasks_of(cases, NOW)
    assert (task.kind, task.lines, task.identity) == (kind.value, (7,), "payroll")
    assert task.task
    assert (task.owner, task.due) == ("", "2024-04-09T17:00:00.000Z")


_KINDS = st.sampled_from(list(CredentialKind))
_FATES = st.sampled_from(["resolved", "unresolved"])


@given(st.lists(st.tuples(_KINDS, _FATES, st.integers(1, 4)), max_size=12), st.sampled_from(["good", "down", "skip"]))
@settings(max_examples=100, deadline=None)
async def test_rows_in_are_cases_out(rows: list[tuple[CredentialKind, str, int]], tenant: str) -> None:
    """Each row is in exactly one case, whatever kind it is, whoever is behind it and however the tenant answers."""
    found: list[Resolved | Unresolved] = []
    credentials = []
    for line, (kind, fate, number) in enumerate(rows, 1):
        row = a_row(line, f"identity-{number}", kind)
        credentials.append(row)
        if kind is CredentialKind.OTHER:
            continue
        if fate == "resolved":
            found.append(resolved(row, a_target(number)))
        else:
            found.append(Unresolved(row, Unresolvable.NOT_FOUND, "gone"))
    skip = Skip("nothing", done=True) if tenant == "skip" else None
    actions = (Toggle("close", Phase.EVICT, closes=frozenset({SECRET}), skip=skip), Toggle())
    desk = Desk(Surveyed(found), actions)
    if tenant == "down":
        for number in range(1, 5):
            desk.tenant.failing[f"/servicePrincipals/{a_target(number).id}"] = ServiceFailing("down")
    plan = await desk.plan("close", "disable_service_principal", given=_a_list(credentials))
    assert sorted(line for case in plan.cases for line in case.credential.lines) == list(range(1, len(rows) + 1))
    closed = {case.state for case in plan.cases if case.credential.kind is SECRET and case.target_id}
    expected = {"good": CaseState.CHANGES, "down": CaseState.LEFT_OUT, "skip": CaseState.NOTHING_TO_DO}[tenant]
    assert closed <= {expected}
    others = [case for case in plan.cases if case.credential.kind is not SECRET]
    assert all(case.state in (CaseState.MANUAL, CaseState.UNRESOLVED) for case in others)


def _a_list(rows: Sequence[CompromisedCredential]) -> CredentialList:
    return CredentialList("list.csv", "0" * 64, len(rows), tuple(rows), 0, ())
