"""Folds long lines at word boundaries for a terminal, so that what belongs together stays readable at 80 columns."""

import re
from unicodedata import combining, east_asian_width

_NARROWEST = 40
"""Below so many columns folding makes things worse; the terminal breaks lines itself then."""

_COMMAND = re.compile(r"^\s*(?:Next: +|\$ )?azremediate ")
_LABEL = re.compile(r"^\s*(?:(?:why|undo|risk|ok) +|(?:error|hint|warning): |- |\[ \] )")


def fold(text: str, width: int) -> str:
    """The text with no line wider than `width` columns, where words allow it; ids and words are never broken.

    Continued lines stand under the words that they continue. Lines that hold a command to copy are left whole.
    """
    if width < _NARROWEST:
        return text
    return "\n".join(part for line in text.split("\n") for part in _parts(line, width))


def columns(text: str) -> int:
    """How many columns a text takes up: wide letters two, marks on letters none."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)


def _parts(line: str, width: int) -> list[str]:
    if columns(line) <= width or _COMMAND.match(line):
        return [line]
    label = _LABEL.match(line)
    hang = label.end() if label else len(line) - len(line.lstrip()) + 4
    parts: list[str] = []
    begin = label.end() if label else len(line) - len(line.lstrip())
    while columns(line) > width:
        cut = _cut(line, begin, width)
        if cut is None:
            break
        parts.append(line[:cut].rstrip())
        line, begin = " " * hang + line[cut:].lstrip(), hang
    return [*parts, line]


def _cut(line: str, begin: int, width: int) -> int | None:
    """Where to break: the last gap that still fits, a wide gap rather than a narrow one; None when there is no gap."""
    fitting, wide = None, None
    for gap in re.compile(r" +").finditer(line, begin + 1):
        if gap.end() == len(line):
            break
        if columns(line[: gap.start()]) > width:
            return wide or fitting or gap.start()
        fitting = gap.start()
        if len(gap.group()) > 1 and gap.start() > width // 2:
            wide = gap.start()
    return wide or fitting
