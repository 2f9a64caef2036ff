"""Opening the journal file so that it is surely ours, whole, and as durable as asked for."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from azremediate.core.errors import IntegrityBroken
from azremediate.journal import schema
from azremediate.journal.lock import locked
from azremediate.journal.row_checksum import check_checksums, keep_checksums
from azremediate.journal.state_directory import REMEDY, StateDirectory, unwritable

_MOVE_AWAY = "keep the whole state directory as evidence, and restore it from a copy or set another `state.path`"
_DAMAGE = (sqlite3.Error, UnicodeError)
"""What SQLite says of a damaged file; its own words about it may hold bytes of the file that are no text."""


def open_for_writing(state: StateDirectory) -> sqlite3.Connection:
    """The journal, made when there is none yet, opened by this thread for itself alone.

    Raises `IntegrityBroken` when it is damaged, foreign, cannot be written, or is gone while its audit log is there.
    """
    _make_file(state)
    try:
        connection = sqlite3.connect(state.journal, isolation_level=None, timeout=0)
    except sqlite3.Error as error:
        raise broken(state.journal, error) from None
    try:
        _set_up(connection, state)
    except _DAMAGE as error:
        connection.close()
        if _code(error) == sqlite3.SQLITE_BUSY:
            raise locked(state) from None
        raise broken(state.journal, error) from None
    except IntegrityBroken:
        connection.close()
        raise
    return connection


def open_for_reading(state: StateDirectory) -> sqlite3.Connection:
    """The journal for reading alone; nothing is made or changed on disk.

    Raises `RunLocked` while a run writes it, `IntegrityBroken` when it is missing, damaged or foreign.
    """
    if not state.journal.is_file() or state.journal.stat().st_size == 0:
        raise IntegrityBroken(f"there is no journal {state.journal}", hint=_MOVE_AWAY)
    connection = _read_only(state.journal)
    try:
        _check(connection, state.journal)
    except _DAMAGE as error:
        connection.close()
        if _code(error) == sqlite3.SQLITE_BUSY:
            raise locked(state) from None
        if _code(error) == sqlite3.SQLITE_READONLY_ROLLBACK:
            return _recovered_copy(state)
        raise broken(state.journal, error) from None
    except IntegrityBroken:
        connection.close()
        raise
    return connection


def broken(journal: Path, error: Exception) -> IntegrityBroken:
    """What an error of SQLite means to a person."""
    code = _code(error) & 0xFF
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        why = "the disk is full, a limit on file sizes was reached, or the disk fails"
        return IntegrityBroken(f"the journal {journal} cannot be written: {why}", hint=REMEDY)
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return IntegrityBroken(f"the journal {journal} cannot be written: it is read-only here", hint=REMEDY)
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    return IntegrityBroken(f"the journal {journal} is damaged ({name})", hint=_MOVE_AWAY)


def _code(error: Exception) -> int:
    """SQLite's own number; 0 for an error of Python's part of it, such as text that is no UTF-8 in a damaged row."""
    return getattr(error, "sqlite_errorcode", 0)


def _make_file(state: StateDirectory) -> None:
    if state.journal.is_symlink():
        raise IntegrityBroken(f"the journal {state.journal} is a symbolic link", hint=_MOVE_AWAY)
    size = state.journal.stat().st_size if state.journal.exists() else 0
    if size == 1:  # which SQLite takes for a new file, as some systems cannot lock one without a byte
        raise IntegrityBroken(f"the journal {state.journal} is damaged: it was shortened", hint=_MOVE_AWAY)
    if size:
        return
    if any(state.audit.rglob("*.jsonl")):
        raise IntegrityBroken(f"the audit log {state.audit} is there, but its journal is gone", hint=_MOVE_AWAY)
    try:
        os.close(os.open(state.journal, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise unwritable(f"the journal {state.journal} cannot be made", error) from None


def _set_up(connection: sqlite3.Connection, state: StateDirectory) -> None:
    for name, wanted in schema.SETTINGS.items():
        connection.execute(f"PRAGMA {name} = {wanted}")
        found = connection.execute(f"PRAGMA {name}").fetchone()
        if found not in ((wanted,), None):  # None: an SQLite older than trusted_schema (3.31)
            raise IntegrityBroken(f"SQLite does not accept {name} = {wanted} for {state.journal}", hint=_MOVE_AWAY)
    connection.execute("BEGIN EXCLUSIVE")
    if connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,):
        for statement in schema.TABLES.split(";\n"):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {schema.VERSION}")
    connection.execute("COMMIT")
    _check(connection, state.journal)
    keep_checksums(connection)


def _check(connection: sqlite3.Connection, journal: Path) -> None:
    # not quick_check, which does not hold the indexes against the tables: a step that is not found would be sent again
    if connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
        raise IntegrityBroken(f"the journal {journal} is damaged", hint=_MOVE_AWAY)
    if connection.execute("PRAGMA application_id").fetchone() != (schema.APPLICATION_ID,):
        raise IntegrityBroken(f"{journal} is not a journal of azremediate", hint=_MOVE_AWAY)
    if connection.execute("PRAGMA user_version").fetchone() != (schema.VERSION,):
        raise IntegrityBroken(
            f"the journal {journal} was written by another version of azremediate",
            hint="use the version that wrote it, or set another `state.path`",
        )
    check_checksums(connection, journal)


def _read_only(journal: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{journal.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=0)
    connection.execute("PRAGMA trusted_schema = 0")
    return connection


def _recovered_copy(state: StateDirectory) -> sqlite3.Connection:
    """The journal as of its last whole commit, in memory.

    A process died within a commit. SQLite takes the half commit back when the file is opened for writing; a reader may
    not do that to the file itself.
    """
    try:
        with TemporaryDirectory(prefix="azremediate-", ignore_cleanup_errors=True) as folder:
            copy = Path(folder) / state.journal.name
            for suffix in ("", "-journal"):
                shutil.copyfile(f"{state.journal}{suffix}", f"{copy}{suffix}")
            memory = sqlite3.connect(":memory:", isolation_level=None)
            with closing(sqlite3.connect(copy, isolation_level=None)) as source:
                source.backup(memory)
    except (OSError, sqlite3.Error) as error:
        raise IntegrityBroken(
            f"the journal {state.journal} holds a half commit that could not be taken back ({type(error).__name__})",
            hint="run `azremediate resume`, which completes or takes back what a dead process left",
        ) from None
    _check(memory, state.journal)
    return memory
