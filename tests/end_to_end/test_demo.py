"""The demo tells a true story, and README shows it as it is."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from azremediate.cli.main import run_command

ROOT = Path(__file__).parents[2]
VARYING = re.compile(
    r"R-\d{8}-\d{6}-[0-9a-f]+|\bF-[0-9a-f]{20}\b"  # run ids, ids of findings under a new case key
    r"|\[[0-9a-f]{8}\]|\b[0-9a-f]{12}\b|\b[0-9a-f]{64}\b"  # ids of changes and plans, hashes
    r"|\d{4}-\d\d-\d\d(T[\d:.]+Z| \d\d:\d\d UTC)?"  # times, which count from the day of the run
    r"|\d+(\.\d)? s\b"  # durations
)


def _normal(line: str) -> str:
    return VARYING.sub("#", line.rstrip())


def _transcript() -> list[str]:
    """The lines of README's transcript, without the places where it was shortened."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = readme.partition("<!-- transcript -->")[2].partition("```text\n")[2].partition("\n```")[0]
    return [_normal(line) for line in block.splitlines() if line.strip() not in ("", "...")]


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[list[str]]:
    """What the demo prints at a pipe, in a new folder."""
    monkeypatch.chdir(tmp_path)
    assert run_command(["demo"]) == 0
    yield [*capfd.readouterr().out.splitlines()]


def test_readme_shows_the_demo(told: list[str]) -> None:
    """Each line of the transcript is printed by the demo, in the same order; only times, run and plan ids differ."""
    lines = _transcript()
    assert len(lines) > 30
    printed = iter([_normal(line) for line in told])
    missing = [line for line in lines if line not in printed]
    assert missing == []


def test_what_it_leaves(told: list[str], tmp_path: Path) -> None:
    """Everything that it names is there afterwards."""
    folder = tmp_path / "azremediate-demo"
    for name in ("leaked.csv", "leaked.mbox", "findings.jsonl", "respond.plan.json", "report.txt", "config.yaml"):
        assert (folder / name).stat().st_size > 100
    plan = json.loads((folder / "respond.plan.json").read_text(encoding="utf-8"))
    assert plan["origin"]["environment"] == "lab"
    assert "10 of 14 listed credentials closed" in (folder / "report.txt").read_text(encoding="utf-8")


def test_second_demo_takes_another_folder(told: list[str], tmp_path: Path) -> None:
    """An earlier demo is kept."""
    assert run_command(["demo", "--quiet"]) == 0
    assert (tmp_path / "azremediate-demo-2" / "report.txt").exists()


def test_folder_that_has_something_in_it(tmp_path: Path) -> None:
    """Nothing of anybody's is overwritten."""
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    assert run_command(["demo", "--directory", str(tmp_path)]) == 2


def test_as_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """With --json each step prints an object of its own, and nothing else is on standard output."""
    monkeypatch.chdir(tmp_path)
    assert run_command(["--json", "--quiet", "demo"]) == 0
    objects = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert objects[-1]["wrong"] == []
