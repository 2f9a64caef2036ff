"""What a benchmark found: rows for people, and the same as one JSON object."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. `value` is in `unit`; `ratio` is how it stands to the baseline `to`, 0.0 where there is none.

    target: what the ratio or the value is meant to be, in words; met: whether it is, None where nothing is asked.
    """

    what: str
    value: float
    unit: str
    ratio: float = 0.0
    to: str = ""
    target: str = ""
    met: bool | None = None


def text_of(title: str, rows: Iterable[Row]) -> str:
    """A table of at most 120 columns."""
    lines = [title]
    for row in rows:
        ratio = f"{row.ratio:8.2f} x {row.to}" if row.to else ""
        verdict = "" if row.met is None else f"  {'met' if row.met else 'MISSED'}: {row.target}"
        lines.append(f"  {row.what:<58} {row.value:>10.2f} {row.unit:<6}{ratio}{verdict}")
    return "\n".join(lines)


def json_of(found: dict[str, list[Row]]) -> str:
    """Every row by the title of its table."""
    return json.dumps({title: [asdict(row) for row in rows] for title, rows in found.items()})
