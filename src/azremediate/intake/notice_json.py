"""The table in a notice of JSON objects: an array, or one object on each line."""

from azremediate.core.errors import InputInvalid
from azremediate.intake.credential_rows import MAX_COLUMNS, MAX_ROWS
from azremediate.intake.hostile_text import REMOVED
from azremediate.intake.json_rows import JsonObject, JsonRow, as_text, json_array, json_lines
from azremediate.intake.notice_table import NoticeTable, TableRow, cells_too_long, check_size, too_many_rows
from azremediate.intake.wording import smells_of_secret


def json_table(body: bytes, file: str, *, lines: bool, sure: bool) -> NoticeTable:
    """The objects as rows; the headers are all their keys, in the order in which they come first.

    Addresses as Microsoft Graph writes them (`emailAddress.address`) become the address, lists one text with a line
    for each item. Raises `InputInvalid` for what is no JSON.
    """
    found: list[JsonRow] = []
    headers: dict[str, int] = {}
    for row in json_lines(body, file, sure=sure) if lines else json_array(body, file):
        if len(found) == MAX_ROWS:
            raise too_many_rows(file, row.line)
        found.append(row)
        for name, _ in row.pairs:
            headers.setdefault(name, len(headers))
        if len(headers) > MAX_COLUMNS:
            raise InputInvalid(f"has more than {MAX_COLUMNS} different keys", file=file, line=row.line)
    check_size(len(found), len(headers), file)
    return NoticeTable(tuple(headers), tuple(_row(row, headers) for row in found))


def _row(row: JsonRow, headers: dict[str, int]) -> TableRow:
    if row.unreadable:
        return TableRow(row.line, (), row.unreadable)
    if len({name for name, _ in row.pairs}) != len(row.pairs):
        return TableRow(row.line, (), "has a key twice")
    cells = [""] * len(headers)
    for name, value in row.pairs:
        cells[headers[name]] = _cell(value)
    if cells_too_long(cells):
        return TableRow(row.line, (), "has a cell longer than 64 KiB")
    return TableRow(row.line, cells)


def _cell(value: object) -> str:
    if isinstance(value, JsonObject):
        inner = dict(value)
        found = inner.get("emailAddress", inner.get("address"))
        return _cell(found) if isinstance(found, str | JsonObject) else as_text(_harmless(value))
    if isinstance(value, list) and value and all(isinstance(item, str | JsonObject) for item in value):
        return "\n".join(map(_cell, value))
    return as_text(_harmless(value))


def _harmless(value: object) -> object:
    """A value without what stands under keys that would hold secrets; a column of such a name is left out as well."""
    if isinstance(value, JsonObject):
        return JsonObject([(name, REMOVED if smells_of_secret(name) else _harmless(item)) for name, item in value])
    return [_harmless(item) for item in value] if isinstance(value, list) else value
