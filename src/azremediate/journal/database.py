"""The journal file in one thread of its own, where what many changes ask for at once shares one commit."""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, TypeAlias, TypeVar

from azremediate.core.errors import AzremediateError, IntegrityBroken
from azremediate.journal.connection import broken
from azremediate.journal.plain_json import FAULT

T = TypeVar("T")

Work: TypeAlias = Callable[[sqlite3.Connection], T]
"""What runs in the thread, inside a transaction; it returns plain values, never a cursor."""


class Follower(Protocol):
    """What must be as durable as the journal itself: the audit log's files."""

    def before_commit(self, connection: sqlite3.Connection) -> None:
        """Inside the transaction, after all work."""
        ...

    def after_commit(self, connection: sqlite3.Connection) -> None:
        """After the commit returned and before anybody learns of it; raises `IntegrityBroken`."""
        ...


@dataclass(frozen=True, slots=True)
class _Order:
    work: Callable[[sqlite3.Connection], Any]
    answer: "Future[Any]"
    writes: bool


class Database:
    """One connection in one thread. Each method of it returns after its effect is on disk.

    A failed commit is never tried again, because after a failed flush the system may have dropped the data and report
    success the next time: everything that waits and everything later gets the same `IntegrityBroken`.
    """

    def __init__(self, file: Path, follower: Follower | None) -> None:
        self._file = file
        self._follower = follower
        self._orders: queue.SimpleQueue[_Order | None] = queue.SimpleQueue()
        self._broken: IntegrityBroken | None = None
        self._unheard: IntegrityBroken | None = None
        self._thread: threading.Thread | None = None
        self._taken: list[_Order] = []
        self.commits = 0

    async def open(self, connect: Callable[[], sqlite3.Connection]) -> None:
        """Start the thread and open the file in it with `connect`, whose error is raised here."""
        opened: Future[None] = Future()
        self._thread = threading.Thread(target=self._live, args=(connect, opened), name="journal", daemon=True)
        self._thread.start()
        await asyncio.wrap_future(opened)

    async def write(self, work: Work[T]) -> T:
        """Run `work`, and return its result after the commit that holds it.

        An `AzremediateError` of `work` takes back what it did, and nothing of others.
        """
        return await self._submit(work, writes=True)

    async def read(self, work: Work[T]) -> T:
        """Run `work`, which only reads; it sees what was committed and waits for no commit."""
        return await self._submit(work, writes=False)

    async def close(self) -> None:
        """Finish what was asked for and close the file.

        Raises `IntegrityBroken` when that failed, unless somebody was told already; closing again does nothing.
        """
        thread, self._thread = self._thread, None
        if thread is not None:
            self._orders.put(None)
            await asyncio.to_thread(thread.join)
            if self._unheard is not None:
                raise again(self._unheard)

    async def _submit(self, work: Work[T], *, writes: bool) -> T:
        if self._broken is not None:
            raise again(self._broken)
        if self._thread is None:
            raise IntegrityBroken(f"the journal {self._file} is closed")
        answer: Future[T] = Future()
        self._orders.put(_Order(work, answer, writes))
        # shielded: whoever stops waiting (Ctrl-C) must not take back the record of what was already sent
        return await asyncio.shield(asyncio.wrap_future(answer))

    # -- in the thread ---------------------------------------------------------------------------------------------

    def _live(self, connect: Callable[[], sqlite3.Connection], opened: "Future[None]") -> None:
        fall = _Fall()
        with fall:
            self._serve(connect, opened)
        if not opened.done():
            # a fault nobody foresaw ended this thread; without this its opener would wait for ever, under the lock
            opened.set_exception(self._fallen(fall, "could not be opened"))
        elif fall.error is not None:
            self._broken = self._broken or self._fallen(fall, "failed")
        heard = self._leave()
        if fall.error is not None and not heard:
            self._unheard = self._broken

    def _serve(self, connect: Callable[[], sqlite3.Connection], opened: "Future[None]") -> None:
        try:
            connection = connect()
        except AzremediateError as error:
            opened.set_exception(error)
            return
        opened.set_result(None)
        try:
            while orders := self._next_orders():
                self._carry_out(connection, orders)
            if self._follower is not None and self._broken is None:
                self._commit(connection, [])
                self._unheard = self._broken
        finally:
            connection.close()

    def _fallen(self, fall: "_Fall", what: str) -> IntegrityBroken:
        kind = type(fall.error).__name__
        return IntegrityBroken(f"the journal {self._file} {what}: {kind}", hint=FAULT)

    def _leave(self) -> bool:
        """Let nobody wait for a thread that has ended, whatever ended it; whether somebody did."""
        self._broken = self._broken or IntegrityBroken(f"the journal {self._file} is closed")
        while not self._orders.empty():
            if (order := self._orders.get_nowait()) is not None:
                self._taken.append(order)
        waiting = [order for order in self._taken if not order.answer.done()]
        for order in waiting:
            order.answer.set_exception(again(self._broken))
        return bool(waiting)

    def _next_orders(self) -> list[_Order]:
        """All orders that wait, at least one; empty when the end was asked for."""
        found: list[_Order] = []
        order = self._orders.get()
        while order is not None:
            found.append(order)
            try:
                order = self._orders.get_nowait()
            except queue.Empty:
                return found
        if found:
            self._orders.put(None)
        return found

    def _carry_out(self, connection: sqlite3.Connection, orders: list[_Order]) -> None:
        self._taken = [order for order in orders if order.answer.set_running_or_notify_cancel()]
        for order in self._taken:
            if not order.writes:
                self._run(connection, order)
        if writing := [order for order in self._taken if order.writes]:
            self._commit(connection, writing)

    def _run(self, connection: sqlite3.Connection, order: _Order) -> None:
        try:
            order.answer.set_result(order.work(connection))
        except AzremediateError as error:
            order.answer.set_exception(error)
        except sqlite3.Error as error:
            order.answer.set_exception(broken(self._file, error))

    def _commit(self, connection: sqlite3.Connection, orders: list[_Order]) -> None:
        done: list[tuple[_Order, Any]] = []
        failed: list[tuple[_Order, AzremediateError]] = []
        try:
            if self._broken is not None:
                raise self._broken
            connection.execute("BEGIN")
            for order in orders:
                connection.execute("SAVEPOINT work")
                try:
                    done.append((order, order.work(connection)))
                except AzremediateError as error:
                    connection.execute("ROLLBACK TO work")
                    failed.append((order, error))
                connection.execute("RELEASE work")
            if self._follower is not None:
                self._follower.before_commit(connection)
            connection.execute("COMMIT")
            self.commits += 1
            if self._follower is not None:
                self._follower.after_commit(connection)
        except (sqlite3.Error, IntegrityBroken) as error:
            self._break(error, orders)
            return
        for order, result in done:
            order.answer.set_result(result)
        for order, problem in failed:
            order.answer.set_exception(problem)

    def _break(self, error: sqlite3.Error | IntegrityBroken, orders: list[_Order]) -> None:
        self._broken = error if isinstance(error, IntegrityBroken) else broken(self._file, error)
        for order in orders:
            order.answer.set_exception(again(self._broken))


class _Fall:
    """Holds what ended a block, whatever it was: a thread has nobody above it who could be told, but a terminal."""

    def __init__(self) -> None:
        self.error: BaseException | None = None

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self.error = error
        return True


def again(error: IntegrityBroken) -> IntegrityBroken:
    """The same error for one more waiter, with a traceback of its own."""
    return IntegrityBroken(error.message, hint=error.hint)
