"""Bytes to text: never an error, never a lost part."""

import codecs

_TEXTY = frozenset(range(32, 127)) | {9, 10, 12, 13, 27} | frozenset(range(128, 256))
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decoded(data: bytes, charset: str | None = None) -> str:
    """The text of bytes: by its mark, by the charset that it claims, as UTF-8, or as Latin-1 at last."""
    for mark, marked in _MARKS:
        if data.startswith(mark):
            return data.decode(marked, "replace")
    for name in (_wide(data), charset, "utf-8"):
        if name:
            try:
                return data.decode(name)
            except (LookupError, UnicodeError, ValueError):
                continue
    return data.decode("latin-1")


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: every other byte is zero."""
    head = data[:400]
    if len(head) < 8:
        return None
    if head[1::2].count(0) * 2.5 > len(head) and head[::2].count(0) == 0:
        return "utf-16-le"
    if head[::2].count(0) * 2.5 > len(head) and head[1::2].count(0) == 0:
        return "utf-16-be"
    return None


def is_text(data: bytes) -> bool:
    """Whether bytes of an unknown kind read as text."""
    head = data[:8192]
    if not head or _wide(head) or head.startswith(tuple(mark for mark, _ in _MARKS)):
        return True
    return 0 not in head and sum(byte not in _TEXTY for byte in head) * 50 < len(head) and _mostly_plain(head)


def _mostly_plain(head: bytes) -> bool:
    try:
        head[:8000].decode("utf-8", "strict")
    except UnicodeDecodeError as problem:
        return problem.start > len(head) - 8 or sum(byte > 127 for byte in head) * 4 < len(head)
    return True
