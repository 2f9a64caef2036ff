"""Where everything that a command says goes: data and text to standard output, all else to standard error."""

import errno
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TextIO

from azremediate.cli.command_line import command_line
from azremediate.cli.folding import fold
from azremediate.cli.progress import ShownProgress, line_progress
from azremediate.cli.settings import Settings
from azremediate.core.codec import encode
from azremediate.core.errors import AzremediateError, InputInvalid
from azremediate.core.events import Listener, ignore
from azremediate.core.json_value import Json
from azremediate.report import escape

_NAME_WIDTH = 60
_USUAL_COLUMNS = 80


class Output:
    """Prints for one command; the streams are those of the process unless given.

    Texts are escaped once more on their way out, so that nothing a tenant holds can steer a terminal or a build server.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        stdin: TextIO | None = None,
        stdout: TextIO | None = None,
        stderr: TextIO | None = None,
    ) -> None:
        self._settings = settings
        self._stdin = stdin or sys.stdin
        self._stdout = stdout or sys.stdout
        self._stderr = stderr or sys.stderr
        self._progress: ShownProgress | None = None

    @property
    def json(self) -> bool:
        """Whether standard output is for a machine."""
        return self._settings.json

    @property
    def interactive(self) -> bool:
        """Whether a person can be asked: standard input and standard error are a terminal."""
        return _is_terminal(self._stdin) and _is_terminal(self._stderr)

    @property
    def name_width(self) -> int | None:
        """To how many characters names are cut: at a terminal only, so that pipes get them whole."""
        return _NAME_WIDTH if _is_terminal(self._stdout) else None

    def command(self, *words: str) -> str:
        """A command for a person to copy, with the configuration that this command was given."""
        return command_line(self._settings, *words)

    def data(self, value: object) -> None:
        """Print one object (JSON, or dataclasses with a JSON form) on one line, with --json only."""
        if self._settings.json:
            self._write(self._stdout, json_text(encode(value)))

    def text(self, text: str, *, folded: bool = True) -> None:
        """Print text for people, without --json only; `folded` breaks long lines at a terminal."""
        if not self._settings.json:
            self._write(self._stdout, escape.block(for_stream(self._stdout, text) if folded else text))

    def line(self, text: str) -> None:
        """Print one line of a result that has the same form with and without --json."""
        self._write(self._stdout, escape.block(text))

    def note(self, text: str) -> None:
        """Say something beside the result, unless --quiet."""
        if not self._settings.quiet:
            self._write(self._stderr, escape.block(for_stream(self._stderr, text)))

    def warn(self, text: str) -> None:
        """Say something that should not be missed, even with --quiet."""
        self._write(self._stderr, escape.block(for_stream(self._stderr, f"warning: {text}")))

    def table(self, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Print a table: drawn at a terminal, elsewhere one line per row with tabs and full values. Not with --json.

        Cells are text as it came; they are escaped here. The first column holds names, which a terminal cuts.
        """
        if self._settings.json:
            return
        if not _is_terminal(self._stdout):
            for row in (headers, *rows):
                self._write(self._stdout, "\t".join(escape.terminal(cell) for cell in row))
            return
        from azremediate.cli.drawn_table import draw_table

        names = [[escape.terminal(cell, None if at else _NAME_WIDTH) for at, cell in enumerate(row)] for row in rows]
        with self._held():
            draw_table(self._stdout, headers, names, color=self._settings.color)

    @contextmanager
    def progress(self, changes: int = 0) -> Iterator[Listener]:
        """A listener for long work that shows it on standard error until the context ends; none with --quiet.

        changes: how many changes will end, 0 when that is not known.
        """
        if self._settings.quiet:
            yield ignore
            return
        if _is_terminal(self._stderr) and not self._settings.json:
            from azremediate.cli.drawn_progress import draw_progress

            shown = draw_progress(self._stderr, color=self._settings.color, changes=changes)
        else:
            shown = line_progress(self._say, changes=changes)
        with shown as self._progress:
            try:
                yield self._progress
            finally:
                self._progress = None

    def confirm_domain(self, domain: str, about: str = "") -> bool:
        """Show what it is about, also with --quiet, and ask a person to type the tenant's domain; whether it was typed.

        Raises `InputInvalid` when nobody can be asked, `KeyboardInterrupt` on Ctrl-C.
        """
        if not self.interactive:
            raise InputInvalid(
                "nobody can be asked to confirm: this is not a terminal",
                hint="add --yes --confirm-tenant TENANT_ID",
            )
        with self._held(), _interruptible():
            if about:
                self._write(self._stderr, escape.block(for_stream(self._stderr, about)) + "\n")
            self._stderr.write(f"Type the tenant's domain to go on ({escape.terminal(domain)}): ")
            self._stderr.flush()
            return self._stdin.readline().strip().casefold() == domain.casefold()

    def ask(self, what: str, about: str = "") -> str:
        """Show what it is about and ask a person to type something; what was typed.

        Raises `InputInvalid` when nobody can be asked, `KeyboardInterrupt` on Ctrl-C.
        """
        if not self.interactive:
            raise InputInvalid(
                "nobody can be asked: this is not a terminal", hint="see --help for what to pass instead"
            )
        with self._held(), _interruptible():
            if about:
                self._write(self._stderr, escape.block(for_stream(self._stderr, about)) + "\n")
            self._stderr.write(f"{what}: ")
            self._stderr.flush()
            return self._stdin.readline().strip()

    def _say(self, line: str) -> None:
        self._write(self._stderr, escape.block(line))

    def _held(self) -> AbstractContextManager[None]:
        """While something else is printed or asked, progress is not shown."""
        return self._progress.held() if self._progress else nullcontext()

    def _write(self, stream: TextIO, line: str) -> None:
        """Print one line now.

        A reader that went away does not stop the work, nor do messages that cannot be written; a result that is lost
        because the disk is full is told.
        """
        try:
            with self._held():
                stream.write(line + "\n")
                stream.flush()
        except OSError as error:
            silence(stream)
            if stream is self._stdout and not reader_went_away(error):
                reason = error.strerror or "unknown reason"
                raise AzremediateError(
                    f"the output cannot be written: {reason}", hint="free some space, or send the output elsewhere"
                ) from None


def json_text(value: Json) -> str:
    """A JSON value on one line of ASCII that no terminal and no build server obeys."""
    return escape.json_line(json.dumps(value, allow_nan=False, separators=(",", ":")))


def reader_went_away(error: OSError) -> bool:
    """Whether a write failed because the other end of a pipe was closed, e.g. by `head`."""
    return isinstance(error, BrokenPipeError) or (os.name == "nt" and error.errno == errno.EINVAL)


def silence(stream: TextIO) -> None:
    """Send whatever is still written to a stream nowhere, so that its end does not fail a second time."""
    try:
        descriptor = stream.fileno()
    except OSError:
        return  # not a stream of the operating system
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)


def for_stream(stream: TextIO, text: str) -> str:
    """Text as it fits its stream: folded at a terminal, whole elsewhere."""
    return fold(text, _columns(stream)) if _is_terminal(stream) else text


def _columns(stream: TextIO) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns or _USUAL_COLUMNS
    except (OSError, ValueError):
        return _USUAL_COLUMNS


@contextmanager
def _interruptible() -> Iterator[None]:
    """Ctrl-C ends a question at once; an event loop would note it and go on reading."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _is_terminal(stream: TextIO) -> bool:
    return not stream.closed and stream.isatty()
