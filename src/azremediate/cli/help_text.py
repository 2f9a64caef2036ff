"""The words of `azremediate --help`: examples first, commands by purpose, exit codes, environment variables."""

from collections.abc import Iterator

import click

from azremediate.cli.command_group import LoadingGroup
from azremediate.core.exit_code import ExitCode

WIDTH = 80
"""Columns that help never exceeds."""

_EXAMPLES = (
    ("azremediate demo", "the whole story on a simulated tenant, no Azure needed"),
    ("azremediate plan respond-to-exposed-credentials --credentials leaked.csv", "what would change; writes nothing"),
    ("azremediate apply respond.plan.json", "make exactly these changes, and prove each by reading it back"),
    ("azremediate run revoke_sessions ana@contoso.com --apply", "one action on one object, at once"),
)

_SECTIONS = (
    ("Start here", ("demo", "doctor", "lab")),
    ("Plan and apply", ("plan", "show", "approve", "apply", "resume", "run")),
    ("Afterwards", ("verify", "report", "runs", "audit", "undo", "review")),
    ("Look up", ("playbooks", "actions", "intake", "scan")),
)
"""An order for readers; a command that is not named here stands at the end."""

_ENVIRONMENT = (
    ("AZREMEDIATE_CONFIG", "configuration file, as --config"),
    ("AZREMEDIATE_<KEY>", "any key of the configuration, e.g. AZREMEDIATE_TENANT_ID"),
    ("AZREMEDIATE_CLIENT_SECRET", "client secret of auth.method client-secret"),
    ("NO_COLOR", "no colours when set and not empty"),
)


class RootGroup(LoadingGroup):
    """The command `azremediate`, with its own help page."""

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The page, in the order in which a newcomer needs it."""
        formatter.write_usage("azremediate", "[OPTIONS] COMMAND [ARGS]...")
        self.format_help_text(ctx, formatter)
        with formatter.section("Examples"):
            for command, what in _EXAMPLES:
                formatter.write(f"  {command}\n      {what}\n")
        self._write_commands(ctx, formatter)
        self.format_options(ctx, formatter)
        with formatter.section("Exit codes, the same for all commands"):
            formatter.write_dl([(str(int(code)), code.meaning) for code in ExitCode])
        with formatter.section("Environment"):
            formatter.write_dl(_ENVIRONMENT)
        formatter.write_paragraph()
        formatter.write_text("Only apply, resume and run --apply can write to a tenant; the rest only reads.")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The global options."""
        rows = [record for parameter in self.get_params(ctx) if (record := parameter.get_help_record(ctx))]
        with formatter.section("Options, before or after the command"):
            formatter.write_dl(rows)

    def _write_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        left = self.list_commands(ctx)
        widest = max(map(len, left), default=0)
        for title, names in (*_SECTIONS, ("More", tuple(left))):
            rows = []
            for name in names:
                command = self.get_command(ctx, name) if name in left else None
                if command is not None:
                    left.remove(name)
                    rows.append((name.ljust(widest), command.get_short_help_str(WIDTH - widest - 6)))
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


def epilog(*examples: tuple[str, str], codes: tuple[ExitCode, ...]) -> str:
    """The end of a command's help: examples as pairs of command line and meaning, and its exit codes."""
    lines = ["\b", "Examples:"]
    for command, what in examples:
        lines += [*_continued(f"  {command}"), f"      {what}"]
    lines += ["", "\b", "Exit codes:", *(f"  {int(code):<4} {code.meaning}" for code in codes)]
    return "\n".join(lines)


def _continued(command: str) -> Iterator[str]:
    """A command line that fits a page of help, continued as a shell does it."""
    while len(command) > WIDTH - 4:
        end = command.rindex(" ", 0, WIDTH - 6)
        option = command.rfind(" -", 0, end + 1)
        end = option if option > len("  azremediate") else end
        yield f"{command[:end]} \\"
        command = f"     {command[end:]}"
    yield command
