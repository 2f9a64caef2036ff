"""Findings in columns, as Parquet."""

import json
from pathlib import Path

_BATCH = 10_000
_PLAIN = (
    "finding_id", "rule", "tier", "kind", "hint", "length", "fingerprint", "excerpt", "message_id", "mime_sha256",
    "source", "sent", "sender", "expires", "confidence",
)  # fmt: skip
_NESTED = ("occurrences", "recipients", "nearby", "claims", "link")


def write_findings(findings: Path, target: Path) -> None:
    """A file of findings as Parquet, a batch at a time; lists and objects are JSON texts.

    Raises `ModuleNotFoundError` without the extra `cluster`.
    """
    import pyarrow as pa  # type: ignore[import-untyped]  # it has no types
    import pyarrow.parquet as pq  # type: ignore[import-untyped]  # it has no types

    names = (*_PLAIN, *_NESTED)
    schema = pa.schema([(name, pa.int64() if name == "length" else pa.string()) for name in names])
    with findings.open(encoding="utf-8") as file, pq.ParquetWriter(target, schema) as writer:
        while rows := [json.loads(line) for line, _ in zip(file, range(_BATCH), strict=False)]:
            for row in rows:
                row.update({name: json.dumps(row[name]) for name in _NESTED})
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))
