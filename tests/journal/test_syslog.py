"""Syslog over TLS: one framed message to the server that was named, and to no other."""

import asyncio
import ssl
from pathlib import Path

import pytest
import trustme

from azremediate.journal.syslog import send_syslog

MESSAGE = b"<110>1 2024-04-09T17:00:00.000Z desk azremediate 1 checkpoint - {}"


class _Server:
    """A syslog server over TLS with a certificate for `name`, from an authority that the system trusts."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path, name: str) -> None:
        authority = trustme.CA()
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(self._context)
        trusted = folder / "authority.pem"
        authority.cert_pem.write_to_path(str(trusted))
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        self.got: list[bytes] = []

    async def send(self, message: bytes) -> None:
        """Send to it with the program's own function."""

        async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.got.append(await reader.read())
            writer.close()
            finished.set()

        finished = asyncio.Event()
        async with await asyncio.start_server(take, "127.0.0.1", 0, ssl=self._context) as server:
            port = server.sockets[0].getsockname()[1]
            await send_syslog(f"tls://127.0.0.1:{port}", message)
            async with asyncio.timeout(60):
                await finished.wait()


async def test_over_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message arrives with its length before it, as RFC 5425 asks."""
    server = _Server(monkeypatch, tmp_path, "127.0.0.1")
    await server.send(MESSAGE)
    assert server.got == [b"%d %b" % (len(MESSAGE), MESSAGE)]


async def test_another_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A certificate for another name gets no message."""
    server = _Server(monkeypatch, tmp_path, "elsewhere.example")
    with pytest.raises(ssl.SSLCertVerificationError):
        await server.send(MESSAGE)
    assert server.got in ([], [b""])


async def test_an_authority_that_nobody_trusts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A certificate of an unknown authority gets no message."""
    server = _Server(monkeypatch, tmp_path, "127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    with pytest.raises(ssl.SSLError):
        await server.send(MESSAGE)
    assert server.got in ([], [b""])
