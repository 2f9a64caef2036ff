"""`azremediate playbooks`: what playbooks there are, what they do, and whether one is well formed."""

from typing import TYPE_CHECKING

import click

from azremediate.cli.command_group import CommandGroup
from azremediate.cli.help_text import epilog
from azremediate.cli.settings import Settings, global_options
from azremediate.core.exit_code import ExitCode

if TYPE_CHECKING:
    from azremediate.core.playbook import Playbook

_CODES = (ExitCode.DONE, ExitCode.USAGE)


@click.group(
    "playbooks",
    cls=CommandGroup,
    epilog=epilog(
        ("azremediate playbooks list", "the built-in ones"),
        ("azremediate playbooks show respond-to-exposed-credentials", "its steps"),
        codes=_CODES,
    ),
)
@global_options
def command(_settings: Settings) -> None:
    """List, show and check playbooks; needs no tenant."""


@command.command(
    "list",
    epilog=epilog(
        ("azremediate playbooks list", "names and what they are for"),
        ("azremediate playbooks list --json", "the same for a machine"),
        codes=_CODES,
    ),
)
@global_options
def list_playbooks(settings: Settings) -> int:
    """List the built-in playbooks."""
    from azremediate.cli.output import Output
    from azremediate.intake.builtin_playbooks import builtin_playbooks

    shown = Output(settings)
    found = builtin_playbooks()
    shown.data({"playbooks": [{"name": name, "description": description} for name, description in found]})
    shown.table(["NAME", "DESCRIPTION"], [(name, " ".join(description.split())) for name, description in found])
    return ExitCode.DONE


@command.command(
    "show",
    epilog=epilog(
        ("azremediate playbooks show rotate-exposed-secrets", "a built-in one"),
        ("azremediate playbooks show ./mine.yaml --json", "one of yours, for a machine"),
        codes=_CODES,
    ),
)
@click.argument("playbook")
@global_options
def show_playbook(settings: Settings, *, playbook: str) -> int:
    """Show the steps of PLAYBOOK, a built-in name or a file."""
    from azremediate.cli.output import Output
    from azremediate.core.codec import encode
    from azremediate.report.playbook_text import playbook_text

    shown = Output(settings)
    found = _read(playbook)
    shown.data(encode(found))
    shown.text(playbook_text(found))
    return ExitCode.DONE


@command.command(
    "validate",
    epilog=epilog(
        ("azremediate playbooks validate mine.yaml", "every problem with its line and column"),
        ("azremediate playbooks validate mine.yaml other.yaml --json", "several, for a machine"),
        codes=_CODES,
    ),
)
@click.argument("playbooks", nargs=-1, required=True)
@global_options
def validate(settings: Settings, *, playbooks: tuple[str, ...]) -> int:
    """Check PLAYBOOKS; exits 2 when one of them cannot be used."""
    from azremediate.cli.output import Output
    from azremediate.core.errors import InputInvalid

    shown = Output(settings)
    problems: dict[str, str] = {}
    for name in playbooks:
        try:
            _read(name)
        except InputInvalid as error:
            problems[name] = error.message
            shown.text(error.message)
        else:
            shown.text(f"{name}: ok")
    checked = [{"name": name, "valid": name not in problems, "problems": problems.get(name)} for name in playbooks]
    shown.data({"playbooks": checked})
    return ExitCode.USAGE if problems else ExitCode.DONE


@command.command(
    "schema",
    epilog=epilog(
        ("azremediate playbooks schema > playbook.schema.json", "for an editor that checks while you type"),
        ("azremediate playbooks schema --quiet", "the same"),
        codes=_CODES,
    ),
)
@global_options
def schema(settings: Settings) -> int:
    """Print the JSON Schema of a playbook."""
    import json

    from azremediate.cli.output import Output
    from azremediate.intake.playbook_model import playbook_schema

    shown = Output(settings)
    found = playbook_schema()
    shown.data(found)
    shown.text(json.dumps(found, indent=2), folded=False)
    return ExitCode.DONE


def _read(name: str) -> "Playbook":
    from azremediate.cli.catalog import actions
    from azremediate.intake.playbook_file import read_playbook

    return read_playbook(name, actions())
