"""The text of `azremediate --help` as it is at 80 columns, for the README and the test that compares them."""

import click

from azremediate.cli.help_text import WIDTH
from azremediate.cli.main import root

_MARGIN = 2
"""Columns that click leaves free at the right edge of a terminal."""


def command_reference() -> str:
    """The page, without a final line feed; the same on every machine."""
    context = click.Context(
        root, info_name="azremediate", terminal_width=WIDTH - _MARGIN, help_option_names=["-h", "--help"]
    )
    return root.get_help(context)
