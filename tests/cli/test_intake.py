"""`azremediate intake` as a person or a job runs it, without any configuration."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from azremediate.core.exit_code import ExitCode
from azremediate.intake.credential_list import read_credentials
from azremediate.intake.message_file import read_messages
from tests.cli.test_commands import Ran
from tests.intake.notices import HEADER, ROW, workbook

SECOND = "b@x,bob@contoso.com,s@x,,Hi,2024-01-16T10:00:00Z,Yes,Password,N-2"
PLAIN = "c@x,bob@contoso.com,s@x,,Hi,2024-01-17T10:00:00Z,No,,N-3"


@pytest.fixture
def notice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A notice of three messages and a repeated row, in the current folder."""
    for name in ("AZREMEDIATE_CONFIG", "AZREMEDIATE_TENANT_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "notice.csv"
    file.write_text("\n".join([HEADER, ROW, SECOND, PLAIN, ROW, ",,,,,soon,,,"]) + "\n", encoding="utf-8")
    return file


def test_everything_at_once(notice: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Counts, columns and hash are shown; list and messages are written for their owner's eyes only."""
    ran = Ran(capsys, "intake", "notice.csv", "--source", "microsoft", "-o", "l.csv", "--messages", "my m.jsonl")
    assert (ran.code, ran.err) == (ExitCode.DONE, "")
    lines = ran.out.splitlines()
    assert lines[0] == "notice.csv: 5 rows = 3 accepted + 1 duplicates + 1 rejected"
    assert "message_id\tInternet Message Id" in lines
    assert "  rejected row 6: its time has no form that is known; 2024-03-01T09:30:00Z has one" in lines
    assert "2 of 3 messages are flagged as holding a secret" in lines
    assert "The SHA-256 above is in no log: no configuration names one" in lines
    found = read_credentials(notice.parent / "l.csv", strict=True)
    assert [(one.kind, one.identity) for one in found.credentials] == [
        ("other", "ana@contoso.com: message a@x"),
        ("user-password", "bob@contoso.com"),
    ]
    task = dict(found.credentials[0].context)["task"]
    assert task.endswith("azremediate scan --mailbox ana@contoso.com --notice 'my m.jsonl'")
    assert found.warnings == ()
    messages = read_messages(notice.parent / "my m.jsonl")
    assert [(one.message_id, one.source, one.row) for one in messages] == [
        ("a@x", "microsoft", 2),
        ("b@x", "microsoft", 3),
        ("c@x", "microsoft", 4),
    ]
    if os.name != "nt":
        assert {stat.S_IMODE((notice.parent / name).stat().st_mode) for name in ("l.csv", "my m.jsonl")} == {0o600}


def test_json_adds_up(notice: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Rows are accepted, duplicates and rejected, each with its place."""
    found = Ran(capsys, "intake", notice, "--json").json
    assert (found["rows"], found["accepted"], found["duplicates"], found["rejected"]) == (5, 3, 1, 1)
    assert found["notices"][0]["rejected"][0]["row"] == 6
    assert found["duplicate_rows"][0]["of_row"] == 2
    assert len(found["notices"][0]["sha256"]) == 64
    assert (found["recorded_in_audit_log"], found["written"], found["reconciliation"]) == (False, {}, None)


def test_all_lists_every_message(notice: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Those without a flag are suspected."""
    Ran(capsys, "intake", notice, "--all", "-o", "l.csv")
    found = read_credentials(notice.parent / "l.csv")
    assert [one.confidence for one in found.credentials] == ["known", "known", "suspected"]


def test_strict_and_all_rejected(notice: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 2 and 1, and no file is written."""
    strict = Ran(capsys, "intake", notice, "--strict", "-o", "l.csv")
    assert (strict.code, "notice.csv:6: its time" in strict.err) == (ExitCode.USAGE, True)
    notice.write_text(f"{HEADER}\n,,,,,soon,,,\n", encoding="utf-8")
    failed = Ran(capsys, "intake", notice, "-o", "l.csv")
    assert (failed.code, "no row of the notice can be used" in failed.err) == (ExitCode.FAILED, True)
    assert not (notice.parent / "l.csv").exists()


def test_reconciliation(notice: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What only one of two notices tells, and what they differ in; rows of both add up."""
    header: list[object] = list(HEADER.split(","))
    rows: list[list[object]] = [header, ["a@x", "ana@contoso.com", "other@x"], ["d@x", "ana@contoso.com"]]
    (notice.parent / "b.xlsx").write_bytes(workbook(*rows))
    arguments = ("intake", "notice.csv", "b.xlsx", "--source", "microsoft", "--source", "ncijtf")
    lines = Ran(capsys, *arguments).out.splitlines()
    for line in (
        "  1 message in notice.csv and b.xlsx",
        "  1 message only in b.xlsx",
        "  2 messages only in notice.csv",
        "  sender differs in 1 message",
        "d@x\tb.xlsx\t",
    ):
        assert line in lines
    found = Ran(capsys, *arguments, "--json", "--messages", "m.jsonl").json
    assert (found["rows"], found["accepted"], found["duplicates"], found["rejected"]) == (7, 4, 2, 1)
    both = found["reconciliation"]["differences"][0]
    assert (both["message_id"], both["notices"]) == ("a@x", ["notice.csv", "b.xlsx"])
    assert set(both["differs"]) >= {"sender", "has_secret"}
    assert read_messages(notice.parent / "m.jsonl")[0].source == "microsoft; ncijtf"


def test_unclear_columns_ask_for_a_map(notice: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The map is written, corrected by hand and applied."""
    notice.write_text("Message-ID,From,Sender\na@x,f@x,s@x\n", encoding="utf-8")
    refused = Ran(capsys, "intake", notice, "--save-map", "map.yaml")
    assert (refused.code, "several columns could be its sender: 'From' and 'Sender'" in refused.err) == (2, True)
    file = notice.parent / "map.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace('# sender: "From"', 'sender: "From"'), encoding="utf-8")
    ran = Ran(capsys, "intake", notice, "--map", file, "--messages", "m.jsonl")
    assert ran.code == ExitCode.DONE
    (message,) = read_messages(notice.parent / "m.jsonl")
    assert (message.sender, message.context) == ("f@x", {"Sender": "s@x"})


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("notice.csv", "./notice.csv"), "the same notice is named twice"),
        (("notice.csv", "-o", "notice.csv"), "is an input or another output"),
        (("notice.csv", "-o", "x", "--messages", "x"), "is an input or another output"),
        (("notice.csv", "--source", "a b"), "is no word"),
        (("notice.csv", "--source", "a", "--source", "b"), "--source is given 2 times for 1 notices"),
        (("notice.csv", "--timezone", "Mars/Olympus"), "is not known"),
        (("notice.csv", "--map", "none.yaml"), "does not exist"),
        (("none.csv",), "the notice does not exist"),
        ((), "Missing argument"),
    ],
)
def test_wrong_arguments(
    notice: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    """Each is told, and the notice is left as it was."""
    before = notice.read_bytes()
    ran = Ran(capsys, "intake", *arguments)
    assert (ran.code, said in ran.err) == (ExitCode.USAGE, True), ran.err
    assert notice.read_bytes() == before


def test_hostile_text_is_escaped(notice: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Headers and cells neither steer a terminal nor compute in a spreadsheet."""
    cells = "a@x,ana@contoso.com,,,=cmd|' /C calc'!A0,2024-01-16,Yes,,##vso[x]"
    notice.write_text(f"{HEADER},\u202e\x1b[31m\n{cells},x\n", encoding="utf-8")
    ran = Ran(capsys, "intake", notice, "-o", "l.csv")
    assert ran.code == ExitCode.DONE
    written = (notice.parent / "l.csv").read_text(encoding="utf-8")
    for text in (ran.out, written):
        assert not {"\x1b", "\u202e"} & set(text)
        assert "##vso[" not in text
    assert ",'=cmd|" in written


def test_no_flag_is_warned_of(notice: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An empty list is no good news by itself."""
    notice.write_text(f"{HEADER}\n{PLAIN}\n", encoding="utf-8")
    ran = Ran(capsys, "intake", notice, "-o", "l.csv")
    assert "no message is flagged as holding a secret; --all lists every message" in ran.err


def test_no_sdk_is_imported(notice: Path) -> None:
    """The command talks to no tenant, and starts at once."""
    code = (
        "import sys; from azremediate.cli.main import run_command; "
        "code = run_command(['intake', sys.argv[1], '--json']); "
        "print([name for name in sys.modules if name.split('.')[0] in ('azure', 'msgraph', 'aiohttp', 'httpx')])"
    )
    ran = subprocess.run(  # noqa: S603 - this Python, with a notice of the test
        [sys.executable, "-c", code, str(notice)], check=True, capture_output=True, text=True, timeout=120
    )
    summary, loaded = ran.stdout.splitlines()
    assert (json.loads(summary)["accepted"], loaded) == (3, "[]")
