"""`azremediate runs`: which runs the state directory holds, how far each came, and what is left to people."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from azremediate.cli.command_group import CommandGroup
from azremediate.cli.help_text import epilog
from azremediate.cli.settings import Settings, global_options
from azremediate.core.exit_code import ExitCode

if TYPE_CHECKING:
    from azremediate.journal.recorded_run import RunSummary

_CODES = (ExitCode.DONE, ExitCode.USAGE, ExitCode.LOCKED, ExitCode.INTEGRITY)


@click.group(
    "runs",
    short_help="Runs so far, and tasks left to people; needs no tenant.",
    cls=CommandGroup,
    epilog=epilog(
        ("azremediate runs list", "all runs, the latest first"),
        ("azremediate runs show", "the latest run: each change and its writes"),
        codes=_CODES,
    ),
)
@global_options
def command(_settings: Settings) -> None:
    """List and show the runs of the state directory, and record what people did; needs no tenant."""


@command.command(
    "list",
    epilog=epilog(
        ("azremediate runs list", "all runs, the latest first"),
        ("azremediate runs list --json", "the same for a machine"),
        codes=_CODES,
    ),
)
@global_options
def list_all(settings: Settings) -> int:
    """List all runs."""
    from azremediate.cli.configuration import configuration
    from azremediate.cli.main import run_async
    from azremediate.cli.output import Output
    from azremediate.cli.run_reading import list_runs
    from azremediate.core.codec import encode

    shown = Output(settings)
    found = run_async(list_runs(configuration(settings)))
    shown.data({"runs": [encode(run) for run in found]})
    shown.table(
        ["RUN", "EXIT", "CHANGES", "PLAYBOOK"],
        [(run.run_id, _exit(run), _counted(run), run.playbook) for run in found],
    )
    return ExitCode.DONE


@command.command(
    "show",
    epilog=epilog(
        ("azremediate runs show", "the latest run"),
        ("azremediate runs show R-20240409-170211-1a2b --json", "one run, for a machine"),
        codes=_CODES,
    ),
)
@click.argument("run_id", metavar="[RUN]", required=False)
@global_options
def show_run(settings: Settings, *, run_id: str | None) -> int:
    """Show each change of RUN (default: the latest) with its status and its writes."""
    from azremediate.cli.configuration import configuration
    from azremediate.cli.main import run_async
    from azremediate.cli.output import Output
    from azremediate.cli.run_reading import read_steps
    from azremediate.cli.stored_run import read_run
    from azremediate.report.steps_text import steps_json, steps_text

    shown = Output(settings)
    config = configuration(settings)
    report = run_async(read_run(config, run_id)).report()
    steps = run_async(read_steps(config, report.run_id, report.plan))
    shown.data(steps_json(report, steps))
    shown.text(steps_text(report, steps, shown.name_width))
    return ExitCode.DONE


@command.command(
    "task",
    epilog=epilog(
        ('azremediate runs task 3f9a1c2b77d0 --evidence "ticket INC-4711: token revoked"', "of the latest run"),
        (
            "azremediate runs task 3f9a1c2b77d0 --run R-20240409-170211-1a2b --evidence INC-4711 --file proof.pdf",
            "a file's hash",
        ),
        codes=(*_CODES, ExitCode.FAILED),
    ),
)
@click.argument("task")
@click.option(
    "--evidence", required=True, metavar="TEXT", help="What shows that it was done, e.g. a ticket; no secret."
)
@click.option("--file", type=click.Path(path_type=Path), metavar="FILE", help="A file that shows it; its hash is kept.")
@click.option("--run", "run_id", default=None, metavar="RUN", help="The run it is a task of.  [default: the latest]")
@global_options
def record(settings: Settings, *, task: str, evidence: str, file: Path | None, run_id: str | None) -> int:
    """Record the evidence that somebody did the manual task TASK; it is open in reports until then.

    Written into the audit log with the time and the account; nothing is sent to the tenant. Recording again adds a
    record, and reports show the latest.
    """
    from azremediate.cli.main import run_async
    from azremediate.cli.output import Output
    from azremediate.cli.task_recording import Told, record_task

    return run_async(record_task(settings, run_id, Told(task, evidence, file), Output(settings)))


@command.command(
    "due",
    epilog=epilog(
        ("azremediate runs due", "tasks, notices and scream tests whose date has come"),
        ("azremediate runs due --all --json", "also what is not ripe yet, for a machine"),
        codes=_CODES,
    ),
)
@click.option("--all", "everything", is_flag=True, help="Also what is not ripe yet.")
@global_options
def due(settings: Settings, *, everything: bool) -> int:
    """List what is ripe: open manual tasks, periods of notice that are over, applications watched long enough.

    Reads the state directory only. What a later run took up (switched on again, deleted) is left out.
    """
    from azremediate.cli.configuration import configuration
    from azremediate.cli.due_list import due_now
    from azremediate.cli.main import run_async
    from azremediate.cli.output import Output
    from azremediate.cli.system_clock import SystemClock
    from azremediate.core.codec import encode

    shown = Output(settings)
    found = run_async(due_now(configuration(settings), SystemClock().now()))
    listed = [one for one in found if one.ripe or everything]
    shown.data({"due": [encode(one) for one in listed], "waiting": len(found) - len(listed)})
    shown.table(
        ["DUE", "RIPE", "KIND", "RUN", "ID", "IDENTITY", "OWNER", "WHAT"],
        [
            (f"{one.due:%Y-%m-%d}", _yes(one.ripe), one.kind, one.run_id, one.id, one.identity, one.owner, one.what)
            for one in listed
        ],
    )
    return ExitCode.DONE


def _yes(ripe: bool) -> str:
    return "yes" if ripe else "no"


def _exit(run: "RunSummary") -> str:
    return "unfinished" if run.exit_code is None else str(run.exit_code)


def _counted(run: "RunSummary") -> str:
    return ", ".join(f"{number} {status or 'not ended'}" for status, number in run.statuses.items()) or "none"
