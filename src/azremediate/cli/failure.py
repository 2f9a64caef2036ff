"""Says what went wrong: a sentence and its remedy, or one JSON object, and the exit code that goes with it."""

import json
import sys
from collections.abc import Iterator
from types import TracebackType

import click

from azremediate.cli.output import for_stream, silence
from azremediate.core.errors import AzremediateError
from azremediate.core.exit_code import ExitCode, most_serious
from azremediate.report import escape


def expected(error: BaseException) -> AzremediateError | None:
    """The error that a person can be told about; of a group, the most serious one. None when there is none."""
    if isinstance(error, AzremediateError):
        return error
    if not isinstance(error, BaseExceptionGroup):
        return None
    found = [expected(inner) for inner in error.exceptions]
    known = [inner for inner in found if inner is not None]
    if not known or len(known) < len(found):
        return None  # something unexpected is among them, and that has to be seen
    worst = most_serious({inner.exit_code for inner in known})
    return next(inner for inner in known if inner.exit_code is worst)


def tell(message: str, hint: str, code: ExitCode, kind: str, *, as_json: bool) -> ExitCode:
    """Print the failure, to standard output with --json, else to standard error; gives the exit code back."""
    try:
        if as_json:
            body = {"error": {"message": message, "hint": hint, "exit_code": int(code), "type": kind}}
            print(escape.json_line(json.dumps(body)), flush=True)  # noqa: T201 - this is where the result is printed
            return code
        lines = [f"error: {message}", *([f"hint: {hint}"] if hint else [])]
        text = for_stream(sys.stderr, "\n".join(lines))
        print(escape.block(text), file=sys.stderr, flush=True)  # noqa: T201 - as above
    except OSError:
        silence(sys.stdout if as_json else sys.stderr)
    return code


def tell_expected(error: AzremediateError, *, as_json: bool) -> ExitCode:
    """Print an error of azremediate's own."""
    return tell(error.message, error.hint, error.exit_code, type(error).__name__, as_json=as_json)


def tell_usage(error: click.ClickException, *, as_json: bool) -> ExitCode:
    """Print what is wrong with the command line."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "azremediate"
    message = error.format_message().rstrip(".")
    return tell(message, f"see `{path} --help`", ExitCode.USAGE, "UsageError", as_json=as_json)


def tell_unexpected(error: Exception, *, as_json: bool, detailed: bool) -> ExitCode:
    """Print that azremediate has a defect; with `detailed` also where, but no message and no value.

    Messages and local variables could hold secrets, names of types, files and functions cannot.
    """
    if detailed:
        for line in redacted_traceback(error):
            print(escape.block(line), file=sys.stderr)  # noqa: T201 - this is where failures are printed
    place = _last_place(error.__traceback__)
    return tell(
        f"this should not happen: {type(error).__name__} at {place}",
        "run the command again with -vv and report what it prints; a run that was under way goes on when the same "
        "plan is applied again",
        ExitCode.FAILED,
        "Unexpected",
        as_json=as_json,
    )


def redacted_traceback(error: BaseException) -> Iterator[str]:
    """The traceback with all its causes as lines of types, files, lines and functions."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield f"{type(current).__module__}.{type(current).__qualname__}"
        yield from (f"  {place}" for place in _places(current.__traceback__))
        if isinstance(current, BaseExceptionGroup):
            for inner in current.exceptions:
                yield from (f"  | {line}" for line in redacted_traceback(inner))
        current = current.__cause__ or current.__context__


def _places(traceback: TracebackType | None) -> Iterator[str]:
    while traceback is not None:
        code = traceback.tb_frame.f_code
        yield f"{code.co_filename}:{traceback.tb_lineno} in {code.co_qualname}"
        traceback = traceback.tb_next


def _last_place(traceback: TracebackType | None) -> str:
    places = list(_places(traceback))
    return places[-1] if places else "an unknown place"
