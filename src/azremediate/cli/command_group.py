"""Groups of commands: one that loads a command's module when it is called, and one that helps with typing errors."""

from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from pkgutil import iter_modules

import click

_PACKAGE = "azremediate.cli.commands"


class CommandGroup(click.Group):
    """A group that names the closest command when it does not know one."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a suggestion."""
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            raise click.UsageError(f"there is no command {name!r}{_suggestion(name, self.list_commands(ctx))}", ctx)
        return super().resolve_command(ctx, args)


class LoadingGroup(CommandGroup):
    """The commands of the folder `commands`, by the names of its files; each file holds its command as `command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names in alphabetical order, without loading any."""
        path = import_module(_PACKAGE).__path__
        return sorted(found.name.replace("_", "-") for found in iter_modules(path) if not found.name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command; None when there is none of that name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = import_module(f"{_PACKAGE}.{cmd_name.replace('-', '_')}").command
        return command


def _suggestion(name: str, known: Sequence[str]) -> str:
    close = get_close_matches(name.lower(), known, n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else f"; there are {', '.join(known)}"
