"""Text of Word, Excel and PowerPoint files of before 2007: OLE files with formats of their own."""

import io
import re
import struct
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

import olefile

from azremediate.mail.old_workbook import workbook_text
from azremediate.mail.reasons import Reason

_Ole: TypeAlias = "olefile.OleFileIO[Any]"
_BROKEN: Final = (OSError, ValueError, IndexError, KeyError, struct.error, AttributeError, TypeError, RecursionError)
_MOST: Final = 20_000_000
"""Characters of one document."""

_FIB, _ENCRYPTED, _TABLE_1 = 0xA5EC, 0x0100, 0x0200
_PIECES_AT: Final = 0x01A2
"""Where the file information block of Word says where its pieces are (MS-DOC, fcClx)."""

_CONTROLS: Final = {0x07: "\t", 0x0B: "\n", 0x0C: "\n", 0x0D: "\n", 0x0E: "\n", 0x1E: "-", 0xA0: " "}
_UNSEEN: Final = re.compile("[\x00-\x08\x0e-\x1f]")
_TEXT_WIDE, _TEXT_NARROW, _NAME = 0x0FA0, 0x0FA8, 0x0FBA
_SLIDES_ENCRYPTED: Final = 0xF3D1C4DF


def old_office_text(data: bytes) -> str | Reason | None:
    """The text of a .doc, .xls or .ppt, or why it cannot be read; None when the OLE file is none of these."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as file:
            for name, read in _READERS.items():
                if file.exists(name):
                    return _read(file, name, read)
    except _BROKEN:
        return None
    return None


def _read(file: "_Ole", name: str, read: "Callable[[_Ole, bytes], str | Reason]") -> str | Reason:
    try:
        return read(file, file.openstream(name).read())
    except _BROKEN:
        return Reason.DAMAGED


def _word(file: "_Ole", main: bytes) -> str | Reason:
    identity, flags = struct.unpack_from("<H", main)[0], struct.unpack_from("<H", main, 10)[0]
    if identity != _FIB:
        return Reason.DAMAGED
    if flags & _ENCRYPTED:
        return Reason.ENCRYPTED
    table = file.openstream("1Table" if flags & _TABLE_1 else "0Table").read()
    start, length = struct.unpack_from("<II", main, _PIECES_AT)
    text = "".join(_pieces(main, table[start : start + length]))[:_MOST]
    return _UNSEEN.sub("", text.translate(_CONTROLS))


def _pieces(main: bytes, clx: bytes) -> Iterator[str]:
    """The pieces of which a document is made, in their order (MS-DOC, Clx and PlcPcd)."""
    at = 0
    while clx[at : at + 1] == b"\x01":  # properties of pieces
        at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
    if clx[at : at + 1] != b"\x02":
        raise ValueError("there are no pieces")
    (size,) = struct.unpack_from("<I", clx, at + 1)
    table = clx[at + 5 : at + 5 + size]
    count = (len(table) - 4) // 12
    ends = struct.unpack_from(f"<{count + 1}I", table)
    for number in range(count):
        (place,) = struct.unpack_from("<I", table, 4 * (count + 1) + 8 * number + 2)
        length = ends[number + 1] - ends[number]
        if place & 0x4000_0000:
            first = (place & 0x3FFF_FFFF) // 2
            yield main[first : first + length].decode("cp1252", "replace")
        else:
            yield main[place : place + 2 * length].decode("utf-16-le", "replace")


def _workbook(_file: "_Ole", main: bytes) -> str | Reason:
    return workbook_text(main, _MOST)


def _slides(file: "_Ole", main: bytes) -> str | Reason:
    if file.exists("Current User"):
        user = file.openstream("Current User").read(16)
        if len(user) == 16 and struct.unpack_from("<I", user, 12)[0] == _SLIDES_ENCRYPTED:
            return Reason.ENCRYPTED
    found, at = [], 0
    while at + 8 <= len(main):
        version, kind, size = struct.unpack_from("<HHI", main, at)
        at += 8
        if version & 0xF == 0xF:  # a container: what is in it follows
            continue
        if kind in (_TEXT_WIDE, _NAME):
            found.append(main[at : at + size].decode("utf-16-le", "replace"))
        elif kind == _TEXT_NARROW:
            found.append(main[at : at + size].decode("latin-1"))
        at += size
    return "\n".join(found)[:_MOST].translate(_CONTROLS)


_READERS: "dict[str, Callable[[_Ole, bytes], str | Reason]]" = {
    "WordDocument": _word,
    "Workbook": _workbook,
    "Book": _workbook,
    "PowerPoint Document": _slides,
}
