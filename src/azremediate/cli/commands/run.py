"""`azremediate run`: one action on one object."""

from pathlib import Path

import click

from azremediate.cli.help_text import epilog
from azremediate.cli.settings import Settings, global_options
from azremediate.cli.wait_option import wait_option
from azremediate.core.exit_code import ExitCode

_EPILOG = epilog(
    ("azremediate run revoke_sessions ana@contoso.com", "show what would be done"),
    ("azremediate run revoke_sessions ana@contoso.com --apply", "do it, after the tenant's domain was typed"),
    (
        "azremediate run rotate_app_secret 0c6f2f5c-0000-4000-8000-000000000001 --with remove=all --apply",
        "replace all secrets of an application by a new one",
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
    ),
)


@click.command("run", epilog=_EPILOG, short_help="Show one action on one object; with --apply, carry it out.")
@click.argument("action")
@click.argument("target")
@click.option("--with", "parameters", multiple=True, metavar="KEY=VALUE", help="Parameter of the action; repeatable.")
@click.option("--key-id", default="", metavar="ID", help="Only this secret of the target.")
@click.option("--hint", default="", metavar="ABC", help="Only the secret that starts with these three characters.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write the plan to this file.")
@click.option("--apply", "write", is_flag=True, help="Make the change; without it nothing is written.")
@click.option("--dry-run", is_flag=True, help="Accepted for clarity: without --apply nothing is written.")
@click.option("--yes", is_flag=True, help="Do not ask; needs --confirm-tenant.")
@click.option("--confirm-tenant", default="", metavar="ID", help="Id of the tenant that may be changed.")
@wait_option
@global_options
def command(
    settings: Settings,
    *,
    action: str,
    target: str,
    parameters: tuple[str, ...],
    key_id: str,
    hint: str,
    output: Path | None,
    write: bool,
    dry_run: bool,
    yes: bool,
    confirm_tenant: str,
    wait: float,
) -> int:
    """Show what ACTION would change on TARGET, and with --apply make that change.

    TARGET is an application (client) id, an object id, a user principal name, the resource id of a storage account,
    or a display name that only one object has. The same guards, journal and audit log as for a plan.
    """
    if write and dry_run:
        raise click.UsageError("--apply and --dry-run contradict each other")
    if write and output is not None:
        raise click.UsageError("--apply makes the change at once; -o keeps it for `azremediate apply`")
    from azremediate.cli.configuration import configuration
    from azremediate.cli.consent import Consent
    from azremediate.cli.main import run_async
    from azremediate.cli.output import Output
    from azremediate.cli.session import open_session
    from azremediate.cli.single_action import Order, carry_out

    shown = Output(settings)
    order = Order.parse(action, target, parameters, key_id=key_id, hint=hint)
    consent = Consent(yes, confirm_tenant, shown) if write else None
    if consent is not None:
        consent.check(configuration(settings).tenant_id)

    async def work() -> int:
        with shown.progress() as listener:
            async with open_session(settings, listener) as session:
                return await carry_out(session, order, consent, shown, output, wait=wait)

    return run_async(work())
