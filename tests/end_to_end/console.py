"""Runs commands as a person would, and keeps what they printed."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from azremediate.cli.main import run_command
from azremediate.lab.server import Lab


@dataclass(frozen=True, slots=True)
class Ran:
    """One finished command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed with --json."""
        return json.loads(self.out)


class Console:
    """Commands against one lab, with a configuration and a folder of their own."""

    def __init__(self, lab: Lab, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.lab = lab
        self.folder = folder
        self._capture = capture
        self.config = folder / "config.yaml"
        self.seen: list[str] = []
        lab.write_config(self.config)
        text = self.config.read_text(encoding="utf-8")
        if "\nreconcile:" not in text:
            quick = "{settle: PT0.05S, window: PT0.1S, deadline: PT30S, verify: PT30S, poll: PT0.05S}"
            limits = "{policy_per_second: 1000, reports_per_10s: 1000}"
            self.config.write_text(f"{text}\nreconcile: {quick}\nthrottle: {limits}\n", encoding="utf-8")

    def run(self, *arguments: str | Path) -> Ran:
        """Run one command with the lab's configuration."""
        return self.run_bare("--config", self.config, *arguments)

    def run_bare(self, *arguments: str | Path) -> Ran:
        """Run one command exactly as given."""
        self._capture.readouterr()
        code = run_command([str(argument) for argument in arguments])
        captured = self._capture.readouterr()
        self.seen += [captured.out, captured.err]
        return Ran(code, captured.out, captured.err)

    def plan(self, playbook: str, *arguments: str | Path, name: str = "test.plan.json") -> tuple[Ran, Path]:
        """Plan with JSON output into a file of the folder."""
        file = self.folder / name
        return self.run("plan", playbook, *arguments, "-o", file, "--json"), file

    def apply(self, plan: Path) -> Ran:
        """Apply as a job does, with JSON output."""
        return self.run("apply", plan, "--yes", "--confirm-tenant", self.lab.store.tenant_id, "--json")

    def credentials(self, *rows: str, name: str = "leaked.csv") -> Path:
        """A credential list with these rows (kind,identity,key_id,hint)."""
        file = self.folder / name
        file.write_text("\n".join(["kind,identity,key_id,hint", *rows]) + "\n", encoding="utf-8")
        return file

    def change_config(self, old: str, new: str) -> None:
        """Replace a text in the configuration; it has to be there."""
        text = self.config.read_text(encoding="utf-8")
        assert old in text
        self.config.write_text(text.replace(old, new), encoding="utf-8")

    def app_id(self, name: str) -> str:
        """The appId of a named application of the lab."""
        return str(self.lab.store.applications[self.lab.store.named[name]]["appId"])

    def key_id(self, name: str) -> str:
        """The key id of a named secret of the lab, e.g. payroll-api:primary."""
        return self.lab.store.named[name]
