"""Rows of cells out of separated text, in the encodings and with the separators that spreadsheets write."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from azremediate.core.errors import InputInvalid
from azremediate.intake.bounded_file import BOM
from azremediate.intake.notice_table import LOOKED_AT

_SEPARATORS = (",", ";", "\t", "|")
_SAMPLE = 64 << 10
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_NAMED = re.compile(r"sep=([,;\t|])\r?\n", re.IGNORECASE)
_WRONG_QUOTES = 'check the quotes: a cell with a quote in it is written "like ""this"""'


@dataclass(frozen=True, slots=True)
class DecodedText:
    """The text of a file and the name of its encoding."""

    text: str
    encoding: str


def decode_notice(content: bytes, file: str) -> DecodedText:
    """The text of a notice in UTF-8, UTF-16 or Windows-1252; `InputInvalid` when it is in none of them."""
    if content.startswith(BOM):
        tries: Sequence[tuple[str, str]] = (("utf-8-sig", "UTF-8"),)
    elif content.startswith(_UTF_16):
        tries = (("utf-16", "UTF-16"),)
    elif content[1:2] == b"\x00" or content[:1] == b"\x00":
        tries = (("utf-16-le" if content[1:2] == b"\x00" else "utf-16-be", "UTF-16"),)
    else:
        tries = (("utf-8", "UTF-8"), ("cp1252", "Windows-1252"))
    for codec, name in tries:
        try:
            return DecodedText(content.decode(codec), name)
        except UnicodeDecodeError:
            continue
    raise InputInvalid("is text in no known encoding", file=file, hint="save the file as UTF-8")


def separated_rows(text: str, known: Callable[[str], bool], file: str) -> Iterator[tuple[int, Sequence[str]]]:
    """Every row with its number, counted as a spreadsheet counts; raises `InputInvalid` for quotes out of place.

    The separator is the one with which the first rows name most fields (`known`), then the one with most cells.
    """
    named = _NAMED.match(text)
    body = text[named.end() :] if named else text
    separator = named[1] if named else _separator(body[:_SAMPLE], known)
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=separator, strict=True)
    try:
        yield from enumerate(reader, start=2 if named else 1)
    except csv.Error as error:
        # A quote out of place moves the border between rows, so that none of them can be trusted.
        line = reader.line_num + (1 if named else 0)
        raise InputInvalid(f"is not valid CSV: {error}", file=file, line=line, hint=_WRONG_QUOTES) from None


def _separator(sample: str, known: Callable[[str], bool]) -> str:
    return max(_SEPARATORS, key=lambda separator: _fit(sample, separator, known))


def _fit(sample: str, separator: str, known: Callable[[str], bool]) -> tuple[int, int]:
    """How well a separator fits: fields named in one row, and its cells."""
    found = (0, 0)
    try:
        for cells in islice(csv.reader(io.StringIO(sample, newline=""), delimiter=separator), LOOKED_AT):
            found = max(found, (sum(1 for cell in cells if known(cell.strip())), len(cells)))
    except csv.Error:
        return found  # the sample may end within a cell, and what is wrong is said when all of it is read
    return found
