"""`azremediate verify`: whether what a run did still holds."""

from typing import TYPE_CHECKING

import click

from azremediate.cli.help_text import epilog
from azremediate.cli.settings import Settings, global_options
from azremediate.core.exit_code import ExitCode

if TYPE_CHECKING:
    from azremediate.cli.output import Output

_EPILOG = epilog(
    ("azremediate verify", "check the latest run"),
    ("azremediate verify R-20240409-170211-1a2b --json", "check one run, for a machine"),
    codes=(ExitCode.DONE, ExitCode.USAGE, ExitCode.INCOMPLETE, ExitCode.SIGN_IN),
)


@click.command("verify", epilog=_EPILOG, short_help="Read the tenant again: does each change of a run still hold?")
@click.argument("run_id", metavar="[RUN]", required=False)
@global_options
def command(settings: Settings, *, run_id: str | None) -> int:
    """Read the tenant again and tell whether each change of RUN (default: the latest) still holds."""
    from azremediate.cli.main import run_async
    from azremediate.cli.output import Output

    return run_async(_verify(settings, Output(settings), run_id))


async def _verify(settings: Settings, shown: "Output", run_id: str | None) -> int:
    from azremediate.cli.catalog import actions
    from azremediate.cli.configuration import configuration
    from azremediate.cli.session import open_session
    from azremediate.cli.stored_run import read_run
    from azremediate.core.verifier import verify_run
    from azremediate.report.verification_text import verification_json, verification_text

    stored = await read_run(configuration(settings), run_id)
    with shown.progress() as listener:
        async with open_session(settings, listener) as session:
            found = await verify_run(stored.plan, stored.results, session.tenant, actions(), listener)
    lost = [one for one in found if one.lost]
    shown.data(verification_json(stored.run_id, found))
    shown.text(verification_text(stored.run_id, found, shown.name_width))
    return ExitCode.INCOMPLETE if lost else ExitCode.DONE
