"""Many reads in few requests: Graph's $batch, with each step's own answer, refusal and Retry-After."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
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


_LINGER: Final = 0.001
"""Seconds that an envelope with room waits for more reads: far less than a round trip, and everybody asks at once."""


@dataclass(eq=False, slots=True)
class _Asked:
    """A read that somebody waits for; `tried` counts the envelopes that carried it."""

    read: Read
    answer: asyncio.Future[Result]
    tried: int = 0


class Batcher:
    """Sends reads in envelopes of at most twenty, which whoever reads at the same time share.

    What the service throttles or fails to do is sent again later. Reads of the workloads with a quota of a few requests
    go one by one: in an envelope they would refuse each other.
    """

    def __init__(self, sender: Sender, attempts: int) -> None:
        self._sender = sender
        self._attempts = attempts
        self._waiting: dict[Version, list[_Asked]] = {version: [] for version in Version}
        self._timers: dict[Version, asyncio.TimerHandle] = {}
        self._under_way: set[asyncio.Task[None]] = set()

    async def read(self, reads: Sequence[Read]) -> list[Result]:
        """For each read, in order, the answer's body or what went wrong; raises `SignInFailed` only."""
        results: list[Result] = [ServiceFailing("the service gave no answer")] * len(reads)
        asked: dict[int, _Asked] = {}
        single: list[int] = []
        for index, read in enumerate(reads):
            try:
                relative_url(read)
            except TenantError as error:
                results[index] = error
                continue
            if workload_of(read.path) is Workload.DIRECTORY:
                asked[index] = _Asked(read, asyncio.get_running_loop().create_future())
            else:
                single.append(index)
        self._ask(asked.values())

        async def alone(index: int) -> None:
            results[index] = await _kept(lambda: self._sender.get(reads[index]))

        try:
            async with asyncio.TaskGroup() as group:
                for index in single:
                    group.create_task(alone(index))
            for index, one in asked.items():
                results[index] = await one.answer
        finally:
            for one in asked.values():
                one.answer.cancel()
        for result in results:
            if isinstance(result, SignInFailed):
                raise result
        return results

    def _ask(self, asked: Iterable[_Asked]) -> None:
        """Put reads into the envelopes that leave next: a full one at once, one with room in a moment."""
        for one in asked:
            version = one.read.version
            waiting = self._waiting[version]
            waiting.append(one)
            if len(waiting) == MAX_STEPS:
                self._leave(version)
            elif version not in self._timers:
                loop = asyncio.get_running_loop()
                self._timers[version] = loop.call_later(_LINGER, self._leave, version)

    def _leave(self, version: Version) -> None:
        if timer := self._timers.pop(version, None):
            timer.cancel()
        # whoever stopped waiting, because its change was stopped, needs no answer any more
        ready = [one for one in self._waiting[version] if not one.answer.done()]
        self._waiting[version] = []
        if ready:
            task = asyncio.get_running_loop().create_task(self._envelope(ready))
            self._under_way.add(task)
            task.add_done_callback(partial(self._ended, ready))

    def _ended(self, asked: Sequence[_Asked], task: asyncio.Task[None]) -> None:
        """Whatever ended an envelope, nobody waits for it for ever."""
        self._under_way.discard(task)
        if task.cancelled():
            for one in asked:
                one.answer.cancel()
        elif (error := task.exception()) is not None:
            for one in asked:
                if not one.answer.done():
                    one.answer.set_exception(error)

    async def _envelope(self, asked: Sequence[_Asked]) -> None:
        reads = [one.read for one in asked]
        costs = [cost_of("GET", read.path, read.query) for read in reads]
        body = json.dumps({"requests": [_step(number, read) for number, read in enumerate(reads)]}).encode()
        keys = tuple(collection for cost in costs for collection in cost.keys)
        cost = Cost(Workload.DIRECTORY, sum(cost.units for cost in costs), keys=keys)
        answer = await _kept(lambda: self._sender.post_batch(reads[0].version, body, cost))
        if isinstance(answer, TenantError):
            # an envelope that was tried often enough is not tried again step by step
            final = ServiceFailing(answer.message, status=answer.status) if _again(answer) else answer
            for one in asked:
                _tell(one, final)
            return
        answers = _by_id(answer)
        again: list[_Asked] = []
        longest: float | None = None
        for number, one in enumerate(asked):
            result = self._result(answers.get(str(number)), f"GET {one.read.path}")
            one.tried += 1
            if isinstance(result, Throttled | Passing) and one.tried < self._attempts:
                again.append(one)
                wanted = result.retry_after if isinstance(result, Throttled) else None
                longest = wanted if longest is None else max(longest, wanted or 0.0)
            else:
                _tell(one, result)
        if again:
            await self._sender.hold_back(Workload.DIRECTORY, longest, max(one.tried for one in again))
            self._ask(again)

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


def _tell(asked: _Asked, result: Result) -> None:
    if not asked.answer.done():
        asked.answer.set_result(result)


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
