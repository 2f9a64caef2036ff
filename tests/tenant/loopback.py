"""A scripted HTTP server on the loopback interface that can also break the rules of HTTP."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as the server saw it; header names are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """The target without query."""
        return self.target.partition("?")[0]

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `cut`: bytes of the body that are sent before the connection breaks, None for all of them."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None


RESET = Reply(0)
"""No answer: the connection breaks after the request was read."""

Script: TypeAlias = Callable[[Seen], Reply | Awaitable[Reply]]


def reply(status: int, value: Any, **headers: str) -> Reply:
    """A JSON answer; header names are given with underscores."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Reply(status, json.dumps(value).encode(), {"content-type": "application/json", **named})


def refusal(status: int, code: str, **headers: str) -> Reply:
    """An error answer as Graph gives it, with a message that must not be shown."""
    return reply(status, {"error": {"code": code, "message": "\x1b[31mhostile words\u202e"}}, **headers)


class Loopback:
    """The server; `script` answers, `seen` is every request so far."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.seen: list[Seen] = []
        self.base = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while (request := await _read(reader)) is not None:
                self.seen.append(request)
                answer = self.script(request)
                answer = answer if isinstance(answer, Reply) else await answer
                if not await _write(writer, answer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.transport.abort()


async def _read(reader: asyncio.StreamReader) -> Seen | None:
    head = await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b""
    if not head:
        return None
    lines = head.decode().split("\r\n")
    method, target, _ = lines[0].split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Seen(method, target, headers, body)


async def _write(writer: asyncio.StreamWriter, answer: Reply) -> bool:
    if answer is RESET:
        return False
    headers = {"content-length": str(len(answer.body)), **answer.headers}
    if answer.status == 204:
        headers.pop("content-length")
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    writer.write(f"HTTP/1.1 {answer.status} Whatever\r\n{head}\r\n".encode() + answer.body[: answer.cut])
    await writer.drain()
    return answer.cut is None


@asynccontextmanager
async def loopback(script: Script, tls: ssl.SSLContext | None = None) -> AsyncIterator[Loopback]:
    """A running server."""
    server = Loopback(script)
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(server.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    listening = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=tls)
    port = listening.sockets[0].getsockname()[1]
    server.base = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    try:
        yield server
    finally:
        listening.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
