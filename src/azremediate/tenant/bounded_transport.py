"""One HTTP request and its whole answer, within limits of size and time."""

import asyncio
import zlib
from typing import Final

import aiohttp
import httpx

from azremediate.tenant.answers import Unanswered, Unsent
from azremediate.tenant.bodies import Unreadable, most_bytes
from azremediate.tenant.session import never_connected, why_unsent

_GZIP: Final = 16 + zlib.MAX_WBITS


class BoundedTransport(httpx.AsyncBaseTransport):
    """Reads whole answers, at most `most_bytes` after decompression, in time, and says what became of the request.

    Raises `Unsent`, `Unanswered` or `Unreadable` without a cause, because httpx's errors hold the request and its body.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, seconds: float) -> None:
        self._inner = inner
        self._seconds = seconds

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request once."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._exchange(request)
        except TimeoutError:
            problem: Exception = Unanswered("no whole answer in time")
        except (httpx.TransportError, aiohttp.ClientError) as error:
            cause = error.__cause__ if isinstance(error, httpx.TransportError) else error
            problem = _problem(cause)
        except OSError:
            problem = Unanswered("the connection broke")
        raise problem

    async def aclose(self) -> None:
        """Close the transport below."""
        await self._inner.aclose()

    async def _exchange(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        try:
            body = await _read(response, most_bytes(request.url.path))
        finally:
            await response.aclose()
        headers = [
            (name, value)
            for name, value in response.headers.multi_items()
            if name not in ("content-encoding", "content-length", "transfer-encoding")
        ]
        return httpx.Response(response.status_code, headers=headers, content=body, request=request)


def _problem(cause: BaseException | None) -> Exception:
    # the shim reports every lost connection as a connect timeout; only aiohttp's own error tells them apart
    if never_connected(cause):
        return Unsent(why_unsent(cause))
    return Unanswered("the connection broke or the answer did not come in time")


async def _read(response: httpx.Response, most: int) -> bytes:
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip", ""):
        raise Unreadable("the answer is in an encoding that was not asked for")
    inflate = zlib.decompressobj(_GZIP) if encoding == "gzip" else None
    parts: list[bytes] = []
    size = 0
    async for chunk in response.aiter_raw():
        try:
            part = inflate.decompress(chunk, most - size + 1) if inflate else chunk
        except zlib.error:
            part = None
        if part is None:
            raise Unreadable("the answer's compression is broken")
        size += len(part)
        if size > most:
            raise Unreadable(f"the answer is larger than {most >> 20} MiB")
        parts.append(part)
    if inflate is not None and not inflate.eof:
        raise Unreadable("the answer's compression is broken")
    return b"".join(parts)
