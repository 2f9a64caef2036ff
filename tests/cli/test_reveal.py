"""`azremediate scan --reveal` at a real terminal: asked, recorded, shown, and written nowhere."""

import os
import select
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from azremediate.cli.case_key import VARIABLE
from azremediate.core.exit_code import ExitCode
from azremediate.intake.finding_file import read_findings
from azremediate.journal.audit_reading import read_audit
from azremediate.journal.verification import verify_audit
from tests.mail.mail_files import a_mail, a_secret, write_mbox

pty = pytest.importorskip("pty")

PASSWORD = "Winter-" + a_secret()[:8] + "!7"
TENANT = "11111111-2222-4333-8444-555555555555"
_PATIENCE = 60


@dataclass(frozen=True, slots=True)
class Shown:
    """How the command ended and all that stood on the terminal."""

    code: int
    text: str


def at_a_terminal(folder: Path, *arguments: str, answer: str) -> Shown:
    """One command in a pseudo-terminal of 80 columns, and what is typed when it asks."""
    near, far = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE} | {"COLUMNS": "80"}
    command = [sys.executable, "-m", "azremediate", "--config", "c.yaml", *arguments]
    with subprocess.Popen(command, stdin=far, stdout=far, stderr=far, cwd=folder, env=environment) as process:  # noqa: S603 - ours
        os.close(far)
        text, typed = b"", False
        while select.select([near], [], [], _PATIENCE)[0]:
            try:
                text += os.read(near, 65536)
            except OSError:  # the other end was closed
                break
            if not typed and b"to show the value" in text:
                typed = True
                os.write(near, answer.encode() + b"\n")
        code = process.wait(_PATIENCE)
    os.close(near)
    return Shown(code, text.decode())


@pytest.fixture(params=["mbox", "zip"])
def finding(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str]:
    """The folder and the finding of a password in a mbox, or in one within an archive."""
    mbox = write_mbox(tmp_path / "a.mbox", [a_mail("nothing here\n", 1), a_mail(f"Password: {PASSWORD}\n", 2)])
    source = mbox
    if request.param == "zip":
        source = tmp_path / "a.zip"
        with zipfile.ZipFile(source, "w") as archive:
            archive.write(mbox, "a.mbox")
        mbox.unlink()
    (tmp_path / "c.yaml").write_text(f"tenant_id: {TENANT}\nstate: {{path: state}}\n", encoding="utf-8")
    command = [sys.executable, "-m", "azremediate", "--config", "c.yaml", "scan", source.name, "-o", "f.jsonl"]
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    subprocess.run([*command, "--jobs", "1"], cwd=tmp_path, env=environment, check=True, capture_output=True)  # noqa: S603 - ours
    (found,) = read_findings(tmp_path / "f.jsonl", strict=True).findings
    return tmp_path, found.finding_id


def test_the_value_is_shown_to_who_types_the_id(finding: tuple[Path, str]) -> None:
    """Once, after the audit log has said so; no file holds it but the mail itself."""
    folder, finding_id = finding
    shown = at_a_terminal(folder, "scan", "--reveal", finding_id, "-o", "f.jsonl", answer=finding_id)
    assert shown.code == ExitCode.DONE, shown.text
    assert shown.text.count(PASSWORD) == 1
    (record,) = read_audit(folder / "state", event="finding.revealed")
    assert finding_id in str(record)
    assert verify_audit(folder / "state").ok
    for file in folder.rglob("*"):
        if file.is_file() and file.suffix not in (".mbox", ".zip"):
            assert PASSWORD.encode() not in file.read_bytes(), file


def test_something_else_shows_nothing(finding: tuple[Path, str]) -> None:
    """A wrong answer is no consent: nothing is shown and nothing recorded."""
    folder, finding_id = finding
    shown = at_a_terminal(folder, "scan", "--reveal", finding_id, "-o", "f.jsonl", answer="yes")
    assert shown.code == ExitCode.USAGE
    assert PASSWORD not in shown.text
    assert not (folder / "state").exists()
