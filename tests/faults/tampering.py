"""Altered books: any byte of a log of 200 records, any line of it, any byte of the journal beside it."""

import asyncio
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from azremediate.core.errors import IntegrityBroken
from azremediate.journal import chain_check
from azremediate.journal.audit_record import parse_record
from azremediate.journal.connection import open_for_reading, open_for_writing
from azremediate.journal.state_directory import existing_state_directory
from azremediate.journal.verification import verify_audit
from tests.journal.stage import a_log, log_file

CHANGES: Final = 66
RECORDS: Final = 201
"""A run has three records for each change and three of its own."""


class Books:
    """Books of one run that are altered again and again; use it as a context manager."""

    def __init__(self, changes: int = CHANGES) -> None:
        memory = Path("/dev/shm")  # noqa: S108 - made by `tempfile` in there, with a name of its own
        self._folder = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
        self.state = self._folder / "state"
        asyncio.run(a_log(self.state, changes))
        self.log = log_file(self.state)
        self.journal = self.state / "journal.db"
        self.log_bytes = self.log.read_bytes()
        self.journal_bytes = self.journal.read_bytes()
        self._rows = self._content()
        # lines that nobody altered are taken apart once: what is played is the altered one
        self._remember(lru_cache(maxsize=1024)(parse_record))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._remember(parse_record)
        shutil.rmtree(self._folder)

    def _remember(self, parse: Any) -> None:
        patched: Any = chain_check
        patched.parse_record = parse

    def flipped(self, at: int) -> bool:
        """Whether a flipped bit in this byte of the log is found."""
        content = bytearray(self.log_bytes)
        content[at] ^= 1 << at % 8
        return self._found(bytes(content))

    def cut(self, at: int) -> bool:
        """Whether a log that ends at this byte is found."""
        return self._found(self.log_bytes[:at])

    def lines(self) -> Iterator[tuple[str, bool]]:
        """Each line left out, doubled, and swapped with the next: what was done, and whether it was found."""
        lines = self.log_bytes.splitlines(keepends=True)
        for at in range(len(lines)):
            head, line, tail = lines[:at], lines[at], lines[at + 1 :]
            yield f"line {at + 1} left out", self._found(b"".join([*head, *tail]))
            yield f"line {at + 1} doubled", self._found(b"".join([*head, line, line, *tail]))
            if tail:
                yield f"line {at + 1} swapped", self._found(b"".join([*head, tail[0], line, *tail[1:]]))

    def _found(self, content: bytes) -> bool:
        self.log.write_bytes(content)
        return not verify_audit(self.state).ok

    def survived(self, at: int) -> str:
        """What is wrong when a bit of this byte of the journal is flipped: it opens and says something else.

        A byte that holds nothing may be anything. Empty when nothing is wrong.
        """
        content = bytearray(self.journal_bytes)
        content[at] ^= 1 << at % 8
        return self._judged(bytes(content), f"byte {at}")

    def shortened(self, size: int) -> str:
        """What is wrong when the journal ends at this byte; empty when nothing is."""
        return self._judged(self.journal_bytes[:size], f"size {size}")

    def _judged(self, content: bytes, what: str) -> str:
        self.log.write_bytes(self.log_bytes)
        self.journal.write_bytes(content)
        try:
            with closing(open_for_writing(existing_state_directory(self.state))):
                pass
            other = self._content() != self._rows
        except IntegrityBroken:
            return ""
        finally:
            self.journal.with_name("journal.db-journal").unlink(missing_ok=True)
        return f"{what}: it opens with another content" if other else ""

    def _content(self) -> Sequence[Any]:
        with closing(open_for_reading(existing_state_directory(self.state))) as connection:
            return _rows(connection)


def _rows(connection: sqlite3.Connection) -> list[Any]:
    tables = ("run", "change", "step", "chain", "outbox")
    return [connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in tables]  # noqa: S608 - constant names
