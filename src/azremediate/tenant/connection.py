"""Requests to Microsoft Graph through the SDK's request adapter, over one bounded HTTP connection pool."""

import base64
import binascii
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport
from kiota_abstractions.authentication import (
    AccessTokenProvider,
    AllowedHostsValidator,
    BaseBearerTokenAuthenticationProvider,
)
from kiota_abstractions.method import Method
from kiota_abstractions.native_response_handler import NativeResponseHandler
from kiota_abstractions.request_information import RequestInformation
from kiota_http.middleware.options import ResponseHandlerOption
from kiota_http.observability_options import ObservabilityOptions
from msgraph_core import BaseGraphRequestAdapter, GraphClientFactory  # type: ignore[import-untyped]  # no py.typed

from azremediate import __version__
from azremediate.core.clock import Clock
from azremediate.core.config import Config
from azremediate.tenant.answers import Answer, Unsent
from azremediate.tenant.bounded_transport import BoundedTransport
from azremediate.tenant.clouds import CloudEndpoints
from azremediate.tenant.token_source import TokenSource


class _Adapter(BaseGraphRequestAdapter):  # type: ignore[misc]  # the same
    """The SDK's adapter without its own second sending after a 401, which would not be counted."""

    async def retry_cae_response_if_required(
        self, resp: httpx.Response, request_info: RequestInformation, claims: str
    ) -> httpx.Response:
        return resp


class _GraphTokens(AccessTokenProvider):
    """Gives Graph's token to Graph's own origin, nothing to anyone else."""

    def __init__(self, tokens: TokenSource, endpoints: CloudEndpoints) -> None:
        self._tokens = tokens
        self._scope = endpoints.graph_scope
        self._origin = _origin(endpoints.graph)
        self._hosts = AllowedHostsValidator([urlsplit(endpoints.graph).hostname or ""])

    async def get_authorization_token(
        self, uri: str, additional_authentication_context: dict[str, Any] | None = None
    ) -> str:
        if not self._hosts.is_url_host_valid(uri) or _origin(uri) != self._origin:
            raise Unsent("the address is not of the configured Graph")
        return (await self._tokens.token(self._scope)).token

    def get_allowed_hosts_validator(self) -> AllowedHostsValidator:
        return self._hosts


_CHALLENGE = re.compile(r'\bclaims="([A-Za-z0-9+/=_-]{4,4000})"')


def challenged_claims(header: str) -> str:
    """What a challenge of continuous access evaluation asks a new token to have, as JSON; empty for other challenges.

    Source: https://learn.microsoft.com/entra/identity-platform/claims-challenge
    """
    found = _CHALLENGE.search(header)
    if found is None or "insufficient_claims" not in header:
        return ""
    try:
        text = base64.b64decode(found[1].replace("-", "+").replace("_", "/") + "=" * (-len(found[1]) % 4)).decode()
        return text if isinstance(json.loads(text), dict) else ""
    except (binascii.Error, ValueError, RecursionError):
        return ""


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)


class Connection:
    """Sends single requests to Graph and remembers the server's clock.

    After a 401 it gets a new token and sends once more: the refused request surely had no effect.
    """

    def __init__(self, adapter: BaseGraphRequestAdapter, tokens: TokenSource, endpoints: CloudEndpoints, clock: Clock):
        self._adapter = adapter
        self._tokens = tokens
        self._scope = endpoints.graph_scope
        self._clock = clock
        self.base = endpoints.graph
        self._answered: tuple[datetime, datetime, float] | None = None
        self.skew = timedelta()

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        make_body: Callable[[], bytes] | None = None,
        before: Callable[[], None] | None = None,
        client_request_id: str = "",
    ) -> Answer:
        """One request and its answer, whatever its status.

        make_body: called for each sending, so that a body with a secret lives as short as possible. before: called
        once, when the token is there and nothing but the sending is left. Raises `Unsent`, `Unanswered`, `Unreadable`
        or `SignInFailed`.
        """
        await self._tokens.token(self._scope)
        generation = self._tokens.generation(self._scope)
        request_id = client_request_id or str(uuid4())
        if before is not None:
            before()
        answer = await self._once(method, url, headers or {}, make_body, request_id)
        if answer.status == 401:
            claims = challenged_claims(answer.headers.get("www-authenticate", ""))
            await self._tokens.renew(self._scope, generation, claims)
            answer = await self._once(method, url, headers or {}, make_body, request_id)
        return answer

    async def _once(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        make_body: Callable[[], bytes] | None,
        client_request_id: str,
    ) -> Answer:
        request = RequestInformation(Method(method))
        request.url = url
        for name, value in {"client-request-id": client_request_id, **headers}.items():
            request.headers.add(name, value)
        if make_body is not None and (body := make_body()):
            request.headers.add("content-type", "application/json")
            request.content = body
        request.add_request_options([ResponseHandlerOption(NativeResponseHandler())])
        response: Any = await self._adapter.send_primitive_async(request, "bytes", {})
        answer = Answer(response.status_code, dict(response.headers), response.content)
        self._note_time(answer.headers.get("date", ""))
        return answer

    def _note_time(self, date: str) -> None:
        try:
            moment = parsedate_to_datetime(date)
        except (ValueError, IndexError, OverflowError):
            return
        server, now = moment if moment.tzinfo else moment.replace(tzinfo=UTC), self._clock.now()
        self._answered = server, now, self._clock.monotonic()
        self.skew = server - now

    @property
    def server_time(self) -> datetime | None:
        """The time by Graph's clock: its latest answer and what passed since; None before the first.

        What passed is the longer of two measures: one clock stands still while a machine sleeps, the other may be set
        back.
        """
        if self._answered is None:
            return None
        server, then, monotonic = self._answered
        passed = timedelta(seconds=max(self._clock.monotonic() - monotonic, 0.0))
        return server + max(passed, self._clock.now() - then)


@asynccontextmanager
async def open_connection(
    config: Config, endpoints: CloudEndpoints, session: aiohttp.ClientSession, tokens: TokenSource, clock: Clock
) -> AsyncIterator[Connection]:
    """The connection to Graph of a configuration; the session is closed by its owner.

    The SDK's pipeline is empty: neither its retry nor its redirect nor its telemetry handler is in it.
    """
    network = config.network
    seconds = network.request.total_seconds()
    timeout = httpx.Timeout(seconds, connect=network.connect.total_seconds(), pool=seconds)
    shim = AiohttpTransport(client=session, trust_env=False, verify=False)
    client = httpx.AsyncClient(
        transport=BoundedTransport(shim, seconds),
        timeout=timeout,
        trust_env=False,
        follow_redirects=False,
        headers={"user-agent": f"azremediate/{__version__}", "accept": "application/json", "accept-encoding": "gzip"},
    )
    provider = BaseBearerTokenAuthenticationProvider(_GraphTokens(tokens, endpoints))
    graph_client = GraphClientFactory.create_with_custom_middleware(middleware=[], client=client)
    adapter = _Adapter(provider, http_client=graph_client)
    adapter.base_url = f"{endpoints.graph}/v1.0"
    adapter.observability_options = ObservabilityOptions(include_euii_attributes=False)
    try:
        yield Connection(adapter, tokens, endpoints, clock)
    finally:
        await client.aclose()
