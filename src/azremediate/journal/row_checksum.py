"""A checksum in each row of the journal, so that a row that a disk or a hand changed is not believed.

It finds accidents. Who alters rows on purpose can compute it anew; the signed audit log contradicts him.
"""

import json
import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path

from azremediate.core.errors import IntegrityBroken
from azremediate.journal.audit_record import leaf_hash

COLUMN = "checksum"

# What an outbox row still has to write is covered by its hash, and leaves the row later without a new checksum.
_UNCOVERED = frozenset({COLUMN, "unwritten"})
_TABLES = ("run", "change", "step", "chain", "outbox")
_UNWRITTEN = "SELECT tenant_id, seq, hash, unwritten FROM outbox WHERE unwritten IS NOT NULL"
_DAMAGED = "keep the whole state directory as evidence, and restore it from a copy or set another `state.path`"


def keep_checksums(connection: sqlite3.Connection) -> None:
    """From now on each row that this connection adds or changes gets its checksum in the same statement.

    The triggers are temporary ones, which alone may call a function of ours in a file whose schema is not trusted.
    """
    connection.create_function("row_checksum", -1, _checksum, deterministic=True)
    for table in _TABLES:
        columns, key = _columns(connection, table)
        values = ", ".join(f"NEW.{name}" for name in columns)
        where = " AND ".join(f"{name} = NEW.{name}" for name in key)
        for event in ("INSERT", f"UPDATE OF {', '.join(columns)}"):
            connection.execute(
                f"CREATE TEMP TRIGGER {table}_{event[:6].lower()} AFTER {event} ON main.{table} BEGIN "  # noqa: S608 - names of the schema
                f"UPDATE {table} SET {COLUMN} = row_checksum({values}) WHERE {where}; END"
            )


def check_checksums(connection: sqlite3.Connection, journal: Path) -> None:
    """Read every row once; `IntegrityBroken` names the first that is not as it was written."""
    for table in _TABLES:
        columns, key = _columns(connection, table)
        rows = f"SELECT {COLUMN}, {', '.join(columns)} FROM {table}"  # noqa: S608 - names of the schema
        places = [columns.index(name) for name in key]
        # closed, because a half-read cursor would keep the file locked behind a closed connection
        with closing(connection.execute(rows)) as found:
            for checksum, *values in found:
                if checksum != _checksum(*values):
                    raise _altered(journal, table, [values[place] for place in places])
    for tenant_id, seq, expected, line in connection.execute(_UNWRITTEN).fetchall():
        if leaf_hash(bytes(line).removesuffix(b"\n")) != expected:
            raise _altered(journal, "outbox", [tenant_id, seq])


def _columns(connection: sqlite3.Connection, table: str) -> tuple[list[str], list[str]]:
    """The columns that a checksum covers, and those of the primary key."""
    found = connection.execute(f"PRAGMA main.table_info({table})").fetchall()
    return [row[1] for row in found if row[1] not in _UNCOVERED], [row[1] for row in found if row[5]]


def _checksum(*values: bytes | str | int | float | None) -> str:
    plain = [sha256(value).hexdigest() if isinstance(value, bytes) else value for value in values]
    return sha256(json.dumps(plain).encode()).hexdigest()[:32]


def _altered(journal: Path, table: str, key: list[object]) -> IntegrityBroken:
    row = " ".join(str(part)[:80] for part in key)
    return IntegrityBroken(f"the journal {journal} is damaged: {table} {row!r} is not as it was written", hint=_DAMAGED)
