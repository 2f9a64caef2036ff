"""Measures azremediate beside the script on the SDK that a responder writes today; `make bench` runs it.

Each figure is a ratio to a baseline of the same run, or a number that does not depend on the machine. Arguments name
the parts to measure; without one all are.
"""

import os
import platform
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from audit import measure_audit, measure_million
from containment import measure_containment
from durability import measure_durability
from growth import measure_growth
from look_ups import measure_look_ups
from one_action import measure_one_action
from rotations import measure_rotations
from start_up import measure_start_up
from table import Row, json_of, text_of
from throttled import measure_throttled

_PARTS: dict[str, tuple[str, Callable[[Path], list[Row]]]] = {
    "start-up": ("How long commands take to start", measure_start_up),
    "look-ups": (
        "Plan 1,000 credentials, 20,000 applications, 50,000 service principals, 80 ms",
        measure_look_ups,
    ),
    "rotations": ("Rotate 300 secrets, 80 ms", measure_rotations),
    "throttled": ("Rotate 200 secrets under a quota of writes, 80 ms", measure_throttled),
    "containment": ("Cut off 100 users while 1,000 secrets are rotated, 80 ms", measure_containment),
    "one-action": ("One action on one user, 80 ms", measure_one_action),
    "growth": ("How planning grows", measure_growth),
    "durability": ("What a journal on disk costs", measure_durability),
    "audit": ("Verify an audit log", measure_audit),
}
_LONG: dict[str, tuple[str, Callable[[Path], list[Row]]]] = {
    "million": ("Verify an audit log of a million records (measured only when it is named)", measure_million),
}


def main() -> int:
    """Print a table of each part, then everything as one JSON object; 1 when a target was missed."""
    asked = sys.argv[1:] or list(_PARTS)
    known = _PARTS | _LONG
    if unknown := [name for name in asked if name not in known]:
        raise SystemExit(f"there is no part {unknown[0]!r}; there are {', '.join(known)}")
    print(f"Python {platform.python_version()} on {platform.system()}, {os.cpu_count()} cores\n", flush=True)
    found: dict[str, list[Row]] = {}
    for name in asked:
        title, measure = known[name]
        with tempfile.TemporaryDirectory(prefix="azremediate-bench-") as folder:
            found[title] = measure(Path(folder))
        print(text_of(title, found[title]) + "\n", flush=True)
    print(json_of(found))
    return int(any(row.met is False for rows in found.values() for row in rows))


if __name__ == "__main__":
    sys.exit(main())
