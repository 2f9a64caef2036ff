"""Runs one command and says how much memory it had at most: `python -m tests.faults.measured FILE ARGUMENTS...`.

The number of bytes goes to FILE. The system counts it for this program alone, not for whoever started it. What takes
much more than is allowed is stopped by a limit, so that it harms nobody else.
"""

import re
import resource
import sys
from pathlib import Path

from azremediate.cli.main import run_command

_CEILING = 2 << 30


def peak() -> int:
    """The most memory that this program had so far, in bytes."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    if found is None:
        raise RuntimeError("the system does not say how much memory was used")
    return int(found[1]) << 10


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (_CEILING, _CEILING))
    code = run_command(sys.argv[2:])
    Path(sys.argv[1]).write_text(str(peak()), encoding="ascii")
    sys.exit(code)
