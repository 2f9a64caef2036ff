"""A table as a terminal shows it."""

from collections.abc import Sequence
from typing import TextIO

_KEPT = 0.6
"""The share of the screen that the first columns may take without being folded."""


def draw_table(stream: TextIO, headers: Sequence[str], rows: Sequence[Sequence[str]], *, color: bool) -> None:
    """Draw escaped cells; the first columns stay whole while there is room, the others are folded."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=stream, no_color=not color, markup=False, highlight=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    room = int(console.width * _KEPT)
    for at, header in enumerate(headers):
        widest = max((len(text) for text in (header, *(row[at] for row in rows))), default=0) + 2
        table.add_column(header, no_wrap=widest <= room and at < len(headers) - 1)
        room -= min(widest, room)
    for row in rows:
        table.add_row(*(Text(cell, overflow="fold") for cell in row))
    console.print(table)
