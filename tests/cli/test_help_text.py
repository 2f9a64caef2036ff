"""Help pages: complete, true, and the same everywhere."""

import re

import click
import pytest

from azremediate.cli.command_reference import command_reference
from azremediate.cli.help_text import WIDTH
from azremediate.cli.main import root, run_command
from azremediate.core.exit_code import ExitCode


def _commands() -> list[tuple[str, click.Command]]:
    context = click.Context(root, info_name="azremediate")
    found: list[tuple[str, click.Command]] = []
    for name in root.list_commands(context):
        command = root.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            found += [(f"{name} {inner}", one) for inner, one in command.commands.items()]
        else:
            found.append((name, command))
    return found


@pytest.mark.parametrize("columns", ["80", "120", "200"])
def test_the_page_is_the_same_everywhere(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], columns: str
) -> None:
    """What the README shows is what every terminal of 80 columns or more shows."""
    monkeypatch.setenv("COLUMNS", columns)
    assert run_command(["--help"]) == ExitCode.DONE
    assert capsys.readouterr().out.rstrip("\n") == command_reference()


def test_the_page_fits() -> None:
    """No line is longer than a terminal is wide."""
    assert max(map(len, command_reference().splitlines())) <= WIDTH


def test_no_summary_is_cut() -> None:
    """What a command is for is said in full."""
    assert "..." not in command_reference().partition("Options")[0].replace("[ARGS]...", "")


def test_the_table_of_exit_codes_is_the_enum() -> None:
    """No code is missing, none is invented, and each has the words of the enum."""
    section = command_reference().partition("Exit codes, the same for all commands:\n")[2].partition("\n\n")[0]
    rows = [tuple(re.split(r"\s{2,}", line.strip(), maxsplit=1)) for line in section.splitlines()]
    assert rows == [(str(int(code)), code.meaning) for code in ExitCode]


def test_every_command_is_on_the_page() -> None:
    """Each once, with its short help."""
    page = command_reference()
    for name in root.list_commands(click.Context(root)):
        assert len(re.findall(rf"^  {name} +\S", page, re.MULTILINE)) == 1


@pytest.mark.parametrize(("name", "command"), _commands(), ids=lambda value: value if isinstance(value, str) else "")
def test_every_command_has_examples_exit_codes_and_global_options(name: str, command: click.Command) -> None:
    """At least two examples, of the command itself, and only exit codes that exist."""
    epilog = command.epilog or ""
    examples = re.findall(r"^  azremediate (.*)$", epilog, re.MULTILINE)
    assert len(examples) >= 2
    assert any(example.startswith(name) for example in examples)
    codes = re.findall(r"^  (\d+) +(.*)$", epilog, re.MULTILINE)
    assert codes
    assert all(ExitCode(int(code)).meaning == meaning for code, meaning in codes)
    options = {option for parameter in command.params for option in parameter.opts}
    assert {"--config", "--json", "--quiet", "--verbose", "--no-color"} <= options


@pytest.mark.parametrize(("name", "command"), _commands(), ids=lambda value: value if isinstance(value, str) else "")
def test_every_page_fits(capsys: pytest.CaptureFixture[str], name: str, command: click.Command) -> None:
    """The help of each command, with its examples, at 80 columns."""
    assert run_command([*name.split(), "--help"]) == ExitCode.DONE
    assert max(map(len, capsys.readouterr().out.splitlines())) <= WIDTH
