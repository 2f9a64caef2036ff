"""Work at once ends with one error, the one that matters most."""

import asyncio

import pytest

from azremediate.core.concurrency import at_once
from azremediate.core.errors import (
    AzremediateError,
    GuardRefused,
    IntegrityBroken,
    OutcomeUnresolved,
    PermissionMissing,
    ServiceFailing,
)
from tests.fakes import Crash


async def _fails(error: BaseException) -> int:
    await asyncio.sleep(0)
    raise error


async def _gives(value: int) -> int:
    await asyncio.sleep(0)
    return value


async def test_results_are_in_order() -> None:
    """Whatever ends first."""
    assert await at_once(_gives(value) for value in (3, 1, 2)) == [3, 1, 2]
    assert await at_once(_gives(value) for value in range(0)) == []


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ((ServiceFailing("a"),), "a"),
        ((PermissionMissing("a"), PermissionMissing("b")), "a"),
        ((PermissionMissing("a"), GuardRefused("b")), "b"),
        ((GuardRefused("a"), OutcomeUnresolved("b"), ServiceFailing("c")), "b"),
        ((OutcomeUnresolved("a"), IntegrityBroken("b")), "b"),
        ((KeyError("a defect"), IntegrityBroken("b")), "b"),
        ((ExceptionGroup("inner", [GuardRefused("a"), IntegrityBroken("b")]), KeyError("a defect")), "b"),
        ((ServiceFailing("a"), ExceptionGroup("inner", [GuardRefused("b")])), "b"),
    ],
    ids=[
        "one",
        "several of one kind",
        "more serious",
        "most serious",
        "integrity",
        "beside a defect",
        "nested",
        "flat",
    ],
)
async def test_one_error_for_all(errors: tuple[Exception, ...], expected: str) -> None:
    """Never a group where every failure can be told; integrity before everything."""
    with pytest.raises(AzremediateError) as raised:
        await at_once(_fails(error) for error in errors)
    assert raised.value.message == expected


async def test_a_defect_is_not_hidden() -> None:
    """A failure that nobody meant comes out with everything that failed beside it."""
    with pytest.raises(ExceptionGroup) as raised:
        await at_once([_fails(KeyError("a defect")), _fails(ServiceFailing("down"))])
    assert {type(error) for error in raised.value.exceptions} == {KeyError, ServiceFailing}


async def test_death_is_not_caught() -> None:
    """What is no exception of a program passes."""
    with pytest.raises(BaseExceptionGroup) as raised:
        await at_once([_fails(Crash())])
    assert raised.group_contains(Crash)


async def test_the_first_failure_stops_the_rest() -> None:
    """Nothing goes on behind the back of the error."""
    ended: list[str] = []
    begun = asyncio.Event()

    async def goes_on() -> int:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise
        return 0

    async def fails() -> int:
        await begun.wait()
        raise ServiceFailing("down")

    with pytest.raises(ServiceFailing):
        await at_once([goes_on(), fails()])
    assert ended == ["cancelled"]


async def test_being_cancelled_is_no_failure() -> None:
    """A second Ctrl-C ends as a cancellation, not as an error of the work."""
    task = asyncio.create_task(at_once([_fails(asyncio.CancelledError()), asyncio.sleep(0, 1)]))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
