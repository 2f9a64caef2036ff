"""A lab in a process of its own, so that neither side of a measurement pays for the other's processor time."""

import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class ServedLab:
    """Where it answers, and its process id; `config` is a configuration with which every command works."""

    graph: str
    login: str
    vault: str
    ca_bundle: Path
    tenant_id: str
    config: Path
    pid: int

    def state(self) -> Any:
        """The tenant as it is now, without secret values."""
        return self._get("state")

    def writes(self) -> list[dict[str, Any]]:
        """Every request that was no plain read, in order."""
        return list(self._get("writes")["value"])

    def requests(self) -> list[dict[str, Any]]:
        """How often each path of each service was asked for: service, method, path and count."""
        return list(self._get("requests")["value"])

    def reset(self) -> None:
        """Back to the start."""
        self._open(urllib.request.Request(f"{self.graph}/_lab/reset", data=b"{}", method="POST"))  # noqa: S310 - the lab

    def setting(self, name: str) -> str:
        """One text of the configuration that the lab wrote, by its key."""
        found = re.search(rf'^ *{name}: "(.*)"$', self.config.read_text(encoding="utf-8"), re.MULTILINE)
        if found is None:
            raise SystemExit(f"{self.config} has no {name}")
        return found[1]

    def allow_everything(self) -> None:
        """Lift the limits of the guards that a benchmark would meet."""
        text = self.config.read_text(encoding="utf-8")
        lifted = text.replace("guards:\n", "guards:\n  max_changes: 1000000\n  max_percent: 100\n")
        self.config.write_text(lifted, encoding="utf-8")

    def cpu_seconds(self) -> float:
        """Processor time that the lab's process used so far; 0.0 where the system does not tell."""
        stat = Path(f"/proc/{self.pid}/stat")
        if not stat.exists():
            return 0.0
        fields = stat.read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100

    def _get(self, what: str) -> Any:
        return self._open(urllib.request.Request(f"{self.graph}/_lab/{what}"))  # noqa: S310 - the lab

    @staticmethod
    def _open(request: urllib.request.Request) -> Any:
        with urllib.request.urlopen(request, timeout=600) as answer:  # noqa: S310 - the lab on this machine
            text = answer.read()
        return json.loads(text) if text else None


@contextmanager
def served(
    folder: Path, *, tenant: Path | None = None, latency_ms: float = 0, throttle: str = "none"
) -> Iterator[ServedLab]:
    """A lab that serves until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "lab.yaml"
    command = [sys.executable, "-m", "azremediate", "lab", "serve", "--write-config", str(config)]
    command += ["--latency", str(latency_ms), "--throttle", throttle]
    command += ["--tenant", str(tenant)] if tenant else []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - ourselves
        try:
            if process.stdout is None:
                raise SystemExit("the lab has no standard output")
            said = json.loads(process.stdout.readline())
            yield ServedLab(
                said["graph"],
                said["login"],
                said["vault"],
                Path(said["ca_bundle"]),
                said["tenant_id"],
                config,
                process.pid,
            )
        finally:
            process.terminate()
            process.wait(timeout=60)
