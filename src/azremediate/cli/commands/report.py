"""`azremediate report`: what a run achieved, what is left to do, and the proof."""

from pathlib import Path

import click

from azremediate.cli.help_text import epilog
from azremediate.cli.settings import Settings, global_options
from azremediate.core.exit_code import ExitCode


@click.command(
    "report",
    short_help="What a run achieved, and what is left to a person.",
    epilog=epilog(
        ("azremediate report", "the latest run, as text"),
        ("azremediate report R-20240409-170211-1a2b --format json -o report.json", "one run, into a file"),
        codes=(ExitCode.DONE, ExitCode.FAILED, ExitCode.USAGE, ExitCode.LOCKED, ExitCode.INTEGRITY),
    ),
)
@click.argument("run_id", metavar="[RUN]", required=False)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default=None, help="Form.  [default: text]")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write it to this file.")
@global_options
def command(settings: Settings, *, run_id: str | None, form: str | None, output: Path | None) -> int:
    """Report RUN (default: the latest): each credential, each change, the proof, and what is left to a person.

    Reads the state directory only. Exits 7 when the audit log is not what was written; the report then says so.
    """
    from azremediate.cli.audit_check import audit_state
    from azremediate.cli.configuration import configuration
    from azremediate.cli.main import run_async
    from azremediate.cli.output import Output, json_text
    from azremediate.cli.stored_run import read_run
    from azremediate.cli.whole_file import write_whole
    from azremediate.report.run_json import run_json
    from azremediate.report.run_text import run_text

    if settings.json and form == "text":
        raise click.UsageError("--json and --format text contradict each other")
    settings.json = settings.json if form is None else form == "json"
    shown = Output(settings)
    config = configuration(settings)
    stored = run_async(read_run(config, run_id))
    sound, audit = audit_state(config, stored.plan.origin.tenant_id)
    found = stored.report(audit)
    if output is None:
        shown.data(run_json(found))
        shown.text(run_text(found, shown.name_width))
    else:
        content = json_text(run_json(found)) if settings.json else run_text(found)
        write_whole(output, f"{content}\n".encode(), "the report")
        shown.data({"run_id": found.run_id, "file": str(output)})
        shown.note(f"the report is in {output}")
    return ExitCode.DONE if sound else ExitCode.INTEGRITY
