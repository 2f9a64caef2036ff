"""Starts a lab from the command line: `python -m azremediate.lab`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from azremediate.lab.serve import ServeOptions, serve


def parse_options(arguments: Sequence[str] | None = None) -> ServeOptions:
    """Read command-line arguments; exits with 2 and the usage on standard error when they are wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m azremediate.lab", description="Serve a simulated Microsoft Entra tenant on 127.0.0.1."
    )
    parser.add_argument("--port", type=int, default=0, help="Graph's port, the next three follow (default: free ones)")
    parser.add_argument("--tenant", type=Path, metavar="FILE", help="serve this tenant instead of the demo tenant")
    parser.add_argument("--record", type=Path, metavar="FILE", help="append all Graph exchanges as JSON Lines")
    parser.add_argument("--latency", type=float, default=0, metavar="MS", help="milliseconds before every answer")
    parser.add_argument("--throttle", default="none", metavar="PROFILE", help="none, published, tight or a JSON file")
    parser.add_argument("--faults", type=Path, metavar="FILE", help="JSON list of faults to play")
    parser.add_argument("--tls", action="store_true", help="serve Graph over TLS too")
    parser.add_argument("--write-config", type=Path, metavar="FILE", help="write a configuration for azremediate")
    parsed = parser.parse_args(arguments)
    return ServeOptions(
        port=parsed.port,
        tenant=parsed.tenant,
        record=parsed.record,
        latency_ms=parsed.latency,
        throttle=parsed.throttle,
        faults=parsed.faults,
        tls=parsed.tls,
        write_config=parsed.write_config,
    )


if __name__ == "__main__":
    sys.exit(serve(parse_options()))
