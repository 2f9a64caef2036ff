"""`resume` goes on with a run that was stopped or whose process died, from the journal alone."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from azremediate.lab.server import Lab
from tests.end_to_end.console import Console, Ran

SOURCE = Path(__file__).parents[2] / "src"
ADD = "/addPassword$"


@pytest.fixture(scope="module")
def disturbed_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A lab whose recording nobody checks: disturbed answers follow no schema."""
    with Lab(directory=tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture
def lab(disturbed_lab: Lab) -> Lab:
    """The tenant as it is at its start, without faults."""
    disturbed_lab.reset()
    return disturbed_lab


def until(happened: Callable[[], object]) -> None:
    """Wait until something is so, for two minutes at most."""
    tick = Event()
    assert any(happened() or tick.wait(0.02) for _ in range(6000))


def _rotation(console: Console) -> Path:
    row = f"client-secret,{console.app_id('payroll-api')},{console.key_id('payroll-api:primary')},"
    return console.plan("rotate-exposed-secrets", "--credentials", console.credentials(row))[1]


def _resume(console: Console, *arguments: str) -> Ran:
    confirmed = ("--yes", "--confirm-tenant", console.lab.store.tenant_id, "--json")
    return console.run("resume", *arguments, *confirmed)


def _killed(console: Console) -> None:
    """Apply in a process of its own and kill it when the new secret is there and its answer is not."""
    plan = _rotation(console)
    fault: dict[str, Any] = {"method": "POST", "path": ADD, "kind": "hang", "seconds": None, "when": "after"}
    console.lab.set_faults([fault])
    arguments = ["--config", console.config, "apply", plan, "--yes", "--confirm-tenant", console.lab.store.tenant_id]
    command = [sys.executable, "-m", "azremediate", *map(str, arguments)]
    with subprocess.Popen(command, env={"PYTHONPATH": str(SOURCE)}, stderr=subprocess.DEVNULL) as process:  # noqa: S603 - our own command
        until(lambda: len(_secrets(console)) > 1)
        process.kill()
    console.lab.set_faults([])
    plan.unlink()


def _secrets(console: Console) -> list[dict[str, Any]]:
    store = console.lab.store
    return list(store.applications[store.named["payroll-api"]]["passwordCredentials"])


def test_a_killed_run_is_taken_to_its_end(console: Console) -> None:
    """Without the plan's file: one new secret, stored, no stray, no old one; and then there is nothing to resume."""
    _killed(console)
    (run,) = console.run("runs", "list", "--json").json["runs"]
    resumed = _resume(console)
    assert (resumed.code, resumed.json["run_id"]) == (0, run["run_id"]), resumed.out + resumed.err
    assert [result["status"] for result in resumed.json["results"]] == ["verified"]
    assert len(_secrets(console)) == 1
    assert _secrets(console)[0]["keyId"] != console.key_id("payroll-api:primary")
    again = _resume(console)
    assert (again.code, again.json) == (0, {"exit_code": 0, "run_id": None})
    assert console.run("audit", "verify").code == 0


def test_an_ended_run_is_not_begun_again(console: Console) -> None:
    """Named, it repeats its exit code and sends nothing."""
    applied = console.apply(_rotation(console))
    sent = len(console.lab.writes)
    again = _resume(console, applied.json["run_id"])
    assert (again.code, again.json["already_applied"]) == (0, True)
    assert len(console.lab.writes) == sent


def test_nothing_to_resume(console: Console) -> None:
    """No run yet: said, exit 0, and no state directory is made."""
    ran = console.run("resume")
    assert (ran.code, "no run is unfinished" in ran.out) == (0, True)
    assert not (console.folder / ".azremediate").exists()
    assert console.run("resume", "R-none").code == 2


@pytest.mark.parametrize(
    ("arguments", "code"),
    [((), 2), (("--yes",), 2), (("--yes", "--confirm-tenant", "0f0f0f0f-0000-4000-8000-000000000000"), 4)],
    ids=["no terminal", "no tenant", "another tenant"],
)
def test_the_tenant_is_confirmed(console: Console, arguments: tuple[str, ...], code: int) -> None:
    """Resuming writes, so it asks for the same confirmation as applying."""
    _killed(console)
    sent = len(console.lab.writes)
    assert console.run("resume", *arguments).code == code
    assert len(console.lab.writes) == sent


def test_an_unfinished_run_says_how_to_go_on(console: Console) -> None:
    """What cannot be settled leaves the run open, and the hint is the command that goes on with it."""
    console.change_config("deadline: PT30S", "deadline: PT0.5S")
    console.change_config("throttle: {", "throttle: {attempts: 1, ")
    plan = _rotation(console)
    application = console.lab.store.named["payroll-api"]
    lost = {"method": "POST", "path": ADD, "kind": "reset", "when": "after"}
    blind = {"method": "GET", "path": f"/applications/{application}$", "kind": "status", "times": None, "when": "after"}
    console.lab.set_faults([lost, blind])
    stuck = console.run("apply", plan, "--yes", "--confirm-tenant", console.lab.store.tenant_id)
    assert stuck.code == 8
    assert "azremediate resume R-" in stuck.out
    console.lab.set_faults([])
    assert _resume(console).code == 0
