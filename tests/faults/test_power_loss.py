"""Power that goes at any moment costs nothing that was said to be durable: what is left opens, or is refused."""

import random
import shutil
from pathlib import Path

import pytest

from tests.faults.power_loss import Disk, Tree
from tests.faults.system_calls import Call
from tests.faults.told_books import program, verdicts

SEED = 20240409
FOLDER = Path("/folder")
FILE = FOLDER / "file"
needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed here")


def _left(*calls: Call) -> list[Tree]:
    disk = Disk()
    for call in (Call("mkdir", FOLDER), Call("fsync", FOLDER.parent), *calls):
        disk.take(call)
    return list(disk.after_power_loss(random.Random(SEED)))  # noqa: S311 - repeatable on purpose


MADE = (Call("openat", FILE, flags="O_WRONLY|O_CREAT"), Call("write", FILE, b"one"))
SYNCED = (Call("fsync", FILE), Call("fsync", FOLDER))


def test_what_is_not_synchronised_may_be_lost() -> None:
    """A new file may be missing, empty, torn or whole."""
    assert {tree.get(FILE, b"missing") for tree in _left(*MADE)} == {b"missing", b"", b"one", b"o", b"\0ne"}


def test_what_is_synchronised_stays() -> None:
    """Content and name are durable after both were synchronised, and neither by the other."""
    assert {tree.get(FILE) for tree in _left(*MADE, *SYNCED)} == {b"one"}
    assert {tree.get(FILE) for tree in _left(*MADE, SYNCED[0])} == {None, b"one"}
    assert {tree.get(FILE) for tree in _left(*MADE, SYNCED[1])} == {b"", b"one", b"o", b"\0ne"}


def test_writes_arrive_in_any_order() -> None:
    """The second of two writes may be there without the first."""
    writes = (Call("pwrite64", FILE, b"O", 0), Call("pwrite64", FILE, b"E", 2))
    left = {tree[FILE] for tree in _left(*MADE, *SYNCED, *writes)}
    assert {b"one", b"One", b"onE", b"OnE"} <= left


def test_a_new_name_takes_the_old_ones_place_or_does_not() -> None:
    """A renamed file has one of its two names."""
    left = _left(*MADE, *SYNCED, Call("rename", FILE, other=FOLDER / "new"))
    assert {frozenset(path.name for path in tree) for tree in left} == {
        frozenset({"folder", "file"}),
        frozenset({"folder", "new"}),
    }


def test_an_unknown_call_is_an_error() -> None:
    """What would not be played is no silent gap."""
    with pytest.raises(ValueError, match="link"):
        _left(*MADE, Call("link", FILE, other=FOLDER / "other"))


@needs_strace
@pytest.mark.fault("D4")
def test_power_loss(tmp_path: Path) -> None:
    """A seeded sample of moments and of what is left; `make evidence` plays every moment."""
    calls = program(tmp_path)
    assert len(calls) > 600
    chance = random.Random(SEED)  # noqa: S311 - repeatable on purpose
    found = list(verdicts(calls, chance.sample(range(1, len(calls) + 1), 25), 5))
    assert len(found) > 60
    assert [verdict for verdict in found if verdict.wrong] == []
    assert sum(verdict.opened for verdict in found) > 0.9 * len(found)


@needs_strace
@pytest.mark.parametrize("name", ["state", "journal.db", "journal.db-journal", "place"])
def test_the_search_can_fail(tmp_path: Path, name: str) -> None:
    """Without one of the calls that make something durable, something that was told is lost."""
    calls = program(tmp_path)
    without = [call for call in calls if call.name not in ("fsync", "fdatasync") or call.path.name != name]
    assert len(without) < len(calls)
    ends = [number for number, call in enumerate(without, 1) if call.path.name == "told" and call.data]
    assert any(verdict.wrong or not verdict.opened for verdict in verdicts(without, ends[-3:], 30))
