"""The journal's thread: commits that are shared, failures that are final."""

import asyncio
import os
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from azremediate.core.errors import InputInvalid, IntegrityBroken
from azremediate.core.exit_code import ExitCode
from azremediate.journal.database import Database
from tests.journal.stage import in_another_process

FULL = """
import asyncio, resource, sys
from pathlib import Path
from azremediate.core.errors import IntegrityBroken
from azremediate.core.record import Note
from azremediate.journal.run_journal import open_journal
from tests.journal.stage import ACTOR, TickingClock, plan_of

limit = int(sys.argv[2])

async def main() -> None:
    if limit == 0:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    async with open_journal(Path(sys.argv[1]), TickingClock()) as journal:
        run, _ = await journal.run_for(plan_of(1), ACTOR)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        for number in range(1000):
            await asyncio.gather(*(run.note(Note(f"event-{part}", facts={"x": "y" * 500})) for part in range(5)))

try:
    asyncio.run(main())
except* IntegrityBroken as group:
    (error, *_) = group.exceptions
    print(error.message, error.hint, sep="|")
    sys.exit(error.exit_code)
"""


class Hurdle:
    """A follower that fails when it is told to."""

    def __init__(self) -> None:
        self.fails = False
        self.fault: Exception | None = None
        self.calls: list[str] = []

    def before_commit(self, connection: sqlite3.Connection) -> None:
        """Remember the call."""
        self.calls.append("before")
        if self.fault is not None:
            raise self.fault

    def after_commit(self, connection: sqlite3.Connection) -> None:
        """Remember the call, and fail on order."""
        self.calls.append("after")
        if self.fails:
            raise IntegrityBroken("the audit log cannot be written", hint="free space")


@pytest.fixture
async def hurdle() -> Hurdle:
    """A follower."""
    return Hurdle()


@pytest.fixture
async def database(tmp_path: Path, hurdle: Hurdle) -> AsyncIterator[Database]:
    """A database with one table."""
    file = tmp_path / "test.db"

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(file, isolation_level=None)
        connection.execute("CREATE TABLE t (x PRIMARY KEY)")
        return connection

    opened = Database(file, hurdle)
    await opened.open(connect)
    yield opened
    await opened.close()


def insert(connection: sqlite3.Connection) -> int:
    """One more row; how many there are."""
    connection.execute("INSERT INTO t SELECT count(*) FROM t")
    return count(connection)


def count(connection: sqlite3.Connection) -> int:
    """How many rows there are."""
    return int(connection.execute("SELECT count(*) FROM t").fetchone()[0])


async def test_one_commit_for_many(database: Database, hurdle: Hurdle) -> None:
    """What is asked for at once is committed together, in the order of asking."""
    assert await asyncio.gather(*(database.write(insert) for _ in range(50))) == list(range(1, 51))
    assert database.commits < 10
    assert hurdle.calls[:2] == ["before", "after"]


async def test_reading_needs_no_commit(database: Database) -> None:
    """Reading makes no commit."""
    await database.write(insert)
    commits = database.commits
    assert await database.read(count) == 1
    assert database.commits == commits


async def test_refusal_is_taken_back(database: Database) -> None:
    """Work that is refused leaves nothing behind, and what shares its commit stays."""

    def refused(connection: sqlite3.Connection) -> None:
        insert(connection)
        raise InputInvalid("no")

    results = await asyncio.gather(
        database.write(insert), database.write(refused), database.write(insert), return_exceptions=True
    )
    assert (results[0], results[2]) == (1, 2)
    assert isinstance(results[1], InputInvalid)
    assert await database.read(count) == 2


@pytest.mark.fault("P6")
async def test_stopped_waiting_does_not_take_back(database: Database) -> None:
    """What was asked for is done even when its caller is cancelled before its turn."""
    turn = threading.Event()
    busy = asyncio.ensure_future(database.read(lambda _: turn.wait(10)))
    await asyncio.sleep(0)
    asked = asyncio.ensure_future(database.write(insert))
    await asyncio.sleep(0)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    turn.set()
    await busy
    await database.write(insert)
    assert await database.read(count) == 2


@pytest.mark.fault("D2")
async def test_failure_is_final(database: Database, hurdle: Hurdle) -> None:
    """After one failed commit everything that waits and everything later fails, each with an error of its own."""
    hurdle.fails = True
    results = await asyncio.gather(*(database.write(insert) for _ in range(5)), return_exceptions=True)
    hurdle.fails = False
    with pytest.raises(IntegrityBroken) as later:
        await database.write(insert)
    with pytest.raises(IntegrityBroken):
        await database.read(count)
    errors = [*results, later.value]
    assert {str(error) for error in errors} == {"the audit log cannot be written"}
    assert len({id(error) for error in errors}) == 6
    assert hurdle.calls.count("after") == 1


async def test_failed_statement_is_final(database: Database) -> None:
    """A statement that SQLite refuses breaks the journal, without SQLite's own words."""

    def twice(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO t VALUES (7)")
        connection.execute("INSERT INTO t VALUES (7)")

    with pytest.raises(IntegrityBroken, match="SQLITE_CONSTRAINT"):
        await database.write(twice)
    with pytest.raises(IntegrityBroken):
        await database.write(insert)


async def test_nobody_waits_for_a_dead_thread(database: Database) -> None:
    """A fault in the thread itself ends every wait."""

    def fault(connection: sqlite3.Connection) -> None:
        raise ZeroDivisionError

    async with asyncio.timeout(60):
        results = await asyncio.gather(database.write(insert), database.write(fault), return_exceptions=True)
        assert isinstance(results[1], IntegrityBroken)
        with pytest.raises(IntegrityBroken):
            await database.write(insert)


async def test_nobody_waits_for_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    """A fault while the file is opened ends the wait for it."""

    def connect() -> sqlite3.Connection:
        raise MemoryError

    async with asyncio.timeout(60):
        with pytest.raises(IntegrityBroken, match="could not be opened"):
            await Database(tmp_path / "journal.db", None).open(connect)


async def test_closed(database: Database) -> None:
    """What was asked for before the end is done, what comes later is refused."""
    asked = [asyncio.ensure_future(database.write(insert)) for _ in range(10)]
    await asyncio.sleep(0)
    await database.close()
    assert await asyncio.gather(*asked) == list(range(1, 11))
    with pytest.raises(IntegrityBroken, match="closed"):
        await database.write(insert)


async def test_last_commit_that_fails_is_told(database: Database, hurdle: Hurdle) -> None:
    """What fails when the file is closed reaches whoever closes it, once."""
    await database.write(insert)
    hurdle.fails = True
    with pytest.raises(IntegrityBroken, match="cannot be written"):
        await database.close()
    await database.close()


@pytest.mark.fault("P4")
async def test_fault_at_the_end_is_told(database: Database, hurdle: Hurdle, capfd: pytest.CaptureFixture[str]) -> None:
    """A fault nobody foresaw in the last commit is one error with its kind, and no traceback on standard error."""
    await database.write(insert)
    hurdle.fault = MemoryError("a value")
    with pytest.raises(IntegrityBroken, match=r"failed: MemoryError$"):
        await database.close()
    assert capfd.readouterr().err == ""


@pytest.mark.fault("D1")
@pytest.mark.skipif(os.name != "posix", reason="Windows has no limit on file sizes")
@pytest.mark.parametrize("limit", [0, 8192, 60_000, 200_000])
def test_full_disk(tmp_path: Path, limit: int) -> None:
    """A file that may not grow gives exit code 7, one sentence and a remedy; no traceback."""
    ended = in_another_process(FULL, str(tmp_path / "state"), str(limit))
    assert ended.returncode == ExitCode.INTEGRITY, ended.stderr
    assert ended.stderr == ""
    message, hint = ended.stdout.strip().split("|")
    assert "cannot be" in message
    assert "free space" in hint
