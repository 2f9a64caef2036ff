"""Runs pieces of work at once, and ends with one error where several fail together."""

import asyncio
from collections.abc import Coroutine, Iterable, Iterator
from typing import Any, TypeVar

from azremediate.core.errors import AzremediateError, IntegrityBroken
from azremediate.core.exit_code import most_serious

T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")


async def at_once(work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """The results, in order; the first failure cancels the rest.

    Of several failures `IntegrityBroken` is raised whatever the others are, else the most serious one. A failure that
    is not azremediate's own is a defect that has to be seen: then the whole group is raised.
    """
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one) for one in work]
    except BaseExceptionGroup as failed:
        error = _one_for_all(list(_leaves(failed)))
        if error is None:
            raise
        raise error from None
    return [task.result() for task in tasks]


async def both(first: Coroutine[Any, Any, A], second: Coroutine[Any, Any, B]) -> tuple[A, B]:
    """`at_once` for two pieces of work whose results have types of their own."""
    work: list[Coroutine[Any, Any, Any]] = [first, second]
    one, two = await at_once(work)
    return one, two


async def three(
    first: Coroutine[Any, Any, A], second: Coroutine[Any, Any, B], third: Coroutine[Any, Any, C]
) -> tuple[A, B, C]:
    """`at_once` for three pieces of work whose results have types of their own."""
    work: list[Coroutine[Any, Any, Any]] = [first, second, third]
    one, two, last = await at_once(work)
    return one, two, last


async def together(
    first: Coroutine[Any, Any, A],
    second: Coroutine[Any, Any, B],
    third: Coroutine[Any, Any, C],
    fourth: Coroutine[Any, Any, D],
) -> tuple[A, B, C, D]:
    """`at_once` for four pieces of work whose results have types of their own."""
    work: list[Coroutine[Any, Any, Any]] = [first, second, third, fourth]
    one, two, three, four = await at_once(work)
    return one, two, three, four


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error


def _one_for_all(errors: list[BaseException]) -> AzremediateError | None:
    own = [error for error in errors if isinstance(error, AzremediateError)]
    broken = next((error for error in own if isinstance(error, IntegrityBroken)), None)
    if broken is not None or len(own) < len(errors):
        return broken
    worst = most_serious({error.exit_code for error in own})
    return next(error for error in own if error.exit_code is worst)
