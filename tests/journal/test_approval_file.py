"""Approvals are read only with the signature of a configured key over exactly what they say."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from azremediate.core.approval import Decision, parse_approver
from azremediate.core.errors import InputInvalid, IntegrityBroken
from azremediate.journal.approval_file import (
    append_approval,
    approval_line,
    approvals_beside,
    approver_text,
    keep_approvals,
    kept_approvals,
    new_key,
    read_approvals,
    read_key,
)
from azremediate.journal.state_directory import open_state_directory

NOW = datetime(2024, 4, 9, 17, 0, tzinfo=UTC)
PLAN_ID = "ab" * 32


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """A key that was just made."""
    new_key(tmp_path / "alice.key")
    return tmp_path / "alice.key"


def _written(file: Path, key_file: Path, comment: str = "") -> Path:
    append_approval(file, approval_line(read_key(key_file), PLAN_ID, Decision.APPROVE, comment, NOW))
    return file


def test_signed_and_read(tmp_path: Path, key_file: Path) -> None:
    """What is signed is read back, for whoever knows the public half; others' lines are left out."""
    file = _written(approvals_beside(tmp_path / "x.plan.json"), key_file, "seen")
    assert file.name == "x.plan.approvals.jsonl"
    alice = parse_approver(approver_text("alice", read_key(key_file)))
    (approval,) = read_approvals(file, [alice])
    assert (approval.plan_id, approval.decision, approval.comment, approval.time) == (PLAN_ID, "approve", "seen", NOW)
    assert read_approvals(file, []) == []
    assert read_approvals(tmp_path / "none.jsonl", [alice]) == []


@pytest.mark.fault("C4")
def test_every_altered_byte(tmp_path: Path, key_file: Path) -> None:
    """No byte of a line can be changed such that it still counts for another decision."""
    file = _written(tmp_path / "a.jsonl", key_file)
    alice = parse_approver(approver_text("alice", read_key(key_file)))
    (original,) = read_approvals(file, [alice])
    content = file.read_bytes()
    for position in range(len(content) - 1):
        altered = bytearray(content)
        altered[position] ^= 1
        file.write_bytes(bytes(altered))
        try:
            assert read_approvals(file, [alice]) in ([], [original])
        except InputInvalid as error:
            assert error.line == 1


@pytest.mark.parametrize("line", ["x", "[]", "{}", '{"approval":1,"signature":2}', "[" * 100_000])
def test_line_that_is_no_approval(tmp_path: Path, line: str) -> None:
    """It is named, and nothing behind it is believed."""
    file = tmp_path / "a.jsonl"
    file.write_text(f"{line}\n", encoding="utf-8")
    with pytest.raises(InputInvalid, match="no approval"):
        read_approvals(file, [])


def test_signature_over_something_else(tmp_path: Path, key_file: Path) -> None:
    """A decision moved under another signature of the same key is refused."""
    file = _written(tmp_path / "a.jsonl", key_file, "one")
    other = json.loads(approval_line(read_key(key_file), "cd" * 32, Decision.APPROVE, "", NOW))
    first = json.loads(file.read_text(encoding="utf-8"))
    mixed = json.dumps({"approval": other["approval"], "signature": first["signature"]}, separators=(",", ":"))
    file.write_text(f"{mixed}\n", encoding="utf-8")
    with pytest.raises(InputInvalid, match="altered"):
        read_approvals(file, [parse_approver(approver_text("alice", read_key(key_file)))])


def test_keys(tmp_path: Path, key_file: Path) -> None:
    """A key is never replaced, and one that others can read is not used."""
    with pytest.raises(InputInvalid, match="exists already"):
        new_key(key_file)
    key_file.chmod(0o644)
    with pytest.raises(InputInvalid, match="open to other accounts"):
        read_key(key_file)
    (tmp_path / "no.key").write_text("x", encoding="utf-8")
    (tmp_path / "no.key").chmod(0o600)
    with pytest.raises(InputInvalid, match="no private key that can be read"):
        read_key(tmp_path / "no.key")


def test_kept_for_a_resumed_run(tmp_path: Path, key_file: Path) -> None:
    """Each line once, in the state directory."""
    state = open_state_directory(tmp_path / "state")
    file = _written(tmp_path / "a.jsonl", key_file)
    for _ in range(2):
        keep_approvals(state, PLAN_ID, file)
    assert kept_approvals(state, PLAN_ID).read_bytes() == file.read_bytes()


def test_comment_that_breaks_lines(key_file: Path) -> None:
    """One decision is one line."""
    with pytest.raises(InputInvalid):
        approval_line(read_key(key_file), PLAN_ID, Decision.APPROVE, "a\nb", NOW)


def test_a_kept_file_that_cannot_be_read_is_the_state_directorys_fault(tmp_path: Path) -> None:
    """What a person named is a wrong argument; what azremediate keeps is a state directory that fails."""
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(InputInvalid):
        read_approvals(folder, [])
    with pytest.raises(IntegrityBroken):
        read_approvals(folder, [], kept=True)
