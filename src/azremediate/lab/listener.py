"""The HTTP servers of a lab: four loopback sockets served by one event loop in one background thread."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from functools import partial
from typing import Any, Final

import uvicorn

from azremediate.lab.connection import AsgiApp, BreakableProtocol

HOST: Final = "127.0.0.1"
_GRACE: Final = 3.0


class LabStartError(RuntimeError):
    """Raised when a lab cannot listen; the text says on which address and why."""


def bind(port: int) -> socket.socket:
    """Return a socket bound to the loopback address; port 0 takes a free one. Raises LabStartError."""
    # asyncio turns Nagle's algorithm off only for sockets that name the protocol; with it each answer takes 40 ms
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
        # On Windows SO_REUSEADDR would let two servers share one port.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    else:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except (OSError, OverflowError) as error:
        listener.close()
        reason = error.strerror if isinstance(error, OSError) else "no such port"
        raise LabStartError(f"cannot listen on {HOST}:{port} ({reason})") from error
    return listener


class _Server(uvicorn.Server):
    """A uvicorn server that stops at once; it has no ticks, for the wire writes the Date header."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.stopping = asyncio.Event()
        self.ready: Callable[[], None] = lambda: None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready()

    async def main_loop(self) -> None:
        await self.stopping.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        if self.server_state.tasks:
            await asyncio.wait(self.server_state.tasks, timeout=_GRACE)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        for _ in range(10):  # the turns in which the loop tells TLS and then the protocol
            await asyncio.sleep(0)
        for listener in sockets or []:
            listener.close()


class Listener:
    """Serves ASGI applications, each on its own socket, until `stop`; `contexts` holds the TLS ones by service."""

    def __init__(
        self,
        apps: Mapping[str, AsgiApp],
        sockets: Mapping[str, socket.socket],
        contexts: Mapping[str, ssl.SSLContext],
    ) -> None:
        self._apps = apps
        self._sockets = sockets
        self._contexts = contexts
        self._servers: list[_Server] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._started: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, name="azremediate-lab", daemon=True)

    def start(self) -> None:
        """Start serving and return when every socket answers."""
        self._thread.start()
        self._started.result()

    def stop(self, release: Callable[[], None]) -> None:
        """Call `release` in the loop, give running requests a moment, and end the thread."""
        if self._loop is None or not self._thread.is_alive():
            return

        def begin() -> None:
            release()
            for server in self._servers:
                server.stopping.set()

        self._loop.call_soon_threadsafe(begin)
        self._thread.join()

    def call(self, action: Callable[[], Any]) -> Any:
        """Run a plain function in the loop, between two requests, and return its result."""
        if self._loop is None or threading.current_thread() is self._thread:
            return action()

        async def run() -> Any:
            return action()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        finally:
            if not self._started.done():
                self._started.set_exception(LabStartError("the lab's servers did not start"))

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        waiting = set(self._apps)

        def ready(name: str) -> None:
            waiting.discard(name)
            if not waiting:
                self._started.set_result(None)

        async with asyncio.TaskGroup() as group:
            for name, app in self._apps.items():
                server = _Server(self._config(app, self._contexts.get(name)))
                server.ready = partial(ready, name)
                self._servers.append(server)
                group.create_task(server.serve(sockets=[self._sockets[name]]))

    @staticmethod
    def _config(app: AsgiApp, context: ssl.SSLContext | None) -> uvicorn.Config:
        config = uvicorn.Config(
            app,
            http=BreakableProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="error",
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            timeout_keep_alive=75,
            backlog=1024,
        )
        config.load()
        config.ssl = context
        return config
