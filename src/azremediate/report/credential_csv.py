"""A credential list as CSV, as `plan --credentials` takes it."""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

from azremediate.core.clock import iso
from azremediate.core.credential import CompromisedCredential
from azremediate.report import escape

COLUMNS = ("kind", "identity", "key_id", "hint", "exposed_at", "confidence", "source", "note")


def credential_lines(credentials: Iterable[CompromisedCredential]) -> Iterator[str]:
    """The header and one line for each credential; no cell is a formula."""
    yield ",".join(COLUMNS)
    for one in credentials:
        moment = iso(one.exposed_at) if one.exposed_at else ""
        cells = (one.kind.value, one.identity, one.key_id, one.hint, moment, one.confidence.value, one.source, one.note)
        row = StringIO()
        csv.writer(row, lineterminator="").writerow(map(escape.csv, cells))
        yield row.getvalue()
