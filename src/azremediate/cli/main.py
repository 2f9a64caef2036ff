"""The entry point: reads the command line, runs one command, and turns every ending into an exit code."""

import gc
import sys
from collections.abc import Coroutine, Sequence
from io import TextIOWrapper
from typing import Any, TypeVar

import click

from azremediate.cli import failure
from azremediate.cli.help_text import WIDTH, RootGroup
from azremediate.cli.output import reader_went_away, silence
from azremediate.cli.settings import Settings, global_options
from azremediate.core.exit_code import ExitCode

T = TypeVar("T")


_COLLECT_AFTER = 50_000
"""New objects after which garbage is looked for. A command makes many that stay and few that are garbage: with Python's
default of 700 a plan of a thousand credentials spends a seventh of its time on looking.
"""


def main() -> None:
    """Run the command that the arguments of the process name, and end the process."""
    gc.set_threshold(_COLLECT_AFTER)
    _speak_utf8()
    sys.exit(run_command(sys.argv[1:]))


def run_command(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; never raises."""
    settings = Settings()
    as_json = "--json" in arguments  # also when the command line is wrong and cannot be read to its end
    try:
        result = root.main(list(arguments), prog_name="azremediate", standalone_mode=False, obj=settings)
        return int(result) if isinstance(result, int) else ExitCode.DONE
    except click.exceptions.NoArgsIsHelpError as asked:
        click.echo(asked.format_message(), err=True)
        return ExitCode.USAGE
    except click.ClickException as error:
        return failure.tell_usage(error, as_json=as_json)
    except (KeyboardInterrupt, click.Abort):
        hint = "if a plan was being applied, `azremediate resume` goes on from where it stopped"
        return failure.tell("stopped on request", hint, ExitCode.STOPPED, "Stopped", as_json=as_json)
    except SystemExit as ended:  # click ends like this when the reader of a help page went away
        return ended.code if isinstance(ended.code, int) else ExitCode.FAILED
    except OSError as error:
        return _tell_system_error(error, as_json=as_json)
    except Exception as error:  # noqa: BLE001 - the one place where the unexpected becomes a sentence
        known = failure.expected(error)
        if known is not None:
            return failure.tell_expected(known, as_json=as_json)
        return failure.tell_unexpected(error, as_json=as_json, detailed=settings.verbosity >= 2)


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's coroutine in the one event loop of the process and return its result."""
    import asyncio

    from azremediate.cli.core_dumps import forbid_core_dumps

    forbid_core_dumps()
    context = click.get_current_context(silent=True)
    _set_up_logging((context.find_object(Settings) if context else None) or Settings())
    return asyncio.run(work)


def _set_up_logging(settings: Settings) -> None:
    """Libraries log what azremediate reports itself, with texts that a server chose; they are heard with -v only."""
    import logging

    if settings.verbosity:
        from azremediate.journal.log_setup import set_up_logging

        set_up_logging(verbosity=settings.verbosity, as_json=settings.json)
    elif not logging.getLogger().handlers:
        logging.getLogger().addHandler(logging.NullHandler())


def _tell_system_error(error: OSError, *, as_json: bool) -> int:
    if reader_went_away(error):
        silence(sys.stdout)
        return ExitCode.FAILED
    what = f"{error.filename}: " if isinstance(error.filename, str) else ""
    reason = error.strerror or type(error).__name__
    return failure.tell(f"{what}{reason}", "", ExitCode.FAILED, type(error).__name__, as_json=as_json)


def _speak_utf8() -> None:
    """Files and pipes get UTF-8 everywhere; a terminal keeps its encoding, and no character can make printing fail."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")


def _show_version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        from azremediate import __version__

        click.echo(f"azremediate {__version__}")
        context.exit()


@click.group(
    cls=RootGroup,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": WIDTH},
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="Show the version."
)
@global_options
def root(_settings: Settings) -> None:
    """Gets an attacker out of a Microsoft Entra ID tenant after credentials leaked: plan, apply exactly that, prove it,
    and keep an audit log.
    """
