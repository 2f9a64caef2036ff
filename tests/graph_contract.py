"""Microsoft's published schema of Graph as a judge of recorded exchanges, where its checker is present."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

CHECKER = Path(__file__).parents[2] / "shared" / "graph-contract" / "graphcheck.py"

# The table's row for restoring knows users only; the page of the operation names what applications need:
# https://learn.microsoft.com/graph/api/directory-deleteditems-restore
_NOT_IN_THE_TABLE = re.compile(
    r"record \d+: POST /directory/deletedItems/[0-9a-f-]{36}/restore: permission: none granted"
)

needs_checker = pytest.mark.skipif(not CHECKER.exists(), reason="the Graph contract checker is not beside the project")


def violations(recording: Path, permissions: frozenset[str] | None = None) -> str:
    """What the checker has to say against a recording; empty when it has nothing.

    permissions: the application permissions that are granted; None leaves them unchecked.
    """
    command = [sys.executable, str(CHECKER), str(recording)]
    if permissions is not None:
        granted = recording.with_suffix(".permissions")
        granted.write_text("\n".join(sorted(permissions)), encoding="utf-8")
        command += ["--permissions", str(granted)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - a script of ours
    said = [line for line in done.stdout.splitlines() if line.startswith("record ")]
    if done.returncode == 0 or (said and all(map(_NOT_IN_THE_TABLE.match, said))):
        return ""
    return done.stdout + done.stderr
