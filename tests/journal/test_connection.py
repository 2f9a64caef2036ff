"""Opening the journal file: only one that is ours and whole, set as asked."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from azremediate.core.errors import IntegrityBroken
from azremediate.core.exit_code import ExitCode
from azremediate.journal import schema
from azremediate.journal.connection import open_for_reading, open_for_writing
from azremediate.journal.run_journal import open_journal, read_journal
from azremediate.journal.state_directory import StateDirectory, open_state_directory
from tests.journal.stage import TickingClock, a_log, in_another_process

HALF_COMMIT = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA cache_size = 1")
connection.execute("BEGIN")
for number in range(2000):
    connection.execute("INSERT INTO chain VALUES (?, ?, '')", (f"tenant-{number}", "x" * 500 + str(number)))
os._exit(9)
"""


@pytest.fixture
def state(tmp_path: Path) -> StateDirectory:
    """An empty state directory."""
    return open_state_directory(tmp_path / "state")


def test_settings_hold(state: StateDirectory) -> None:
    """What is asked of SQLite is what it says when it is asked again."""
    with closing(open_for_writing(state)) as connection:
        found = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in schema.SETTINGS}
        assert found == schema.SETTINGS
        assert connection.execute("PRAGMA application_id").fetchone() == (schema.APPLICATION_ID,)


def test_reader_cannot_write(state: StateDirectory) -> None:
    """A connection for reading refuses a write."""
    open_for_writing(state).close()
    with closing(open_for_reading(state)) as connection, pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("INSERT INTO chain VALUES ('a', 'b', '')")


def foreign(file: Path) -> None:
    """Another application's database."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE t (x)")


def newer(file: Path) -> None:
    """A journal of a later version."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        connection.execute("PRAGMA user_version = 99")
        connection.execute("CREATE TABLE t (x)")


def garbage(file: Path) -> None:
    """No database at all."""
    file.write_bytes(b"not a database, but long enough to be taken for one" * 100)


def link(file: Path) -> None:
    """A symbolic link."""
    file.symlink_to(file.with_name("elsewhere"))


@pytest.mark.fault("C6")
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (foreign, "is not a journal of azremediate"),
        (newer, "another version of azremediate"),
        (garbage, "damaged"),
        (link, "symbolic link"),
    ],
)
async def test_wrong_file(state: StateDirectory, make: Callable[[Path], None], message: str) -> None:
    """A file that is no journal is refused with a remedy and exit code 7."""
    make(state.journal)
    with pytest.raises(IntegrityBroken, match=message) as caught:
        async with open_journal(state.path, TickingClock()):
            pass
    assert caught.value.hint
    assert caught.value.exit_code is ExitCode.INTEGRITY
    if make is not link:
        with pytest.raises(IntegrityBroken, match=message):
            async with read_journal(state.path):
                pass


@pytest.mark.fault("C6")
async def test_damaged_pages(state: StateDirectory) -> None:
    """A journal whose pages were overwritten is refused."""
    await a_log(state.path, 30)
    content = bytearray(state.journal.read_bytes())
    for page in range(4096, len(content), 4096):
        content[page : page + 64] = b"\xff" * 64
    state.journal.write_bytes(content)
    with pytest.raises(IntegrityBroken, match="damaged"):
        async with open_journal(state.path, TickingClock()):
            pass


@pytest.mark.fault("C6")
@pytest.mark.parametrize("text", [b"R-20240409", b"CREATE TABLE", b"azremediate", b"performed"])
async def test_damaged_text(state: StateDirectory, text: bytes) -> None:
    """Wherever a text is no text any more, in a row, an index or the schema, the journal is refused."""
    await a_log(state.path, 8)
    content = state.journal.read_bytes()
    places = [at for at in range(len(content)) if content.startswith(text, at)]
    assert places
    for at in places:
        state.journal.write_bytes(content[:at] + bytes([content[at] | 0x80]) + content[at + 1 :])
        for opening in (open_for_reading, open_for_writing):
            with pytest.raises(IntegrityBroken, match="damaged"):
                opening(state)


@pytest.mark.fault("C6")
async def test_journal_of_one_byte(state: StateDirectory) -> None:
    """SQLite takes a file of one byte for a new one; it was a journal."""
    state.journal.write_bytes(b"S")
    with pytest.raises(IntegrityBroken, match="shortened"):
        open_for_writing(state)
    assert state.journal.read_bytes() == b"S"


@pytest.mark.fault("P1")
async def test_half_commit(state: StateDirectory) -> None:
    """A process that died within a commit: a reader sees the last whole commit and leaves the files alone."""
    await a_log(state.path, 1)
    assert in_another_process(HALF_COMMIT, str(state.journal)).returncode == 9
    hot = state.journal.with_name("journal.db-journal")
    before = (state.journal.read_bytes(), hot.read_bytes())
    async with read_journal(state.path) as journal:
        assert len(await journal.runs()) == 1
    with closing(open_for_reading(state)) as connection:
        assert connection.execute("SELECT count(*) FROM chain").fetchone() == (1,)
    assert (state.journal.read_bytes(), hot.read_bytes()) == before
    async with open_journal(state.path, TickingClock()) as writing:
        assert len(await writing.runs()) == 1
    with closing(open_for_reading(state)) as connection:
        assert connection.execute("SELECT count(*) FROM chain").fetchone() == (1,)
