"""Read a notice of exfiltrated messages: rows in are messages, duplicates and rejected rows, and nothing else."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from hashlib import sha256
from pathlib import Path

from azremediate.core.errors import InputInvalid
from azremediate.core.notice import NoticedMessage
from azremediate.core.notice_reading import NoticeReading, RejectedNoticeRow
from azremediate.core.noticed_once import merge_messages
from azremediate.intake.bounded_file import BOM, read_bounded
from azremediate.intake.notice_columns import ColumnChoice, ColumnMap, check_choice, choose_columns, names_field
from azremediate.intake.notice_csv import decode_notice, separated_rows
from azremediate.intake.notice_dates import DateOrder, DateRules, proven_order
from azremediate.intake.notice_json import json_table
from azremediate.intake.notice_row import RowCheck, read_row
from azremediate.intake.notice_table import NoticeTable, table_of
from azremediate.intake.notice_workbook import SIGNATURE, workbook_rows
from azremediate.intake.wording import MOST_SHOWN, numbers, quoted, smells_of_secret

MAX_BYTES = 50 << 20

_MISSING = "name a notice in CSV, JSON, JSON Lines or as an Excel workbook"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class NoticeOptions:
    """What somebody says about a notice. source: who sent it. zone: of times that name none. sheet: of a workbook."""

    source: str = ""
    column_map: ColumnMap | None = None
    zone: tzinfo | None = None
    order: DateOrder | None = None
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class OpenedNotice:
    """A notice whose columns are known, before its rows are read."""

    file: str
    sha256: str
    table: NoticeTable
    choice: ColumnChoice
    encoding: str = "UTF-8"


@dataclass(slots=True)
class _Rows:
    """What has come of the rows so far."""

    messages: list[NoticedMessage] = field(default_factory=list)
    rejected: list[RejectedNoticeRow] = field(default_factory=list)
    remarks: dict[str, list[int]] = field(default_factory=dict)


def read_notice(path: Path, options: NoticeOptions) -> NoticeReading:
    """A notice of at most 50 MiB and 200,000 rows in CSV, JSON, JSON Lines or as an Excel workbook (.xlsx).

    Raises `InputInvalid` for a file that is none, and when its columns are not clear.
    """
    return read_opened(open_notice(path, options), options)


def open_notice(path: Path, options: NoticeOptions) -> OpenedNotice:
    """The notice as a table, and which of its columns would be which field."""
    file = _storable(str(path))
    content = read_bounded(path, MAX_BYTES, missing=_MISSING, what="the notice")
    table, encoding = _table(content, file, options)
    choice = choose_columns(table.headers, options.column_map, file)
    return OpenedNotice(file, sha256(content).hexdigest(), table, choice, encoding)


def read_opened(opened: OpenedNotice, options: NoticeOptions) -> NoticeReading:
    """The rows of a notice; `InputInvalid` when several columns would do for a field, or none tells messages apart."""
    file, table, columns = opened.file, opened.table, opened.choice.columns
    check_choice(opened.choice, file, table.header_row)
    at = {name: table.headers.index(column) for name, column in columns.items()}
    others = [(index, header) for index, header in enumerate(table.headers) if index not in set(at.values())]
    order, told = _order(table, at.get("sent"), options.order)
    rules, found = DateRules(options.zone, order), _Rows()
    for row in table.rows:
        if row.unreadable:
            found.rejected.append(RejectedNoticeRow(file, row.row, row.unreadable))
            continue
        check = RowCheck({name: row.cells[index] for name, index in at.items()})
        context = {header: row.cells[index] for index, header in others if row.cells[index].strip()}
        message = read_row(check, context, rules, (options.source, file, row.row))
        for remark in check.remarks:
            found.remarks.setdefault(remark, []).append(row.row)
        if message is None:
            found.rejected.append(RejectedNoticeRow(file, row.row, "; ".join(check.reasons)))
        else:
            found.messages.append(message)
    return _reading(opened, options, found, told)


def _reading(opened: OpenedNotice, options: NoticeOptions, found: _Rows, told: Sequence[str]) -> NoticeReading:
    messages, duplicates = merge_messages(found.messages)
    taken = set(opened.choice.columns.values())
    others = tuple(header for header in opened.table.headers if header not in taken)
    encoding = () if opened.encoding == "UTF-8" else (f"read as {opened.encoding} text",)
    remarks = (f"{remark} in {numbers(rows)}" for remark, rows in sorted(found.remarks.items()))
    rows = len(opened.table.rows)
    none = () if rows else ("the notice has no rows",)
    return NoticeReading(
        name=opened.file,
        sha256=opened.sha256,
        source=options.source,
        rows=rows,
        messages=messages,
        duplicates=duplicates,
        rejected=tuple(found.rejected),
        columns=opened.choice.columns,
        others=tuple(header for header in others if not smells_of_secret(header)),
        warnings=(*encoding, *opened.table.warnings, *_left_out(others), *told, *remarks, *none),
    )


def refuse_rejected(readings: Sequence[NoticeReading]) -> None:
    """Raise `InputInvalid` that lists the rejected rows, if there are any."""
    rejected = [row for reading in readings for row in reading.rejected]
    if not rejected:
        return
    first, *rest = rejected
    texts = [first.reason, *(f"{row.file}:{row.row}: {row.reason}" for row in rest[: MOST_SHOWN - 1])]
    if len(rejected) > MOST_SHOWN:
        texts.append(f"and {len(rejected) - MOST_SHOWN} more")
    hint = "correct these rows, or leave out --strict to go on without them"
    raise InputInvalid("\n".join(texts), file=first.file, line=first.row, hint=hint)


def _table(content: bytes, file: str, options: NoticeOptions) -> tuple[NoticeTable, str]:
    """The table by what the file holds: a workbook and JSON show by their first characters."""
    known = _known(options.column_map)
    form = Path(file).suffix.lower()
    if not content.strip():
        raise InputInvalid("is empty", file=file, hint=_MISSING)
    if content.startswith(SIGNATURE):
        found = workbook_rows(content, file, options.sheet)
        table = table_of(found.rows, known, file, ragged=True)
        empty = f"formulas without a stored value, whose cells count as empty: {found.uncomputed}"
        return (replace(table, warnings=(*table.warnings, empty)) if found.uncomputed else table), "UTF-8"
    if options.sheet:
        raise InputInvalid("is no workbook, so it has no sheets", file=file, hint="leave out --sheet")
    if form in (".xlsx", ".xlsm", ".xls") or content.startswith(_OLD_EXCEL):
        hint = "open it, remove its password, and save it as .xlsx or CSV"
        raise InputInvalid("is no workbook of the form .xlsx", file=file, hint=hint)
    decoded = decode_notice(content, file)
    start = decoded.text.lstrip()[:1]
    if form != ".csv" and (form in (".json", ".jsonl", ".ndjson") or start in ("{", "[")):
        body = content.removeprefix(BOM) if decoded.encoding == "UTF-8" else decoded.text.encode("utf-8", "replace")
        sure = form in (".jsonl", ".ndjson")
        lines = sure or start == "{"
        return json_table(body.removeprefix(BOM), file, lines=lines, sure=sure), decoded.encoding
    return table_of(separated_rows(decoded.text, known, file), known, file, ragged=False), decoded.encoding


def _known(column_map: ColumnMap | None) -> Callable[[str], bool]:
    if column_map is None:
        return names_field
    return frozenset(column_map.columns.values()).__contains__


def _order(table: NoticeTable, at: int | None, given: DateOrder | None) -> tuple[DateOrder | None, tuple[str, ...]]:
    """The order of day and month in the column of times, and how it is known when it is not given."""
    if at is None or given is not None:
        return given, ()
    order, row, needed = proven_order((row.row, row.cells[at]) for row in table.rows if not row.unreadable)
    if order is None or not needed:
        return order, ()
    words = "month before day" if order is DateOrder.MDY else "day before month"
    return order, (f"times were read with the {words}, as row {row} proves",)


def _left_out(others: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        f"column {quoted(name)} seems to hold secrets and was left out" for name in others if smells_of_secret(name)
    )[:MOST_SHOWN]


def _storable(name: str) -> str:
    """The name as JSON can carry it: Python keeps bytes of a file name that are no text as half characters."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")
