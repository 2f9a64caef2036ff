"""Writes the records of the audit log in the forms that other systems read."""

from collections.abc import Callable, Iterator
from pathlib import Path

from azremediate.cli.output import Output
from azremediate.cli.whole_file import write_lines
from azremediate.core.errors import InputInvalid
from azremediate.core.json_value import JsonObject, canonical
from azremediate.journal.audit_reading import read_audit
from azremediate.journal.audit_record import leaf_hash
from azremediate.report.audit_cef import cef_lines
from azremediate.report.audit_csv import CSV_HEADER, csv_lines
from azremediate.report.audit_ocsf import ocsf_lines

_FORMS: dict[str, Callable[[JsonObject, str], Iterator[str]]] = {"ocsf": ocsf_lines, "cef": cef_lines, "csv": csv_lines}

FORMATS = tuple(_FORMS)
"""The names of the forms."""


def export_audit(state: Path, form: str, since: int, file: Path | None, shown: Output) -> None:
    """Write the records after number `since` to the file, or to standard output."""
    lines = _lines(state, form, since)
    if file is not None:
        written = write_lines(file, lines, "the export")
        shown.data({"file": str(file), "format": form, "lines": written})
        shown.note(f"the export is in {file}")
        return
    if shown.json and form != "ocsf":
        raise InputInvalid(f"{form} is not JSON", hint="name a file with -o, or leave --json out")
    for line in lines:
        shown.line(line)


def _lines(state: Path, form: str, since: int) -> Iterator[str]:
    if form == "csv":
        yield CSV_HEADER
    for record in read_audit(state):
        seq = record["seq"]
        if isinstance(seq, int) and seq > since:
            yield from _FORMS[form](record, leaf_hash(canonical(record)))
