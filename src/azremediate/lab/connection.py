"""The TCP connection behind a request, so that the simulated tenant can break it as a network would."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import struct
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

_EXTENSION: Final = "azremediate.connection"

# A linger time of zero makes close() send RST instead of FIN (socket(7), SO_LINGER).
_LINGER_ZERO: Final = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)


class Connection:
    """Two ways to end a connection that no HTTP server offers to its applications."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def reset(self) -> None:
        """Drop what is unsent and answer the peer with a TCP reset."""
        raw = self._transport.get_extra_info("socket")
        with contextlib.suppress(OSError):  # the peer may have gone already
            if raw is not None:
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
        self._transport.abort()

    def close(self) -> None:
        """Flush what was sent, then close in the regular way."""
        self._transport.close()


class BreakableProtocol(H11Protocol):
    """uvicorn's HTTP/1.1 protocol that hands its Connection to the application inside the ASGI scope."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn declares it
        super().connection_made(transport)
        inner = self.app
        connection = Connection(transport)

        async def with_connection(scope: Any, receive: Any, send: Any) -> None:
            scope.setdefault("extensions", {})[_EXTENSION] = connection
            await inner(scope, receive, send)

        self.app = with_connection


def connection_of(scope: Scope) -> Connection | None:
    """Return the connection of a request, or None under a server that is not the lab's own."""
    found: Connection | None = scope.get("extensions", {}).get(_EXTENSION)
    return found
