"""Reading the audit log line by line, without the journal and without changing anything."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from azremediate.core.codec import ShapeError, encode
from azremediate.core.errors import IntegrityBroken
from azremediate.core.json_value import JsonObject, object_of
from azremediate.journal.audit_file import EVIDENCE, unreadable
from azremediate.journal.audit_record import AuditRecord, parse_record
from azremediate.journal.state_directory import existing_state_directory

LONGEST_LINE = 16 * 1024 * 1024
"""More than any record has: a file without line ends must not fill the memory."""

_FILE = re.compile(r"[0-9A-Za-z-]+/[0-9]{4}/audit-[0-9]{6}\.jsonl")


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line of a file of the log, with its line feed if it has one; `number` counts from 1."""

    file: str
    number: int
    content: bytes


def audit_files(audit: Path) -> list[str]:
    """All files of the log by tenant and month, relative to its folder, with slashes."""
    found = (path.relative_to(audit).as_posix() for path in audit.rglob("*.jsonl"))
    return sorted(found)


def is_audit_file(name: str) -> bool:
    """Whether the log has files of this name."""
    return _FILE.fullmatch(name) is not None


def audit_lines(audit: Path, files: list[str]) -> Iterator[AuditLine]:
    """The lines of the files, one after the other; `IntegrityBroken` when a file cannot be read."""
    for name in files:
        path = audit / name
        if path.is_symlink():
            raise IntegrityBroken(f"the audit log {path} is a symbolic link", hint=EVIDENCE)
        try:
            with path.open("rb") as opened:
                number = 0
                while line := opened.readline(LONGEST_LINE):
                    number += 1
                    yield AuditLine(name, number, line)
        except OSError as error:
            raise unreadable(path, error) from None


def read_audit(
    path: Path, *, run_id: str = "", change_id: str = "", tenant_id: str = "", event: str = ""
) -> Iterator[JsonObject]:
    """The records of the state directory at `path` in their order, as the objects that stand in the log.

    Only those of the run, change or tenant named, and whose event is `event` or starts with it and a dot. Nothing is
    verified beyond each record's own form: `IntegrityBroken` names the file and line that is no record, `ConfigInvalid`
    a state directory that is not there.
    """
    state = existing_state_directory(path)
    files = [name for name in audit_files(state.audit) if not tenant_id or name.startswith(f"{tenant_id}/")]
    for line in audit_lines(state.audit, files):
        try:
            record = parse_record(line.content.removesuffix(b"\n"))
        except ShapeError as problem:
            raise IntegrityBroken(f"{state.audit / line.file}:{line.number}: {problem}", hint=EVIDENCE) from None
        if _wanted(record, run_id, change_id, event):
            yield flat(record)


def flat(record: AuditRecord) -> JsonObject:
    """A record as the one object that stands in the log."""
    members = dict(object_of(encode(record), "a record"))
    entry = object_of(members.pop("entry"), "an entry")
    return {**members, **entry}


def _wanted(record: AuditRecord, run_id: str, change_id: str, event: str) -> bool:
    entry = record.entry
    return (
        run_id in ("", entry.run_id)
        and change_id in ("", entry.change_id)
        and (event in ("", entry.event) or entry.event.startswith(f"{event}."))
    )
