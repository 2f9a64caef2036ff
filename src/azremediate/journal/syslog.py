"""Sending one message to a syslog server: RFC 5424 over UDP, TCP (RFC 6587, octet counting) or TLS (RFC 5425)."""

import asyncio
import os
import socket
import ssl
from datetime import datetime
from urllib.parse import urlsplit

from azremediate.core.clock import iso

_INFORMATION_OF_AUDIT = 13 * 8 + 6
"""Facility 13 (log audit), severity 6 (informational)."""

_PATIENCE = 5.0
_LONGEST_HOST = 255


def syslog_message(moment: datetime, kind: str, text: str) -> bytes:
    """One message in the form of RFC 5424; `kind` is its MSGID, `text` one line."""
    host = "".join(letter for letter in socket.gethostname() if "!" <= letter <= "~")[:_LONGEST_HOST] or "-"
    head = f"<{_INFORMATION_OF_AUDIT}>1 {iso(moment)} {host} azremediate {os.getpid()} {kind} -"
    return f"{head} {text}".encode()


async def send_syslog(address: str, message: bytes) -> None:
    """Send a message to `udp://`, `tcp://` or `tls://host:port`.

    Raises `OSError` or `TimeoutError`. Over UDP nobody learns whether it arrived. TLS checks the server's name against
    the certificate authorities of the system.
    """
    parts = urlsplit(address)
    host, port = parts.hostname or "", parts.port or 0
    async with asyncio.timeout(_PATIENCE):
        if parts.scheme == "udp":
            await _send_datagram(host, port, message)
        else:
            context = ssl.create_default_context() if parts.scheme == "tls" else None
            await _send_stream(host, port, context, b"%d %b" % (len(message), message))


async def _send_datagram(host: str, port: int, message: bytes) -> None:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, remote_addr=(host, port))
    transport.sendto(message)
    transport.close()


async def _send_stream(host: str, port: int, context: ssl.SSLContext | None, frame: bytes) -> None:
    _, writer = await asyncio.open_connection(host, port, ssl=context)
    try:
        writer.write(frame)
        await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
    finally:
        writer.close()
        await writer.wait_closed()
