"""Many reads in few requests: Graph's $batch, with each step's own answer, refusal and Retry-After."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Final, Protocol, TypeAlias

from azremediate.core.errors import (
    AzremediateError,
    FeatureMissing,
    PermissionMissing,
    ServiceFailing,
    SignInFailed,
    TenantError,
    Throttled,
)
from azremediate.core.json_value import Json, JsonObject
from azremediate.core.ports import Read, Version
from azremediate.tenant.addresses import headers_of, relative_url
from azremediate.tenant.answers import Passing, code_of, read_error
from azremediate.tenant.quota import Cost, Workload, cost_of, workload_of

MAX_STEPS: Final = 20

Result: TypeAlias = "JsonObject | TenantError"


class Sender(Protocol):
    """What the batcher needs of the reader."""

    async def get(self, read: Read) -> JsonObject:
        """One read on its own."""
        ...

    async def post_batch(self, version: Version, body: bytes, cost: Cost) -> JsonObject:
        """The answer to one envelope; raises like `get`."""
        ...

    def seconds_asked(self, header: str | None) -> float | None:
        """What a Retry-After header asks for."""
        ...

    async def hold_back(self, workload: Workload, asked: float | None, attempt: int) -> None:
        """Wait before steps are tried again, and let the workload's other requests wait too."""
        ...


class Batcher:
    """Sends reads in envelopes of at most twenty; what the service throttles or fails to do is sent again later.

    Reads of the workloads with a quota of a few requests go one by one: in an envelope they would refuse each other.
    """

    def __init__(self, sender: Sender, attempts: int) -> None:
        self._sender = sender
        self._attempts = attempts

    async def read(self, reads: Sequence[Read]) -> list[Result]:
        """For each read, in order, the answer's body or what went wrong; raises `SignInFailed` only."""
        results: list[Result] = [ServiceFailing("the service gave no answer")] * len(reads)
        waiting: list[int] = []
        single: list[int] = []
        for index, read in enumerate(reads):
            try:
                relative_url(read)
            except TenantError as error:
                results[index] = error
                continue
            (waiting if workload_of(read.path) is Workload.DIRECTORY else single).append(index)

        async def alone(index: int) -> None:
            results[index] = await _kept(lambda: self._sender.get(reads[index]))

        async with asyncio.TaskGroup() as group:
            for index in single:
                group.create_task(alone(index))
            group.create_task(self._rounds(reads, waiting, results))
        for result in results:
            if isinstance(result, SignInFailed):
                raise result
        return results

    async def _rounds(self, reads: Sequence[Read], waiting: list[int], results: list[Result]) -> None:
        for attempt in range(1, self._attempts + 1):
            async with asyncio.TaskGroup() as group:
                for indexes in _envelopes(reads, waiting):
                    group.create_task(self._envelope(reads, indexes, results))
            waiting = [index for index in waiting if isinstance(results[index], Throttled | Passing)]
            if not waiting or attempt == self._attempts:
                return
            asked = [error.retry_after for index in waiting if isinstance(error := results[index], Throttled)]
            longest = max((seconds for seconds in asked if seconds is not None), default=None)
            await self._sender.hold_back(Workload.DIRECTORY, longest, attempt)

    async def _envelope(self, reads: Sequence[Read], indexes: Sequence[int], results: list[Result]) -> None:
        chosen = [reads[index] for index in indexes]
        costs = [cost_of("GET", read.path, read.query) for read in chosen]
        body = json.dumps({"requests": [_step(number, read) for number, read in enumerate(chosen)]}).encode()
        cost = Cost(Workload.DIRECTORY, sum(cost.units for cost in costs))
        answer = await _kept(lambda: self._sender.post_batch(chosen[0].version, body, cost))
        if isinstance(answer, TenantError):
            # an envelope that was tried often enough is not tried again step by step
            final = ServiceFailing(answer.message, status=answer.status) if _again(answer) else answer
            for index in indexes:
                results[index] = final
            return
        answers = _by_id(answer)
        for number, (index, read) in enumerate(zip(indexes, chosen, strict=True)):
            results[index] = self._result(answers.get(str(number)), f"GET {read.path}")

    def _result(self, step: Mapping[str, Json] | None, what: str) -> Result:
        if step is None:
            return ServiceFailing(f"{what}: the service left this read of a batch unanswered")
        status, body, headers = step.get("status"), step.get("body"), _lowered(step.get("headers"))
        if not isinstance(status, int) or isinstance(status, bool):
            return ServiceFailing(f"{what}: the service's answer in a batch has no status")
        asked = self._sender.seconds_asked(headers.get("retry-after"))
        error = read_error(status, code_of(body), headers.get("request-id", ""), what, asked)
        if error is not None:
            return _as_tenant_error(error)
        if not isinstance(body, Mapping):
            return ServiceFailing(f"{what}: the service's answer in a batch is not a JSON object")
        return body


def _again(error: TenantError) -> bool:
    return isinstance(error, Throttled | Passing)


async def _kept(read: Callable[[], Awaitable[JsonObject]]) -> Result:
    try:
        return await read()
    except (TenantError, FeatureMissing) as error:
        return _as_tenant_error(error)


def _as_tenant_error(error: AzremediateError) -> TenantError:
    """A missing licence as the refusal of one read: the other reads of a batch go on."""
    if isinstance(error, TenantError):
        return error
    return PermissionMissing(error.message, status=403, hint=error.hint)


def _envelopes(reads: Sequence[Read], indexes: Sequence[int]) -> Iterator[list[int]]:
    for version in Version:
        same = [index for index in indexes if reads[index].version is version]
        for start in range(0, len(same), MAX_STEPS):
            yield same[start : start + MAX_STEPS]


def _step(number: int, read: Read) -> JsonObject:
    step: dict[str, Json] = {"id": str(number), "method": "GET", "url": relative_url(read)}
    headers = headers_of(read)
    return step | {"headers": headers} if headers else step


def _by_id(answer: JsonObject) -> dict[str, Mapping[str, Json]]:
    """The steps' answers by id, in whatever order they came; an id that was answered twice counts as unanswered."""
    found: dict[str, Mapping[str, Json]] = {}
    twice: set[str] = set()
    responses = answer.get("responses")
    for step in responses if isinstance(responses, list) else ():
        name = step.get("id") if isinstance(step, Mapping) else None
        if isinstance(step, Mapping) and isinstance(name, str):
            twice |= {name} & found.keys()
            found[name] = step
    return {name: step for name, step in found.items() if name not in twice}


def _lowered(headers: Json) -> dict[str, str]:
    if not isinstance(headers, Mapping):
        return {}
    return {name.lower(): value for name, value in headers.items() if isinstance(value, str)}
