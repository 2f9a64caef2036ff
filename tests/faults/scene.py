"""A lab, a state directory and one plan, applied by processes that may come to harm."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from azremediate.lab.server import Lab
from tests.faults.cases import Case
from tests.faults.ledger import Broken, Ledger, holding

_ROOT = Path(__file__).parents[2]
_QUICK = {
    "reconcile": "{settle: PT0.01S, window: PT0.03S, deadline: PT5S, verify: PT5S, poll: PT0.01S}",
    "throttle": "{policy_per_second: 1000, reports_per_10s: 1000}",
}


@dataclass(frozen=True, slots=True)
class Ended:
    """How one process ended. code: below zero the signal that ended it. points: what it passed on its way."""

    code: int
    out: str
    err: str
    points: tuple[str, ...] = ()

    @property
    def killed(self) -> bool:
        """Whether it was killed at its point."""
        return self.code == -signal.SIGKILL

    @property
    def json(self) -> Any:
        """What it printed with --json."""
        return json.loads(self.out)


class Launcher:
    """The program of `tests.faults.failpoints`, started once; use it as a context manager."""

    def __init__(self) -> None:
        path = os.pathsep.join([str(_ROOT / "src"), str(_ROOT)])
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("AZREM", "AZURE_"))}
        self._process = subprocess.Popen(
            [sys.executable, "-B", "-m", "tests.faults.failpoints"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=_ROOT,
            env={**environment, "PYTHONPATH": path},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for stream in (self._stream("stdin"), self._stream("stdout")):
            stream.close()
        self._process.wait()

    def run(self, orders: Sequence[dict[str, Any]]) -> list[int]:
        """Carry out orders at the same time; their exit codes."""
        sent, answers = self._stream("stdin"), self._stream("stdout")
        sent.write(json.dumps(list(orders)) + "\n")
        sent.flush()
        codes: list[int] = json.loads(answers.readline())
        return codes

    def _stream(self, name: str) -> IO[str]:
        stream: IO[str] | None = getattr(self._process, name)
        if stream is None:
            raise RuntimeError("the program has no such stream")
        return stream


class Scene:
    """One case, from its plan on; `begin` puts tenant and state directory back to the start."""

    def __init__(self, lab: Lab, launcher: Launcher, folder: Path, case: Case, settings: str = "") -> None:
        self.lab = lab
        self.case = case
        self.folder = folder
        self.state = folder / ".azremediate"
        self.produced = folder / "produced"
        self._launcher = launcher
        self._number = 0
        folder.mkdir(parents=True, exist_ok=True)
        self.config = folder / "config.yaml"
        lab.write_config(self.config)
        text = f"{self.config.read_text(encoding='utf-8')}\n{settings}\n"
        quick = [f"{name}: {value}" for name, value in _QUICK.items() if f"\n{name}:" not in text]
        self.config.write_text(text + "\n".join(quick) + "\n", encoding="utf-8")
        self.plan_file = folder / "case.plan.json"
        self.begin()
        self._make_plan()

    def begin(self) -> None:
        """Back to the start: a tenant as it was when the plan was made, and no state directory."""
        self.lab.reset()
        self.case.prepare(self.lab.store)
        for folder in (self.state, self.produced):
            shutil.rmtree(folder, ignore_errors=True)
        self.produced.mkdir()

    @property
    def plan(self) -> Any:
        """The plan as it is in its file."""
        return json.loads(self.plan_file.read_bytes())

    def run(self, *arguments: str | Path, **order: Any) -> Ended:
        """One command in a process of its own."""
        return self.race([self.order(*arguments, **order)])[0]

    def apply(self, at: int = 0, deed: str = "kill", **order: Any) -> Ended:
        """Apply the plan as a job does; come to harm at a point."""
        return self.run(*self.applying, at=at, deed=deed, **order)

    @property
    def applying(self) -> tuple[str | Path, ...]:
        """The command line that applies the plan."""
        return ("apply", self.plan_file, "--yes", "--confirm-tenant", self.lab.store.tenant_id, "--json")

    def order(self, *arguments: str | Path, **more: Any) -> dict[str, Any]:
        """An order for one command."""
        self._number += 1
        files = {name: str(self.produced / f"{self._number}.{name}") for name in ("out", "err", "trace")}
        words = ["--config", str(self.config), *map(str, arguments)]
        return {"arguments": words, "folder": str(self.folder), **files, **more}

    def judge(self, last: Ended) -> list[Broken]:
        """Every invariant, and the planned end state, after the command that ended last."""
        broken = [*Ledger(self.lab.store, self.plan, self.state).judge(), *self._told(last)]
        broken += holding(self.folder, self.lab.store)
        return broken + [Broken("end", what) for what in self.case.reached(self.lab.store)]

    def _told(self, last: Ended) -> Iterator[Broken]:
        """I7, I10, I11, I12: what the tool says afterwards, and that it does nothing more."""
        if last.code != 0:
            yield Broken("I11", f"it did not end well: exit {last.code} {last.out[-300:]} {last.err[-300:]}")
            return
        if any(result["status"] not in ("verified", "satisfied") for result in last.json["results"]):
            yield Broken("I12", "exit 0, but not everything is verified")
        before = len(self.lab.writes)
        again = self.apply()
        if (again.code, len(self.lab.writes)) != (0, before):
            yield Broken("I10", f"the second application ended with {again.code} and wrote")
        audited = self.run("audit", "verify")
        if audited.code != 0:
            yield Broken("I7", f"audit verify: {audited.out[-300:]}")

    def race(self, orders: Sequence[dict[str, Any]]) -> list[Ended]:
        """Several commands that start at the same time."""
        codes = self._launcher.run(orders)
        return [_ended(code, order) for code, order in zip(codes, orders, strict=True)]

    def _make_plan(self) -> None:
        playbook, rows = self.case.order(self.lab.store)
        words: list[str | Path] = ["plan", playbook]
        if "\n" in playbook:
            file = self.folder / "case.yaml"
            file.write_text(playbook, encoding="utf-8")
            words = ["plan", file]
        if rows:
            listed = self.folder / "leaked.csv"
            listed.write_text("\n".join(["kind,identity,key_id,hint", *rows]) + "\n", encoding="utf-8")
            words += ["--credentials", listed]
        ended = self.run(*words, "-o", self.plan_file)
        if ended.code != 0 or not self.plan["changes"]:
            raise RuntimeError(f"no plan for {self.case.name}: {ended.out}{ended.err}")


def _ended(code: int, order: dict[str, Any]) -> Ended:
    texts: dict[str, str] = {}
    for name in ("out", "err", "trace"):
        file = Path(order[name])
        texts[name] = file.read_text(encoding="utf-8") if file.exists() else ""
    return Ended(code, texts["out"], texts["err"], tuple(texts["trace"].split()))
