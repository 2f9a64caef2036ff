"""Splits a message in bytes into its parts: headers, bodies and what stands outside the parts (RFC 5322, RFC 2046).

The standard library's parser recurses for each nested part and decodes to text first; this one works on bytes, at many
times its speed, and takes what is broken as far as it goes. Tests hold both against each other.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message

_HEAD_END = re.compile(rb"\r?\n\r?\n|\A\r?\n")
_FOLD = re.compile(rb"\r?\n[ \t]+")
_LINE = re.compile(rb"([!-9;-~]{1,200}):[ \t]?(.*)")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_MOST_HEADERS = 2000


@dataclass(slots=True)
class Section:
    """A message or a part of one: the headers in their order, names in lower case, and the body as it was sent.

    stray: lines among the headers that are none, as where the empty line before the body is missing.
    """

    headers: list[tuple[str, bytes]] = field(default_factory=list)
    body: bytes = b""
    stray: bytes = b""

    def header(self, name: str) -> bytes:
        """The first header of this name, empty when there is none."""
        return next((text for key, text in self.headers if key == name), b"")

    def typed(self) -> "Message[str, str]":
        """The headers of the content as the standard library reads their parameters."""
        message: Message[str, str] = Message()
        for name in ("content-type", "content-disposition"):
            if text := self.header(name):
                message[name] = text.decode("utf-8", "replace").replace("\n", " ").replace("\r", " ")
        return message


def section(raw: bytes) -> Section:
    """Headers and body of raw bytes; without an empty line everything is body, unless it begins as a header."""
    found = _HEAD_END.search(raw)
    if found is None:
        return _headed(raw, b"") if _LINE.match(raw) else Section([], raw)
    if found.start() == 0 or not _is_head(raw):
        return Section([], raw)
    return _headed(raw[: found.start()], raw[found.end() :])


def _is_head(raw: bytes) -> bool:
    first = raw[:1000].partition(b"\n")[0]
    return _LINE.match(first) is not None or first.startswith((b"From ", b">From "))


def _headed(block: bytes, body: bytes) -> Section:
    lines = _FOLD.sub(b" ", block).splitlines()
    made = Section([], body)
    stray = lines[_MOST_HEADERS:]
    for line in lines[:_MOST_HEADERS]:
        if (found := _LINE.match(line)) is not None:
            made.headers.append((found[1].decode("ascii").lower(), found[2].strip()))
        elif not line.startswith((b"From ", b">From ")):
            stray.append(line)
    made.stray = b"\n".join(stray)
    return made


def parts(body: bytes, boundary: bytes) -> Iterator[bytes]:
    """The parts between the lines of a boundary; the first and the last are what stands before and behind them."""
    marker = b"--" + boundary
    at, start, closed = 0, 0, False
    first = True
    while (at := body.find(marker, at)) != -1:
        end = at + len(marker)
        tail = body[end : end + 2]
        if (at == 0 or body[at - 1 : at] == b"\n") and (closing := _ends_line(body, end, tail)) is not None:
            yield _without_break(body[start:at]) if not first else body[start:at]
            first = False
            start = closing
            if tail == b"--":
                closed = True
                break
        at = end
    rest = body[start:]
    if not closed:
        yield rest if first else _without_break(rest)
        rest = b""
    yield rest


def _ends_line(body: bytes, end: int, tail: bytes) -> int | None:
    """Where the next line begins after a boundary, None when more than blanks follows it on its line."""
    stop = body.find(b"\n", end)
    rest = body[end + (2 if tail == b"--" else 0) : len(body) if stop == -1 else stop]
    return (len(body) if stop == -1 else stop + 1) if not rest.strip() else None


def _without_break(part: bytes) -> bytes:
    """The line break before a boundary belongs to the boundary."""
    return part[:-2] if part.endswith(b"\r\n") else part[:-1] if part.endswith(b"\n") else part


def decoded_body(coding: bytes, body: bytes) -> bytes:
    """The body without its transfer coding; what is damaged is decoded as far as it goes."""
    name = coding.strip().lower()
    if name == b"base64":
        return _from_base64(body)
    if name == b"quoted-printable":
        return binascii.a2b_qp(body)
    return body


def peeked(coding: bytes, body: bytes, count: int = 48) -> tuple[bytes, int]:
    """The first bytes of a body in base64 and about how many it has; nothing and 0 for another transfer coding."""
    if coding.strip().lower() != b"base64":
        return b"", 0
    letters = _NOT_BASE64.sub(b"", body[: 4 * count])
    breaks = body.count(b"\n") + body.count(b"\r")
    return _from_base64(letters[: len(letters) // 4 * 4])[:count], (len(body) - breaks) * 3 // 4


def _from_base64(body: bytes) -> bytes:
    try:
        return binascii.a2b_base64(body)
    except binascii.Error:
        pass
    letters = _NOT_BASE64.sub(b"", body)
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return base64.b64decode(letters + b"=" * (-len(letters) % 4))
