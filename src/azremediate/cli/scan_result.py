"""Shows what a search of mail found, and writes it as Parquet."""

import json
from pathlib import Path

from azremediate.cli.mail_scan import Scanned
from azremediate.cli.output import Output
from azremediate.core.errors import FeatureMissing
from azremediate.report.scan_text import kind_rows, missed_text, summary_json, summary_text

_BATCH = 10_000
_PLAIN = (
    "finding_id", "rule", "tier", "kind", "hint", "length", "fingerprint", "excerpt", "message_id", "mime_sha256",
    "source", "sent", "sender", "expires", "confidence",
)  # fmt: skip
_NESTED = ("occurrences", "recipients", "nearby", "claims", "link")


def show_scan(scanned: Scanned, shown: Output) -> None:
    """Print counts, kinds, what was not analysed, and the next step."""
    shown.data({**summary_json(scanned.summary, scanned.sources), "output": str(scanned.output)})
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
    """Findings as Parquet, a batch at a time; lists and objects are JSON texts. Needs the extra `cluster`."""
    try:
        import pyarrow as pa  # type: ignore[import-untyped]  # it has no types
        import pyarrow.parquet as pq  # type: ignore[import-untyped]  # it has no types
    except ModuleNotFoundError:
        hint = "pip install 'azremediate[cluster]'"
        raise FeatureMissing("--parquet needs pyarrow", hint=hint) from None
    names = (*_PLAIN, *_NESTED)
    schema = pa.schema([(name, pa.int64() if name == "length" else pa.string()) for name in names])
    with findings.open(encoding="utf-8") as file, pq.ParquetWriter(target, schema) as writer:
        while rows := [json.loads(line) for line, _ in zip(file, range(_BATCH), strict=False)]:
            for row in rows:
                row.update({name: json.dumps(row[name]) for name in _NESTED})
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))
    target.chmod(0o600)
