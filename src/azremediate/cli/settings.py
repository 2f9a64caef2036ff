"""The options that every command takes, before and after its name."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import click
from click.core import ParameterSource

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(slots=True)
class Settings:
    """What the global options say; filled while the command line is read, then left alone.

    config: the configuration file as --config or AZREMEDIATE_CONFIG names it, None for the default.
    verbosity: how often -v was given. color: whether colours may be used where the output is a terminal.
    """

    config: Path | None = None
    json: bool = False
    quiet: bool = False
    verbosity: int = 0
    color: bool = True


def plain_output_wished() -> bool:
    """Whether the environment asks for output without colours (no-color.org, and terminals that can show none)."""
    return bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"


def _given(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Merge one option into the settings that all levels of the command line share."""
    settings = context.ensure_object(Settings)
    name = parameter.name
    source = context.get_parameter_source(name or "")
    if name == "config_file":
        if value is not None and (settings.config is None or source is ParameterSource.COMMANDLINE):
            settings.config = value
    elif name == "as_json":
        settings.json = settings.json or value
    elif name == "quiet":
        settings.quiet = settings.quiet or value
    elif name == "verbose":
        settings.verbosity += value
    elif name == "no_color":
        settings.color = settings.color and not value and not plain_output_wished()


_OPTIONS = (
    click.option(
        "--config",
        "config_file",
        type=click.Path(path_type=Path),
        envvar="AZREMEDIATE_CONFIG",
        metavar="FILE",
        help="Configuration file.  [default: config.yaml]",
        expose_value=False,
        callback=_given,
    ),
    click.option(
        "--json", "as_json", is_flag=True, help="Print JSON on standard output.", expose_value=False, callback=_given
    ),
    click.option("-q", "--quiet", is_flag=True, help="No notes, no progress.", expose_value=False, callback=_given),
    click.option("-v", "--verbose", count=True, help="Say more; -vv for details.", expose_value=False, callback=_given),
    click.option("--no-color", is_flag=True, help="No colours.", expose_value=False, callback=_given),
)


def global_options(function: Callable[Concatenate[Settings, P], R]) -> Callable[P, R]:
    """Give a command the global options, and its function the settings as first argument.

    Stands next to the function, below its other options, so that help lists these last.
    """

    @wraps(function)
    def with_settings(*args: P.args, **kwargs: P.kwargs) -> R:
        return function(click.get_current_context().ensure_object(Settings), *args, **kwargs)

    decorated: Callable[P, R] = with_settings
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated
