"""Says in a few lines how long work goes on, where nothing can be drawn."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from azremediate.core.events import ChangeEnded, Event, Progressed, StepTaken, Waiting
from azremediate.report import escape

HEARTBEAT = 10.0
"""Seconds of silence after which a line says that the work still goes on; build servers end jobs that say nothing."""

LEFT_OUT = "not_started"
"""The status of changes that a stop left out: they are listed at the end, not one by one while it goes on."""


class ShownProgress(Protocol):
    """A listener that shows events, and holds back while something else is printed or a person is asked."""

    def __call__(self, event: Event) -> None:
        """Show one event."""
        ...

    def held(self) -> AbstractContextManager[None]:
        """Show nothing until the context ends."""
        ...


class LineProgress:
    """Progress as lines; `beat` is called from time to time and prints when nothing else did for a while."""

    def __init__(self, line: Callable[[str], None], now: Callable[[], float], changes: int = 0) -> None:
        self._line = line
        self._now = now
        self._changes = changes
        self._ended = 0
        self._last = now()
        self._doing = ""
        self._waiting = ""
        self._held = 0
        self._lock = threading.RLock()  # a signal handler may report while an event is being shown

    def __call__(self, event: Event) -> None:
        with self._lock:
            if isinstance(event, ChangeEnded):
                if event.status == LEFT_OUT:
                    return
                self._ended += 1
                count = f"{self._ended}/{self._changes} " if self._changes else ""
                self._say(f"{count}{describe(event)}")
            elif isinstance(event, Waiting) and not event.seconds:
                self._say(describe(event))
            elif isinstance(event, Waiting):
                self._waiting = describe(event)
                self._say_if_silent()
            else:
                self._doing = describe(event)
                self._say_if_silent()

    def beat(self) -> None:
        """Print what is being done, unless a line was printed a short time ago."""
        with self._lock:
            self._say_if_silent()

    @contextmanager
    def held(self) -> Iterator[None]:
        """No sign of life until the context ends."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1

    def _say_if_silent(self) -> None:
        if not self._held and self._now() - self._last >= HEARTBEAT:
            doing = "; ".join(part for part in (self._doing, self._waiting) if part)
            self._waiting = ""
            self._say(f"still working: {doing or 'waiting for the first answer'}")

    def _say(self, text: str) -> None:
        self._last = self._now()
        self._line(text)


def describe(event: Event, width: int | None = None) -> str:
    """An event in one line; `width` cuts names."""
    match event:
        case Progressed():
            count = f" {event.done}/{event.total}" if event.total else f" {event.done}" if event.done else ""
            detail = f"  {escape.terminal(event.detail, width)}" if event.detail else ""
            return f"{escape.terminal(event.work)}{count}{detail}"
        case Waiting():
            wait = f": waiting {event.seconds:.0f} s" if event.seconds else ""
            return f"{escape.terminal(event.reason)}{wait}"
        case StepTaken():
            name = escape.terminal(event.target, width)
            return f"{event.action}  {name}  {escape.terminal(event.step)} {event.state}"
        case ChangeEnded():
            reason = f"  ({escape.terminal(event.reason)})" if event.reason else ""
            name = escape.terminal(event.target, width)
            return f"{event.status:<14} {event.action}  {name}  {event.seconds:.1f} s{reason}"


@contextmanager
def line_progress(line: Callable[[str], None], *, changes: int = 0) -> Iterator[ShownProgress]:
    """Progress as lines given to `line`, with a sign of life when nothing happens."""
    progress = LineProgress(line, time.monotonic, changes)
    over = threading.Event()

    def beat() -> None:
        while not over.wait(1.0):
            progress.beat()

    heart = threading.Thread(target=beat, name="heartbeat", daemon=True)
    heart.start()
    try:
        yield progress
    finally:
        over.set()
        heart.join()
