"""`azremediate lab`: the simulated tenant."""

import sys
from pathlib import Path

import click

from azremediate.cli.command_group import CommandGroup
from azremediate.cli.help_text import epilog
from azremediate.cli.settings import Settings, global_options
from azremediate.core.exit_code import ExitCode

_EPILOG = epilog(
    ("azremediate lab serve --write-config lab.yaml", "serve, and write a configuration that points to it"),
    ("azremediate --config lab.yaml doctor", "in a second terminal: every command works against it"),
    ("azremediate lab serve --throttle tight --faults faults.json --record seen.jsonl", "rehearse a bad day"),
    codes=(ExitCode.DONE, ExitCode.FAILED, ExitCode.USAGE),
)


@click.group("lab", cls=CommandGroup, epilog=_EPILOG)
@global_options
def command(_settings: Settings) -> None:
    """A simulated tenant on this machine, to rehearse and to test with."""


@command.command("serve", epilog=_EPILOG)
@click.option("--port", type=click.IntRange(0, 65532), default=0, help="Graph's port, the next three for the others.")
@click.option("--tenant", type=click.Path(path_type=Path), metavar="FILE", help="Tenant instead of the demo's.")
@click.option("--record", type=click.Path(path_type=Path), metavar="FILE", help="Write every Graph exchange here.")
@click.option("--latency", type=click.FloatRange(0, 60_000), default=0.0, metavar="MS", help="Delay of every answer.")
@click.option("--throttle", default="none", metavar="PROFILE", help="none, published, tight, or a JSON file.")
@click.option("--faults", type=click.Path(path_type=Path), metavar="FILE", help="JSON file with faults to inject.")
@click.option("--tls", is_flag=True, help="Serve Graph over https too; the other services always are.")
@click.option("--write-config", type=click.Path(path_type=Path), metavar="FILE", help="Write a configuration for it.")
@global_options
def serve(
    settings: Settings,
    *,
    port: int,
    tenant: Path | None,
    record: Path | None,
    latency: float,
    throttle: str,
    faults: Path | None,
    tls: bool,
    write_config: Path | None,
) -> int:
    """Serve Graph, sign-in, Azure Resource Manager and Key Vault on 127.0.0.1 until Ctrl-C or SIGTERM.

    Prints one line of JSON with the addresses, once everything answers.
    """
    del settings  # the line is JSON in any case
    from azremediate.cli.lab_extra import require_lab

    require_lab()
    from azremediate.lab.serve import ServeOptions, serve

    sys.stdout.flush()
    return serve(
        ServeOptions(
            port=port,
            tenant=tenant,
            record=record,
            latency_ms=latency,
            throttle=throttle,
            faults=faults,
            tls=tls,
            write_config=write_config,
        )
    )
