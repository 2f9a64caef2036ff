"""Values below a heading: in a table whose column is called `Password`, or the like, each row has one."""

import re
from collections.abc import Iterable

from azremediate.core.finding import Tier
from azremediate.mail.confirm import Match
from azremediate.mail.labelled_value import Announced, key_tier, trimmed
from azremediate.mail.password_shape import Shape, is_placeholder, shape
from azremediate.mail.words import after_label

_ROWS, _LONGEST = 40, 2000
"""Rows that are looked at below a heading, and the longest line that is taken for one."""

_BLANK = 3
"""Empty lines between rows of a table of HTML, where tabs part the cells."""

_PARTS = (re.compile(r"\|{1,2}"), re.compile(r"\t"), re.compile(r";"), re.compile(r","), re.compile(r"[ ]{2,}"))
_RULE = re.compile(r"[\s|:+=-]*")
_HEADING = re.compile(r"[\w /().#*-]{0,40}")


def values_below(data: bytes, one: Announced) -> Iterable[Match]:
    """What stands below the label in the rows that follow, when its line is the heading of a table."""
    start = data.rfind(b"\n", 0, one.start) + 1
    end = data.find(b"\n", one.end)
    if end == -1 or end - start > _LONGEST:
        return
    heading = data[start:end].decode("latin-1")
    for part in _PARTS:
        cells = part.split(heading)
        if len(cells) < 2 or not all(_HEADING.fullmatch(cell.strip()) for cell in cells):
            continue
        if any(" " not in cell.strip() and shape(cell.strip()) >= Shape.MEDIUM for cell in cells):
            return  # a label and its value
        column = len(part.split(heading[: one.start - start])) - 1
        if 3 * len(cells[column].split()) <= 12:
            yield from _rows(data, end + 1, part, column, len(cells), one.label.kind)
        return


def _rows(data: bytes, at: int, part: "re.Pattern[str]", column: int, count: int, kind: str) -> Iterable[Match]:
    blank = 0
    for _ in range(_ROWS):
        end = data.find(b"\n", at)
        end = len(data) if end == -1 else end
        line = data[at : min(end, at + _LONGEST)].decode("latin-1")
        cells = list(_cells(line, part))
        if not _RULE.fullmatch(line) and len(cells) != count:
            return
        if (
            len(cells) == count
            and (match := _value(at, *cells[column], kind)) is not None
            and (match.tier is not Tier.PROXIMITY or part is not _PARTS[-1])
        ):
            yield match
        blank = 0 if line.strip() else blank + 1
        if end >= len(data) or blank > (_BLANK if part.pattern == r"\t" else 0):
            return
        at = end + 1


def _cells(line: str, part: "re.Pattern[str]") -> Iterable[tuple[int, str]]:
    first = 0
    for found in part.finditer(line):
        yield first, line[first : found.start()]
        first = found.end()
    yield first, line[first:]


def _value(offset: int, first: int, cell: str, kind: str) -> Match | None:
    value = cell.strip().strip("\"'`")
    if not value or re.search(r"\s", value) or is_placeholder(value) or value.lower() in after_label():
        return None
    value = trimmed(value)
    tier = _password_tier(value) if kind in ("password", "pin") else key_tier(value, 1)
    if tier is None:
        return None
    start = offset + first + cell.index(value)
    return Match(start, start + len(value), "below-heading", "password" if kind == "pin" else kind, tier)


def _password_tier(value: str) -> Tier | None:
    look = shape(value)
    if look is Shape.NOT or (look is Shape.WEAK and len(value) < 5):
        return None
    return Tier.LABELLED if look >= Shape.MEDIUM else Tier.PROXIMITY
