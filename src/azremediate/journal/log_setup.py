"""Logging to standard error: events with fields, in which no secret can stand.

Imported only when a command is about to log; structlog alone costs a tenth of a second.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog
from structlog.typing import Processor

from azremediate.core.secret import Secret
from azremediate.journal.plain_json import is_secret_name, plain_text

LOUD = ("aiohttp", "asyncio", "azure", "hpack", "httpcore", "httpx", "kiota", "kiota_http", "msal", "urllib3")
"""Loggers of the libraries below; some write whole requests with their secrets when asked for detail."""

HIDDEN = "(hidden)"

_DEEPEST = 8


def set_up_logging(
    *, verbosity: int = 0, as_json: bool = False, color: bool = False, stream: TextIO | None = None
) -> None:
    """Send events to standard error (or `stream`): key and value for people, one JSON object per line with `as_json`.

    verbosity: below 0 errors only, 0 warnings, 1 information, 2 or more everything.
    """
    level = (logging.WARNING, logging.INFO, logging.DEBUG)[min(verbosity, 2)] if verbosity >= 0 else logging.ERROR
    target = stream or sys.stderr
    renderer: Processor
    if as_json:
        renderer = structlog.processors.JSONRenderer(ensure_ascii=True)
    else:
        renderer = structlog.dev.ConsoleRenderer(colors=color, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            hide_secrets,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(target),
        cache_logger_on_first_use=False,
    )
    _quiet_libraries(target)


def hide_secrets(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The event with every `Secret`, and every field named like one, replaced; control characters made visible.

    Of an exception only its type is kept: its text and the values around it may quote a request.
    """
    if (problem := event.pop("exc_info", None)) is not None:
        error = sys.exc_info()[1] if problem is True else problem
        event["exception"] = type(error[1] if isinstance(error, tuple) else error).__name__
    return {name: HIDDEN if is_secret_name(name) else _shown(value, 0) for name, value in event.items()}


def _shown(value: object, depth: int) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Secret) or depth > _DEEPEST:
        return HIDDEN
    if isinstance(value, str):
        return _visible(value)
    if isinstance(value, dict):
        return {
            _visible(str(name)): HIDDEN if is_secret_name(str(name)) else _shown(item, depth + 1)
            for name, item in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [_shown(item, depth + 1) for item in value]
    return _visible(repr(value))


def _visible(text: str) -> str:
    """The text on one line, with whatever a terminal could act on spelled out, and what a build server would obey.

    Azure Pipelines takes ##vso[ and ##[ for a command wherever they stand in a line.
    """
    shown = "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in plain_text(text)
    )
    return shown.replace("##", "# #")


def _quiet_libraries(target: TextIO) -> None:
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, _Warnings)]:
        root.removeHandler(handler)
    root.addHandler(_Warnings(target))
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
    # It warns of every refused sign-in with the service's own text; the refusal comes as an error of ours anyway.
    logging.getLogger("azure.identity").setLevel(logging.CRITICAL)


class _Warnings(logging.StreamHandler[TextIO]):
    """Shows what libraries warn of, on one line and without their tracebacks, whose texts may quote a request."""

    def __init__(self, target: TextIO) -> None:
        super().__init__(target)
        self.setLevel(logging.WARNING)

    def format(self, record: logging.LogRecord) -> str:
        """One line: the library, the level and its message."""
        return _visible(f"{record.name} {record.levelname.lower()}: {record.getMessage()}")
