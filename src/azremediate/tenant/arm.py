"""Reads role assignments, eligible ones and role definitions from Azure Resource Manager."""

import re
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Final

from azure.core.exceptions import AzureError

from azremediate.core.clock import Clock
from azremediate.core.errors import AzremediateError, RequestRefused, ServiceFailing
from azremediate.core.json_value import JsonObject
from azremediate.core.storage_account import API_VERSION, StorageKey
from azremediate.tenant.answers import Answer, read_error
from azremediate.tenant.arm_pipeline import ArmPipeline, is_place
from azremediate.tenant.azure_errors import read_failure, retry_after_of
from azremediate.tenant.bodies import Unreadable, parse_object
from azremediate.tenant.graph import error_code
from azremediate.tenant.retry import ReadRetry, retry_after
from azremediate.tenant.storage_keys import keys_in

_ID: Final = re.compile(r"[0-9A-Fa-f-]{36}")
_MAX_PAGES: Final = 10_000
_BROKEN: Final = (AzureError, TimeoutError, ValueError, TypeError, KeyError, AttributeError)


class ArmReader:
    """The reads of `core.ports.AzureReader`."""

    def __init__(self, pipeline: ArmPipeline, retry: ReadRetry, clock: Clock) -> None:
        self._pipeline = pipeline
        self._retry = retry
        self._clock = clock

    @property
    def subscriptions(self) -> Sequence[str]:
        """Ids of the subscriptions that the configuration names."""
        return self._pipeline.subscriptions

    async def role_assignments_of(self, scope: str, principal_id: str) -> Sequence[JsonObject]:
        """Role assignments of one principal; see `AzureReader.role_assignments_of`."""
        if not _ID.fullmatch(principal_id):
            raise RequestRefused("the id of a principal is not usable; nothing was sent")
        wanted = f"principalId eq '{principal_id}'"
        return await self._list(
            scope,
            "role assignments",
            lambda client: client.role_assignments.list_for_scope(scope[1:], filter=wanted),
        )

    async def role_assignments(self, scope: str) -> Sequence[JsonObject]:
        """Role assignments at and above a scope, as ARM shows them."""
        return await self._list(
            scope,
            "role assignments",
            lambda client: client.role_assignments.list_for_scope(scope[1:], filter="atScope()"),
        )

    async def role_eligibilities(self, scope: str) -> Sequence[JsonObject]:
        """Eligible role assignments at and above a scope, as ARM shows them."""
        return await self._list(
            scope,
            "eligible role assignments",
            lambda client: client.role_eligibility_schedule_instances.list_for_scope(scope[1:], filter="atScope()"),
        )

    async def role_definitions(self, scope: str) -> Sequence[JsonObject]:
        """Role definitions available at a scope, as ARM shows them."""
        return await self._list(scope, "role definitions", lambda client: client.role_definitions.list(scope[1:]))

    async def get(self, path: str, api_version: str) -> JsonObject:
        """One resource by its id; see `AzureReader.get`."""
        return await self._asked("GET", path, api_version)

    async def storage_keys(self, account: str) -> Sequence[StorageKey]:
        """The keys of a storage account with their values; see `AzureReader.storage_keys`.

        A POST that changes nothing: Azure asks for one because the answer holds secrets.
        """
        return keys_in(await self._asked("POST", f"{account}/listKeys", API_VERSION))

    async def _asked(self, method: str, path: str, api_version: str) -> JsonObject:
        url = self._pipeline.url_of(path, api_version)
        what = f"{method} {path}"

        async def attempt() -> JsonObject:
            problem: AzremediateError
            try:
                return self._body_of(await self._pipeline.send(method, url), what)
            except Unreadable as error:
                problem = ServiceFailing(f"{what}: {error}")
            except _BROKEN as error:
                problem = read_failure(error, what)
            raise problem

        return await self._retry.run(attempt)

    def _body_of(self, answer: Answer, what: str) -> JsonObject:
        if answer.status == 200:
            return parse_object(answer.body, answer.content_type)
        asked = retry_after(answer.headers.get("retry-after"), self._clock.now())
        error = read_error(answer.status, error_code(answer), answer.request_id, what, asked)
        raise error or ServiceFailing(f"{what}: unexpected status {answer.status}", status=answer.status)

    async def _list(self, scope: str, noun: str, start: Callable[[Any], Any]) -> Sequence[JsonObject]:
        if not is_place(scope):
            raise RequestRefused(f"the scope of {noun} is not usable; nothing was sent")
        what = f"{noun} at {scope}"

        async def attempt() -> Sequence[JsonObject]:
            problem: AzremediateError
            try:
                async with self._pipeline.authorization() as client:
                    return [item async for item in _rows(start(client))]
            except _BROKEN as error:
                problem = read_failure(error, what, retry_after(retry_after_of(error), self._clock.now()))
            raise problem

        return await self._retry.run(attempt)


async def _rows(listing: Any) -> AsyncIterator[JsonObject]:
    count = 0
    async for page in listing.by_page():
        count += 1
        if count > _MAX_PAGES:
            raise ServiceFailing("Azure Resource Manager's list does not end")
        async for model in page:
            yield model.serialize(keep_readonly=True)
