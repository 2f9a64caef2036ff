"""An object counts as changed by others exactly when a fact that the run set is another one now."""

from typing import Any

import pytest

from azremediate.core.aftermath import changed_by_others
from azremediate.core.observed import State
from azremediate.core.result import ChangeResult, ChangeStatus
from tests.core.plans import a_change

ONE = {"id": "1", "state": "enabled"}
OURS = {"id": "2", "state": "report-only"}
KNOWN: dict[str, Any] = {"accountEnabled": False, "type": "Application", "policies": [ONE, OURS]}
BEFORE: dict[str, Any] = {**KNOWN, "accountEnabled": True, "policies": [ONE]}


def _moved(now: dict[str, Any], before: dict[str, Any] | None) -> str:
    result = ChangeResult("c", ChangeStatus.VERIFIED, before=before, after=KNOWN)
    return changed_by_others(a_change(), result, State({**KNOWN, **now}))


@pytest.mark.parametrize(
    ("now", "moved"),
    [
        ({}, ""),
        ({"type": "Legacy"}, ""),
        ({"accountEnabled": True}, "/accountEnabled"),
        ({"policies": [{**ONE, "state": "disabled"}, OURS]}, ""),
        ({"policies": [OURS, ONE, {"id": "3"}]}, ""),
        ({"policies": [ONE, {**OURS, "state": "enabled"}]}, "/policies/2"),
        ({"policies": [ONE]}, "/policies/2"),
        ({"policies": "unreadable"}, "/policies"),
    ],
    ids=["as left", "another fact", "the fact", "another item", "more items", "the item", "item gone", "another form"],
)
def test_only_what_the_run_set_counts(now: dict[str, Any], moved: str) -> None:
    """Facts and items that the run did not touch may change; its own may not."""
    assert _moved(now, BEFORE) == moved


def test_without_a_reading_from_before() -> None:
    """The facts that the change names as its effect count."""
    assert _moved({"accountEnabled": True}, None) == "/accountEnabled"
    assert _moved({"type": "Legacy"}, None) == ""
