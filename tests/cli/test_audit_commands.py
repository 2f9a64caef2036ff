"""`azremediate audit`: verify against what was kept, export, and another key."""

import asyncio
import json
import shutil
from pathlib import Path

import pytest

from azremediate.core.exit_code import ExitCode
from tests.cli.test_commands import CONFIG, Ran
from tests.journal.stage import a_log, log_file


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """A configuration whose state directory holds one finished run of three changes."""
    config = tmp_path / "config.yaml"
    config.write_text(CONFIG, encoding="utf-8")
    asyncio.run(a_log(tmp_path / "state", 3))
    return config


def test_kept_checkpoint(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A state directory that was replaced by an older copy is found by a checkpoint in a build log."""
    state = recorded.parent / "state"
    shutil.copytree(state, recorded.parent / "older")
    rotated = Ran(capsys, "--config", recorded, "audit", "rotate-key")
    assert rotated.code == ExitCode.DONE
    log = recorded.parent / "build.log"
    log.write_text(rotated.err, encoding="utf-8")
    assert Ran(capsys, "--config", recorded, "audit", "verify", "--checkpoint", log).code == ExitCode.DONE
    shutil.rmtree(state)
    shutil.move(recorded.parent / "older", state)
    assert Ran(capsys, "--config", recorded, "audit", "verify").code == ExitCode.DONE
    verdict = Ran(capsys, "--config", recorded, "audit", "verify", "--checkpoint", log, "--json")
    assert (verdict.code, verdict.json["verdict"]["finding"]) == (ExitCode.INTEGRITY, "ROLLED BACK")


def test_unsigned_tail(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Records without a checkpoint are told with exit code 7 and their number."""
    (log_file(recorded.parent / "state").parents[1] / "checkpoints.txt").unlink()
    ran = Ran(capsys, "--config", recorded, "audit", "verify")
    assert ran.code == ExitCode.INTEGRITY
    assert "UNSIGNED TAIL" in ran.out
    assert "12 records" in ran.out


def test_rotate_key(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both ids and the file of the new public key are told; the log is OK with the old public key alone."""
    keys = recorded.parent / "state" / "keys"
    (public,) = keys.glob("*.pub.pem")
    kept = recorded.parent / "kept.pem"
    shutil.copyfile(public, kept)
    found = Ran(capsys, "--config", recorded, "audit", "rotate-key", "--json").json
    assert found["old_key_id"] in public.name
    assert found["new_key_id"] in Path(found["public_key"]).name
    assert Ran(capsys, "--config", recorded, "audit", "verify", "--pub", kept).code == ExitCode.DONE
    records = Ran(capsys, "--config", recorded, "audit", "show", "--json").out.splitlines()
    assert json.loads(records[-1])["event"] == "audit.key_rotated"


@pytest.mark.parametrize("name", ["--checkpoint", "--pub"])
def test_files_that_are_not_there(recorded: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    """A misspelt name is a wrong argument, not a verdict."""
    assert Ran(capsys, "--config", recorded, "audit", "verify", name, "none").code == ExitCode.USAGE


@pytest.mark.parametrize(("form", "lines"), [("ocsf", 15), ("cef", 12), ("csv", 13)])
def test_export(recorded: Path, capsys: pytest.CaptureFixture[str], form: str, lines: int) -> None:
    """The same lines on standard output and in a file, with nothing else."""
    printed = Ran(capsys, "--config", recorded, "audit", "export", "--format", form)
    file = recorded.parent / "export"
    written = Ran(capsys, "--config", recorded, "audit", "export", "--format", form, "-o", file, "--json")
    assert (printed.code, written.code) == (ExitCode.DONE, ExitCode.DONE)
    assert file.read_text(encoding="utf-8") == printed.out
    assert len(printed.out.splitlines()) == lines == written.json["lines"]


def test_export_since(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A collector names the last record it has, and gets those after it."""
    ran = Ran(capsys, "--config", recorded, "audit", "export", "--format", "ocsf", "--since", "10", "--json")
    assert [json.loads(line)["metadata"]["sequence"] for line in ran.out.splitlines()] == [11, 12]


def test_other_forms_are_not_json(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --json standard output is JSON or nothing."""
    ran = Ran(capsys, "--config", recorded, "audit", "export", "--format", "csv", "--json")
    assert (ran.code, "error" in ran.json) == (ExitCode.USAGE, True)
