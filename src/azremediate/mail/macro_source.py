"""Source of the macros in an Office document: VBA modules as they are compressed in it (MS-OVBA)."""

import struct
from typing import Final

_FIRST: Final = b"\x00Attribut"
"""How the source of each module begins: eight letters that are not compressed."""

_MOST: Final = 20_000_000
_CHUNK: Final = 4096
_SIGNATURE: Final = 3


def macro_source(stream: bytes) -> bytes | None:
    """The source in the stream of a module, as far as it can be read; None where there is none, or far too much."""
    start = stream.find(_FIRST) - 3
    if start < 0 or stream[start] != 1:
        return None
    out = bytearray()
    at = start + 1
    while at + 2 <= len(stream):
        if len(out) > _MOST:
            return None
        (head,) = struct.unpack_from("<H", stream, at)
        if head >> 12 & 7 != _SIGNATURE:
            break
        size = (head & 0x0FFF) + 3
        chunk = stream[at + 2 : at + size]
        at += size
        out += _chunk(chunk) if head & 0x8000 else chunk[:_CHUNK]
    return bytes(out)


def _chunk(chunk: bytes) -> bytes:
    """One chunk, of at most 4096 bytes; what is damaged ends it."""
    out = bytearray()
    at = 0
    while at < len(chunk):
        flags, at = chunk[at], at + 1
        for bit in range(8):
            if at >= len(chunk) or len(out) >= _CHUNK:
                break
            if not flags >> bit & 1:
                out.append(chunk[at])
                at += 1
                continue
            token = int.from_bytes(chunk[at : at + 2], "little")
            at += 2
            bits = max((len(out) - 1).bit_length(), 4)
            offset = (token >> (16 - bits)) + 1
            if offset > len(out):
                return bytes(out)
            for _ in range((token & (0xFFFF >> bits)) + 3):
                out.append(out[-offset])
    return bytes(out[:_CHUNK])
