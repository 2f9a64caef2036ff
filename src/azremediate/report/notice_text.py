"""What came of reading notices, as text and as JSON."""

from collections.abc import Iterator, Sequence

from azremediate.core.codec import encode
from azremediate.core.json_value import Json
from azremediate.core.notice import NoticedMessage
from azremediate.core.notice_reading import DuplicateRow, NoticeReading, Reconciliation
from azremediate.report.escape import terminal
from azremediate.report.phrases import count

SCHEMA = "azremediate/intake/1"
MOST_SHOWN = 20


def counts_text(reading: NoticeReading) -> str:
    """Where the rows of one notice went."""
    parts = (
        f"{len(reading.messages)} accepted + {len(reading.duplicates)} duplicates + {len(reading.rejected)} rejected"
    )
    return f"{terminal(reading.name)}: {count(reading.rows, 'row')} = {parts}"


def remarks_text(reading: NoticeReading) -> Iterator[str]:
    """The hash of the notice, and what was remarkable about it."""
    yield f"  SHA-256 {reading.sha256}"
    if reading.others:
        more = f" and {len(reading.others) - MOST_SHOWN} more" if len(reading.others) > MOST_SHOWN else ""
        yield f"  kept as context: {', '.join(map(terminal, reading.others[:MOST_SHOWN]))}{more}"
    yield from (f"  note: {terminal(text)}" for text in reading.warnings)
    yield from _some([f"rejected row {row.row}: {terminal(row.reason)}" for row in reading.rejected])
    yield from _some([_differing_row(row) for row in reading.duplicates if row.differs])


def reconciliation_text(found: Reconciliation) -> Iterator[str]:
    """What several notices tell together, and what they contradict each other in."""
    yield "By message id:"
    for names, number in sorted(found.shared.items(), key=lambda one: (-len(one[0]), one[0])):
        only = "only in" if len(names) == 1 else "in"
        yield f"  {count(number, 'message')} {only} {' and '.join(map(terminal, names))}"
    if found.without_id:
        yield f"  {count(found.without_id, 'message')} without message id, not compared"
    for name, number in sorted(found.differing.items()):
        yield f"  {name} differs in {count(number, 'message')}"


def difference_rows(found: Reconciliation) -> list[tuple[str, str, str]]:
    """The first messages that not all notices tell or that they tell otherwise: id, notices, fields that differ."""
    return [(one.message_id, ", ".join(one.notices), ", ".join(one.differs)) for one in found.differences[:MOST_SHOWN]]


def summary_json(
    readings: Sequence[NoticeReading],
    messages: Sequence[NoticedMessage],
    across: Sequence[DuplicateRow],
    reconciliation: Reconciliation | None,
) -> dict[str, Json]:
    """Everything but the messages themselves; rows = accepted + duplicates + rejected."""
    duplicates = [*(row for one in readings for row in one.duplicates), *across]
    return {
        "schema": SCHEMA,
        "rows": sum(one.rows for one in readings),
        "accepted": len(messages),
        "duplicates": len(duplicates),
        "rejected": sum(len(one.rejected) for one in readings),
        "flagged": sum(1 for message in messages if message.flagged),
        "notices": [_notice_json(one) for one in readings],
        "duplicate_rows": encode(duplicates),
        "reconciliation": _reconciliation_json(reconciliation),
    }


def _notice_json(reading: NoticeReading) -> Json:
    return {
        "file": reading.name,
        "sha256": reading.sha256,
        "source": reading.source,
        "rows": reading.rows,
        "accepted": len(reading.messages),
        "duplicates": len(reading.duplicates),
        "rejected": encode(reading.rejected),
        "columns": encode(reading.columns),
        "context_columns": encode(reading.others),
        "warnings": encode(reading.warnings),
    }


def _reconciliation_json(found: Reconciliation | None) -> Json:
    if found is None:
        return None
    return {
        "notices": encode(found.notices),
        "shared": [{"notices": encode(names), "messages": number} for names, number in found.shared.items()],
        "differing": encode(found.differing),
        "differences": encode(found.differences),
        "without_message_id": found.without_id,
    }


def _differing_row(row: DuplicateRow) -> str:
    return f"row {row.row} differs from row {row.of_row} of the same message in {', '.join(row.differs)}"


def _some(lines: Sequence[str]) -> Iterator[str]:
    yield from (f"  {line}" for line in lines[:MOST_SHOWN])
    if len(lines) > MOST_SHOWN:
        yield f"  and {len(lines) - MOST_SHOWN} more; --json lists them all"
