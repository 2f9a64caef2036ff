"""`azremediate actions`: which actions there are, what each does and what it needs."""

import click

from azremediate.cli.command_group import CommandGroup
from azremediate.cli.help_text import epilog
from azremediate.cli.settings import Settings, global_options
from azremediate.core.exit_code import ExitCode

_CODES = (ExitCode.DONE, ExitCode.USAGE)


@click.group(
    "actions",
    cls=CommandGroup,
    epilog=epilog(
        ("azremediate actions list", "every action in one line"),
        ("azremediate actions show rotate_app_secret", "its parameters and what it needs"),
        codes=_CODES,
    ),
)
@global_options
def command(_settings: Settings) -> None:
    """List and show the remediation actions; needs no tenant."""


@command.command(
    "list",
    epilog=epilog(
        ("azremediate actions list", "name, phase, undo class and summary"),
        ("azremediate actions list --json", "everything about each, for a machine"),
        codes=_CODES,
    ),
)
@global_options
def list_actions(settings: Settings) -> int:
    """List all actions."""
    from azremediate.cli.catalog import actions
    from azremediate.cli.output import Output
    from azremediate.report.action_text import action_json

    shown = Output(settings)
    found = list(actions().values())
    shown.data({"actions": [action_json(action) for action in found]})
    shown.table(
        ["ACTION", "PHASE", "UNDO", "SUMMARY"],
        [(action.name, action.phase.value, action.undo_class.value, action.summary) for action in found],
    )
    return ExitCode.DONE


@command.command(
    "show",
    epilog=epilog(
        ("azremediate actions show revoke_sessions", "what it does"),
        ("azremediate actions show rotate_app_secret --json", "the same for a machine"),
        codes=_CODES,
    ),
)
@click.argument("action")
@global_options
def show_action(settings: Settings, *, action: str) -> int:
    """Show one ACTION: parameters, targets, undo, permissions."""
    from difflib import get_close_matches

    from azremediate.cli.catalog import actions
    from azremediate.cli.output import Output
    from azremediate.core.errors import InputInvalid
    from azremediate.report.action_text import action_json, action_text

    known = actions()
    found = known.get(action.replace("-", "_"))
    if found is None:
        close = get_close_matches(action, known, n=1, cutoff=0.5)
        hint = f"did you mean {close[0]!r}?" if close else "`azremediate actions list` shows all"
        raise InputInvalid(f"there is no action {action!r}", hint=hint)
    shown = Output(settings)
    shown.data(action_json(found))
    shown.text(action_text(found))
    return ExitCode.DONE
