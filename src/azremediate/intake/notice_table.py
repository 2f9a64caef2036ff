"""A notice as a table: its headers and its rows as text, whatever form its file has."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from azremediate.core.errors import InputInvalid
from azremediate.intake.credential_rows import MAX_COLUMNS, MAX_FIELD, MAX_ROWS
from azremediate.intake.wording import quoted

LOOKED_AT = 20
"""Among so many rows that hold anything the header is looked for; exports put titles above it."""

MAX_CELLS = 8_000_000
_LEAST = 2


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its cells in the order of the headers, or why it cannot be read."""

    row: int
    cells: Sequence[str]
    unreadable: str = ""


@dataclass(frozen=True, slots=True)
class NoticeTable:
    """Headers and rows of one notice. header_row: where the headers stand, None when each row names its own."""

    headers: tuple[str, ...]
    rows: tuple[TableRow, ...]
    header_row: int | None = None
    warnings: tuple[str, ...] = ()


def table_of(
    cells: Iterable[tuple[int, Sequence[str]]], known: Callable[[str], bool], file: str, *, ragged: bool
) -> NoticeTable:
    """The table in numbered rows of cells, blank ones among them; `known` says whether a text names a field.

    ragged: a row may be shorter than the header, as spreadsheets keep no empty cells at its end. Raises `InputInvalid`
    for a header that is not one, and for more than 200,000 rows.
    """
    filled = ((row, one) for row, one in cells if any(cell.strip() for cell in one))
    first = list(islice(filled, LOOKED_AT))
    at = header_index([one for _, one in first], known)
    if at is None:
        raise InputInvalid("is empty", file=file, hint="a notice has a row of headers and a row for each message")
    header_row, header = first[at]
    headers = _headers(header, file, header_row)
    rows: list[TableRow] = []
    for row, one in chain(first[at + 1 :], filled):
        if len(rows) == MAX_ROWS:
            raise too_many_rows(file, row)
        rows.append(_row(row, one, len(headers), ragged=ragged))
    check_size(len(rows), len(headers), file)
    above = (f"what stands above the header in row {header_row} was left out",) if at else ()
    return NoticeTable(headers, tuple(rows), header_row, above)


def header_index(rows: Sequence[Sequence[str]], known: Callable[[str], bool]) -> int | None:
    """Which of the first rows is the header: the one that names most fields, at least two, else the first of all."""
    scores = [sum(1 for cell in cells if known(cell.strip())) for cells in rows]
    if not rows:
        return None
    best = max(scores)
    return scores.index(best) if best >= _LEAST else 0


def too_many_rows(file: str, row: int) -> InputInvalid:
    """The error of a notice that is too long."""
    return InputInvalid(f"has more than {MAX_ROWS} rows", file=file, line=row, hint="split it into several files")


def check_size(rows: int, columns: int, file: str) -> None:
    """Raise `InputInvalid` for a table that is small as a file and large as a table."""
    if rows * columns > MAX_CELLS:
        raise InputInvalid(f"has more than {MAX_CELLS} cells", file=file, hint="split it into several files")


def cells_too_long(cells: Iterable[str]) -> bool:
    """Whether a cell is longer than intake takes."""
    return any(len(cell) > MAX_FIELD for cell in cells)


def _headers(cells: Sequence[str], file: str, row: int) -> tuple[str, ...]:
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if len(names) > MAX_COLUMNS:
        raise InputInvalid(f"has more than {MAX_COLUMNS} columns", file=file, line=row, hint="keep the columns needed")
    named = tuple(name or f"column {number}" for number, name in enumerate(names, start=1))
    twice = next(_repeated(named), "")
    if twice:
        raise InputInvalid(f"has the column {quoted(twice)} twice", file=file, line=row, hint="rename one of them")
    return named


def _repeated(names: Sequence[str]) -> Iterator[str]:
    seen = set()
    for name in names:
        if name in seen:
            yield name
        seen.add(name)


def _row(row: int, cells: Sequence[str], width: int, *, ragged: bool) -> TableRow:
    given = list(cells)
    while len(given) > width and not given[-1].strip():
        given.pop()
    if len(given) > width or (len(given) < width and not ragged):
        return TableRow(row, (), f"has {len(given)} cells, the header has {width}")
    if cells_too_long(given):
        return TableRow(row, (), "has a cell longer than 64 KiB")
    return TableRow(row, [*given, *("" for _ in range(width - len(given)))])
