"""`azremediate audit`: the log of everything that was done, and whether anybody changed it since."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from azremediate.cli.command_group import CommandGroup
from azremediate.cli.help_text import epilog
from azremediate.cli.settings import Settings, global_options
from azremediate.core.exit_code import ExitCode

if TYPE_CHECKING:
    from azremediate.journal.verification import AuditVerdict

_CODES = (ExitCode.DONE, ExitCode.USAGE, ExitCode.LOCKED, ExitCode.INTEGRITY)


@click.group(
    "audit",
    cls=CommandGroup,
    epilog=epilog(
        ("azremediate audit verify", "whether the log is as it was written"),
        ("azremediate audit show --tail 20", "its last records"),
        ("azremediate audit export --format ocsf -o audit.jsonl", "all of it for a log system"),
        codes=_CODES,
    ),
)
@global_options
def command(_settings: Settings) -> None:
    """Verify, show and export the audit log; needs no tenant."""


@command.command(
    "verify",
    epilog=epilog(
        ("azremediate audit verify", "exit 7 when anything was altered, removed or added"),
        ("azremediate audit verify --checkpoint build.log --pub audit.pub.pem", "against what was kept elsewhere"),
        ("azremediate audit verify --json", "the same for a machine, with the head of each chain"),
        codes=_CODES,
    ),
)
@click.option(
    "--checkpoint",
    "checkpoints",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="FILE",
    help="Checkpoints that were kept elsewhere, or a log with them; repeatable.",
)
@click.option(
    "--pub",
    "public_keys",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="KEY",
    help="Public key to trust, instead of those in the state directory; repeatable.",
)
@global_options
def verify(settings: Settings, *, checkpoints: tuple[Path, ...], public_keys: tuple[Path, ...]) -> int:
    """Check every record and every signature of the log; repairs nothing and records nothing."""
    from azremediate.cli.configuration import configuration
    from azremediate.cli.output import Output
    from azremediate.core.codec import encode
    from azremediate.journal.verification import verify_audit

    shown = Output(settings)
    state = Path(configuration(settings).state_path)
    verdict = verify_audit(state, checkpoints=checkpoints, public_keys=public_keys)
    shown.data({"ok": verdict.ok, "verdict": encode(verdict)})
    shown.text(_verdict_text(verdict))
    return ExitCode.DONE if verdict.ok else ExitCode.INTEGRITY


@command.command(
    "show",
    epilog=epilog(
        ("azremediate audit show --run R-20240409-170211-1a2b", "the records of one run"),
        ("azremediate audit show --tail 20 --json", "the last 20, one JSON object on each line"),
        codes=_CODES,
    ),
)
@click.option("--run", "run_id", default="", metavar="RUN", help="Only the records of this run.")
@click.option("--tail", type=click.IntRange(1, 10**9), default=None, metavar="N", help="Only the last N records.")
@global_options
def show(settings: Settings, *, run_id: str, tail: int | None) -> int:
    """Show the records of the log in their order; does not verify them."""
    from collections import deque

    from azremediate.cli.configuration import configuration
    from azremediate.cli.output import Output
    from azremediate.core.errors import InputInvalid
    from azremediate.journal.audit_reading import read_audit
    from azremediate.report.audit_text import record_text

    shown = Output(settings)
    records = read_audit(Path(configuration(settings).state_path), run_id=run_id)
    found = False
    for record in deque(records, maxlen=tail) if tail else records:
        found = True
        shown.data(record)
        shown.text(record_text(record))
    if run_id and not found:
        raise InputInvalid(
            f"the audit log has no record of run {run_id}", hint="`azremediate runs list` shows all runs"
        )
    return ExitCode.DONE


@command.command(
    "export",
    epilog=epilog(
        ("azremediate audit export --format ocsf -o audit.jsonl", "OCSF 1.8.0, one JSON object on each line"),
        ("azremediate audit export --format cef --since 1200", "what came after record 1200"),
        codes=_CODES,
    ),
)
@click.option("--format", "form", type=click.Choice(["ocsf", "cef", "csv"]), required=True, help="Form of the lines.")
@click.option("--since", type=click.IntRange(min=0), default=0, metavar="SEQ", help="Only the records after this one.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write it to this file.")
@global_options
def export(settings: Settings, *, form: str, since: int, output: Path | None) -> int:
    """Write the records in a form that other systems read; does not verify them."""
    from azremediate.cli.audit_export import export_audit
    from azremediate.cli.configuration import configuration
    from azremediate.cli.output import Output

    export_audit(Path(configuration(settings).state_path), form, since, output, Output(settings))
    return ExitCode.DONE


@command.command(
    "rotate-key",
    epilog=epilog(
        ("azremediate audit rotate-key", "after the old key may have been read by somebody"),
        ("azremediate audit rotate-key --json", "with the ids of both keys and the file of the new public one"),
        codes=_CODES,
    ),
)
@global_options
def rotate_key(settings: Settings) -> int:
    """Replace the key that signs the log; the log records it, signed by both keys."""
    from azremediate.cli.audit_key import replace_key
    from azremediate.cli.main import run_async
    from azremediate.cli.output import Output

    return run_async(replace_key(settings, Output(settings)))


def _verdict_text(verdict: "AuditVerdict") -> str:
    place = ":".join(str(part) for part in (verdict.file, verdict.line) if part)
    said = f": {verdict.reason}" if verdict.reason else ""
    at = f" at {place}" if place else ""
    lines = [f"audit log: {verdict.finding}{at}{said}; {verdict.records} records are as they were written"]
    lines += [
        f"  tenant {head.tenant_id}  seq {head.seq}  signed {head.signed}  head {head.hash}" for head in verdict.heads
    ]
    return "\n".join([*lines, *(f"  warning: {warning}" for warning in verdict.warnings)])
