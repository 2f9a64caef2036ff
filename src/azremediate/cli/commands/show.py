"""`azremediate show`: read a plan file as a person or a machine."""

from pathlib import Path

import click

from azremediate.cli.help_text import epilog
from azremediate.cli.settings import Settings, global_options
from azremediate.core.exit_code import ExitCode


@click.command(
    "show",
    epilog=epilog(
        ("azremediate show respond.plan.json", "every change, its reason and whether it can be undone"),
        ("azremediate show respond.plan.json --json", "the plan itself, checked and in one line"),
        codes=(ExitCode.DONE, ExitCode.USAGE, ExitCode.STALE),
    ),
)
@click.argument("plan_file", metavar="PLAN", type=click.Path(path_type=Path))
@global_options
def command(settings: Settings, *, plan_file: Path) -> int:
    """Show what PLAN would do; reads the file only. Exits 5 when the file is not what `plan` wrote."""
    from azremediate.cli.output import Output
    from azremediate.cli.plan_file import read_plan
    from azremediate.journal.approval_file import approvals_beside
    from azremediate.report.plan_text import plan_text

    shown = Output(settings)
    plan = read_plan(plan_file)
    shown.data(plan)
    shown.text(plan_text(plan, plan_file=None, width=shown.name_width))
    approvals = approvals_beside(plan_file)
    if approvals.exists():
        shown.text(f"\nApprovals are in {approvals}; `azremediate apply` checks them.")
    if plan.applicable and (plan.changes or plan.manual_tasks):
        shown.text(f"\nNext:  {shown.command('apply', str(plan_file))}")
    return ExitCode.DONE
