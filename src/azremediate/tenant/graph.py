"""Reads Microsoft Graph: single objects, collections and batches, through quota, retry and error translation."""

import re
from collections.abc import AsyncIterator, Sequence
from typing import Final, TypeVar

from azremediate.core.clock import Clock
from azremediate.core.cloud import Cloud
from azremediate.core.errors import FeatureMissing, ServiceFailing, TenantError
from azremediate.core.json_value import JsonObject
from azremediate.core.ports import Read, Version
from azremediate.tenant.addresses import headers_of, prefix_of, relative_url
from azremediate.tenant.answers import Answer, Passing, Unanswered, Unsent, code_of, not_sent, read_error
from azremediate.tenant.batcher import Batcher
from azremediate.tenant.bodies import Unreadable, parse_object
from azremediate.tenant.clouds import CloudEndpoints
from azremediate.tenant.connection import Connection
from azremediate.tenant.governor import Governor
from azremediate.tenant.pager import follow
from azremediate.tenant.quota import Cost, Workload, cost_of
from azremediate.tenant.retry import ReadRetry, retry_after

Result = TypeVar("Result")

_USAGE_REPORT: Final = re.compile(r"/reports/servicePrincipalSignInActivities\b", re.IGNORECASE)
_STRENGTHS: Final = re.compile(r"/policies/authenticationStrengthPolicies\b", re.IGNORECASE)


class GraphReader:
    """The reads of `core.ports.TenantReader`."""

    def __init__(
        self,
        connection: Connection,
        governor: Governor,
        retry: ReadRetry,
        endpoints: CloudEndpoints,
        cloud: Cloud,
        clock: Clock,
    ) -> None:
        self._connection = connection
        self._governor = governor
        self._retry = retry
        self._endpoints = endpoints
        self._cloud = cloud
        self._clock = clock
        self._batcher = Batcher(self, retry.attempts)

    async def get(self, read: Read) -> JsonObject:
        """One object; see `TenantReader.get`."""
        self._check_feature(read)
        url = prefix_of(self._endpoints.graph, read.version) + relative_url(read)
        return await self._fetch(url, read)

    async def pages(self, read: Read) -> AsyncIterator[Sequence[JsonObject]]:
        """The pages of a collection; see `TenantReader.pages`."""
        self._check_feature(read)
        prefix = prefix_of(self._endpoints.graph, read.version)

        async def fetch(url: str) -> JsonObject:
            return await self._fetch(url, read)

        async for page in follow(fetch, prefix + relative_url(read), prefix):
            yield page

    async def batch(self, reads: Sequence[Read]) -> Sequence[JsonObject | TenantError]:
        """Many reads at once; see `TenantReader.batch`."""
        return await self._batcher.read(reads)

    async def post_batch(self, version: Version, body: bytes, cost: Cost) -> JsonObject:
        """One envelope of reads, for the batcher."""
        url = f"{prefix_of(self._endpoints.graph, version)}/$batch"

        async def attempt() -> JsonObject:
            async with self._governor.reading(cost):
                return await self._read("POST", url, {}, "$batch", cost.workload, body)

        return await self._retry.run(attempt)

    def seconds_asked(self, header: str | None) -> float | None:
        """What a Retry-After header asks for, by the server's clock where it is known."""
        return retry_after(header, self._clock.now() + self._connection.skew)

    async def hold_back(self, workload: Workload, asked: float | None, attempt: int) -> None:
        """Wait before a batch's steps are tried again; a Retry-After holds for the whole workload."""
        if asked is not None:
            self._governor.throttled(workload, asked)
        await self._retry.pause(self._retry.seconds(asked, attempt), "the service asks to wait; reading on afterwards")

    async def _fetch(self, url: str, read: Read) -> JsonObject:
        cost = cost_of("GET", read.path, read.query)

        async def attempt() -> JsonObject:
            async with self._governor.reading(cost):
                return await self._read("GET", url, headers_of(read), read.path, cost.workload)

        return await self._retry.run(attempt)

    async def _read(
        self, method: str, url: str, headers: dict[str, str], path: str, workload: Workload, body: bytes = b""
    ) -> JsonObject:
        what = f"{method} {path}"
        problem: TenantError
        try:
            answer = await self._connection.send(method, url, headers=headers, make_body=lambda: body)
            return self._body_of(answer, what, workload)
        except Unsent as error:
            problem = not_sent(str(error))
        except Unanswered as error:
            problem = Passing(f"{what}: {error}")
        except Unreadable as error:
            problem = ServiceFailing(f"{what}: {error}")
        raise problem

    def _body_of(self, answer: Answer, what: str, workload: Workload) -> JsonObject:
        if answer.status == 200:
            return parse_object(answer.body, answer.content_type)
        asked = self.seconds_asked(answer.headers.get("retry-after"))
        if answer.status == 429 and asked is not None:
            self._governor.throttled(workload, asked)
        error = read_error(answer.status, error_code(answer), answer.request_id, what, asked)
        raise error or ServiceFailing(f"{what}: unexpected status {answer.status}", status=answer.status)

    def _check_feature(self, read: Read) -> None:
        if not self._endpoints.has_usage_report and _USAGE_REPORT.match(read.path):
            raise FeatureMissing(f"the cloud {self._cloud.value} has no report of service principals' sign-ins")
        if not self._endpoints.has_strengths and _STRENGTHS.match(read.path):
            raise FeatureMissing(f"the cloud {self._cloud.value} has no authentication strengths")


def error_code(answer: Answer) -> str:
    """The service's own code in an error answer, empty when there is none that can be read."""
    try:
        return code_of(parse_object(answer.body, answer.content_type))
    except Unreadable:
        return ""
