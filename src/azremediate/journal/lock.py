"""One writing process per state directory; a second one is told who holds it."""

import json
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, replace

from filelock import FileLock, Timeout

from azremediate.core.clock import Clock, iso
from azremediate.core.errors import ConfigInvalid, RunLocked
from azremediate.journal.state_directory import StateDirectory, unwritable

_LONGEST_PAUSE = 16.0
_MOST_INFO = 4096
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the lock; only for the message, the lock itself is the operating system's."""

    operation: str
    run: str
    pid: int
    host: str
    start: str

    def __str__(self) -> str:
        run = f" of run {self.run}" if self.run else ""
        return f"`azremediate {self.operation}`{run} (process {self.pid} on {self.host}, since {self.start})"


class HeldLock:
    """The lock of a state directory while this process holds it."""

    def __init__(self, state: StateDirectory, holder: Holder) -> None:
        self._state = state
        self._holder = holder
        self._write()

    def name_run(self, run_id: str) -> None:
        """Say which run the lock is held for."""
        self._holder = replace(self._holder, run=run_id)
        self._write()

    def _write(self) -> None:
        try:
            with os.fdopen(os.open(self._state.lock_info, _FLAGS, 0o600), "w", encoding="utf-8") as file:
                file.write(json.dumps(asdict(self._holder)) + "\n")
        except OSError as error:
            raise unwritable(f"{self._state.lock_info} cannot be written", error) from None


@asynccontextmanager
async def hold_lock(state: StateDirectory, clock: Clock, operation: str, wait: float = 0.0) -> AsyncIterator[HeldLock]:
    """Hold the state directory's lock; `RunLocked` when another process still holds it after `wait` seconds.

    The operating system frees the lock when its process dies, so that no lock is ever stale.
    """
    lock = FileLock(state.lock, mode=0o600, thread_local=False, fallback_to_soft=False)
    deadline = clock.monotonic() + wait
    pause = 1.0
    while not _taken(lock, state):
        left = deadline - clock.monotonic()
        if left <= 0:
            raise locked(state)
        await clock.sleep(min(pause, left))
        pause = min(pause * 2, _LONGEST_PAUSE)
    try:
        yield HeldLock(state, Holder(operation, "", os.getpid(), socket.gethostname(), iso(clock.now())))
    finally:
        with suppress(OSError):  # it only says who held the lock, and the next holder writes its own
            state.lock_info.unlink(missing_ok=True)
        lock.release()


def locked(state: StateDirectory) -> RunLocked:
    """The error that says who holds the lock, as far as that is known."""
    holder = _holder(state)
    return RunLocked(
        f"the state directory {state.path} is in use by {holder or 'another process'}",
        hint="wait until it has ended, or let --wait PT5M do so; its lock ends with its process and needs no clean-up",
    )


def _taken(lock: FileLock, state: StateDirectory) -> bool:
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    except NotImplementedError:
        raise _lockless(state) from None
    except OSError as error:
        raise unwritable(f"{state.lock} cannot be locked", error) from None
    return True


def _lockless(state: StateDirectory) -> ConfigInvalid:
    return ConfigInvalid(
        f"the file system of {state.path} has no locks, so that two runs could meet there",
        hint="set `state.path` to a directory on a local disk",
    )


def _holder(state: StateDirectory) -> Holder | None:
    try:
        with state.lock_info.open("rb") as file:
            found = json.loads(file.read(_MOST_INFO))
        return Holder(
            _plain(found["operation"]),
            _plain(found["run"]),
            int(found["pid"]),
            _plain(found["host"]),
            _plain(found["start"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _plain(text: object) -> str:
    return "".join(letter for letter in str(text) if letter.isascii() and letter.isprintable())[:80]
