"""The exit code of a run is that of its most serious result."""

from itertools import permutations

import pytest

from azremediate.core.exit_code import ExitCode
from azremediate.core.result import ChangeResult, ChangeStatus, run_exit_code

PERMISSION = ChangeResult("p", ChangeStatus.FAILED, permission_missing=True)


def _result(status: ChangeStatus) -> ChangeResult:
    return ChangeResult(status.value, status)


@pytest.mark.parametrize(
    ("results", "code"),
    [
        ((), 0),
        ((_result(ChangeStatus.VERIFIED), _result(ChangeStatus.SATISFIED)), 0),
        ((_result(ChangeStatus.VERIFIED), _result(ChangeStatus.DRIFTED)), 5),
        ((_result(ChangeStatus.DRIFTED), _result(ChangeStatus.REFUSED)), 4),
        ((_result(ChangeStatus.REFUSED), _result(ChangeStatus.FAILED)), 3),
        ((_result(ChangeStatus.REFUSED), _result(ChangeStatus.UNVERIFIED)), 3),
        ((_result(ChangeStatus.DRIFTED), _result(ChangeStatus.COMPENSATED)), 3),
        ((_result(ChangeStatus.DRIFTED), _result(ChangeStatus.SKIPPED)), 3),
        ((_result(ChangeStatus.FAILED), _result(ChangeStatus.NEEDS_OPERATOR)), 8),
        ((_result(ChangeStatus.VERIFIED), _result(ChangeStatus.NOT_STARTED)), 130),
        ((_result(ChangeStatus.NOT_STARTED), _result(ChangeStatus.NEEDS_OPERATOR)), 8),
        ((_result(ChangeStatus.VERIFIED), PERMISSION), 9),
        ((_result(ChangeStatus.NOT_STARTED), PERMISSION), 9),
        ((_result(ChangeStatus.DRIFTED), PERMISSION), 5),
    ],
    ids=lambda value: "+".join(one.change_id for one in value) if isinstance(value, tuple) else str(value),
)
def test_mixed_results(results: tuple[ChangeResult, ...], code: int) -> None:
    """In any order."""
    assert {int(run_exit_code(order)) for order in permutations(results)} == {code}


def test_done_is_proven_by_reading() -> None:
    """Two endings count as done, and only the endings with which a run continues are not final."""
    assert {status.value for status in ChangeStatus if status.done} == {"verified", "satisfied"}
    assert {status.value for status in ChangeStatus if not status.final} == {"not_started", "stopped", "needs_operator"}
    assert {status for status in ChangeStatus if status.exit_code is ExitCode.DONE} == {
        status for status in ChangeStatus if status.done
    }
