"""Commands that need no tenant, run as a person or a job runs them."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from azremediate.cli.main import run_command
from azremediate.cli.plan_file import write_plan
from azremediate.core.exit_code import ExitCode
from tests.core.plans import TENANT_ID
from tests.journal.stage import a_log, log_file, plan_of
from tests.report.hostile import HOSTILE, hostile_plan

CONFIG = f"tenant_id: {TENANT_ID}\nstate: {{path: state}}\n"


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """A configuration whose state directory holds one finished run of three changes."""
    config = tmp_path / "config.yaml"
    config.write_text(CONFIG, encoding="utf-8")
    asyncio.run(a_log(tmp_path / "state", 3))
    return config


class Ran:
    """One finished command: `code`, and what it printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> None:
        self.code = run_command([str(argument) for argument in arguments])
        self.out, self.err = capsys.readouterr()

    @property
    def json(self) -> Any:
        """The one object on standard output."""
        (line,) = self.out.splitlines()
        return json.loads(line)


def test_show_gives_the_plan_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As text for a person, and as the plan's own JSON."""
    file = tmp_path / "a.plan.json"
    write_plan(file, hostile_plan())
    text, machine = Ran(capsys, "show", file), Ran(capsys, "show", file, "--json")
    assert (text.code, machine.code) == (ExitCode.DONE, ExitCode.DONE)
    assert machine.json == json.loads(file.read_bytes())
    assert "CANNOT BE UNDONE: 1" in text.out
    assert HOSTILE not in text.out


def test_show_refuses_an_altered_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 5, and no part of it is shown."""
    file = tmp_path / "a.plan.json"
    write_plan(file, plan_of(1))
    file.write_bytes(file.read_bytes().replace(b"payroll-1", b"payroll-9"))
    ran = Ran(capsys, "show", file)
    assert (ran.code, ran.out) == (ExitCode.STALE, "")


def test_runs_are_listed_and_shown(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The latest without an id; each change with its writes."""
    (run,) = Ran(capsys, "--config", recorded, "runs", "list", "--json").json["runs"]
    table = Ran(capsys, "--config", recorded, "runs", "list").out.splitlines()
    assert table[0].split("\t")[0] == "RUN"
    assert table[1].split("\t")[0] == run["run_id"]
    shown = Ran(capsys, "--config", recorded, "runs", "show", "--json").json
    assert shown["run_id"] == run["run_id"]
    assert [change["steps"][0]["state"] for change in shown["changes"]] == ["performed"] * 3
    text = Ran(capsys, "--config", recorded, "runs", "show", run["run_id"]).out
    assert text.count("add-1: performed") == 3


@pytest.mark.parametrize(
    "command", [["runs", "list"], ["runs", "show"], ["report"], ["audit", "verify"], ["audit", "show"]]
)
def test_looking_back_without_a_state_directory(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    """A sentence, exit 2, and nothing is made by looking."""
    config = tmp_path / "config.yaml"
    config.write_text(CONFIG, encoding="utf-8")
    ran = Ran(capsys, "--config", config, *command)
    assert (ran.code, ran.out) == (ExitCode.USAGE, "")
    assert "hint: " in ran.err
    assert list(tmp_path.iterdir()) == [config]


def test_an_unknown_run_is_a_wrong_argument(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the command that lists the right ones."""
    ran = Ran(capsys, "--config", recorded, "report", "R-none")
    assert ran.code == ExitCode.USAGE
    assert "azremediate runs list" in ran.err


@pytest.mark.parametrize("flags", [["--format", "json"], ["--json"]])
def test_report_as_json(recorded: Path, capsys: pytest.CaptureFixture[str], flags: list[str]) -> None:
    """The same object by either spelling."""
    found = Ran(capsys, "--config", recorded, "report", *flags).json
    assert found["answer"]["text"] == "3 of 3 changes are proven to be in effect"
    assert found["audit"]["verdict"] == "OK"
    assert len(found["changes"]) == 3


def test_report_into_a_file(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output stays empty; where the file is, is said beside it."""
    file = recorded.parent / "report.txt"
    ran = Ran(capsys, "--config", recorded, "report", "-o", file)
    assert (ran.code, ran.out, ran.err) == (ExitCode.DONE, "", f"the report is in {file}\n")
    assert file.read_text(encoding="utf-8").startswith("3 of 3 changes are proven to be in effect\n")
    Ran(capsys, "--config", recorded, "report", "-o", file, "--format", "json")
    assert json.loads(file.read_bytes())["schema"] == "azremediate/run-report/1"


def test_text_and_json_cannot_both_be_wished(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --json nothing but JSON is on standard output, so the contradiction is refused."""
    ran = Ran(capsys, "--config", recorded, "--json", "report", "--format", "text")
    assert (ran.code, ran.json["error"]["type"]) == (ExitCode.USAGE, "UsageError")


def test_records_of_an_unknown_run_are_missed(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A misspelt run is no empty log."""
    ran = Ran(capsys, "--config", recorded, "audit", "show", "--run", "R-nope")
    assert (ran.code, ran.out) == (ExitCode.USAGE, "")
    assert "R-nope" in ran.err


def test_an_empty_target_is_no_target(capsys: pytest.CaptureFixture[str]) -> None:
    """As a job gives it whose variable is not set; found before the tenant is asked."""
    ran = Ran(capsys, "run", "revoke_sessions", "")
    assert ran.code == ExitCode.USAGE
    assert "TARGET is empty" in ran.err


def test_a_huge_tail_shows_all(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Or is refused as an argument, but is no defect."""
    all_of_it = Ran(capsys, "--config", recorded, "audit", "show").out
    assert Ran(capsys, "--config", recorded, "audit", "show", "--tail", "1000000000").out == all_of_it
    assert Ran(capsys, "--config", recorded, "audit", "show", "--tail", "9" * 30).code == ExitCode.USAGE


def test_a_tampered_log_is_told_with_exit_7(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By audit verify, and by a report that still is given."""
    assert Ran(capsys, "--config", recorded, "audit", "verify").code == ExitCode.DONE
    log = log_file(recorded.parent / "state")
    log.write_bytes(log.read_bytes().replace(b'"outcome":"success"', b'"outcome":"failure"', 1))
    verdict = Ran(capsys, "--config", recorded, "audit", "verify", "--json")
    assert (verdict.code, verdict.json["ok"]) == (ExitCode.INTEGRITY, False)
    assert "MODIFIED" in Ran(capsys, "--config", recorded, "audit", "verify").out
    report = Ran(capsys, "--config", recorded, "report")
    assert report.code == ExitCode.INTEGRITY
    assert "Audit log: MODIFIED" in report.out


def test_audit_show(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One record on each line with --json; --tail and --run choose."""
    every = Ran(capsys, "--config", recorded, "audit", "show", "--json").out.splitlines()
    assert [json.loads(line)["seq"] for line in every] == list(range(1, 13))
    last = Ran(capsys, "--config", recorded, "audit", "show", "--tail", "2", "--json").out.splitlines()
    assert last == every[-2:]
    assert Ran(capsys, "--config", recorded, "audit", "show", "--run", "R-none").out == ""
    text = Ran(capsys, "--config", recorded, "audit", "show", "--tail", "3").out
    assert "run.ended success" in text


def test_playbooks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Listed, shown, checked, and with a schema."""
    names = [one["name"] for one in Ran(capsys, "playbooks", "list", "--json").json["playbooks"]]
    assert "respond-to-exposed-credentials" in names
    assert Ran(capsys, "playbooks", "show", "rotate-exposed-secrets").out.startswith("rotate-exposed-secrets v1\n")
    assert Ran(capsys, "playbooks", "validate", *names).code == ExitCode.DONE
    broken = tmp_path / "broken.yaml"
    broken.write_text("name: x\nsteps:\n  - action: rotate_app_secrt\n", encoding="utf-8")
    checked = Ran(capsys, "playbooks", "validate", names[0], broken, "--json")
    assert checked.code == ExitCode.USAGE
    assert [one["valid"] for one in checked.json["playbooks"]] == [True, False]
    assert f"{broken}:3:" in checked.json["playbooks"][1]["problems"]
    assert json.loads(Ran(capsys, "playbooks", "schema").out) == Ran(capsys, "playbooks", "schema", "--json").json


def test_actions(capsys: pytest.CaptureFixture[str]) -> None:
    """Each action with its parameters and what it needs, in both forms."""
    listed = Ran(capsys, "actions", "list", "--json").json["actions"]
    names = [action["name"] for action in listed]
    assert Ran(capsys, "actions", "list").out.count("\n") == len(names) + 1
    for action in listed:
        text = Ran(capsys, "actions", "show", action["name"]).out
        assert all(permission in text for permission in action["needs"]["graph"])
        assert all(f"{parameter['name']} = " in text for parameter in action["parameters"])
        assert Ran(capsys, "actions", "show", action["name"].replace("_", "-"), "--json").json == action
