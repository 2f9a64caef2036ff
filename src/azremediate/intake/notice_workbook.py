"""Rows of cells out of an Excel workbook, without ever computing, unpacking or following what somebody put into it."""

import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import ParseError

from azremediate.core.errors import InputInvalid
from azremediate.intake.notice_table import MAX_CELLS
from azremediate.intake.wording import quoted, suggest

MAX_UNPACKED = 256 << 20
MAX_SHARED = 64 << 20
MAX_PARTS = 2000
MAX_SHEET_ROWS = 1_048_576

SIGNATURE = b"PK\x03\x04"
"""How a workbook begins, and every other ZIP archive."""

_CHUNK = 1 << 20
_DOCTYPES = tuple(
    text.encode(codec) for text in ("<!DOCTYPE", "<!ENTITY") for codec in ("ascii", "utf-16-le", "utf-16-be")
)
_FORMULAS = (b"<f>", b"<f ", b"<f/", b":f>", b":f ")
_FORMULA = "f"
"""What the library calls the type of a cell with a formula."""
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    EOFError,
    KeyError,
    IndexError,
    ValueError,
    TypeError,
    AttributeError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
    OSError,
)
"""What the library raises for workbooks that are none; it has no error of its own for most of them."""


@dataclass(frozen=True, slots=True)
class WorkbookRows:
    """The numbered rows of a sheet, and how many formulas have no stored value, so that their cells are empty here."""

    rows: list[tuple[int, Sequence[str]]]
    uncomputed: int = 0


def workbook_rows(content: bytes, file: str, sheet: str = "") -> WorkbookRows:
    """The rows of one sheet (default: the first) as text.

    Of a formula the value counts that was stored with it; nothing is computed. Raises `InputInvalid` for a file that is
    no workbook, would unpack to more than 256 MiB, or holds more than 8,000,000 cells.
    """
    formulas = _check_archive(content, file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles, extensions and dates that do not exist
            rows = list(_rows(content, file, sheet, data_only=True))
            return WorkbookRows(rows, _uncomputed(content, file, sheet, rows) if formulas else 0)
    except InputInvalid:
        raise
    except _BROKEN:
        raise _no_workbook(file) from None


def _rows(content: bytes, file: str, sheet: str, *, data_only: bool) -> Iterator[tuple[int, Sequence[str]]]:
    from openpyxl import load_workbook  # slow to load, and only needed for workbooks

    book = load_workbook(BytesIO(content), read_only=True, data_only=data_only, keep_links=False)
    try:
        chosen = _sheet(book.worksheets, file, sheet)
        chosen.reset_dimensions()  # what the sheet says of its own size is not to be trusted
        cells = 0
        for row, found in enumerate(chosen.iter_rows(values_only=data_only), start=1):
            cells += len(found)
            if cells > MAX_CELLS or row > MAX_SHEET_ROWS:
                raise InputInvalid("has too many rows or cells", file=file, hint="split it into several files")
            texts = [_text(cell) if data_only else _FORMULA * (cell.data_type == _FORMULA) for cell in found]
            if any(texts):
                yield row, texts
    finally:
        book.close()


def _sheet(sheets: Sequence[Any], file: str, wanted: str) -> Any:
    names = [one.title for one in sheets]
    if not names:
        raise _no_workbook(file)
    if wanted and wanted not in names:
        raise InputInvalid(f"has no sheet {quoted(wanted)}", file=file, hint=suggest(wanted, names, "its sheets"))
    return sheets[names.index(wanted) if wanted else 0]


def _uncomputed(content: bytes, file: str, sheet: str, rows: Sequence[tuple[int, Sequence[str]]]) -> int:
    """How many formulas of the sheet have no value that was stored with them."""
    values = dict(rows)
    return sum(
        1
        for row, marks in _rows(content, file, sheet, data_only=False)
        for at, mark in enumerate(marks)
        if mark and not "".join(values.get(row, ())[at : at + 1])
    )


def _text(value: object) -> str:
    """A cell as text that a reader of notices takes: dates in ISO 8601, whole numbers without a fraction."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="milliseconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _check_archive(content: bytes, file: str) -> bool:
    """Refuse what unpacks to too much, and XML that defines entities, before anything of it is read as a workbook.

    Gives back whether there are formulas.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            large = sum(part.file_size for part in parts) > MAX_UNPACKED
            shared = sum(part.file_size for part in parts if part.filename.lower().endswith("sharedstrings.xml"))
            if len(parts) > MAX_PARTS or large or shared > MAX_SHARED:
                hint = "save it anew with the one sheet that is needed, or as CSV"
                raise InputInvalid("would unpack to too much", file=file, hint=hint)
            texts = [part for part in parts if part.filename.lower().endswith((".xml", ".rels"))]
            if any(_holds(archive, part, _DOCTYPES) for part in texts):
                raise InputInvalid("has XML that defines entities, which no workbook does", file=file)
            return any(_holds(archive, part, _FORMULAS) for part in texts if "sheet" in part.filename.lower())
    except InputInvalid:
        raise
    except _BROKEN:
        raise _no_workbook(file) from None


def _holds(archive: zipfile.ZipFile, part: zipfile.ZipInfo, marks: Sequence[bytes]) -> bool:
    with archive.open(part) as stream:
        before = b""
        while block := stream.read(_CHUNK):  # never more than the size that was added up above
            seen = before + block
            if any(mark in seen for mark in marks):
                return True
            before = seen[-32:]
    return False


def _no_workbook(file: str) -> InputInvalid:
    return InputInvalid(
        "is no workbook that can be read", file=file, hint="open it, remove its password, and save it as .xlsx or CSV"
    )
