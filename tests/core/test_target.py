"""One identity is known under all its ids and can be seen as each object it has."""

import pytest

from azremediate.core.credential import Confidence
from azremediate.core.target import Selected, TargetKind
from tests.core.plans import a_target
from tests.core.survey import a_row

APPLICATION = a_target(
    1, TargetKind.APPLICATION, id="App-Object", application_id="App-Object", service_principal_id="SP-Object"
)


def test_ids_are_all_of_them_in_lower_case() -> None:
    """Guards compare with each; an empty id is none."""
    assert APPLICATION.ids == {"app-object", "sp-object", APPLICATION.app_id}
    assert "" not in a_target(2, app_id="").ids


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ((TargetKind.APPLICATION,), "App-Object"),
        ((TargetKind.SERVICE_PRINCIPAL,), "SP-Object"),
        ((TargetKind.APPLICATION, TargetKind.SERVICE_PRINCIPAL), "App-Object"),
        ((TargetKind.SERVICE_PRINCIPAL, TargetKind.APPLICATION), "App-Object"),
        ((TargetKind.USER,), None),
    ],
    ids=str,
)
def test_seen_as(kinds: tuple[TargetKind, ...], expected: str | None) -> None:
    """Its own kind first, else the object that it has; none is none."""
    seen = APPLICATION.seen_as(kinds)
    assert (seen.id if seen else None) == expected
    assert seen is None or seen.kind in kinds
    assert seen is None or seen.ids == APPLICATION.ids


def test_a_service_principal_is_seen_as_its_application() -> None:
    """And one whose application lives elsewhere is not."""
    local = a_target(3, application_id="app")
    seen = local.seen_as((TargetKind.APPLICATION,))
    assert seen is not None
    assert (seen.id, seen.kind) == ("app", TargetKind.APPLICATION)
    assert a_target(3).seen_as((TargetKind.APPLICATION,)) is None


@pytest.mark.parametrize(
    ("confidences", "expected"),
    [
        ((), None),
        ((Confidence.SUSPECTED,), Confidence.SUSPECTED),
        ((Confidence.SUSPECTED, Confidence.KNOWN), Confidence.KNOWN),
    ],
)
def test_the_highest_confidence_counts(confidences: tuple[Confidence, ...], expected: Confidence | None) -> None:
    """One row that knows is enough."""
    rows = tuple(a_row(line, confidence=one) for line, one in enumerate(confidences))
    assert Selected(APPLICATION, rows).confidence is expected
