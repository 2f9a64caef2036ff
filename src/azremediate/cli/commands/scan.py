"""`azremediate scan`: mail searched for secrets."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from azremediate.cli.help_text import epilog
from azremediate.cli.settings import Settings, global_options
from azremediate.core.exit_code import ExitCode
from azremediate.core.json_value import JsonObject

if TYPE_CHECKING:
    from azremediate.cli.mail_scan import Asked, Scanned
    from azremediate.cli.output import Output

_FILE = click.Path(path_type=Path)


@click.command(
    "scan",
    short_help="Secrets in mail: mbox, .eml, .msg, .pst, .zip.",
    epilog=epilog(
        ("azremediate scan export.mbox -o findings.jsonl", "what leaked in the mail of an export"),
        ("azremediate scan folder/ more.zip archive.pst -o findings.jsonl --jobs 8", "several sources, 8 processes"),
        ("azremediate scan export.mbox -o findings.jsonl --link", "and what each secret opens in the tenant"),
        (
            "azremediate scan --mailbox omar@contoso.com --to fabrikam.com --since 2024-01-01 -o findings.jsonl",
            "mail of a mailbox to one vendor",
        ),
        ("azremediate scan --notice messages.jsonl -o findings.jsonl", "the messages that intake took from a notice"),
        ("azremediate scan export.mbox -o findings.jsonl --fail-on T2", "exit 11 when something sure was found"),
        (
            "azremediate scan --reveal F-0123456789abcdef0123 -o findings.jsonl",
            "show one value at a terminal; the audit log says so",
        ),
        codes=(
            ExitCode.DONE,
            ExitCode.FAILED,
            ExitCode.USAGE,
            ExitCode.LOCKED,
            ExitCode.INTEGRITY,
            ExitCode.SIGN_IN,
            ExitCode.FINDINGS,
            ExitCode.STOPPED,
        ),
    ),
)
@click.argument("sources", nargs=-1, type=_FILE, metavar="SOURCE...")
@click.option("-o", "--output", type=_FILE, required=True, metavar="FILE", help="The findings, as JSON Lines.")
@click.option("--mailbox", "mailboxes", multiple=True, metavar="USER", help="Search this user's mailbox; repeatable.")
@click.option("--from", "senders", multiple=True, metavar="ADDRESS", help="Only mail from this address or domain.")
@click.option("--to", "recipients", multiple=True, metavar="ADDRESS", help="Only mail to this address or domain.")
@click.option("--since", default="", metavar="DATE", help="Only mail received on this day or later.")
@click.option("--until", default="", metavar="DATE", help="Only mail received on this day or earlier.")
@click.option("--notice", type=_FILE, metavar="FILE", help="Search the messages of intake --messages FILE.")
@click.option("--case-key", type=_FILE, metavar="FILE", help="Key of the fingerprints.  [default: FILE.key, made new]")
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="Processes.  [default: one for each core]")
@click.option("--scheduler", default="", metavar="URL", help="Search on a Dask cluster, e.g. tcp://host:8786.")
@click.option("--engine", type=click.Choice(["auto", "re", "hyperscan"]), default="auto", help="What searches.")
@click.option("--parquet", type=_FILE, metavar="FILE", help="Write the findings as Parquet too.")
@click.option("--fail-on", type=click.Choice(["T1", "T2", "T3", "any"]), help="Exit 11 at findings this sure.")
@click.option("--link", "linked", is_flag=True, help="Link the findings to the tenant; needs a configuration.")
@click.option("--credentials", type=_FILE, metavar="FILE", help="With --link: the list for plan.  [default: beside -o]")
@click.option("--fresh", is_flag=True, help="Search everything anew, do not go on.")
@click.option("--reveal", metavar="FINDING", help="Show the value of one finding of -o FILE, at a terminal.")
@global_options
def command(
    settings: Settings,
    *,
    sources: tuple[Path, ...],
    mailboxes: tuple[str, ...],
    senders: tuple[str, ...],
    recipients: tuple[str, ...],
    since: str,
    until: str,
    notice: Path | None,
    output: Path,
    case_key: Path | None,
    jobs: int | None,
    scheduler: str,
    engine: str,
    parquet: Path | None,
    fail_on: str | None,
    linked: bool,
    credentials: Path | None,
    fresh: bool,
    reveal: str | None,
) -> int:
    """Search mail for passwords, keys and tokens; values are never stored or shown.

    Files need no configuration and no network. A search that was stopped goes on with the same command.
    """
    from azremediate.cli.mail_scan import Asked, at_or_above
    from azremediate.cli.output import Output
    from azremediate.cli.scan_result import show_scan, write_parquet

    shown = Output(settings)
    if reveal is not None:
        from azremediate.cli.main import run_async
        from azremediate.cli.revealing import reveal_value

        run_async(reveal_value(settings, shown, reveal, output, case_key, engine))
        return ExitCode.DONE
    boxes = mailboxes, senders, recipients, since, until, notice
    if not sources and not any(boxes):
        raise click.UsageError("Missing argument 'SOURCE...', or --mailbox, or --notice.")
    if credentials is not None and not linked:
        raise click.UsageError("--credentials is written with --link only")
    if linked or any(boxes):
        from azremediate.cli.configuration import configuration

        configuration(settings)  # what is wrong with it is said before a long search
    asked = Asked(sources, output, case_key, jobs or 0, scheduler, engine, fresh)
    scanned = _search(settings, shown, asked, boxes)
    if parquet is not None:
        write_parquet(output, parquet)
    extra: JsonObject = {}
    if linked:
        from azremediate.cli.linking import link_and_write
        from azremediate.cli.main import run_async

        listed = credentials or output.with_name("credentials.csv")
        extra = run_async(link_and_write(settings, shown, output, listed))
    show_scan(scanned, shown, extra)
    return ExitCode.FINDINGS if fail_on and at_or_above(scanned.summary, fail_on) else ExitCode.DONE


def _search(settings: Settings, shown: "Output", asked: "Asked", boxes: tuple[Any, ...]) -> "Scanned":
    """Search the files, and the mailboxes when an option names some; boxes: as `asked_mailboxes` takes them."""
    from azremediate.cli.mail_scan import scan_files

    if not any(boxes):
        return scan_files(asked, shown)
    from azremediate.cli.mailbox_scan import asked_mailboxes, fetch_from

    if asked.scheduler:
        raise click.UsageError("--scheduler searches files, not mailboxes")
    return scan_files(asked, shown, fetch=fetch_from(settings, shown, asked_mailboxes(*boxes)))
