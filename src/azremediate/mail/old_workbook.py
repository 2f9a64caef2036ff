"""Cells of an Excel workbook of before 2007 (BIFF, MS-XLS), row by row, so that a label stands beside its value."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from azremediate.mail.biff_string import BiffString, old_string
from azremediate.mail.read_text import ReadText
from azremediate.mail.reasons import Reason

_BOF, _EOF, _FILEPASS, _SHARED, _CONTINUE, _CODE_PAGE = 0x0809, 0x000A, 0x002F, 0x00FC, 0x003C, 0x0042
_LABEL, _RICH, _RESULT, _BY_INDEX, _NUMBER, _RK, _MANY = 0x0204, 0x00D6, 0x0207, 0x00FD, 0x0203, 0x027E, 0x00BD
_FORMULA, _TEXT_BOX, _CONNECTION = 0x0006, 0x01B6, 0x00CD
_VERSION_5: Final = 0x0500
_MOST_CELLS: Final = 500_000

Cell = tuple[int, int, str]


@dataclass(slots=True)
class _Workbook:
    """What was read so far. room: characters that may still be taken."""

    room: int
    old: bool = False
    code_page: str = "cp1252"
    shared: Sequence[str] = ()
    cells: list[Cell] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    place: tuple[int, int] = (0, 0)
    missed: Reason | None = None

    def add(self, row: int, column: int, text: str) -> None:
        """Take a cell while there is room; what there is none for is known to be missing."""
        self.room -= len(text) + 1
        if self.room < 0 or len(self.cells) >= _MOST_CELLS:
            self.missed = Reason.TOO_LARGE
        else:
            self.cells.append((row, column, text))

    def add_line(self, text: str) -> None:
        """Take a text that stands in no cell, while there is room."""
        self.room -= len(text) + 1
        if self.room < 0:
            self.missed = Reason.TOO_LARGE
        else:
            self.lines.append(text)

    def end_sheet(self) -> None:
        """The cells so far become lines."""
        self.lines += _rows(self.cells)
        self.cells = []


def workbook_text(stream: bytes, most: int) -> ReadText:
    """The cells of all sheets, a line for each row, tabs between; at most so many characters."""
    book = _Workbook(most)
    if stream[:2] != struct.pack("<H", _BOF):
        return ReadText("", Reason.DAMAGED)
    book.old = stream[4:6] == struct.pack("<H", _VERSION_5)
    for kind, parts in _records(stream):
        if kind == _FILEPASS:
            return ReadText("", Reason.ENCRYPTED)
        if kind is None:
            book.missed = book.missed or Reason.DAMAGED
        elif book.missed != Reason.TOO_LARGE:
            _take(book, kind, parts)
    book.end_sheet()
    return ReadText("\n".join(book.lines), book.missed)


def _take(book: _Workbook, kind: int, parts: Sequence[bytes]) -> None:
    try:
        if kind == _SHARED:
            _take_shared(book, parts)
        elif kind == _EOF:
            book.end_sheet()
        elif kind == _FORMULA:
            book.place = struct.unpack_from("<HH", parts[0])
        elif kind == _CODE_PAGE:
            book.code_page = f"cp{struct.unpack_from('<H', parts[0])[0]}"
        elif kind in (_RESULT, _CONNECTION, _TEXT_BOX):
            _take_text(book, kind, parts)
        else:
            _take_cells(book, kind, parts)
    except (struct.error, IndexError):
        book.missed = book.missed or Reason.DAMAGED


def _records(stream: bytes) -> Iterator[tuple[int | None, Sequence[bytes]]]:
    """Kind of each record, its bytes and what continues them; the kind is None where the stream is damaged."""
    kind, parts, at = -1, [b""], 0
    while at + 4 <= len(stream):
        following, size = struct.unpack_from("<HH", stream, at)
        if following == 0 or at + 4 + size > len(stream):
            break
        data = stream[at + 4 : at + 4 + size]
        at += 4 + size
        if following == _CONTINUE:
            parts += [data] if data else []
        else:
            yield kind, parts
            kind, parts = following, [data]
    yield kind, parts
    if stream[at:].strip(b"\0"):
        yield None, ()


def _take_shared(book: _Workbook, parts: Sequence[bytes]) -> None:
    """The texts that cells name by number."""
    found: list[str] = []
    book.shared = found
    reader = BiffString(parts)
    reader.take(8)  # numbers of texts, which some writers get wrong
    while not reader.at_end:
        if len(found) >= _MOST_CELLS:
            book.missed = Reason.TOO_LARGE
            return
        found.append(reader.rich_text())


def _take_text(book: _Workbook, kind: int, parts: Sequence[bytes]) -> None:
    """The text of a formula's result, of a text box or comment, or of a connection to a database."""
    if book.old:
        if kind != _TEXT_BOX:
            book.add(*book.place, old_string(parts[0], 0, book.code_page))
    elif kind == _TEXT_BOX:
        (count,) = struct.unpack_from("<H", parts[0], 10)
        if count:
            book.add_line(BiffString(parts[1:]).letters_with_flags(count))
    elif kind == _CONNECTION:
        book.add_line(BiffString(parts).text())
    else:
        book.add(*book.place, BiffString(parts).text())


def _take_cells(book: _Workbook, kind: int, parts: Sequence[bytes]) -> None:
    if kind not in (_LABEL, _RICH, _BY_INDEX, _NUMBER, _RK, _MANY):
        return
    data = parts[0]
    row, column = struct.unpack_from("<HH", data)
    if kind in (_LABEL, _RICH):
        text = old_string(data, 6, book.code_page) if book.old else BiffString([data[6:], *parts[1:]]).text()
        book.add(row, column, text)
    elif kind == _BY_INDEX:
        book.add(row, column, book.shared[struct.unpack_from("<I", data, 6)[0]])
    elif kind == _NUMBER:
        book.add(row, column, f"{struct.unpack_from('<d', data, 6)[0]:.15g}")
    elif kind == _RK:
        book.add(row, column, f"{_small(data[6:10]):.15g}")
    else:
        for number in range((len(data) - 6) // 6):
            book.add(row, column + number, f"{_small(data[6 + 6 * number : 10 + 6 * number]):.15g}")


def _small(data: bytes) -> float:
    """A number in four bytes (RkNumber): thirty bits of an integer or of a double, in hundredths or not."""
    raw = int.from_bytes(data, "little")
    if raw & 2:
        value = float(int.from_bytes(data, "little", signed=True) >> 2)
    else:
        (value,) = struct.unpack("<d", b"\0\0\0\0" + (raw & ~3).to_bytes(4, "little"))
    return value / 100 if raw & 1 else value


def _rows(cells: Sequence[Cell]) -> list[str]:
    rows: dict[int, list[tuple[int, str]]] = {}
    for row, column, text in cells:
        rows.setdefault(row, []).append((column, " ".join(text.split())))
    return ["\t".join(text for _, text in sorted(found)) for _, found in sorted(rows.items())]
