"""The second verifier, which shares no code with the first, comes to the same verdicts."""

import ast
import asyncio
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from azremediate.journal.run_journal import open_journal
from azremediate.journal.verification import verify_audit
from tests.journal.signed_stage import EVERY_TEN, TAMPERINGS, ManualClock, Signed, a_signed_log
from tests.journal.stage import ACTOR, carry_out, log_file, plan_of
from tests.journal.test_verification import TAMPERINGS as LINE_TAMPERINGS

VERIFIER = Path(__file__).parents[2] / "docs" / "verify_audit.py"


def verdict_of(state: Path, *arguments: str | Path) -> str:
    """The second verifier's word; its exit code fits it."""
    ended = subprocess.run(  # noqa: S603 - this Python, with a file of this repository
        [sys.executable, "-I", VERIFIER, state, *arguments], check=False, capture_output=True, text=True, timeout=120
    )
    assert ended.stderr == ""
    word = ended.stdout.splitlines()[-1].split(":")[0]
    assert ended.returncode == (0 if word == "OK" else 7)
    return word


@pytest.fixture
def signed(tmp_path: Path) -> Signed:
    """A signed log of two runs."""
    return asyncio.run(a_signed_log(tmp_path))


def test_it_shares_no_code() -> None:
    """It imports nothing but the standard library and cryptography."""
    tree = ast.parse(VERIFIER.read_text(encoding="utf-8"))
    modules = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    modules |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert {name.split(".")[0] for name in modules} - sys.stdlib_module_names == {"cryptography"}


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_tampering(signed: Signed, tampering: str) -> None:
    """Each tampering with a signed log: alone, with kept checkpoints, with the kept key."""
    act, alone, with_kept, with_key = TAMPERINGS[tampering]
    act(signed)
    assert verdict_of(signed.state) == alone
    assert verdict_of(signed.state, "--checkpoint", signed.kept) == with_kept
    assert verdict_of(signed.state, "--pub", signed.public) == with_key


@pytest.mark.parametrize("tampering", LINE_TAMPERINGS)
def test_lines(signed: Signed, tampering: str) -> None:
    """Each tampering with lines: the same word from both; without the journal it is still not OK."""
    file = log_file(signed.state)
    file.write_bytes(b"".join(LINE_TAMPERINGS[tampering][0](file.read_bytes().splitlines(keepends=True))))
    assert verdict_of(signed.state) == verify_audit(signed.state).finding
    assert verdict_of(signed.state, "--log-only") != "OK"


def test_flipped_bytes(signed: Signed) -> None:
    """A sample of single flipped bits, each in another record."""
    file = log_file(signed.state)
    content = file.read_bytes()
    for at in range(11, len(content), len(content) // 12):
        file.write_bytes(content[:at] + bytes([content[at] ^ 4]) + content[at + 1 :])
        assert verdict_of(signed.state) == verify_audit(signed.state).finding == "MODIFIED"
        assert verdict_of(signed.state, "--log-only") != "OK"


def test_rotated_key(signed: Signed) -> None:
    """It follows a key from the old one to the new one, with the old one alone to begin with."""

    async def rotate() -> None:
        async with open_journal(signed.state, ManualClock(), audit_settings=EVERY_TEN) as journal:
            await journal.rotate_key(ACTOR)
            await carry_out(journal, plan_of(2))

    asyncio.run(rotate())
    assert verdict_of(signed.state, "--pub", signed.public, "--checkpoint", signed.kept) == "OK"


def test_without_a_journal(signed: Signed, tmp_path: Path) -> None:
    """A copy of the log alone is verified against its checkpoints; that the journal is gone is said."""
    copy = tmp_path / "copy"
    shutil.copytree(signed.state / "audit", copy / "audit")
    assert verdict_of(copy, "--pub", signed.public) == "NO JOURNAL"
    assert verdict_of(copy, "--pub", signed.public, "--log-only") == "OK"
    file = log_file(copy)
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:-5]))
    assert verdict_of(copy, "--pub", signed.public, "--log-only") == "TRUNCATED"
