"""`azremediate scan` as a person or a job runs it, without any configuration."""

import json
import os
import stat
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from azremediate.cli.case_key import VARIABLE
from azremediate.cli.mail_scan import Asked, scan_files
from azremediate.cli.output import Output
from azremediate.cli.settings import Settings
from azremediate.core.exit_code import ExitCode
from azremediate.intake.finding_file import read_findings
from azremediate.mail.piece_search import PieceResult, SearchSettings, search_piece
from azremediate.mail.source import Piece, Sources, find_sources
from tests.cli.test_commands import Ran
from tests.mail.mail_files import a_mail, a_secret, write_mbox

SECRETS = [a_secret() for _ in range(3)]
PASSWORD = "Winter-" + a_secret()[:8] + "!7"


@pytest.fixture
def mail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An mbox with three secrets and a password, one secret in two messages, in the current folder."""
    for name in ("AZREMEDIATE_CONFIG", "AZREMEDIATE_TENANT_ID", VARIABLE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    bodies = [*(f"the secret is {secret}\n" for secret in [*SECRETS, SECRETS[0]]), f"Password: {PASSWORD}\n"]
    return write_mbox(tmp_path / "a.mbox", [a_mail(body, number) for number, body in enumerate(bodies)])


def test_findings(mail: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Counts, files for their owner's eyes only, and no value anywhere."""
    ran = Ran(capsys, "scan", "a.mbox", "-o", "f.jsonl", "--jobs", "1")
    assert (ran.code, ran.err) == (ExitCode.DONE, "")
    assert "5 findings (4 different values)" in ran.out
    found = read_findings(mail.parent / "f.jsonl", strict=True).findings
    assert [(one.kind, one.tier.value, one.message_id) for one in found] == [
        ("client-secret", "T1", "0@contoso.com"),
        ("client-secret", "T1", "1@contoso.com"),
        ("client-secret", "T1", "2@contoso.com"),
        ("client-secret", "T1", "3@contoso.com"),
        ("password", "T2", "4@contoso.com"),
    ]
    assert [one.hint for one in found[:3]] == [secret[:3] for secret in SECRETS]
    assert found[0].fingerprint == found[3].fingerprint
    for file in mail.parent.iterdir():
        if file != mail:
            assert os.name == "nt" or stat.S_IMODE(file.stat().st_mode) == 0o600
            text = file.read_text(encoding="utf-8")
            assert not any(value in text or value[3:] in text for value in [*SECRETS, PASSWORD])
    assert not any(value in ran.out for value in [*SECRETS, PASSWORD])


def test_json_and_fail_on(mail: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One object for a machine; the exit code says that something sure was found."""
    ran = Ran(capsys, "scan", "a.mbox", "-o", "f.jsonl", "--jobs", "1", "--json", "--fail-on", "T1")
    assert ran.code == ExitCode.FINDINGS
    summary = json.loads(ran.out)
    assert (summary["messages"], summary["findings"], summary["credentials"]) == (5, 5, 4)
    assert summary["tiers"] == {"T1": 4, "T2": 1, "T3": 0}
    assert summary["sources"][0]["bytes"] == mail.stat().st_size


def test_nothing_found(mail: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A mail without secrets ends well, also with --fail-on."""
    write_mbox(mail, [a_mail("nothing of interest")])
    assert Ran(capsys, "scan", "a.mbox", "-o", "f.jsonl", "--jobs", "1", "--fail-on", "any").code == ExitCode.DONE


def test_what_cannot_be_opened_is_listed(mail: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Folders are searched; an Outlook data file without readpst, an empty file and a damaged zip are listed."""
    folder = mail.parent / "box"
    folder.mkdir()
    (folder / "a.eml").write_bytes(a_mail(f"the secret is {SECRETS[0]}\n"))
    (folder / "b.pst").write_bytes(b"!BDN" + bytes(100))
    (folder / "c.eml").touch()
    (folder / "d.zip").write_bytes(b"PK\x03\x04nothing")
    with zipfile.ZipFile(folder / "e.zip", "w") as archive:
        archive.writestr("in.eml", a_mail(f"the secret is {SECRETS[1]}\n"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(folder))
        ran = Ran(capsys, "scan", "box", "-o", "f.jsonl", "--jobs", "1", "--json")
    assert ran.code == ExitCode.DONE
    lines = (mail.parent / "f.unanalysed.jsonl").read_text(encoding="utf-8").splitlines()
    assert [Path(json.loads(line)["source"]).name for line in lines] == ["b.pst", "c.eml", "d.zip"]
    assert "readpst" in json.loads(lines[0])["reason"]
    sources = [Path(one.source).name for one in read_findings(mail.parent / "f.jsonl").findings]
    assert sources == ["a.eml", "in.eml"]


@pytest.mark.skipif(os.name == "nt", reason="a script stands for readpst")
def test_outlook_data_file(mail: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What readpst makes of a PST is searched under the PST's name, and is gone afterwards."""
    programs = mail.parent / "bin"
    programs.mkdir()
    script = programs / "readpst"
    script.write_text(
        f'#!/bin/sh\nwhile [ "$1" != -o ]; do shift; done\ncp "{mail}" "$2/Inbox.mbox"\n', encoding="utf-8"
    )
    script.chmod(0o700)
    monkeypatch.setenv("PATH", str(programs), prepend=os.pathsep)
    (mail.parent / "b.pst").write_bytes(b"!BDN" + bytes(100))
    assert Ran(capsys, "scan", "b.pst", "-o", "f.jsonl", "--jobs", "1").code == ExitCode.DONE
    found = read_findings(mail.parent / "f.jsonl").findings
    assert {one.source for one in found} == {"b.pst/Inbox.mbox"}
    assert len(found) == 5


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (("nothing.mbox", "-o", "f.jsonl"), "does not exist"),
        (("f.jsonl", "-o", "g.jsonl"), "is a file of findings"),
        (("-o", "f.jsonl"), "Missing argument"),
        (("a.mbox", "-o", "."), "is a folder"),
        (("a.mbox", "-o", "f.jsonl", "--case-key", "f.jsonl"), "64 to 128 hexadecimal digits"),
        (("--reveal", "F-1", "-o", "f.jsonl"), "at a terminal only"),
    ],
)
def test_wrong_arguments(
    mail: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], wanted: str
) -> None:
    """A clear error with the exit code for wrong usage."""
    (mail.parent / "f.jsonl").write_text("{}\n", encoding="utf-8")
    ran = Ran(capsys, "scan", *arguments)
    assert ran.code == ExitCode.USAGE
    assert wanted in ran.err


def test_a_stopped_search_goes_on(mail: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ranges that were searched before a stop are not searched again; the parts are gone at the end."""
    searched: list[str] = []

    def stopping(pieces: Sequence[Piece], key: bytes, settings: SearchSettings) -> Iterator[PieceResult]:
        for piece in pieces:
            searched.append(piece.key)
            if len(searched) == 4:
                raise KeyboardInterrupt
            yield search_piece(piece, key, settings)

    def small(paths: Iterable[Path], scratch: Path) -> Sources:
        return find_sources(paths, scratch, range_size=300)

    monkeypatch.setattr("azremediate.cli.mail_scan.search_here", stopping)
    monkeypatch.setattr("azremediate.cli.mail_scan.find_sources", small)
    asked = Asked((mail,), mail.parent / "f.jsonl", jobs=1)
    with pytest.raises(KeyboardInterrupt):
        scan_files(asked, Output(Settings(quiet=True)))
    assert not asked.output.exists()
    before = list(searched)
    scanned = scan_files(asked, Output(Settings(quiet=True)))
    assert scanned.summary.findings == 5
    assert set(before[:3]).isdisjoint(searched[4:])
    assert not (mail.parent / "f.jsonl.parts").exists()


def test_parquet(mail: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same findings in columns."""
    parquet = pytest.importorskip("pyarrow.parquet")
    assert Ran(capsys, "scan", "a.mbox", "-o", "f.jsonl", "--jobs", "1", "--parquet", "f.parquet").code == ExitCode.DONE
    table = parquet.read_table(mail.parent / "f.parquet")
    assert table.column("message_id").to_pylist() == [f"{number}@contoso.com" for number in range(5)]
