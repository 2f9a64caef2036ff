"""The audit log: each record's bytes are fixed in the commit of what it records, and in its file before anybody acts.

The journal remembers the exact bytes of a record until its file surely holds them. So a crash can neither lose a record
nor let two records claim one place.
"""

import re
import sqlite3
from itertools import groupby
from uuid import uuid4

from azremediate.core.errors import IntegrityBroken, PlanUnusable
from azremediate.journal import audit_file
from azremediate.journal.audit_record import FIRST_PREV, VERSION, AuditEntry, AuditRecord, leaf_hash, seal
from azremediate.journal.checkpoint_signer import BOUNDARIES, CheckpointSigner
from azremediate.journal.state_directory import StateDirectory

_TENANT = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,63}")
_LAST = "SELECT seq, hash, file, start + length FROM outbox WHERE tenant_id = ? ORDER BY seq DESC LIMIT 1"
_ADD = "INSERT INTO outbox (tenant_id, seq, hash, file, start, length, unwritten) VALUES (?, ?, ?, ?, ?, ?, ?)"
_UNWRITTEN = "SELECT tenant_id, seq, file, start, unwritten FROM outbox WHERE unwritten IS NOT NULL ORDER BY 1, 2"
_FILES = """
SELECT file, max(start + length), max(CASE WHEN unwritten IS NULL THEN start + length ELSE 0 END)
FROM outbox GROUP BY file ORDER BY file
"""
_LAST_WRITTEN = """
SELECT start, length, hash FROM outbox WHERE tenant_id = ? AND file = ? AND unwritten IS NULL ORDER BY seq DESC LIMIT 1
"""


class AuditLog:
    """The files of all tenants' chains in one state directory, and their signer; used in the journal's thread only."""

    def __init__(self, state: StateDirectory, signer: CheckpointSigner) -> None:
        self._state = state
        self.signer = signer
        self._appended: dict[str, int] = {}
        self._at_once: set[str] = set()

    def add(self, connection: sqlite3.Connection, tenant_id: str, entry: AuditEntry) -> None:
        """Fix the next record of the tenant's chain, inside a transaction; its file gets it after the commit.

        Each tenant has a chain of its own. A clock set back does not lead back to an earlier month's file.
        """
        seq, prev, file, end = self._last(connection, tenant_id)
        month = f"{tenant_id}/{entry.time[:4]}/audit-{entry.time[:4]}{entry.time[5:7]}.jsonl"
        if month > file:
            file, end = month, 0
        chain_id = self._chain(connection, tenant_id)
        leaf = seal(AuditRecord(VERSION, chain_id, seq + 1, prev, entry))
        connection.execute(_ADD, (tenant_id, seq + 1, leaf.hash, file, end, len(leaf.line), leaf.line))
        if entry.event in BOUNDARIES:
            self._at_once.add(tenant_id)

    def before_commit(self, connection: sqlite3.Connection) -> None:
        """Forget the bytes that earlier commits brought into the files."""
        for tenant_id, seq in self._appended.items():
            connection.execute(
                "UPDATE outbox SET unwritten = NULL WHERE unwritten IS NOT NULL AND tenant_id = ? AND seq <= ?",
                (tenant_id, seq),
            )
        self._appended = {}

    def after_commit(self, connection: sqlite3.Connection) -> None:
        """Append what was committed to its files, and sign where that is due.

        A commit without a record, such as the last one before the journal is closed, signs whatever is unsigned.
        """
        rows = connection.execute(_UNWRITTEN).fetchall()
        for file, group in groupby(rows, key=lambda row: str(row[2])):
            records = list(group)
            audit_file.append(self._state.audit / file, records[0][3], b"".join(record[4] for record in records))
            self._appended[records[-1][0]] = records[-1][1]
            self.signer.follow(connection, records[-1][0], [record[4] for record in records])
        self.signer.sign(self._at_once if rows else set(self.signer.tenants))
        self._at_once = set()

    def complete(self, connection: sqlite3.Connection) -> None:
        """Append what a process that died had committed, but not yet written to the files.

        Raises `IntegrityBroken` when a file is anything but what the journal remembers, with or without such a tail.
        """
        unwritten = connection.execute(_UNWRITTEN).fetchall()
        known = connection.execute(_FILES).fetchall()
        self._check_no_other({file for file, _, _ in known})
        for file, end, written in known:
            path = self._state.audit / file
            size = audit_file.size_of(path)
            if size < written:
                raise IntegrityBroken(f"the audit log {path} was shortened", hint=audit_file.EVIDENCE)
            if size > end:
                raise _rolled_back(f"the audit log {path} holds more than the journal knows")
            self._check_last(connection, file)
            pending = b"".join(row[4] for row in unwritten if row[2] == file)
            there = audit_file.read_part(path, written, size - written)
            if not pending.startswith(there):
                raise IntegrityBroken(f"the end of the audit log {path} was altered", hint=audit_file.EVIDENCE)
            if missing := pending[len(there) :]:
                audit_file.append(path, size, missing)
        for tenant_id, seq, *_ in unwritten:
            self._appended[tenant_id] = seq
        self.signer.open(connection)

    def _last(self, connection: sqlite3.Connection, tenant_id: str) -> tuple[int, str, str, int]:
        found: tuple[int, str, str, int] | None = connection.execute(_LAST, (tenant_id,)).fetchone()
        return found or (0, FIRST_PREV, "", 0)

    def _chain(self, connection: sqlite3.Connection, tenant_id: str) -> str:
        found = connection.execute("SELECT chain_id FROM chain WHERE tenant_id = ?", (tenant_id,)).fetchone()
        if found is not None:
            return str(found[0])
        if not _TENANT.fullmatch(tenant_id):
            raise PlanUnusable("the plan's tenant id is not an id", hint="make the plan again with `azremediate plan`")
        chain_id = uuid4().hex
        connection.execute("INSERT INTO chain (tenant_id, chain_id) VALUES (?, ?)", (tenant_id, chain_id))
        return chain_id

    def _check_last(self, connection: sqlite3.Connection, file: str) -> None:
        last = connection.execute(_LAST_WRITTEN, (file.split("/")[0], file)).fetchone()
        if last is None:
            return
        start, length, expected = last
        line = audit_file.read_part(self._state.audit / file, start, length)
        if leaf_hash(line.removesuffix(b"\n")) != expected:
            raise IntegrityBroken(
                f"the last record of the audit log {self._state.audit / file} was altered", hint=audit_file.EVIDENCE
            )

    def _check_no_other(self, known: set[str]) -> None:
        for path in sorted(self._state.audit.rglob("*.jsonl")):
            if path.relative_to(self._state.audit).as_posix() not in known:
                raise _rolled_back(f"the audit log has a file {path} that the journal does not know")


def _rolled_back(what: str) -> IntegrityBroken:
    return IntegrityBroken(f"{what}: the journal may have been replaced by an older copy", hint=audit_file.EVIDENCE)
