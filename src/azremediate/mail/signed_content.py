"""The message inside an opaque-signed S/MIME part: signed is not encrypted, so it can be read."""

_SIGNED, _DATA = bytes.fromhex("06092a864886f70d010702"), bytes.fromhex("06092a864886f70d010701")


def signed_content(data: bytes) -> bytes | None:
    """The signed content of a CMS SignedData (RFC 5652) in DER or BER, None for all else, such as EnvelopedData."""
    if _SIGNED not in data[:40]:
        return None
    at = data.find(_DATA)
    if at == -1:
        return None
    at += len(_DATA)
    tag, at, end = _header(data, at)
    if tag != 0xA0:
        return None
    return _octets(data, at, len(data) if end is None else end)


def _header(data: bytes, at: int) -> tuple[int, int, int | None]:
    """(tag, where the content begins, where it ends or None when that is not said)."""
    if at + 2 > len(data):
        return 0, at, at
    tag, first = data[at], data[at + 1]
    if first == 0x80:
        return tag, at + 2, None
    if first < 0x80:
        return tag, at + 2, at + 2 + first
    count = first & 0x7F
    length = int.from_bytes(data[at + 2 : at + 2 + min(count, 8)], "big")
    return tag, at + 2 + count, at + 2 + count + length


def _octets(data: bytes, at: int, end: int) -> bytes | None:
    """The octet strings from an offset on, joined; a constructed one holds others."""
    parts = []
    while at < end:
        tag, start, stop = _header(data, at)
        if tag == 0x24:
            at = start
            continue
        if tag != 0x04 or stop is None:
            break
        parts.append(data[start:stop])
        at = stop
    return b"".join(parts) or None
