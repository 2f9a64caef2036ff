"""Rows of cells out of an Excel workbook, without ever computing, unpacking or following what somebody put into it."""

import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
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


def workbook_rows(content: bytes, file: str, sheet: str = "") -> list[tuple[int, Sequence[str]]]:
    """The numbered rows of one sheet (default: the first) as text.

    Of a formula the value counts that was stored with it; nothing is computed. Raises `InputInvalid` for a file that is
    no workbook, would unpack to more than 256 MiB, or holds more than 8,000,000 cells.
    """
    _check_archive(content, file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles, extensions and dates that do not exist
            return list(_rows(content, file, sheet))
    except InputInvalid:
        raise
    except _BROKEN:
        raise _no_workbook(file) from None


def _rows(content: bytes, file: str, sheet: str) -> Iterator[tuple[int, Sequence[str]]]:
    from openpyxl import load_workbook  # slow to load, and only needed for workbooks

    book = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        names = [one.title for one in book.worksheets]
        if not names:
            raise _no_workbook(file)
        if sheet and sheet not in names:
            hint = suggest(sheet, names, "its sheets")
            raise InputInvalid(f"has no sheet {quoted(sheet)}", file=file, hint=hint)
        chosen: Any = book.worksheets[names.index(sheet) if sheet else 0]
        chosen.reset_dimensions()  # what the sheet says of its own size is not to be trusted
        cells = 0
        for row, values in enumerate(chosen.iter_rows(values_only=True), start=1):
            cells += len(values)
            if cells > MAX_CELLS or row > MAX_SHEET_ROWS:
                raise InputInvalid("has too many rows or cells", file=file, hint="split it into several files")
            if any(value is not None for value in values):
                yield row, [_text(value) for value in values]
    finally:
        book.close()


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


def _check_archive(content: bytes, file: str) -> None:
    """Refuse what unpacks to too much, and XML that defines entities, before anything of it is read as a workbook."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            large = sum(part.file_size for part in parts) > MAX_UNPACKED
            shared = sum(part.file_size for part in parts if part.filename.lower().endswith("sharedstrings.xml"))
            if len(parts) > MAX_PARTS or large or shared > MAX_SHARED:
                hint = "save it anew with the one sheet that is needed, or as CSV"
                raise InputInvalid("would unpack to too much", file=file, hint=hint)
            if any(_has_doctype(archive, part) for part in parts if part.filename.lower().endswith((".xml", ".rels"))):
                raise InputInvalid("has XML that defines entities, which no workbook does", file=file)
    except InputInvalid:
        raise
    except _BROKEN:
        raise _no_workbook(file) from None


def _has_doctype(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    with archive.open(part) as stream:
        before = b""
        while block := stream.read(_CHUNK):  # never more than the size that was added up above
            seen = before + block
            if any(mark in seen for mark in _DOCTYPES):
                return True
            before = seen[-32:]
    return False


def _no_workbook(file: str) -> InputInvalid:
    return InputInvalid(
        "is no workbook that can be read", file=file, hint="open it, remove its password, and save it as .xlsx or CSV"
    )
