"""Reads role assignments, eligible ones and role definitions from Azure Resource Manager, with Azure's own client."""

import re
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Final

from azure.core.exceptions import AzureError
from azure.core.pipeline.transport import AioHttpTransport
from azure.mgmt.authorization.aio import AuthorizationManagementClient

from azremediate.core.clock import Clock
from azremediate.core.errors import AzremediateError, RequestRefused, ServiceFailing
from azremediate.core.json_value import JsonObject
from azremediate.tenant.azure_errors import read_failure, retry_after_of
from azremediate.tenant.clouds import CloudEndpoints
from azremediate.tenant.retry import ReadRetry, retry_after
from azremediate.tenant.same_place import SamePlace
from azremediate.tenant.token_source import TokenSource

_SCOPE: Final = re.compile(r"/(subscriptions|providers)/[A-Za-z0-9._()/-]{1,400}")
_MAX_PAGES: Final = 10_000


class ArmReader:
    """The reads of `core.ports.AzureReader`."""

    def __init__(
        self,
        endpoints: CloudEndpoints,
        tokens: TokenSource,
        transport: AioHttpTransport,
        retry: ReadRetry,
        clock: Clock,
    ) -> None:
        self._endpoints = endpoints
        self._tokens = tokens
        self._transport = transport
        self._retry = retry
        self._clock = clock

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

    async def _list(self, scope: str, noun: str, start: Callable[[Any], Any]) -> Sequence[JsonObject]:
        if not _SCOPE.fullmatch(scope) or ".." in scope:
            raise RequestRefused(f"the scope of {noun} is not usable; nothing was sent")
        what = f"{noun} at {scope}"

        async def attempt() -> Sequence[JsonObject]:
            problem: AzremediateError
            try:
                async with self._client() as client:
                    return [item async for item in _rows(start(client))]
            except (AzureError, ValueError, TypeError, KeyError, AttributeError) as error:
                problem = read_failure(error, what, retry_after(retry_after_of(error), self._clock.now()))
            raise problem

        return await self._retry.run(attempt)

    def _client(self) -> AuthorizationManagementClient:
        scope = self._endpoints.arm_scope
        return AuthorizationManagementClient(
            credential=self._tokens.limited_to(scope),
            subscription_id="",
            base_url=self._endpoints.arm,
            credential_scopes=[scope],
            transport=self._transport,
            retry_total=0,
            permit_redirects=False,
            per_call_policies=[SamePlace(self._endpoints.arm)],
        )


async def _rows(listing: Any) -> AsyncIterator[JsonObject]:
    count = 0
    async for page in listing.by_page():
        count += 1
        if count > _MAX_PAGES:
            raise ServiceFailing("Azure Resource Manager's list does not end")
        async for model in page:
            yield model.serialize(keep_readonly=True)
