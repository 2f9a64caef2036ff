"""The one HTTP session under all services: certificates, proxy, and no request that is silently sent twice."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import aiohttp
from azure.core.pipeline.transport import AioHttpTransport

from azremediate.core.config import Config
from azremediate.core.errors import ConfigInvalid
from azremediate.tenant.bodies import most_bytes
from azremediate.tenant.clouds import CloudEndpoints

_NEVER_CONNECTED: Final = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,
    aiohttp.InvalidURL,
)


class AnswerLost(aiohttp.ClientPayloadError):
    """The connection broke after the request may have been sent."""


def never_connected(error: BaseException | None) -> bool:
    """Whether an error of the session says that no byte of the request was sent."""
    return isinstance(error, _NEVER_CONNECTED)


def why_unsent(error: BaseException | None) -> str:
    """The reason, for a person, of an error for which `never_connected` holds."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return "the server's certificate is not trusted"
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return "the proxy refused the connection"
    return "no connection could be made"


async def _once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Keep aiohttp from repeating PUT and DELETE on a broken connection: the first may have taken effect.

    aiohttp repeats idempotent methods after ClientOSError and ServerDisconnectedError; another error is passed on.
    """
    lost = False
    try:
        response = await handler(request)
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        if never_connected(error):
            raise
        lost = True
    if lost:
        raise AnswerLost("the connection broke before an answer came")
    if (response.content_length or 0) > most_bytes(request.url.path):
        response.close()
        raise AnswerLost("the answer is too large")
    return response


def trust(endpoints: CloudEndpoints) -> ssl.SSLContext:
    """The TLS settings: the system's authorities, or only those of the configured file."""
    try:
        context = ssl.create_default_context(cafile=endpoints.ca_bundle or None)
    except (OSError, ssl.SSLError) as error:
        raise ConfigInvalid(
            f"endpoints.ca_bundle cannot be read: {endpoints.ca_bundle}",
            hint="name the PEM file with the certificate authority of the custom endpoints",
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # SSLKEYLOGFILE in the environment would have the keys of every connection written to a file
    context.keylog_filename = None  # type: ignore[assignment]  # the stubs do not know that None switches it off
    return context


@asynccontextmanager
async def open_session(config: Config, endpoints: CloudEndpoints) -> AsyncIterator[aiohttp.ClientSession]:
    """The session, closed at the end; HTTP/1.1, no cookies, the environment's proxy only when configured."""
    connector = aiohttp.TCPConnector(ssl=trust(endpoints), limit=128)
    session = aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=config.network.trust_env,
        middlewares=(_once,),
    )
    try:
        yield session
    finally:
        await session.close()


def azure_transport(session: aiohttp.ClientSession, config: Config) -> AioHttpTransport:
    """The session as a transport for Azure's own clients, which then neither close it nor choose certificates."""
    return AioHttpTransport(
        session=session,
        session_owner=False,
        use_env_settings=config.network.trust_env,
        connection_timeout=config.network.connect.total_seconds(),
        read_timeout=config.network.request.total_seconds(),
    )
