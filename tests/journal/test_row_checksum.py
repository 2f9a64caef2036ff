"""A row of the journal that is not as it was written is found before anything in it is believed."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from azremediate.core.errors import IntegrityBroken
from azremediate.core.exit_code import ExitCode
from azremediate.journal.run_journal import open_journal, read_journal
from azremediate.journal.verification import verify_audit
from tests.journal.stage import TickingClock, a_log, altering

KEYS = {
    "run": "rowid = 1",
    "change": "rowid = 2",
    "step": "number = 1",
    "chain": "rowid = 1",
    "outbox": "seq = 3",
}


def _columns(state: Path) -> Iterator[tuple[str, str]]:
    with closing(sqlite3.connect(state / "journal.db")) as connection:
        for table in KEYS:
            for row in connection.execute(f"PRAGMA table_info({table})").fetchall():
                yield table, row[1]


def _change(state: Path, table: str, column: str) -> None:
    """Another value in one row, behind the tool's back."""
    value = "x'00'" if column == "unwritten" else f"coalesce({column}, 1) || '1'"
    with closing(sqlite3.connect(state / "journal.db")) as connection, connection:
        connection.execute(f"UPDATE {table} SET {column} = {value} WHERE {KEYS[table]}")  # noqa: S608 - our own tables


async def test_every_column_of_every_table(tmp_path: Path) -> None:
    """One value that changed in any column is found by writers, readers and verification, and the row is named."""
    state = tmp_path / "state"
    await a_log(state, 2)
    whole = (state / "journal.db").read_bytes()
    columns = list(_columns(state))
    assert len(columns) > 40
    for table, column in columns:
        _change(state, table, column)
        with pytest.raises(IntegrityBroken, match=f"{table} .* is not as it was written") as refused:
            async with open_journal(state, TickingClock()):
                pass
        assert refused.value.exit_code == ExitCode.INTEGRITY, (table, column)
        with pytest.raises(IntegrityBroken, match=table):
            async with read_journal(state):
                pass
        with pytest.raises(IntegrityBroken, match=table):
            verify_audit(state)
        (state / "journal.db").write_bytes(whole)
    assert verify_audit(state).ok


async def test_a_row_that_was_added(tmp_path: Path) -> None:
    """A row that the tool did not write has no checksum that fits."""
    state = tmp_path / "state"
    await a_log(state, 1)
    with closing(sqlite3.connect(state / "journal.db")) as connection, connection:
        connection.execute("INSERT INTO change (run_id, change_id, action) SELECT run_id, 'new', 'x' FROM run")
    with pytest.raises(IntegrityBroken, match="change 'R-"):
        async with open_journal(state, TickingClock()):
            pass


async def test_checksums_follow_every_statement(tmp_path: Path) -> None:
    """Whatever a writing connection adds or changes has a checksum that fits, several rows in one statement too."""
    state = tmp_path / "state"
    await a_log(state, 3)
    with altering(state) as connection:
        connection.execute("UPDATE step SET code = 'other'")
        connection.execute("UPDATE run SET exit_code = 3")
    async with open_journal(state, TickingClock()) as journal:
        assert (await journal.runs())[0].exit_code == 3
