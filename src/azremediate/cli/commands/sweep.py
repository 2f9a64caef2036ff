"""`azremediate sweep`: what somebody may have put into the tenant to stay in."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from azremediate.cli.help_text import epilog
from azremediate.cli.settings import Settings, global_options
from azremediate.core.exit_code import ExitCode

if TYPE_CHECKING:
    from azremediate.cli.output import Output
    from azremediate.cli.sweeping import Wanted
    from azremediate.core.foothold import Swept

_SEVERITIES = ["low", "medium", "high", "critical"]


@click.command(
    "sweep",
    short_help="What somebody may have put into the tenant to stay in; reads only.",
    epilog=epilog(
        ("azremediate sweep --since 2024-01-19", "the whole tenant"),
        ("azremediate sweep --credentials leaked.csv -o findings.jsonl", "listed identities, since their exposure"),
        (
            "azremediate sweep --since 2024-01-19 --fail-on high --credentials-out found.csv",
            "exit 11 for a job, and a list that `plan` takes",
        ),
        codes=(ExitCode.DONE, ExitCode.USAGE, ExitCode.INCOMPLETE, ExitCode.SIGN_IN, ExitCode.FINDINGS),
    ),
)
@click.option("--since", default=None, metavar="TIME", help="ISO 8601 date or time.  [default: the list's exposed_at]")
@click.option("--credentials", type=click.Path(path_type=Path), metavar="FILE", help="Only these identities.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write JSON Lines to this file.")
@click.option(
    "--credentials-out", type=click.Path(path_type=Path), metavar="FILE", help="Write what fits as a credential list."
)
@click.option("--fail-on", type=click.Choice(_SEVERITIES), default=None, help="Exit 11 from this severity on.")
@click.option("--include-own", is_flag=True, help="Also what azremediate itself did.")
@global_options
def command(
    settings: Settings,
    *,
    since: str | None,
    credentials: Path | None,
    output: Path | None,
    credentials_out: Path | None,
    fail_on: str | None,
    include_own: bool,
) -> int:
    """Look for new credentials, owners, grants, roles, policies, methods and principals since an exposure.

    Writes nothing to the tenant. Says what it could not look at, and exits 3 when that is more than it never looks at.
    """
    from azremediate.cli.main import run_async
    from azremediate.cli.output import Output, json_text
    from azremediate.cli.sweeping import Wanted, parse_since
    from azremediate.cli.whole_file import write_lines
    from azremediate.core.foothold import Severity, at_least
    from azremediate.intake.credential_list import read_credentials
    from azremediate.report.footholds import credential_rows, footholds_json, footholds_text

    shown = Output(settings)
    given = read_credentials(credentials, strict=False) if credentials else None
    wanted = Wanted(parse_since(since) if since else None, given, include_own)
    swept = run_async(_sweep(settings, shown, wanted))
    if output is not None:
        write_lines(output, map(json_text, footholds_json(swept)), "the findings")
    if credentials_out is not None:
        rows = write_lines(credentials_out, credential_rows(swept), "the credential list") - 1
        shown.note(f"{rows} of {len(swept.findings)} findings are rows of {credentials_out}")
    for record in footholds_json(swept):
        shown.data(record)
    shown.text(footholds_text(swept))
    if fail_on is not None and at_least(swept.findings, Severity(fail_on)):
        return ExitCode.FINDINGS
    return ExitCode.INCOMPLETE if swept.failed else ExitCode.DONE


async def _sweep(settings: Settings, shown: "Output", wanted: "Wanted") -> "Swept":
    from azremediate.cli.session import open_session
    from azremediate.cli.sweeping import sweep_tenant

    start = wanted.start  # what cannot be answered is said before anybody signs in
    with shown.progress() as listener:
        async with open_session(settings, listener) as session:
            return await sweep_tenant(session, wanted, start)
