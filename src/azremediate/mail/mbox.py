"""Messages of an mbox, by byte ranges: each message belongs to the range in which it begins."""

import mmap
import re
from collections.abc import Iterator
from pathlib import Path

_SEPARATOR = re.compile(rb"From (?:[^\r\n]{0,300}[0-9]{1,2}:[0-9]{2}|-|\?\?\?@\?\?\?)")
_QUOTED = re.compile(rb"(?m)^>(>*From )")


def is_mbox(head: bytes) -> bool:
    """Whether a file begins as an mbox does."""
    return _SEPARATOR.match(head) is not None


def messages(path: Path, start: int, end: int) -> Iterator[tuple[int, bytes]]:
    """(offset, raw message) of each message that begins in a range of bytes; the file is mapped, not read.

    A line that begins with `From ` and a time begins a message when the line before is empty; `>From ` inside a
    message loses one mark (mboxrd).
    """
    if path.stat().st_size == 0:
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        yield from _messages(data, start, end)


def split(content: bytes) -> Iterator[bytes]:
    """The raw messages of an mbox in memory."""
    yield from (raw for _, raw in _messages(content, 0, len(content)))


def _messages(data: mmap.mmap | bytes, start: int, end: int) -> Iterator[tuple[int, bytes]]:
    at = _next(data, start)
    while at is not None and at < end:
        following = _next(data, at + 5)
        stop = len(data) if following is None else following
        body = data.find(b"\n", at, stop) + 1
        yield at, _QUOTED.sub(rb"\1", data[body:stop]) if body else b""
        at = following


def _next(data: mmap.mmap | bytes, at: int) -> int | None:
    """Where the next message begins at or after an offset."""
    if at == 0 and _SEPARATOR.match(data):
        return 0
    at = max(at - 1, 0)
    while (found := data.find(b"\nFrom ", at)) != -1:
        if data[max(found - 2, 0) : found].endswith((b"\n", b"\n\r")) and _SEPARATOR.match(data, found + 1):
            return found + 1
        at = found + 1
    return None
