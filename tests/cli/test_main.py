"""Every ending of a process: its exit code, its sentence, and what must never be in it."""

import asyncio
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import IO

import click
import pytest

from azremediate.cli import main as main_module
from azremediate.cli.main import root, run_async, run_command
from azremediate.cli.settings import Settings, global_options
from azremediate.core.errors import GuardRefused, IntegrityBroken, RunLocked
from azremediate.core.exit_code import ExitCode
from tests.cli.streams import Failing

HEAVY = ["aiohttp", "asyncio", "azure", "httpx", "jinja2", "msgraph", "pydantic", "rich", "ruamel", "starlette"]
HEAVY += ["structlog", "tenacity", "uvicorn"]
SECRET = "obviously-fake-secret-value"


def _python(
    *arguments: str, stdout: IO[str] | int = subprocess.PIPE, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - the test's own interpreter and its own arguments
        [sys.executable, *arguments],
        stdout=stdout,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(main_module.__file__).parents[2]), **environment},
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["plan", "--help"],
        ["playbooks", "--help"],
        ["actions", "list"],
        ["show", "missing.json"],
        ["shwo"],
    ],
    ids=" ".join,
)
def test_no_heavy_library_is_imported(arguments: list[str]) -> None:
    """What talks to no tenant starts without any SDK."""
    code = (
        "import sys; from azremediate.cli.main import run_command\n"
        f"run_command({arguments!r})\n"
        f"print(sorted({{name.split('.')[0] for name in sys.modules}} & set({HEAVY!r})), file=sys.stderr)"
    )
    assert _python("-c", code).stderr.splitlines()[-1] == "[]"


def test_the_module_is_the_command() -> None:
    """`python -m azremediate` ends with the command's exit code."""
    ran = _python("-m", "azremediate", "show", "missing.plan.json")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("error: missing.plan.json: the plan does not exist\nhint: ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["plna"], "did you mean 'plan'?"),
        (["playbooks", "lst"], "did you mean 'list'?"),
        (["show", "--jsn", "x"], "'--json'"),
        (["--confg", "x", "show", "y"], "'--config'"),
        (["show"], "PLAN"),
        (["actions", "show", "rotate_app_secrt"], "did you mean 'rotate_app_secret'?"),
        (["audit", "show", "--tail", "none"], "--tail"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_command_line_exits_2_with_a_suggestion(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence and where to read on, no traceback."""
    assert run_command(arguments) == ExitCode.USAGE
    captured = capsys.readouterr()
    assert captured.out == ""
    assert said in captured.err
    assert "hint: " in captured.err
    assert "Traceback" not in captured.err


@pytest.mark.parametrize("arguments", [["--json", "shwo"], ["show", "no.json", "--json"], ["show", "--json", "--x"]])
def test_errors_are_one_object_with_json(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Also when the command line itself is wrong."""
    assert run_command(arguments) == ExitCode.USAGE
    captured = capsys.readouterr()
    error = json.loads(captured.out)["error"]
    assert captured.err == ""
    assert set(error) == {"message", "hint", "exit_code", "type"}
    assert error["exit_code"] == ExitCode.USAGE


def test_no_arguments_show_help_and_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    """A pipeline whose command got lost must not look fine."""
    assert run_command([]) == ExitCode.USAGE
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Examples:" in captured.err


def _failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    @click.command("fail")
    @global_options
    def fail(_settings: Settings) -> None:
        """Fail."""
        raise error

    monkeypatch.setattr(root, "get_command", lambda _context, name: fail if name == "fail" else None)


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (GuardRefused("the guard\x1b says no", hint="ask it"), 4, "error: the guard\\u{1b} says no\nhint: ask it\n"),
        (RunLocked("another run"), 6, "error: another run\n"),
        (ExceptionGroup("two", [RunLocked("locked"), IntegrityBroken("broken")]), 7, "error: broken\n"),
        (FileNotFoundError(2, "No such file or directory", "ca.pem"), 1, "error: ca.pem: No such file or directory\n"),
        (KeyboardInterrupt(), 130, "error: stopped on request\n"),
        (click.Abort(), 130, "error: stopped on request\n"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_each_error_has_its_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException, code: int, said: str
) -> None:
    """The text is the error's own, escaped."""
    _failing(monkeypatch, error)
    assert run_command(["fail"]) == code
    assert said in capsys.readouterr().err


def _raise_with_secret() -> None:
    secret = SECRET
    try:
        raise ValueError(secret)
    except ValueError as cause:
        raise ExceptionGroup(secret, [KeyError(secret)]) from cause


@pytest.mark.fault("S2")
@pytest.mark.parametrize("flags", [[], ["-v"], ["-vv"], ["--json"], ["-vv", "--json"]], ids=" ".join)
def test_a_defect_is_told_without_any_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], flags: list[str]
) -> None:
    """Neither messages nor variables of an unexpected error are shown, only types, files and lines with -vv."""
    with pytest.raises(ExceptionGroup) as caught:
        _raise_with_secret()
    _failing(monkeypatch, caught.value)
    assert run_command(["fail", *flags]) == ExitCode.FAILED
    captured = capsys.readouterr()
    assert SECRET not in captured.out + captured.err
    assert "this should not happen: ExceptionGroup" in captured.out + captured.err
    assert ("builtins.ValueError" in captured.err) is ("-vv" in flags)
    assert ("builtins.KeyError" in captured.err) is ("-vv" in flags)


def test_help_into_a_closed_pipe_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """`azremediate --help | head -1` prints no traceback."""
    errors = io.StringIO()
    monkeypatch.setattr(sys, "stdout", Failing(code=32))
    monkeypatch.setattr(sys, "stderr", errors)
    assert run_command(["--help"]) in (ExitCode.DONE, ExitCode.FAILED)
    assert "Traceback" not in errors.getvalue()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_under_standard_output_is_a_sentence() -> None:
    """The result is lost, so the exit code is not 0."""
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ran = _python("-m", "azremediate", "actions", "list", stdout=full)
    assert ran.returncode == ExitCode.FAILED
    assert ran.stderr.startswith("error: the output cannot be written: No space left on device")


def test_a_pipe_gets_utf8_whatever_the_locale() -> None:
    """Names keep their letters in files, also where the terminal could not show them."""
    code = "from azremediate.cli import main; import sys; main._speak_utf8(); print('Zürich \\ud800')"
    assert _python("-c", code, PYTHONIOENCODING="ascii").stdout.strip() == "Zürich \\ud800"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["fail"], Settings()),
        (["--json", "-v", "fail", "-q", "-v"], Settings(json=True, quiet=True, verbosity=2)),
        (["--config", "a.yaml", "fail"], Settings(config=Path("a.yaml"))),
        (["fail", "--config", "a.yaml"], Settings(config=Path("a.yaml"))),
        (["--config", "a.yaml", "fail", "--config", "b.yaml"], Settings(config=Path("b.yaml"))),
        (["--no-color", "fail"], Settings(color=False)),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_global_options_before_and_after_the_command(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], expected: Settings
) -> None:
    """Both places say the same, and add up."""
    seen = _seen_settings(monkeypatch)
    assert run_command(arguments) == ExitCode.DONE
    assert seen == [expected]


def test_the_environment_gives_way_to_flags(monkeypatch: pytest.MonkeyPatch) -> None:
    """AZREMEDIATE_CONFIG names the file unless --config does, in either place; NO_COLOR counts when not empty."""
    seen = _seen_settings(monkeypatch)
    monkeypatch.setenv("AZREMEDIATE_CONFIG", "from-environment.yaml")
    monkeypatch.setenv("NO_COLOR", "1")
    run_command(["fail"])
    run_command(["--config", "a.yaml", "fail"])
    monkeypatch.setenv("NO_COLOR", "")
    run_command(["fail", "--config", "b.yaml"])
    assert [str(settings.config) for settings in seen] == ["from-environment.yaml", "a.yaml", "b.yaml"]
    assert [settings.color for settings in seen] == [False, False, True]


def _seen_settings(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    for name in ("AZREMEDIATE_CONFIG", "NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    seen: list[Settings] = []

    @click.command("fail")
    @global_options
    def remember(settings: Settings) -> None:
        """Remember."""
        seen.append(settings)

    monkeypatch.setattr(root, "get_command", lambda _context, name: remember if name == "fail" else None)
    return seen


def test_run_async_gives_the_result() -> None:
    """One event loop for one coroutine."""

    async def work() -> int:
        await asyncio.sleep(0)
        return 7

    assert run_async(work()) == 7
