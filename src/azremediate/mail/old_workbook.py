"""Cells of an Excel workbook of before 2007 (BIFF8, MS-XLS), row by row, so that a label stands beside its value."""

import struct
from collections.abc import Iterator, Sequence
from typing import Final

from azremediate.mail.reasons import Reason

_BOF, _EOF, _FILEPASS, _SHARED, _CONTINUE = 0x0809, 0x000A, 0x002F, 0x00FC, 0x003C
_LABEL, _RICH, _RESULT, _BY_INDEX, _NUMBER, _RK = 0x0204, 0x00D6, 0x0207, 0x00FD, 0x0203, 0x027E
_FORMULA, _COMMENT = 0x0006, 0x01B6
_MOST_CELLS: Final = 500_000

Cell = tuple[int, int, str]


def workbook_text(stream: bytes, most: int) -> str | Reason:
    """The cells of all sheets, a line for each row, tabs between; at most so many characters."""
    shared: list[str] = []
    lines: list[str] = []
    cells: list[Cell] = []
    place = (0, 0)
    records = list(_records(stream))
    for index, (kind, data) in enumerate(records):
        if kind == _FILEPASS:
            return Reason.ENCRYPTED
        if kind == _SHARED:
            shared = _shared_strings([data, *_continued(records, index)])
        elif kind == _EOF:
            lines += _rows(cells)
            cells = []
        elif kind == _FORMULA and len(data) >= 4:
            place = struct.unpack_from("<HH", data)
        elif kind == _RESULT:
            cells.append((*place, _string(data, 0)))
        elif (cell := _cell(kind, data, shared)) is not None and len(cells) < _MOST_CELLS:
            cells.append(cell)
    lines += _rows(cells)
    return "\n".join(lines)[:most]


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


def _continued(records: Sequence[tuple[int, bytes]], index: int) -> Iterator[bytes]:
    """What goes on with a record that was too long for one."""
    for kind, data in records[index + 1 :]:
        if kind != _CONTINUE:
            return
        yield data


def _cell(kind: int, data: bytes, shared: Sequence[str]) -> Cell | None:
    if kind not in (_LABEL, _RICH, _BY_INDEX, _NUMBER, _RK) or len(data) < 8:
        return None
    row, column = struct.unpack_from("<HH", data)
    if kind in (_LABEL, _RICH):
        return row, column, _string(data, 6)
    if kind == _BY_INDEX:
        number = int.from_bytes(data[6:10], "little")
        return (row, column, shared[number]) if number < len(shared) else None
    value = struct.unpack_from("<d", data, 6)[0] if kind == _NUMBER and len(data) >= 14 else _small(data[6:10])
    return row, column, f"{value:.15g}"


def _small(data: bytes) -> float:
    """A number in four bytes (RkNumber): thirty bits of an integer or of a double, in hundredths or not."""
    raw = int.from_bytes(data, "little")
    if raw & 2:
        value = float(int.from_bytes(data, "little", signed=True) >> 2)
    else:
        (value,) = struct.unpack("<d", b"\0\0\0\0" + (raw & ~3).to_bytes(4, "little"))
    return value / 100 if raw & 1 else value


def _string(data: bytes, at: int) -> str:
    """A text with its length in two bytes and one of flags."""
    if len(data) < at + 3:
        return ""
    count, wide = struct.unpack_from("<HB", data, at)
    if wide & 1:
        return data[at + 3 : at + 3 + 2 * count].decode("utf-16-le", "replace")
    return data[at + 3 : at + 3 + count].decode("latin-1")


def _rows(cells: Sequence[Cell]) -> list[str]:
    rows: dict[int, list[tuple[int, str]]] = {}
    for row, column, text in cells:
        rows.setdefault(row, []).append((column, " ".join(text.split())))
    return ["\t".join(text for _, text in sorted(found)) for _, found in sorted(rows.items())]


def _shared_strings(parts: Sequence[bytes]) -> list[str]:
    """The texts that cells name by number; what is damaged ends the list."""
    reader = _Parts(parts)
    found: list[str] = []
    try:
        reader.skip(8)
        while len(found) < _MOST_CELLS and not reader.at_end:
            found.append(reader.text())
    except (struct.error, IndexError):
        pass  # as far as it could be read
    return found


class _Parts:
    """A long record with what continues it; letters that a border cuts go on after another byte of flags."""

    def __init__(self, parts: Sequence[bytes]) -> None:
        self._parts = parts
        self._number, self._at = 0, 0

    @property
    def at_end(self) -> bool:
        return self._number >= len(self._parts) - 1 and self._at >= len(self._parts[-1])

    def skip(self, count: int) -> bytes:
        """So many bytes, wherever they lie."""
        found = bytearray()
        while len(found) < count:
            part = self._parts[self._number]
            if self._at >= len(part):
                self._number, self._at = self._number + 1, 0
                continue
            taken = part[self._at : self._at + count - len(found)]
            self._at += len(taken)
            found += taken
        return bytes(found)

    def text(self) -> str:
        """One text with its formatting, which is left out."""
        count, flags = struct.unpack("<HB", self.skip(3))
        runs = struct.unpack("<H", self.skip(2))[0] if flags & 8 else 0
        more = struct.unpack("<I", self.skip(4))[0] if flags & 4 else 0
        letters = self._letters(count, wide=bool(flags & 1))
        self.skip(4 * runs + more)
        return letters

    def _letters(self, count: int, *, wide: bool) -> str:
        found: list[str] = []
        while count:
            part = self._parts[self._number]
            width = 2 if wide else 1
            here = min(count, (len(part) - self._at) // width)
            raw = part[self._at : self._at + here * width]
            found.append(raw.decode("utf-16-le", "replace") if wide else raw.decode("latin-1"))
            self._at += len(raw)
            count -= here
            if count:
                self._number += 1
                wide, self._at = bool(self._parts[self._number][0] & 1), 1
        return "".join(found)
