"""`azremediate doctor`: whether everything that is needed is there."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from azremediate.cli.help_text import epilog
from azremediate.cli.settings import Settings, global_options
from azremediate.core.exit_code import ExitCode

if TYPE_CHECKING:
    from azremediate.cli.doctor_checks import Check
    from azremediate.cli.output import Output
    from azremediate.core.permission import Needs

_EPILOG = epilog(
    ("azremediate doctor", "check everything that any action needs"),
    ("azremediate doctor --mailbox omar@contoso.com", "check whether scan can read this mailbox too"),
    ("azremediate doctor --for rotate-exposed-secrets", "check what one playbook, or one action, needs"),
    codes=(ExitCode.DONE, ExitCode.FAILED, ExitCode.USAGE, ExitCode.INTEGRITY, ExitCode.SIGN_IN),
)


@click.command("doctor", epilog=_EPILOG, short_help="Check configuration, sign-in, permissions, licences and more.")
@click.option("--for", "wanted", metavar="NAME", help="Only the rights that this playbook or action needs.")
@click.option("--mailbox", "mailboxes", multiple=True, metavar="USER", help="Check that this user's mail can be read.")
@global_options
def command(settings: Settings, *, wanted: str | None, mailboxes: tuple[str, ...]) -> int:
    """Check configuration, sign-in, permissions, licences, break-glass accounts, clock, Key Vault and state.

    Reads only. Says for each missing permission how to grant it. With --verbose or --json it lists who is privileged,
    one line for each way in which somebody has a privileged role.
    """
    from azremediate.cli.doctor_checks import Health
    from azremediate.cli.main import run_async
    from azremediate.cli.output import Output
    from azremediate.core.codec import encode
    from azremediate.core.exit_code import most_serious

    shown = Output(settings)
    checks = run_async(_checks(settings, shown, wanted, mailboxes))
    failed = {check.exit_code for check in checks if check.health is Health.FAIL}
    shown.data({"checks": encode(checks), "healthy": not failed})
    shown.table(["STATUS", "CHECK", "FOUND"], [[check.health.value, check.name, check.found] for check in checks])
    for check in checks:
        if check.cure and check.health is not Health.OK:
            shown.text(f"\n{check.health}  {check.name}: {check.cure}")
    if settings.verbosity:
        _show_roster(shown, checks)
    return most_serious(failed)


def _show_roster(shown: "Output", checks: "list[Check]") -> None:
    """One line for each road to privilege."""
    roster = [entry for check in checks for entry in check.roster]
    lines = [[entry.kind.value, entry.name or entry.principal_id, entry.road] for entry in roster]
    if lines:
        shown.text("")
        shown.table(["KIND", "WHO", "PRIVILEGE"], sorted(lines))


async def _checks(settings: Settings, shown: "Output", wanted: str | None, mailboxes: tuple[str, ...]) -> "list[Check]":
    from azremediate.cli.configuration import configuration
    from azremediate.cli.doctor_checks import Check, Health, failed, state_check, tenant_checks
    from azremediate.cli.mailbox_check import mailbox_check
    from azremediate.cli.session import open_session
    from azremediate.cli.strays_check import strays_check
    from azremediate.core.errors import AzremediateError

    needs = _needs(wanted)
    try:
        config = configuration(settings)
    except AzremediateError as error:
        return [failed("configuration", error)]
    checks = [Check("configuration", Health.OK, config.file or "from the environment")]
    checks.append(state_check(Path(config.state_path), network=config.state_network))
    try:
        with shown.progress() as listener:
            async with open_session(settings, listener) as session:
                checks.append(Check("sign-in", Health.OK, "a token was issued"))
                checks.extend([check async for check in tenant_checks(session, needs)])
                checks.append(await strays_check(session))
                checks.extend([await mailbox_check(session, name) for name in mailboxes])
    except AzremediateError as error:
        checks.append(failed("sign-in", error))
    return checks


def _needs(wanted: str | None) -> "dict[str, Needs]":
    from azremediate.cli.catalog import actions, needs_of
    from azremediate.intake.playbook_file import read_playbook

    known = actions()
    if wanted is None:
        return dict(needs_of(list(known)))
    names = [wanted] if wanted in known else [step.action for step in read_playbook(wanted, known).steps]
    return dict(needs_of(list(dict.fromkeys(names))))
