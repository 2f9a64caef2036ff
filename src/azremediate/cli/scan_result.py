"""Shows what a search of mail found, and writes it as Parquet."""

from pathlib import Path

from azremediate.cli.mail_scan import Scanned
from azremediate.cli.output import Output
from azremediate.core.errors import FeatureMissing
from azremediate.core.json_value import JsonObject
from azremediate.mail.parquet_file import write_findings
from azremediate.report.scan_text import kind_rows, missed_text, summary_json, summary_text


def show_scan(scanned: Scanned, shown: Output, extra: JsonObject) -> None:
    """Print counts, kinds, what was not analysed, and the next step."""
    shown.data({**summary_json(scanned.summary, scanned.sources), "output": str(scanned.output), **extra})
    for line in summary_text(scanned.summary):
        shown.text(line)
    if scanned.summary.findings:
        shown.table(("KIND", "T1", "T2", "T3"), kind_rows(scanned.summary))
    for line in missed_text(scanned.summary):
        shown.text(line)
    shown.text(f"findings:     {scanned.output}")
    shown.text(f"not analysed: {scanned.unanalysed}")
    if scanned.summary.findings:
        command = shown.command("plan", "respond-to-exposed-credentials", "--findings", str(scanned.output))
        shown.text(f"\nNext:  {command} -o respond.plan.json")


def write_parquet(findings: Path, target: Path) -> None:
    """Findings as Parquet, for their owner's eyes only; raises `FeatureMissing` without the extra `cluster`."""
    try:
        write_findings(findings, target)
    except ModuleNotFoundError:
        hint = "pip install 'azremediate[cluster]'"
        raise FeatureMissing("--parquet needs pyarrow", hint=hint) from None
    target.chmod(0o600)
