"""Draws on a terminal how long work goes on."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from azremediate.cli.progress import LEFT_OUT, ShownProgress, describe
from azremediate.core.events import ChangeEnded, Event, Progressed, StepTaken, Waiting
from azremediate.report import escape

_NAME_WIDTH = 40


@contextmanager
def draw_progress(stream: TextIO, *, color: bool, changes: int = 0) -> Iterator[ShownProgress]:
    """Progress on a terminal until the context ends; then the bars are gone, and what ended stands there."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    console = Console(file=stream, no_color=not color, markup=False, highlight=False)
    with _Bars(*columns, console=console, transient=True) as bars:
        yield _Drawing(bars, changes)


class _Bars(Progress):
    """Bars, and below them what is being done now, over as many lines as it needs."""

    doing = ""

    def get_renderables(self) -> Iterable[RenderableType]:
        yield self.make_tasks_table(self.tasks)
        if self.doing:
            yield Text(f"  {self.doing}")


class _Drawing:
    """Keeps one bar per kind of work while it lasts, and prints each finished change above the bars."""

    def __init__(self, bars: _Bars, changes: int) -> None:
        self._bars = bars
        self._changes = changes or None
        self._tasks: dict[str, TaskID] = {}
        self._ended = 0

    def __call__(self, event: Event) -> None:
        match event:
            case Progressed():
                self._bars.doing = escape.terminal(event.detail, _NAME_WIDTH)
                self._show(event.work, event.done, event.total or None)
            case Waiting(seconds=0):
                self._bars.console.print(describe(event))
            case Waiting():
                self._bars.doing = describe(event)
                self._bars.refresh()
            case StepTaken():
                self._bars.doing = describe(event, _NAME_WIDTH)
                self._show("changes", self._ended, self._changes)
            case ChangeEnded(status=status) if status != LEFT_OUT:
                self._ended += 1
                self._bars.doing = ""
                self._bars.console.print(describe(event, _NAME_WIDTH))
                self._show("changes", self._ended, self._changes)

    @contextmanager
    def held(self) -> Iterator[None]:
        """The bars are taken away until the context ends."""
        running = self._bars.live.is_started
        self._bars.stop()
        try:
            yield
        finally:
            if running:
                self._bars.start()

    def _show(self, work: str, done: int, total: int | None) -> None:
        if work not in self._tasks:
            self._tasks[work] = self._bars.add_task(escape.terminal(work), total=total)
        over = total is not None and done >= total
        self._bars.update(self._tasks[work], completed=done, total=total, visible=not over)
