"""Audit records as rows of comma-separated values that no spreadsheet takes for formulas."""

import csv
from collections.abc import Iterator
from io import StringIO

from azremediate.core.json_value import JsonObject
from azremediate.report import escape
from azremediate.report.audit_facts import part, word

_OWN = ("seq", "time", "event", "outcome", "reason", "run_id", "plan_id", "change_id", "step", "attempt")
_TARGET = ("kind", "id", "app_id", "display_name")
_API = ("service", "method", "path", "status", "code", "request_id", "client_request_id", "server_time")
_ACTOR = ("tenant_id", "app_id", "object_id", "user_principal_name", "auth_method", "os_user", "host")
_JSON = ("before", "after", "facts")

CSV_HEADER = ",".join(
    (
        *_OWN,
        *(f"target_{name}" for name in _TARGET),
        *_API,
        *(f"actor_{name}" for name in _ACTOR),
        *_JSON,
        "tool_version",
        "chain_id",
        "prev",
        "hash",
    )
)
"""The first line."""


def csv_lines(record: JsonObject, digest: str) -> Iterator[str]:
    """The row of one record; `digest` is its hash."""
    cells = [
        *(word(record, name) for name in _OWN),
        *(word(part(record, "target"), name) for name in _TARGET),
        *(word(part(record, "api"), name) for name in _API),
        *(word(part(record, "actor"), name) for name in _ACTOR),
        *(word(record, name) for name in _JSON),
        word(part(record, "tool"), "version"),
        word(record, "chain_id"),
        word(record, "prev"),
        digest,
    ]
    row = StringIO()
    csv.writer(row, lineterminator="").writerow(escape.csv(cell) for cell in cells)
    yield row.getvalue()
