"""Single requests to Azure Resource Manager, through the pipeline of Azure's own clients without retry and redirect."""

import asyncio
import re
from typing import Any, Final

from azure.core import AsyncPipelineClient
from azure.core.pipeline.policies import AsyncBearerTokenCredentialPolicy, HeadersPolicy
from azure.core.pipeline.transport import AioHttpTransport
from azure.core.rest import AsyncHttpResponse, HttpRequest
from azure.mgmt.authorization.aio import AuthorizationManagementClient

from azremediate import __version__
from azremediate.core.config import Config
from azremediate.core.errors import RequestRefused
from azremediate.tenant.answers import Answer
from azremediate.tenant.clouds import CloudEndpoints
from azremediate.tenant.same_place import SamePlace
from azremediate.tenant.token_source import TokenSource

_PLACE: Final = re.compile(r"/(subscriptions|providers)/[A-Za-z0-9._()/-]{1,1000}")
_VERSION: Final = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}(-preview)?")


def is_place(path: str) -> bool:
    """Whether a scope or resource id can be part of an address and leads nowhere else."""
    return _PLACE.fullmatch(path) is not None and not {"", ".", ".."} & set(path[1:].split("/"))


class ArmPipeline:
    """A way to Azure Resource Manager; nothing sent here is sent a second time."""

    def __init__(
        self, config: Config, endpoints: CloudEndpoints, tokens: TokenSource, transport: AioHttpTransport
    ) -> None:
        self.subscriptions = config.azure.subscriptions
        self._endpoints = endpoints
        self._tokens = tokens
        self._transport = transport
        self._seconds = config.network.request.total_seconds()

    def url_of(self, path: str, api_version: str) -> str:
        """The address of a resource; raises `RequestRefused` for a path that could lead out of its service."""
        if not is_place(path) or not _VERSION.fullmatch(api_version):
            raise RequestRefused("the request's path is not usable; nothing was sent")
        return f"{self._endpoints.arm}{path}?api-version={api_version}"

    async def sign_in(self) -> None:
        """Have a token at hand, so that nothing but the sending is left; raises `SignInFailed`."""
        await self._tokens.token(self._endpoints.arm_scope)

    async def send(self, method: str, url: str, *, body: bytes = b"", client_request_id: str = "") -> Answer:
        """One request and its answer, whatever its status; raises what Azure's clients raise, and `TimeoutError`."""
        headers = {"accept": "application/json", "user-agent": f"azremediate/{__version__}"}
        if client_request_id:
            headers["x-ms-client-request-id"] = client_request_id
        if body:
            headers["content-type"] = "application/json"
        request = HttpRequest(method, url, headers=headers, content=body or None)
        scope = self._endpoints.arm_scope
        policies = [
            SamePlace(self._endpoints.arm),
            HeadersPolicy(),
            AsyncBearerTokenCredentialPolicy(self._tokens.limited_to(scope), scope),
        ]
        client: AsyncPipelineClient[HttpRequest, AsyncHttpResponse] = AsyncPipelineClient(
            self._endpoints.arm, transport=self._transport, policies=policies
        )
        async with client, asyncio.timeout(self._seconds):
            response = await client.send_request(request, stream=False)
            headers_seen = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status_code, headers_seen, response.content)

    def authorization(self) -> AuthorizationManagementClient:
        """Azure's own client for role assignments and definitions, for reading."""
        scope = self._endpoints.arm_scope
        options: dict[str, Any] = {
            "base_url": self._endpoints.arm,
            "credential_scopes": [scope],
            "transport": self._transport,
            "retry_total": 0,
            "permit_redirects": False,
            "per_call_policies": [SamePlace(self._endpoints.arm)],
        }
        return AuthorizationManagementClient(credential=self._tokens.limited_to(scope), subscription_id="", **options)
