"""Plan files: what comes back is what was written, and nothing else is a plan."""

from dataclasses import replace
from pathlib import Path

import pytest

from azremediate.cli import plan_file
from azremediate.cli.plan_file import read_plan, write_plan
from azremediate.core.errors import AzremediateError
from azremediate.core.exit_code import ExitCode
from azremediate.core.plan import MAX_BYTES, plan_bytes, sealed
from tests.core.plans import a_change, a_plan

PLAN = a_plan(a_change(1), a_change(2))


def test_a_plan_comes_back_as_it_was(tmp_path: Path) -> None:
    """Byte for byte what the planner made."""
    file = tmp_path / "any name.json"
    write_plan(file, PLAN)
    assert read_plan(file) == PLAN
    assert file.read_bytes() == plan_bytes(PLAN)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", ExitCode.STALE),
        (b"{}", ExitCode.STALE),
        (plan_bytes(PLAN)[:-10], ExitCode.STALE),
        (plan_bytes(PLAN).replace(b"disable sign-in", b"disable sign-on"), ExitCode.STALE),
        (b"[" * 100_000, ExitCode.STALE),
        (b"\xff\xfe", ExitCode.STALE),
    ],
    ids=["empty", "no plan", "truncated", "altered", "deep", "not UTF-8"],
)
def test_what_is_no_plan_is_refused(tmp_path: Path, content: bytes, code: ExitCode) -> None:
    """Exit 5 and the remedy: to make the plan again."""
    file = tmp_path / "a.plan.json"
    file.write_bytes(content)
    with pytest.raises(AzremediateError) as caught:
        read_plan(file)
    assert caught.value.exit_code is code
    assert "azremediate plan" in caught.value.hint


@pytest.mark.parametrize(("name", "said"), [("missing.json", "does not exist"), (".", "is a folder"), ("a\0b", "name")])
def test_a_file_that_cannot_be_read_is_a_wrong_argument(tmp_path: Path, name: str, said: str) -> None:
    """Exit 2, as for every wrong argument."""
    with pytest.raises(AzremediateError, match=said) as caught:
        read_plan(tmp_path / name)
    assert caught.value.exit_code is ExitCode.USAGE


def test_a_file_without_end_is_left_after_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan cannot fill the memory."""
    monkeypatch.setattr(plan_file, "MAX_BYTES", 100)
    file = tmp_path / "a.plan.json"
    write_plan(file, PLAN)
    with pytest.raises(AzremediateError, match="larger than") as caught:
        read_plan(file)
    assert caught.value.exit_code is ExitCode.STALE


def test_a_large_file_is_not_read(tmp_path: Path) -> None:
    """A file that begins as a plan does and is too large is refused by its size."""
    file = tmp_path / "a.plan.json"
    with file.open("wb") as opened:
        opened.write(plan_bytes(PLAN)[:20])
        opened.truncate(MAX_BYTES + 1)
    with pytest.raises(AzremediateError, match="larger than 512 MiB"):
        read_plan(file)


def test_a_large_plan_is_read_whole(tmp_path: Path) -> None:
    """What does not come in one piece is put together."""
    large = sealed(replace(PLAN, warnings=tuple("x" * 1000 for _ in range(1500))))
    write_plan(tmp_path / "a.plan.json", large)
    assert (tmp_path / "a.plan.json").stat().st_size > 1 << 20
    assert read_plan(tmp_path / "a.plan.json") == large
