"""Text of Word, Excel and PowerPoint files of before 2007: OLE files with formats of their own."""

import re
import struct
from collections.abc import Callable, Iterator
from typing import Final

from azremediate.mail.document_properties import property_text
from azremediate.mail.old_workbook import workbook_text
from azremediate.mail.ole_file import DamagedOleFile, OleFile
from azremediate.mail.read_text import ReadText
from azremediate.mail.reasons import Reason

_MOST: Final = 20_000_000
_MOST_DOCUMENTS: Final = 50
"""Characters of one file, and documents in it."""

_CLOSED: Final = {
    "\x09DRMContent": Reason.RIGHTS,
    "EncryptedPackage": Reason.ENCRYPTED,
    "EncryptedSummary": Reason.ENCRYPTED,
}
"""Streams of a file whose text is encrypted; what stands in the usual place then only says so."""

_FIB, _FIB_6, _ENCRYPTED, _TABLE_1, _IN_PIECES = 0xA5EC, 0xA5DC, 0x0100, 0x0200, 0x0004
_PIECES_AT: Final = 0x01A2
"""Where the file information block of Word says where its pieces are (MS-DOC, fcClx)."""

_CONTROLS: Final = {0x07: "\t", 0x0B: "\n", 0x0C: "\n", 0x0D: "\n", 0x0E: "\n", 0x1E: "-", 0xA0: " "}
_UNSEEN: Final = re.compile("[\x00-\x08\x0e-\x1f]")
_TEXT_WIDE, _TEXT_NARROW, _NAME = 0x0FA0, 0x0FA8, 0x0FBA
_SLIDES_ENCRYPTED: Final = 0xF3D1C4DF


def old_office_text(data: bytes) -> ReadText | None:
    """The text of a .doc, .xls or .ppt and of such documents in it; None when the file is none and has none."""
    try:
        file = OleFile(data)
    except DamagedOleFile:
        return None
    for name, reason in _CLOSED.items():
        if file.has([name]):
            return ReadText("", reason)
    streams = [entry for entry in file.streams if entry[-1] in _READERS]
    return _read_all(file, sorted(streams, key=len)) if streams else None


def _read_all(file: OleFile, streams: list[list[str]]) -> ReadText:
    """The texts of these streams, that of the file itself first."""
    texts, room = [], _MOST
    missed = Reason.TOO_MANY if len(streams) > _MOST_DOCUMENTS else None
    for stream in streams[:_MOST_DOCUMENTS]:
        one = _read(file, stream)
        missed = missed or one.missed
        if len(one.text) > room:
            missed = Reason.TOO_LARGE
            break
        room -= len(one.text)
        texts.append(one.text)
    properties = property_text(file, streams[0][:-1])
    return ReadText("\n".join([*texts, properties.text]), missed or properties.missed)


def _read(file: OleFile, stream: list[str]) -> ReadText:
    try:
        return _READERS[stream[-1]](file, stream[:-1], file.read(stream))
    except (ValueError, struct.error):
        return ReadText("", Reason.DAMAGED)


def _word(file: OleFile, root: list[str], main: bytes) -> ReadText:
    identity, flags = struct.unpack_from("<H", main)[0], struct.unpack_from("<H", main, 10)[0]
    if identity not in (_FIB, _FIB_6):
        return ReadText("", Reason.DAMAGED)
    if flags & _ENCRYPTED:
        return ReadText("", Reason.ENCRYPTED)
    if identity == _FIB_6:
        return _word_6(main, in_pieces=bool(flags & _IN_PIECES))
    table = file.read([*root, "1Table" if flags & _TABLE_1 else "0Table"])
    start, length = struct.unpack_from("<II", main, _PIECES_AT)
    found: list[str] = []
    room, missed = _MOST, None
    for raw, coding, size in _pieces(main, table[start : start + length]):
        text = raw.decode(coding, "replace")
        if len(raw) < size:
            missed = Reason.DAMAGED
        if len(text) > room:  # pieces may lie over each other, so that a small file could have any number of letters
            missed = Reason.TOO_LARGE
            break
        room -= len(text)
        found.append(text)
    return ReadText(_UNSEEN.sub("", "".join(found).translate(_CONTROLS)), missed)


def _word_6(main: bytes, *, in_pieces: bool) -> ReadText:
    """Word 6 and 95: letters of a byte each, one after another unless the file was saved in pieces."""
    start, end = struct.unpack_from("<II", main, 0x18)
    if in_pieces or not start <= end <= len(main):
        return ReadText("", Reason.OLD if in_pieces else Reason.DAMAGED)
    return ReadText(
        _UNSEEN.sub("", main[start : min(end, start + _MOST)].decode("cp1252", "replace").translate(_CONTROLS))
    )


def _pieces(main: bytes, clx: bytes) -> Iterator[tuple[bytes, str, int]]:
    """The pieces of which a document is made, in their order: bytes, coding, their number (MS-DOC, Clx and PlcPcd)."""
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
        if length < 0:
            raise ValueError("pieces are not in order")
        if place & 0x4000_0000:
            first = (place & 0x3FFF_FFFF) // 2
            yield main[first : first + length], "cp1252", length
        else:
            yield main[place : place + 2 * length], "utf-16-le", 2 * length


def _workbook(_file: OleFile, _root: list[str], main: bytes) -> ReadText:
    return workbook_text(main, _MOST)


def _slides(file: OleFile, root: list[str], main: bytes) -> ReadText:
    if file.has([*root, "Current User"]):
        user = file.read([*root, "Current User"])[:16]
        if len(user) == 16 and struct.unpack_from("<I", user, 12)[0] == _SLIDES_ENCRYPTED:
            return ReadText("", Reason.ENCRYPTED)
    found, at = [], 0
    while at + 8 <= len(main):
        version, kind, size = struct.unpack_from("<HHI", main, at)
        if kind == 0:
            break
        at += 8
        if version & 0xF == 0xF:  # a container: what is in it follows
            continue
        if kind in (_TEXT_WIDE, _NAME):
            found.append(main[at : at + size].decode("utf-16-le", "replace"))
        elif kind == _TEXT_NARROW:
            found.append(main[at : at + size].decode("latin-1"))
        at += size
    text = "\n".join(found)
    missed = Reason.DAMAGED if at > len(main) or main[at:].strip(b"\0") else None
    return ReadText(text[:_MOST].translate(_CONTROLS), Reason.TOO_LARGE if len(text) > _MOST else missed)


_READERS: "dict[str, Callable[[OleFile, list[str], bytes], ReadText]]" = {
    "WordDocument": _word,
    "Book": _workbook,
    "Workbook": _workbook,
    "PowerPoint Document": _slides,
}
