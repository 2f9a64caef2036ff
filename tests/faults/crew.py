"""Workers that play many schedules at the same time, each with a lab and a launcher of its own."""

import multiprocessing
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeVar

from azremediate.lab.server import Lab
from tests.faults.cases import CASES
from tests.faults.killing import Outcome, kill_at
from tests.faults.scene import Launcher, Scene

_CHUNK: Final = 25
T = TypeVar("T")
Schedule = tuple[int, ...]


class _Worker:
    """What one worker process keeps: it lives as long as its process."""

    def __init__(self) -> None:
        self._opened = ExitStack()
        self._folder = Path(self._opened.enter_context(tempfile.TemporaryDirectory(prefix="azremediate-evidence-")))
        self.lab = self._opened.enter_context(Lab(directory=self._folder / "lab"))
        self._launcher = self._opened.enter_context(Launcher())
        self._scenes: dict[str, Scene] = {}

    def scene(self, name: str) -> Scene:
        """The scene of a case, with its plan made."""
        if name not in self._scenes:
            case = next(one for one in CASES if one.name == name)
            folder = self._folder / name.replace(" ", "-")
            self._scenes[name] = Scene(self.lab, self._launcher, folder, case)
        return self._scenes[name]


_own: list[_Worker] = []


def _begin() -> None:
    _own.append(_Worker())


def _in_worker(work: Callable[[Scene, Any], T], name: str, items: Sequence[Any]) -> list[T]:
    scene = _own[0].scene(name)
    return [work(scene, item) for item in items]


def _kill(scene: Scene, schedule: Schedule) -> Outcome:
    return kill_at(scene, schedule)


class Crew:
    """A pool of workers; use it as a context manager."""

    def __init__(self, size: int) -> None:
        self._pool = ProcessPoolExecutor(size, multiprocessing.get_context("spawn"), _begin)

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    def each(self, work: Callable[[Scene, Any], T], case: str, items: Iterable[Any]) -> Iterator[T]:
        """`work` on each item in the scene of a case; results in order."""
        left = iter(items)
        futures = []
        while chunk := list(islice(left, _CHUNK)):
            futures.append(self._pool.submit(_in_worker, work, case, chunk))
        for future in futures:
            yield from future.result()

    def kills(self, case: str, schedules: Iterable[Schedule]) -> Iterator[Outcome]:
        """The outcome of each schedule of kills."""
        return self.each(_kill, case, schedules)
