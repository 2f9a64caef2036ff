"""`azremediate plan`: what a playbook would change."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from azremediate.cli.help_text import epilog
from azremediate.cli.settings import Settings, global_options
from azremediate.core.exit_code import ExitCode

if TYPE_CHECKING:
    from azremediate.cli.output import Output
    from azremediate.core.credential import CredentialList
    from azremediate.core.plan import Plan

_EPILOG = epilog(
    (
        "azremediate plan respond-to-exposed-credentials --credentials leaked.csv -o respond.plan.json",
        "plan for a list, and keep the plan for review and apply",
    ),
    ("azremediate plan disable-unused-service-principals --detailed-exitcode", "exit 10 when there is something to do"),
    (
        "azremediate plan respond-to-exposed-credentials --findings findings.jsonl -o respond.plan.json",
        "plan for what scan found in mail",
    ),
    ("azremediate plan ./my-playbook.yaml --credentials leaked.json --json", "a playbook of your own, for a pipe"),
    codes=(
        ExitCode.DONE,
        ExitCode.FAILED,
        ExitCode.USAGE,
        ExitCode.REFUSED,
        ExitCode.SIGN_IN,
        ExitCode.PENDING,
    ),
)


@click.command("plan", epilog=_EPILOG)
@click.argument("playbook")
@click.option("--credentials", type=click.Path(path_type=Path), metavar="FILE", help="List: CSV, JSON or JSONL.")
@click.option("--findings", type=click.Path(path_type=Path), metavar="FILE", help="Findings that scan wrote.")
@click.option("--accept", multiple=True, metavar="FINDING", help="Take a doubtful finding too: its id, or T3 for all.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write the plan to this file.")
@click.option("--strict", is_flag=True, help="Stop when a row of the list cannot be used.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 10 when the plan has changes.")
@click.option("--dry-run", is_flag=True, help="Accepted for clarity: plan never writes to a tenant.")
@global_options
def command(
    settings: Settings,
    *,
    playbook: str,
    credentials: Path | None,
    findings: Path | None,
    accept: tuple[str, ...],
    output: Path | None,
    strict: bool,
    detailed_exitcode: bool,
    dry_run: bool,
) -> int:
    """Show what PLAYBOOK would change; writes nothing to the tenant.

    PLAYBOOK is the name of a built-in playbook or a file.
    """
    del dry_run  # planning is a dry run by its type
    from azremediate.cli.main import run_async
    from azremediate.cli.output import Output
    from azremediate.cli.plan_file import write_plan
    from azremediate.report.plan_text import plan_text

    shown = Output(settings)
    if accept and findings is None:
        raise click.UsageError("--accept is about findings: name them with --findings FILE")
    lists = _Lists(credentials, findings, accept)
    plan = run_async(_plan(settings, shown, playbook, lists, strict=strict))
    if output is not None:
        write_plan(output, plan)
    shown.data(plan)
    shown.text(plan_text(plan, plan_file=None, width=shown.name_width))
    if plan.applicable and (plan.changes or plan.manual_tasks):
        if output is None:
            shown.note("\nto apply this plan, keep it: add -o FILE")
        else:
            shown.text(f"\nNext:  {shown.command('apply', str(output))}")
    if not plan.applicable:
        return ExitCode.REFUSED
    return ExitCode.PENDING if detailed_exitcode and plan.changes else ExitCode.DONE


@dataclass(frozen=True, slots=True)
class _Lists:
    """Where the credentials come from: a list, findings in mail, or both."""

    credentials: Path | None
    findings: Path | None
    accept: tuple[str, ...]


async def _plan(settings: Settings, shown: "Output", playbook: str, lists: _Lists, *, strict: bool) -> "Plan":
    from azremediate.cli.catalog import actions
    from azremediate.cli.linking import left_out_text, link_findings, with_findings
    from azremediate.cli.planning import plan_playbook
    from azremediate.cli.session import open_session
    from azremediate.intake.credential_list import read_credentials
    from azremediate.intake.finding_file import read_findings
    from azremediate.intake.playbook_file import read_playbook

    wanted = read_playbook(playbook, actions())
    given = read_credentials(lists.credentials, strict=strict) if lists.credentials else None
    found = read_findings(lists.findings, strict=strict) if lists.findings else None
    if given is not None:
        shown.note(_counted(given))
    with shown.progress() as listener:
        async with open_session(settings, listener) as session:
            if found is not None:
                linked = await link_findings(session, found)
                given = with_findings(given, found, linked, lists.accept)
                shown.note(left_out_text(linked, lists.accept))
            return await plan_playbook(session, wanted, given)


def _counted(given: "CredentialList") -> str:
    from azremediate.report.phrases import count

    used = given.rows - given.merged - len(given.rejected)
    read = count(given.rows, "row")
    return f"{given.name}: {read} = {used} used + {given.merged} merged + {len(given.rejected)} rejected"
