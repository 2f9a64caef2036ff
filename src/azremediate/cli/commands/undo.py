"""`azremediate undo`: a plan that takes back what a run did."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from azremediate.cli.help_text import epilog
from azremediate.cli.settings import Settings, global_options
from azremediate.core.exit_code import ExitCode

if TYPE_CHECKING:
    from azremediate.core.plan import Plan

_EPILOG = epilog(
    ("azremediate undo -o undo.plan.json", "take back the latest run: review the plan, then apply it"),
    ("azremediate undo R-20240409-170211-1a2b --json", "one run, for a machine"),
    codes=(
        ExitCode.DONE,
        ExitCode.FAILED,
        ExitCode.USAGE,
        ExitCode.REFUSED,
        ExitCode.STALE,
        ExitCode.LOCKED,
        ExitCode.INTEGRITY,
        ExitCode.SIGN_IN,
    ),
)


@click.command("undo", epilog=_EPILOG, short_help="Plan to take back what a run did; writes nothing itself.")
@click.argument("run_id", metavar="[RUN]", required=False)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write the plan to this file.")
@global_options
def command(settings: Settings, *, run_id: str | None, output: Path | None) -> int:
    """Plan to take back what RUN (default: the latest) did, the newest change first; writes nothing to the tenant.

    The plan is reviewed, guarded and applied like any other. Left out, with the reason: what cannot be undone, and
    what somebody changed since. An exposed credential is never put back.
    """
    from azremediate.cli.main import run_async
    from azremediate.cli.output import Output
    from azremediate.cli.plan_file import write_plan
    from azremediate.cli.session import open_session
    from azremediate.report.plan_text import plan_text

    shown = Output(settings)

    async def work() -> "Plan":
        from azremediate.cli.configuration import configuration
        from azremediate.cli.stored_run import read_run
        from azremediate.cli.undoing import plan_undo

        run = await read_run(configuration(settings), run_id)
        with shown.progress() as listener:
            async with open_session(settings, listener) as session:
                return await plan_undo(session, run)

    plan = run_async(work())
    if output is not None:
        write_plan(output, plan)
    shown.data(plan)
    shown.text(plan_text(plan, plan_file=None, width=shown.name_width))
    if plan.applicable and plan.changes:
        if output is None:
            shown.note("\nto apply this plan, keep it: add -o FILE")
        else:
            shown.text(f"\nNext:  {shown.command('apply', str(output))}")
    return ExitCode.DONE if plan.applicable else ExitCode.REFUSED
