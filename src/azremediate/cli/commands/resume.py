"""`azremediate resume`: go on with a run that was stopped, or whose process died."""

import click

from azremediate.cli.help_text import epilog
from azremediate.cli.settings import Settings, global_options
from azremediate.cli.wait_option import wait_option
from azremediate.core.exit_code import ExitCode

_EPILOG = epilog(
    ("azremediate resume", "the latest unfinished run, after the tenant's domain was typed"),
    (
        "azremediate resume R-20240409-170211-1a2b --yes --confirm-tenant 00000000-0000-0000-0000-000000000000",
        "one run, in a job without a terminal",
    ),
    codes=(
        ExitCode.DONE,
        ExitCode.USAGE,
        ExitCode.INCOMPLETE,
        ExitCode.REFUSED,
        ExitCode.STALE,
        ExitCode.LOCKED,
        ExitCode.INTEGRITY,
        ExitCode.UNRESOLVED,
        ExitCode.SIGN_IN,
        ExitCode.STOPPED,
    ),
)


@click.command("resume", epilog=_EPILOG, short_help="Go on with a run that was stopped or whose process died.")
@click.argument("run_id", metavar="[RUN]", required=False)
@click.option("--yes", is_flag=True, help="Do not ask; needs --confirm-tenant.")
@click.option("--confirm-tenant", default="", metavar="ID", help="Id of the tenant that may be changed.")
@wait_option
@global_options
def command(settings: Settings, *, run_id: str | None, yes: bool, confirm_tenant: str, wait: float) -> int:
    """Go on with RUN (default: the latest unfinished run), with its plan as the journal keeps it.

    What is done already is not sent again; a write whose outcome is not known is settled by reading first. Exits 0
    when no run is unfinished. A run that has ended is not begun again: nothing is sent, and its exit code is repeated.
    """
    from azremediate.cli.applying import apply_and_tell
    from azremediate.cli.configuration import configuration
    from azremediate.cli.consent import Consent
    from azremediate.cli.main import run_async
    from azremediate.cli.output import Output
    from azremediate.cli.resuming import run_to_resume
    from azremediate.cli.session import open_session
    from azremediate.cli.system_clock import SystemClock

    shown = Output(settings)

    async def work() -> int:
        found = await run_to_resume(configuration(settings), SystemClock(), run_id, wait)
        if found.run is None:
            shown.data({"run_id": None, "exit_code": int(ExitCode.DONE)})
            shown.text("no run is unfinished; nothing was sent")
            return ExitCode.DONE
        run = found.run
        if found.others:
            shown.note(f"unfinished too: {', '.join(found.others)}")
        shown.note(f"going on with run {run.run_id}")
        consent = Consent(yes, confirm_tenant, shown)
        if run.plan.changes and run.exit_code is None:
            consent.check(run.plan.origin.tenant_id)
        with shown.progress(changes=len(run.plan.changes)) as listener:
            async with open_session(settings, listener, run.plan if yes else None) as session:
                return await apply_and_tell(session, run.plan, consent, shown, operation="resume", wait=wait)

    return run_async(work())
