"""The rows of a credential list, out of CSV, a JSON array or JSON Lines."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from azremediate.core.errors import InputInvalid
from azremediate.intake.bounded_file import BOM, decode_text
from azremediate.intake.json_rows import JsonRow, as_text, json_array, json_lines
from azremediate.intake.wording import quoted, suggest

MAX_ROWS = 200_000
MAX_COLUMNS = 1000
MAX_FIELD = 64 << 10

FIELDS = ("kind", "identity", "key_id", "hint", "exposed_at", "confidence", "source", "note")
_PLAIN_FIELDS = {name.replace("_", ""): name for name in FIELDS}
_HINT = f"the columns are {','.join(FIELDS)}; kind and identity are required"


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row as it stands in the file: its cells by field, or why it cannot be read."""

    line: int
    cells: Mapping[str, str] = field(default_factory=dict)
    context: Mapping[str, str] = field(default_factory=dict)
    unreadable: str = ""


def read_rows(content: bytes, file: str) -> Iterator[RawRow]:
    """Every row of a list in order; `file` names it, and its ending decides about the form before its content does.

    Raises `InputInvalid` for a list in which rows cannot be told apart, and for one with more than 200,000.
    """
    body = content.removeprefix(BOM)
    if not body.strip():
        raise InputInvalid("is empty", file=file, hint=_HINT)
    form = PurePath(file).suffix.lower()
    start = body.lstrip()[:1]
    rows: Iterator[RawRow]
    if form in (".jsonl", ".ndjson") or (form != ".csv" and start == b"{"):
        rows = map(_json_row, json_lines(body, file, sure=form in (".jsonl", ".ndjson")))
    elif form == ".json" or (form != ".csv" and start == b"["):
        rows = map(_json_row, json_array(body, file))
    else:
        rows = _csv(body, file)
    for count, row in enumerate(rows):
        if count == MAX_ROWS:
            raise InputInvalid(
                f"has more than {MAX_ROWS} rows", file=file, line=row.line, hint="split it into several files"
            )
        yield row


def field_name(column: str) -> str:
    """The field that a column means, whatever its case, spaces and underscores; an unknown one as it is written."""
    plain = "".join(char for char in column.lower() if char not in " _-\t")
    return _PLAIN_FIELDS.get(plain, column.strip())


def _csv(body: bytes, file: str) -> Iterator[RawRow]:
    text = io.TextIOWrapper(io.BytesIO(body), encoding="utf-8", errors="strict", newline="")
    reader = csv.reader(text, strict=True)
    try:
        header = _header(next((cells for cells in reader if not _blank(cells)), []), reader.line_num, file)
        before = reader.line_num
        for cells in reader:
            line, before = before + 1, reader.line_num
            if not _blank(cells):
                yield _csv_row(header, cells, line)
    except csv.Error as error:
        # A quote out of place moves the border between rows, so that none of them can be trusted.
        hint = 'check the quotes: a cell with a quote in it is written "like ""this"""'
        raise InputInvalid(f"is not valid CSV: {error}", file=file, line=reader.line_num, hint=hint) from None
    except UnicodeDecodeError:
        decode_text(body, file)
        raise


def _blank(cells: Sequence[str]) -> bool:
    return not cells or (len(cells) == 1 and not cells[0].strip())


def _header(cells: Sequence[str], line: int, file: str) -> tuple[str, ...]:
    names = tuple(field_name(cell) for cell in cells)
    if len(names) > MAX_COLUMNS:
        raise InputInvalid(f"has more than {MAX_COLUMNS} columns", file=file, line=line, hint=_HINT)
    twice = sorted({name for name in names if names.count(name) > 1})
    if len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
        raise InputInvalid("its cells are not separated by commas", file=file, line=line, hint=_HINT)
    if twice:
        raise InputInvalid(f"has the column {quoted(twice[0])} twice", file=file, line=line, hint="keep one of them")
    for required in ("kind", "identity"):
        if required not in names:
            hint = suggest(required, [name for name in names if name not in FIELDS], "its columns")
            hint = f"{hint}; {_HINT}" if hint.startswith("did") else _HINT
            raise InputInvalid(f"its header has no column '{required}'", file=file, line=line, hint=hint)
    if "" in names:
        raise InputInvalid("has a column without a name", file=file, line=line, hint=_HINT)
    return names


def _csv_row(header: Sequence[str], cells: Sequence[str], line: int) -> RawRow:
    if len(cells) != len(header):
        return RawRow(line, unreadable=f"has {len(cells)} cells, the header has {len(header)}")
    return _row(line, list(zip(header, cells, strict=True)))


def _json_row(row: JsonRow) -> RawRow:
    if row.unreadable:
        return RawRow(row.line, unreadable=row.unreadable)
    names = [field_name(name) for name, _ in row.pairs]
    if len(set(names)) != len(names):
        return RawRow(row.line, unreadable="has a key twice")
    items = [item for _, item in row.pairs]
    odd = next((name for name, item in zip(names, items, strict=True) if name in FIELDS and not _texty(item)), "")
    if odd:
        return RawRow(row.line, unreadable=f"its {odd} is not text")
    return _row(row.line, list(zip(names, map(as_text, items), strict=True)))


def _texty(value: object) -> bool:
    return value is None or isinstance(value, str)


def _row(line: int, pairs: Sequence[tuple[str, str]]) -> RawRow:
    if any(len(value) > MAX_FIELD for _, value in pairs):
        return RawRow(line, unreadable="has a cell longer than 64 KiB")
    cells = {name: value for name, value in pairs if name in FIELDS}
    return RawRow(line, cells, {name: value for name, value in pairs if name not in FIELDS and value.strip()})
