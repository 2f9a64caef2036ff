"""`azremediate intake`: notices of exfiltrated messages, as a credential list and as messages to fetch."""

from pathlib import Path

import click

from azremediate.cli.help_text import epilog
from azremediate.cli.settings import Settings, global_options
from azremediate.core.exit_code import ExitCode

_FILE = click.Path(path_type=Path)


@click.command(
    "intake",
    short_help="Notices of exfiltrated messages, as a credential list.",
    epilog=epilog(
        (
            "azremediate intake notice.xlsx --source microsoft -o leaked.csv",
            "messages with a secret, for plan",
        ),
        ("azremediate intake notice.csv --save-map map.yaml", "which column was taken for what, to correct by hand"),
        ("azremediate intake notice.csv --map map.yaml --messages messages.jsonl", "the messages, for scan --notice"),
        ("azremediate intake a.csv b.xlsx --source microsoft --source ncijtf --json", "what two notices differ in"),
        codes=(ExitCode.DONE, ExitCode.FAILED, ExitCode.USAGE, ExitCode.LOCKED, ExitCode.INTEGRITY),
    ),
)
@click.argument("notices", nargs=-1, required=True, type=_FILE, metavar="NOTICE...")
@click.option("-o", "--output", type=_FILE, metavar="FILE", help="Write a credential list to this file.")
@click.option("--messages", type=_FILE, metavar="FILE", help="Write all messages as JSON Lines, for scan --notice.")
@click.option("--all", "every", is_flag=True, help="List every message, not only those flagged.")
@click.option("--source", "sources", multiple=True, metavar="WORD", help="Who sent it: microsoft, ncijtf or a word.")
@click.option("--map", "maps", type=_FILE, multiple=True, metavar="FILE", help="Which column holds which field (YAML).")
@click.option("--save-map", type=_FILE, metavar="FILE", help="Write the columns as they were guessed.")
@click.option("--sheet", default="", metavar="NAME", help="Sheet of a workbook.  [default: the first]")
@click.option("--timezone", default="", metavar="NAME", help="Zone of times without one.  [default: UTC]")
@click.option("--date-order", type=click.Choice(["mdy", "dmy"]), default=None, help="How 03/04/2024 is read.")
@click.option("--strict", is_flag=True, help="Stop when a row cannot be used.")
@global_options
def command(
    settings: Settings,
    *,
    notices: tuple[Path, ...],
    output: Path | None,
    messages: Path | None,
    every: bool,
    sources: tuple[str, ...],
    maps: tuple[Path, ...],
    save_map: Path | None,
    sheet: str,
    timezone: str,
    date_order: str | None,
    strict: bool,
) -> int:
    """Read what Microsoft or others sent about exfiltrated messages: CSV, JSON, JSON Lines or .xlsx.

    Columns are guessed from their headers and shown. Needs no configuration; with one, the notices' hashes go into the
    audit log.
    """
    from azremediate.cli.main import run_async
    from azremediate.cli.notice_intake import Asked, checked_source, record_hashes, show, take_in, write_files
    from azremediate.cli.output import Output

    shown = Output(settings)
    tags = tuple(checked_source(source) for source in sources)
    asked = Asked(
        notices=notices,
        sources=tags,
        maps=maps,
        save_map=save_map,
        timezone=timezone,
        date_order=date_order or "",
        sheet=sheet,
        strict=strict,
        every=every,
        output=output,
        messages=messages,
    )
    taken = take_in(asked)
    recorded = run_async(record_hashes(settings, taken))
    written = write_files(asked, taken, shown)
    show(asked, taken, recorded, written, shown)
    return ExitCode.DONE
