"""A step takes the targets that its selector names, each once, and nothing that is not known to be unused."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from azremediate.core.credential import Confidence, CredentialKind
from azremediate.core.errors import InputInvalid
from azremediate.core.events import ignore
from azremediate.core.playbook import Audience, Selector, Source, Step, Usage
from azremediate.core.selection import Selection
from azremediate.core.target import Resolved, Target, TargetKind, Unresolvable, Unresolved
from tests.core.plans import TENANT_ID, a_target
from tests.core.stage import Params, Toggle
from tests.core.survey import SECRET, Surveyed, a_row, exposed, resolved

TENANT = Target(TENANT_ID, TargetKind.TENANT, TENANT_ID, "Contoso")
USER = a_target(9, TargetKind.USER, app_id="")
ROWS = [
    resolved(a_row(1), a_target(1)),
    resolved(a_row(2, kind=CredentialKind.CERTIFICATE), a_target(2)),
    resolved(a_row(3, confidence=Confidence.SUSPECTED), a_target(3)),
    resolved(a_row(4, kind=CredentialKind.SESSION), USER),
]


async def _selected(
    selector: Selector, action: Toggle, found: Sequence[Resolved | Unresolved] = ROWS, **surveyed: object
) -> list[str]:
    survey = Surveyed(found, **surveyed)  # type: ignore[arg-type]  # the fields of Surveyed
    selection = await Selection.of(survey.survey, [one.credential for one in found], ignore)
    source = Source.TENANT if survey.listed else Source.CREDENTIALS
    chosen = await selection.for_step(Step(action.name, source, selector), action, Params(unused_days=30), TENANT)
    assert all(days == (selector.unused_days or 30) for days in survey.asked_days)
    return [one.target.id for one in chosen]


def _ids(*numbers: int) -> list[str]:
    return [a_target(number).id for number in numbers]


async def test_action_on_either_kind_of_identity() -> None:
    """What can be taken from an application and from a user takes the rows of both."""
    both = Toggle(targets=(TargetKind.SERVICE_PRINCIPAL, TargetKind.USER))
    assert await _selected(Selector(), both) == [*_ids(1, 2, 3), USER.id]


async def test_exposure_is_the_earliest_that_a_row_names() -> None:
    """Rows without a time say nothing of it."""
    late, early = datetime(2024, 2, 2, tzinfo=UTC), datetime(2024, 1, 19, tzinfo=UTC)
    rows = [resolved(replace(a_row(line), exposed_at=at), a_target(1)) for line, at in enumerate((late, None, early))]
    selection = await Selection.of(Surveyed(rows).survey, [row.credential for row in rows], ignore)
    (chosen,) = await selection.for_step(Step("x"), Toggle(), Params(), TENANT)
    assert chosen.target.exposed_since == "2024-01-19T00:00:00.000Z"


@pytest.mark.parametrize(
    ("selector", "numbers"),
    [
        (Selector(), (1, 2, 3)),
        (Selector(kind=(SECRET,)), (1, 3)),
        (Selector(kind=(SECRET, CredentialKind.CERTIFICATE)), (1, 2, 3)),
        (Selector(confidence=(Confidence.SUSPECTED,)), (3,)),
        (Selector(kind=(CredentialKind.CERTIFICATE,), confidence=(Confidence.SUSPECTED,)), ()),
    ],
    ids=["all", "kind", "kinds", "confidence", "both"],
)
async def test_selectors(selector: Selector, numbers: tuple[int, ...]) -> None:
    """A selector restricts; without one, every row of the action's kind of object counts."""
    assert await _selected(selector, Toggle()) == _ids(*numbers)


async def test_an_action_takes_its_kinds_of_credential_and_of_object() -> None:
    """A secret is no session, and a user is no application."""
    assert await _selected(Selector(), Toggle(takes=frozenset({SECRET}))) == _ids(1, 3)
    assert await _selected(Selector(), Toggle(targets=(TargetKind.USER,))) == [USER.id]
    assert await _selected(Selector(), Toggle(targets=(TargetKind.TENANT,))) == [TENANT_ID]


async def test_rows_of_one_identity_are_one_target_with_all_that_leaked() -> None:
    """The exposed credentials of its rows are joined, each once, and so are their notes."""
    target = a_target(1)
    rows = [
        resolved(a_row(1), replace(target, exposed=(exposed("k1"), exposed("k2"))), "a"),
        resolved(a_row(2), replace(target, exposed=(exposed("k2"), exposed("k2", "other"))), "b"),
        resolved(a_row(3), target, "a"),
    ]
    selection = await Selection.of(Surveyed(rows).survey, [row.credential for row in rows], ignore)
    (chosen,) = await selection.for_step(Step("x"), Toggle(), Params(), TENANT)
    assert [(item.holder_id, item.key_id) for item in chosen.target.exposed] == [
        ("holder", "k1"),
        ("holder", "k2"),
        ("other", "k2"),
    ]
    assert [credential.lines for credential in chosen.credentials] == [(1,), (2,), (3,)]
    assert chosen.note == "a; b"


@pytest.mark.parametrize("usage", list(Usage))
async def test_unused_means_known_to_be_unused(usage: Usage) -> None:
    """Neither unknown nor exempt nor a missing verdict is ever unused."""
    wanted = Selector(usage=(Usage.UNUSED, Usage.NEVER_USED), unused_days=90)
    found = await _selected(wanted, Toggle(), (), listed=[a_target(1), a_target(2)], usages={a_target(1).app_id: usage})
    assert found == (_ids(1) if usage in (Usage.UNUSED, Usage.NEVER_USED) else [])


async def test_what_has_no_verdict_is_unknown() -> None:
    """A user has no usage either; neither is a defect."""
    found = await _selected(Selector(usage=(Usage.UNKNOWN,)), Toggle(), (), listed=[a_target(1), USER])
    assert found == [a_target(1).id, USER.id]


@pytest.mark.parametrize("days", [0, -1, 3651])
async def test_a_threshold_that_makes_everything_unused_is_refused(days: int) -> None:
    """With 0 days the applications in use now would be disabled."""
    survey = Surveyed(listed=[a_target(1)])
    selection = await Selection.of(survey.survey, (), ignore)
    step = Step("x", Source.TENANT, Selector(usage=(Usage.UNUSED,)))
    with pytest.raises(InputInvalid, match="unused_days"):
        await selection.for_step(step, Toggle(), Params(unused_days=days), TENANT)
    assert survey.asked_days == []


async def test_the_reason_of_the_verdict_is_noted() -> None:
    """A person sees why an application counts as unused."""
    survey = Surveyed([resolved(a_row(1), note="two fit")], usages={a_target(1).app_id: Usage.UNUSED})
    selection = await Selection.of(survey.survey, [a_row(1)], ignore)
    step = Step("x", selector=Selector(usage=(Usage.UNUSED,)))
    (chosen,) = await selection.for_step(step, Toggle(), Params(), TENANT)
    assert chosen.note == "two fit; usage unused: as told"


async def test_kinds_without_an_object_are_not_looked_up() -> None:
    """A credential outside Entra and Azure has nobody behind it; unresolved rows are kept with their reason."""
    lost = Unresolved(a_row(1), Unresolvable.NOT_FOUND, "gone")
    rows = [a_row(1), a_row(2, kind=CredentialKind.OTHER), a_row(3, kind=CredentialKind.OTHER)]
    survey = Surveyed([lost])
    selection = await Selection.of(survey.survey, rows, ignore)
    assert survey.asked_rows == rows[:1]
    assert (selection.resolved, selection.unresolved, selection.outside) == ((), (lost,), tuple(rows[1:]))


async def test_applications_by_audience() -> None:
    """They are looked up as applications, and evidence of use restricts them further."""
    own, foreign = replace(a_target(1), application_id="own"), a_target(2)
    survey = Surveyed(listed=[own, foreign], usages={own.app_id: Usage.UNUSED})
    selection = await Selection.of(survey.survey, (), ignore)
    wide = Selector(audience=(Audience.ANY_TENANT,))
    for selector in (wide, replace(wide, usage=(Usage.UNUSED,))):
        chosen = await selection.for_step(Step("x", Source.TENANT, selector), Toggle(), Params(), TENANT)
        assert [one.target for one in chosen] == [own]
    active = replace(wide, usage=(Usage.ACTIVE,))
    assert not await selection.for_step(Step("x", Source.TENANT, active), Toggle(), Params(), TENANT)
    assert survey.asked_audiences == [(Audience.ANY_TENANT,)] * 3
