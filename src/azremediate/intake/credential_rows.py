"""The rows of a credential list, out of CSV, a JSON array or JSON Lines."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from azremediate.core.errors import InputInvalid
from azremediate.intake.bounded_file import BOM, decode_text
from azremediate.intake.wording import quoted, suggest

MAX_ROWS = 200_000
MAX_COLUMNS = 1000
MAX_FIELD = 64 << 10
MAX_LINE = 1 << 20
MAX_JSON_VALUES = 4_000_000

FIELDS = ("kind", "identity", "key_id", "hint", "exposed_at", "confidence", "source", "note")
_PLAIN_FIELDS = {name.replace("_", ""): name for name in FIELDS}
_DEEPEST = 50
_JSON_HINT = "write [{...}, {...}], or one object per line"
_HINT = f"the columns are {','.join(FIELDS)}; kind and identity are required"


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row as it stands in the file: its cells by field, or why it cannot be read."""

    line: int
    cells: Mapping[str, str] = field(default_factory=dict)
    context: Mapping[str, str] = field(default_factory=dict)
    unreadable: str = ""


class _Object(list[tuple[str, Any]]):
    """A JSON object as its pairs, so that a repeated key is seen."""


def read_rows(content: bytes, file: str) -> Iterator[RawRow]:
    """Every row of a list in order; `file` names it, and its ending decides about the form before its content does.

    Raises `InputInvalid` for a list in which rows cannot be told apart, and for one with more than 200,000.
    """
    body = content.removeprefix(BOM)
    if not body.strip():
        raise InputInvalid("is empty", file=file, hint=_HINT)
    form = PurePath(file).suffix.lower()
    start = body.lstrip()[:1]
    if form in (".jsonl", ".ndjson") or (form != ".csv" and start == b"{"):
        rows = _json_lines(body, file, sure=form in (".jsonl", ".ndjson"))
    elif form == ".json" or (form != ".csv" and start == b"["):
        rows = _json_array(body, file)
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


def _json_lines(body: bytes, file: str, *, sure: bool) -> Iterator[RawRow]:
    for line, content in enumerate(io.BytesIO(body), start=1):
        if not content.strip():
            continue
        if len(content) > MAX_LINE:
            yield RawRow(line, unreadable="the line is longer than 1 MiB")
            continue
        try:
            value = _decoder().decode(content.decode("utf-8").strip())
        except UnicodeDecodeError:
            raise InputInvalid("is not UTF-8 text", file=file, line=line, hint="save the file as UTF-8") from None
        except (ValueError, RecursionError):
            if not sure:  # one object over several lines, rather than lines that are each broken
                raise InputInvalid("is neither a JSON array nor JSON Lines", file=file, hint=_JSON_HINT) from None
            yield RawRow(line, unreadable="is not a JSON object on one line")
            continue
        sure = True
        yield _json_row(line, value)


def _json_array(body: bytes, file: str) -> Iterator[RawRow]:
    """The items one after the other, so that memory holds one of them at a time."""
    if body.count(b",") + body.count(b"[") + body.count(b"{") > MAX_JSON_VALUES:
        raise InputInvalid("holds too many values", file=file, hint="split it into several files")
    text = decode_text(body, file)
    decoder = _decoder()
    at = _after_space(text, 0)
    if text[at] != "[":
        raise InputInvalid("is not a JSON array of objects", file=file, hint=_JSON_HINT)
    at = _after_space(text, at + 1)
    position = 0
    while text[at : at + 1] != "]" or position:
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            spot = error.pos if isinstance(error, json.JSONDecodeError) else at
            raise _not_json(text, spot, file) from None
        position += 1
        yield _json_row(position, value)
        at = _after_space(text, at)
        mark = text[at : at + 1]
        if mark == "]":
            break
        if mark != ",":
            raise _not_json(text, at, file)
        at = _after_space(text, at + 1)
    if text[at + 1 :].strip():
        raise _not_json(text, at + 1, file)


def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder(object_pairs_hook=_Object, parse_constant=_refuse_constant, parse_int=str, parse_float=str)


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _after_space(text: str, at: int) -> int:
    while text[at : at + 1] and text[at] in " \t\r\n":
        at += 1
    return at


def _not_json(text: str, at: int, file: str) -> InputInvalid:
    line = text.count("\n", 0, at) + 1
    return InputInvalid("is not valid JSON", file=file, line=line, column=at - text.rfind("\n", 0, at))


def _json_row(line: int, value: object) -> RawRow:
    if not isinstance(value, _Object):
        return RawRow(line, unreadable="is not a JSON object")
    names = [field_name(name) for name, _ in value]
    if len(set(names)) != len(names):
        return RawRow(line, unreadable="has a key twice")
    odd = next((name for name, (_, item) in zip(names, value, strict=True) if name in FIELDS and not _texty(item)), "")
    if odd:
        return RawRow(line, unreadable=f"its {odd} is not text")
    if any(_deep(item, _DEEPEST) for _, item in value):
        return RawRow(line, unreadable="is nested too deep")
    return _row(line, [(name, _as_text(item)) for name, (_, item) in zip(names, value, strict=True)])


def _deep(value: object, left: int) -> bool:
    """Whether a value is nested deeper than `left` levels; how deep Python itself can go differs between versions."""
    if not isinstance(value, list | tuple | dict):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return left <= 0 or any(_deep(item, left - 1) for item in inner)


def _texty(value: object) -> bool:
    return value is None or isinstance(value, str)


def _as_text(value: object) -> str:
    """A text as it is, nothing as nothing, and whatever else stands in a column of the writer's own as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(_plain(value), ensure_ascii=False)


def _plain(value: object) -> object:
    """A nested value with its objects as objects again."""
    if isinstance(value, _Object):
        return {name: _plain(item) for name, item in value}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _row(line: int, pairs: Sequence[tuple[str, str]]) -> RawRow:
    if any(len(value) > MAX_FIELD for _, value in pairs):
        return RawRow(line, unreadable="has a cell longer than 64 KiB")
    cells = {name: value for name, value in pairs if name in FIELDS}
    return RawRow(line, cells, {name: value for name, value in pairs if name not in FIELDS and value.strip()})
