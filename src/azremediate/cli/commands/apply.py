"""`azremediate apply`: carry out a plan, exactly."""

from pathlib import Path

import click

from azremediate.cli.help_text import epilog
from azremediate.cli.settings import Settings, global_options
from azremediate.cli.wait_option import wait_option
from azremediate.core.exit_code import ExitCode

_EPILOG = epilog(
    ("azremediate apply respond.plan.json", "asks for the tenant's domain, then makes the changes"),
    (
        "azremediate apply respond.plan.json --yes --confirm-tenant 00000000-0000-0000-0000-000000000000",
        "in a job, without a terminal",
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


@click.command("apply", epilog=_EPILOG, short_help="Make the changes of PLAN and nothing else; prove each.")
@click.argument("plan_file", metavar="PLAN", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask; needs --confirm-tenant.")
@click.option("--confirm-tenant", default="", metavar="ID", help="Id of the tenant that may be changed.")
@wait_option
@global_options
def command(settings: Settings, *, plan_file: Path, yes: bool, confirm_tenant: str, wait: float) -> int:
    """Make the changes of PLAN and nothing else; prove each by reading it back.

    Applying a plan again goes on where it stopped, as `azremediate resume` does without the file. A plan that was
    applied to its end is not applied again.
    """
    from azremediate.cli.applying import apply_and_tell
    from azremediate.cli.consent import Consent
    from azremediate.cli.main import run_async
    from azremediate.cli.output import Output
    from azremediate.cli.plan_file import read_plan
    from azremediate.cli.session import open_session
    from azremediate.journal.approval_file import approvals_beside

    shown = Output(settings)
    plan = read_plan(plan_file)
    consent = Consent(yes, confirm_tenant, shown)
    if plan.changes:
        consent.check(plan.origin.tenant_id)

    async def work() -> int:
        with shown.progress(changes=len(plan.changes)) as listener:
            async with open_session(settings, listener, plan if yes else None) as session:
                approvals = approvals_beside(plan_file)
                return await apply_and_tell(session, plan, consent, shown, approvals=approvals, wait=wait)

    return run_async(work())
