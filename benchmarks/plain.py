"""Runs the plain script in a process of its own against a served lab."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from big_tenant import Leaked
from served_lab import ServedLab

_SCRIPT = Path(__file__).with_name("plain_script.py")


@dataclass(frozen=True, slots=True)
class Plain:
    """What the script did: seconds and processor seconds of its work; what its start cost is in `start_cpu`."""

    seconds: float
    cpu: float
    done: int
    failed: int
    errors: tuple[str, ...]
    start_cpu: float

    def cpu_for(self, count: int) -> float:
        """Processor seconds of the whole process for so many credentials."""
        return self.start_cpu + self.cpu / self.done * count


def run_plain(lab: ServedLab, leaked: Sequence[Leaked], *, mode: str, how: str) -> Plain:
    """One run; `mode` is look-up or rotate, `how` sequential or gather."""
    order = {
        "graph": lab.graph,
        "login": lab.login,
        "vault": lab.vault,
        "ca_bundle": str(lab.ca_bundle),
        "tenant_id": lab.tenant_id,
        "client_id": lab.setting("client_id"),
        "secret_file": lab.setting("client_secret_file"),
        "mode": mode,
        "how": how,
        "rows": [[one.app_id, one.key_id] for one in leaked],
    }
    command = [sys.executable, str(_SCRIPT)]
    ran = subprocess.run(command, input=json.dumps(order), capture_output=True, text=True, check=False)  # noqa: S603 - ours
    if ran.returncode:
        raise SystemExit(f"the plain script ended with {ran.returncode}:\n{ran.stderr[-2000:]}")
    said = json.loads(ran.stdout.splitlines()[-1])
    return Plain(said["seconds"], said["cpu"], said["done"], said["failed"], tuple(said["errors"]), said["start_cpu"])
