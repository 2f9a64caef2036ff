"""The option of commands that write: how long they wait for another run on the same state directory."""

import click

from azremediate.core.errors import InputInvalid
from azremediate.core.parameters import parse_duration


class Seconds(click.ParamType):  # type: ignore[type-arg]  # generic in new versions of click only
    """An ISO 8601 duration as seconds."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Seconds of a text such as PT5M."""
        if isinstance(value, int | float):
            return float(value)
        try:
            return parse_duration(str(value)).total_seconds()
        except InputInvalid as problem:
            self.fail(f"{problem.message}; {problem.hint}", param, ctx)


wait_option = click.option(
    "--wait", type=Seconds(), default=0.0, metavar="TIME", help="Wait for another run to end, e.g. PT5M; else exit 6."
)
