"""`azremediate approve`: sign a decision on a plan that somebody else made."""

from pathlib import Path

import click

from azremediate.cli.help_text import epilog
from azremediate.cli.settings import Settings, global_options
from azremediate.core.exit_code import ExitCode

_EPILOG = epilog(
    (
        "azremediate approve --new-key alice.key --name alice@contoso.com",
        "once: a key, and the line for the configuration",
    ),
    ("azremediate approve respond.plan.json --key alice.key", "read the plan, and approve it by typing its id"),
    ("azremediate approve respond.plan.json --key alice.key --reject --comment 'wrong app'", "stop it"),
    codes=(ExitCode.DONE, ExitCode.USAGE, ExitCode.REFUSED, ExitCode.STALE),
)


@click.command("approve", epilog=_EPILOG, short_help="Approve or reject PLAN, signed; needs no tenant.")
@click.argument("plan_file", metavar="[PLAN]", required=False, type=click.Path(path_type=Path))
@click.option("--key", "key_file", type=click.Path(path_type=Path), metavar="FILE", help="Your private key.")
@click.option("--reject", is_flag=True, help="Say no: nobody can apply the plan.")
@click.option("--comment", default="", metavar="TEXT", help="Why; kept with the decision.")
@click.option(
    "--plan-id", default="", metavar="ID", help="The first 12 characters of the plan's id, instead of typing."
)
@click.option("--new-key", type=click.Path(path_type=Path), metavar="FILE", help="Make a key instead.")
@click.option("--name", default="", metavar="NAME", help="Whose key it is, best a user principal name.")
@global_options
def command(
    settings: Settings,
    *,
    plan_file: Path | None,
    key_file: Path | None,
    reject: bool,
    comment: str,
    plan_id: str,
    new_key: Path | None,
    name: str,
) -> int:
    """Approve or reject PLAN with your key, which guards.approvals.approvers names.

    The decision goes into a file beside the plan. The command shows the plan and asks for the first 12 characters of
    its id: have whoever made it read them to you, so that it is the same plan. What is signed is good for exactly
    this plan until it expires.
    """
    from azremediate.cli.approving import decide, make_key
    from azremediate.cli.output import Output
    from azremediate.core.approval import Decision

    shown = Output(settings)
    if new_key is not None:
        if not name.strip():
            raise click.UsageError("--new-key needs --name: whose key it is")
        return make_key(new_key, name.strip(), shown)
    if plan_file is None or key_file is None:
        raise click.UsageError("name a PLAN and your --key, or make a key with --new-key")
    decision = Decision.REJECT if reject else Decision.APPROVE
    return decide(settings, plan_file, key_file, shown, decision=decision, comment=comment, plan_id=plan_id)
