"""Runs commands in processes of their own that come to harm at a chosen point; no hook for it is in the tool.

`python -m tests.faults.failpoints` imports everything once and then forks for each order it reads, a line of JSON, from
standard input. A point is a place just before or after something becomes durable or leaves the process.
"""

import errno
import functools
import importlib
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

WARMED = (
    "azremediate.cli.applying",
    "azremediate.cli.catalog",
    "azremediate.cli.commands.apply",
    "azremediate.cli.commands.audit",
    "azremediate.cli.commands.plan",
    "azremediate.cli.commands.verify",
    "azremediate.cli.output",
    "azremediate.cli.plan_file",
    "azremediate.cli.planning",
    "azremediate.cli.session",
    "azremediate.intake.credential_list",
    "azremediate.intake.playbook_file",
    "azremediate.journal.run_journal",
    "azremediate.journal.verification",
    "azremediate.report.audit_text",
    "azremediate.report.plan_text",
    "azremediate.tenant.opening",
)
READS = ("GET", "HEAD")


class Points:
    """Counts the points that a process passes, writes their names down, and does the deed at the chosen one.

    deed: kill, term (SIGTERM), memory or recursion (an exception where the point is), age (ten hours pass for the
    process, as if it had been held by SIGSTOP), show (what others may read of the process goes into files beside the
    trace), freeze (somebody makes the file FREEZE), blind (the system refuses to look for that file). at: from 1; 0 is
    never.
    """

    def __init__(self, trace: Path, at: int, deed: str) -> None:
        self._folder = trace.parent
        self._trace = os.open(trace, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        self._at = at
        self._deed = deed
        self._passed = 0

    def reach(self, name: str, torn: Callable[[], object] | None = None) -> None:
        """Pass one point; `torn` does half of what comes next, so that the harm falls into the middle of it."""
        self._passed += 1
        os.write(self._trace, f"{name}\n".encode())
        if self._passed != self._at:
            return
        if torn is not None and self._deed == "kill":
            torn()
        if self._deed == "memory":
            raise MemoryError
        if self._deed == "recursion":
            raise RecursionError
        if self._deed in QUIET:
            QUIET[self._deed](self._folder)
            return
        os.kill(os.getpid(), signal.SIGTERM if self._deed == "term" else signal.SIGKILL)

    def around(self, owner: Any, name: str, label: str, *, when: Callable[..., bool] = lambda *_: True) -> None:
        """Put a point before and one after a function or method of `owner`; a missing one is an error."""
        wrapped = getattr(owner, name)

        @functools.wraps(wrapped)
        def plain(*args: Any, **named: Any) -> Any:
            if not when(*args):
                return wrapped(*args, **named)
            self.reach(f"{label}:before")
            found = wrapped(*args, **named)
            if not isinstance(found, Awaitable):
                self.reach(f"{label}:after")
                return found
            return self._awaited(found, label)

        setattr(owner, name, plain)

    async def _awaited(self, work: Awaitable[Any], label: str) -> Any:
        found = await work
        self.reach(f"{label}:after")
        return found


def age(_folder: Path) -> None:
    """From now on it is ten hours later, by both clocks of this process."""
    from azremediate.cli.system_clock import SystemClock

    hours = timedelta(hours=10)
    now, monotonic = SystemClock.now, SystemClock.monotonic
    patched: Any = SystemClock
    patched.now = lambda clock: now(clock) + hours
    patched.monotonic = lambda clock: monotonic(clock) + hours.total_seconds()


def show(folder: Path) -> None:
    """Copy the arguments and the environment as the system shows them."""
    for name in ("cmdline", "environ"):
        (folder / f"process.{name}").write_bytes(Path("/proc/self", name).read_bytes())


def freeze(folder: Path) -> None:
    """Make the file by which anybody stops a run."""
    (folder.parent / ".azremediate" / "FREEZE").touch()


def blind(_folder: Path) -> None:
    """From now on the system refuses to say whether there is such a file."""
    lstat = Path.lstat

    def refusing(path: Path) -> os.stat_result:
        if path.name == "FREEZE":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return lstat(path)

    patched: Any = Path
    patched.lstat = refusing


QUIET: Mapping[str, Callable[[Path], None]] = {"age": age, "show": show, "freeze": freeze, "blind": blind}
"""Deeds after which the process goes on; each is given the folder of the trace."""


def place(points: Points) -> None:
    """Wrap the seams: files, journal, audit log, requests that write, the vault, the proof."""
    from azremediate.journal import audit_file, connection
    from azremediate.journal.audit_log import AuditLog
    from azremediate.journal.lock import HeldLock
    from azremediate.tenant.connection import Connection
    from azremediate.tenant.key_vault import VaultWriter
    from azremediate.tenant.sign_in import Prover

    points.around(HeldLock, "_write", "lock")
    points.around(connection, "_make_file", "journal-file")
    points.around(connection, "_set_up", "journal-tables")
    points.around(AuditLog, "before_commit", "outbox")
    points.around(AuditLog, "after_commit", "audit")
    _tear(points, audit_file)
    points.around(Connection, "_once", "send", when=_writes)
    points.around(VaultWriter, "store", "vault")
    points.around(Prover, "try_secret", "proof")


def _writes(_self: object, method: str, url: str, *_: object) -> bool:
    return method not in READS and not url.endswith("/$batch")


def _tear(points: Points, audit_file: Any) -> None:
    """A point in the middle of an append, after half of its bytes are in the file."""
    whole = audit_file.append

    def append(file: Path, start: int, content: bytes) -> None:
        def half() -> None:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(file, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
            os.write(descriptor, content[: len(content) // 2])
            os.close(descriptor)

        points.reach("append:torn", half)
        whole(file, start, content)

    audit_file.append = append


def live(order: dict[str, Any]) -> int:
    """Carry out one order in this process and return the exit code."""
    os.chdir(order["folder"])
    for name, number in (("out", 1), ("err", 2)):
        descriptor = os.open(order[name], os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.environ.update(order.get("environment", {}))
    if order.get("file_limit"):
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (order["file_limit"], order["file_limit"]))
    if order.get("spans"):
        from tests.faults.spans import attach

        attach(Path(order["spans"]))
    if order.get("trace"):
        place(Points(Path(order["trace"]), order.get("at", 0), order.get("deed", "kill")))
    from azremediate.cli.main import run_command

    code = run_command(order["arguments"])
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def fork(order: dict[str, Any], gate: tuple[int, int]) -> int:
    """A child that carries out the order as soon as the gate, a pipe, is closed by its parent; its process id."""
    child = os.fork()
    if child:
        return child
    code = 99
    try:
        os.close(gate[1])
        os.read(gate[0], 1)
        code = live(order)
    finally:
        os._exit(code)


def serve() -> None:
    """Carry out orders until standard input ends; several orders in one line run at the same time."""
    for name in WARMED:
        importlib.import_module(name)
    importlib.import_module("azremediate.cli.catalog").actions()
    for line in sys.stdin:
        gate = os.pipe()
        children = [fork(order, gate) for order in json.loads(line)]
        os.close(gate[1])
        os.close(gate[0])
        codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        sys.stdout.write(json.dumps(codes) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
