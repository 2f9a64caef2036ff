"""Logging: events with fields on standard error, no secret, nothing a terminal acts on."""

import io
import json
import logging
import secrets
from collections.abc import Iterator

import pytest
import structlog

from azremediate.core.secret import Secret
from azremediate.journal.log_setup import LOUD, set_up_logging

LEVELS = ("debug", "info", "warning", "error")


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """Each test leaves logging as it found it."""
    handlers = list(logging.getLogger().handlers)
    yield
    logging.getLogger().handlers = handlers
    structlog.reset_defaults()


@pytest.mark.fault("S3")
@pytest.mark.parametrize("as_json", [False, True], ids=["people", "JSON"])
def test_no_secret(as_json: bool) -> None:
    """Neither a `Secret` nor a field named like one shows its value, however deep; errors show their type only."""
    text = secrets.token_urlsafe(30)
    stream = io.StringIO()
    set_up_logging(as_json=as_json, stream=stream)
    log = structlog.get_logger()
    log.warning("event", key=Secret(text), password=text, deep={"list": [Secret(text)], "secretText": text})
    try:
        raise ValueError(text)
    except ValueError:
        log.exception("failed")
    shown = stream.getvalue()
    assert text not in shown
    assert shown.count("(hidden)") == 4
    assert "ValueError" in shown


@pytest.mark.fault("X10")
def test_one_line_of_json() -> None:
    """With JSON each event is one object on one line, whatever a tenant calls its objects."""
    stream = io.StringIO()
    set_up_logging(as_json=True, stream=stream)
    structlog.get_logger().error("change_failed", target="pay\nroll\x1b[31m\u202e", attempts=3)
    (line,) = stream.getvalue().splitlines()
    event = json.loads(line)
    assert (event["event"], event["level"], event["attempts"]) == ("change_failed", "error", 3)
    assert event["target"] == "pay\\nroll\\x1b[31m\\u202e"


def test_nothing_for_a_terminal_to_act_on() -> None:
    """For people as well, control characters are spelled out."""
    stream = io.StringIO()
    set_up_logging(stream=stream)
    structlog.get_logger().error("e", target="a\x1b]8;;x\x07b\rc\u202ed")
    assert stream.getvalue().isascii()
    assert all(letter.isprintable() for letter in stream.getvalue().rstrip("\n"))


@pytest.mark.parametrize(
    ("verbosity", "shown"),
    [(-1, ["error"]), (0, ["warning", "error"]), (1, ["info", "warning", "error"]), (2, list(LEVELS))],
)
def test_levels(verbosity: int, shown: list[str]) -> None:
    """Verbosity decides from which level on events are shown."""
    stream = io.StringIO()
    set_up_logging(verbosity=verbosity, as_json=True, stream=stream)
    log = structlog.get_logger()
    for level in LEVELS:
        getattr(log, level)("event")
    assert [json.loads(line)["level"] for line in stream.getvalue().splitlines()] == shown


@pytest.mark.fault("S3")
@pytest.mark.parametrize("name", LOUD)
def test_libraries_stay_quiet(name: str) -> None:
    """Even with every detail asked for, libraries show warnings alone, on one line without tracebacks."""
    stream = io.StringIO()
    set_up_logging(verbosity=2, stream=stream)
    logger = logging.getLogger(f"{name}.inner")
    logger.info("a request with its body")
    assert stream.getvalue() == ""
    logger.warning("trouble\n%s", "here", exc_info=ValueError("quoted"))
    assert stream.getvalue() == f"{name}.inner warning: trouble\\nhere\n"


def test_set_up_twice() -> None:
    """A second set-up takes the place of the first."""
    streams = [io.StringIO(), io.StringIO()]
    for stream in streams:
        set_up_logging(stream=stream)
    logging.getLogger("msal").warning("once")
    assert [stream.getvalue() for stream in streams] == ["", "msal warning: once\n"]


@pytest.mark.parametrize("as_json", [False, True], ids=["people", "JSON"])
def test_no_command_for_a_build_server(as_json: bool) -> None:
    """A name that Azure Pipelines would obey anywhere in a line is not shown in that form."""
    stream = io.StringIO()
    set_up_logging(as_json=as_json, stream=stream)
    structlog.get_logger().warning("change.ended", target="##vso[task.complete]", names=["##[error]x"])
    logging.getLogger("msal").warning("##vso[task.complete]")
    assert "##" not in stream.getvalue()
    assert "vso[task.complete]" in stream.getvalue()
