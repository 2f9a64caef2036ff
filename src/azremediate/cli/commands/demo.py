"""`azremediate demo`: the whole story, without Azure."""

from pathlib import Path

import click

from azremediate.cli.help_text import epilog
from azremediate.cli.settings import Settings, global_options
from azremediate.core.exit_code import ExitCode

_EPILOG = epilog(
    ("azremediate demo", "tell the story in the folder azremediate-demo"),
    ("azremediate demo --directory /tmp/demo", "tell it in another folder"),
    codes=(ExitCode.DONE, ExitCode.FAILED, ExitCode.USAGE),
)


@click.command("demo", epilog=_EPILOG, short_help="The whole story on a simulated tenant; no Azure needed.")
@click.option("--directory", type=click.Path(path_type=Path), metavar="DIR", help="New folder for the demo's files.")
@global_options
def command(settings: Settings, *, directory: Path | None) -> int:
    """Plan, apply, verify and prove a response to leaked credentials, on a simulated tenant.

    The same code paths as for a real tenant: real sockets, real token requests. Takes seconds and needs no network.
    """
    from azremediate.cli.lab_extra import require_lab

    require_lab()
    from azremediate.cli.demo_story import new_folder, tell
    from azremediate.cli.output import Output

    return tell(new_folder(directory), settings, Output(settings))
