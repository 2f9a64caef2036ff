"""System calls that a run makes in its state directory, and the run again with one of them failing or deadly."""

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tests.faults.scene import Ended, Scene

DEEDS: Final = ("error=EIO", "error=ENOSPC", "signal=KILL")
KILLED: Final = -9
_PLAN: Final = "{plan}"
_ROOT: Final = Path(__file__).parents[2]
_CALLS: Final = (
    *("openat", "write", "pwrite64", "fsync", "fdatasync", "close", "unlink", "ftruncate", "mkdir", "rename"),
    *("pread64", "truncate", "unlinkat", "mkdirat", "renameat", "renameat2"),
)
_LINE: Final = re.compile(r"(\d+) +(\w+)\((?:\d+<([^>]*)>|(?:AT_FDCWD(?:<[^>]*>)?, )?\"([^\"]*)\")")


@dataclass(frozen=True, slots=True)
class Place:
    """One call. number: which of its kind on this path in its thread, from 1, as strace counts them.

    path: below the state directory, with `{plan}` for the plan's id, which is another in each scene.
    """

    name: str
    number: int
    path: str

    def __str__(self) -> str:
        return f"{self.name} {self.number} {Path(self.path).name}"


def places(scene: Scene) -> list[Place]:
    """The calls of an undisturbed run on what lies in its state directory, in order."""
    scene.begin()
    ended, log = _traced(scene, ())
    if ended.code != 0:
        raise RuntimeError(f"{scene.case.name} under strace: {ended.out}{ended.err}")
    found = _counted(log, scene.state)
    return [replace(place, path=place.path.replace(str(scene.plan["plan_id"]), _PLAN)) for place in found]


def harmed(scene: Scene, place: Place, deed: str) -> list[str]:
    """What goes wrong when one call fails or kills and the same plan is applied again; empty when nothing does.

    The run that came to harm has to end well, with 7, or killed, and without a traceback. That the call was not found
    is wrong too: then nothing was played.
    """
    scene.begin()
    inject = f"inject={place.name}:{deed}:when={place.number}"
    path = scene.state / place.path.replace(_PLAN, str(scene.plan["plan_id"]))
    ended, log = _traced(scene, ("-P", str(path), "-e", inject))
    played = "(INJECTED)" in log or ended.code == KILLED
    wrong = [] if played else ["it was not played"]
    wrong += [str(one) for one in scene.judge(scene.apply())]
    if ended.code not in (0, 7, KILLED) or "Traceback" in ended.err:
        wrong.append(f"exit {ended.code}: {ended.out[-200:]} {ended.err[-300:]}")
    return [f"{place} {deed}: {what}" for what in wrong]


def _traced(scene: Scene, inject: Sequence[str]) -> tuple[Ended, str]:
    log = scene.folder / "strace.log"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(_ROOT / "src"), str(_ROOT)])}
    strace = ["strace", "-f", "-qq", "-y", "-o", str(log), "-e", f"trace={','.join(_CALLS)}", *inject]
    command = [sys.executable, "-B", "-m", "azremediate", "--config", str(scene.config), *map(str, scene.applying)]
    done = subprocess.run(  # noqa: S603 - our own command
        [*strace, *command], capture_output=True, text=True, env=environment, cwd=scene.folder, check=False, timeout=60
    )
    return Ended(done.returncode, done.stdout, done.stderr), log.read_text(encoding="utf-8", errors="replace")


def _counted(log: str, state: Path) -> Iterator[Place]:
    """With a path (-P) strace counts the calls on it alone, and for each thread by itself."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for line in log.splitlines():
        found = _LINE.match(line)
        if found is None:
            continue
        thread, name, handle, given = found.groups()
        path = os.path.normpath(state.parent / (handle or given))
        counts[thread, name, path] += 1
        if ".pub." in path:
            continue  # a public key's file is named after the key, which is another in each run
        if Path(path) == state or state in Path(path).parents:
            yield Place(name, counts[thread, name, path], Path(path).relative_to(state).as_posix())
