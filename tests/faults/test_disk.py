"""What a disk can do to a run: nothing is sent without a durable intent, and the books open again."""

import os
import random
import shutil

import pytest

from tests.end_to_end.console import Console
from tests.faults.conftest import Play
from tests.faults.failing_calls import DEEDS, harmed, places
from tests.faults.few_inodes import ENOUGH, may_mount, starved

SEED = 20240409
needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed here")


@pytest.mark.fault("D1")
@pytest.mark.skipif(os.name == "nt", reason="file size limits are a matter of POSIX")
def test_full_disk_at_every_size(play: Play) -> None:
    """Wherever the disk becomes full, the run ends with 7 or is done; with space again it ends well."""
    scene = play("rotate_app_secret")
    codes = set()
    for size in (0, 100, 512, 4096, 20_000, 32_768, 49_152, 57_344, 61_440, 65_536, 69_632, 77_824, 200_000):
        scene.begin()
        ended = scene.apply(file_limit=size or 1)
        codes.add(ended.code)
        assert ended.code in (0, 7), (size, ended.out, ended.err)
        assert scene.judge(scene.apply()) == [], size
    assert codes == {0, 7}


@needs_strace
@pytest.mark.fault("D2", "D3")
def test_failing_and_deadly_calls(play: Play) -> None:
    """A seeded sample of system calls fails or kills; then the same plan ends well. `make evidence` plays all."""
    scene = play("disable_service_principal")
    calls = places(scene)
    assert {"openat", "pwrite64", "write", "fsync", "fdatasync", "close", "rename", "mkdir"} <= {
        one.name for one in calls
    }
    chance = random.Random(SEED)  # noqa: S311 - repeatable on purpose
    for place, deed in zip(chance.sample(calls, 6), DEEDS * 2, strict=True):
        assert harmed(scene, place, deed) == []


@pytest.mark.skipif(not may_mount(), reason="this account may not mount a file system for itself")
@pytest.mark.fault("D7")
def test_no_room_for_another_file(play: Play) -> None:
    """Without inodes the run ends with 7 and says so; with more of them the same plan ends well."""
    scene = play("disable_service_principal")
    codes = set()
    for inodes in (2, 5, 9, 12, ENOUGH):
        code, wrong = starved(scene, inodes)
        assert wrong == [], inodes
        codes.add(code)
    assert codes == {0, 7}


IMPOSSIBLE = {
    "too long": "x" * 300,
    "line feed": '"a\\nb"',
    "NUL": '"a\\0b"',
    "not to be made": "/proc/none/state" if os.name == "posix" else "Q:/none/state",
    "below a file": "config.yaml/state",
}


@pytest.mark.fault("D7")
@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_state_directory_with_an_impossible_name(console: Console, name: str) -> None:
    """A path that cannot be is a sentence at the start; nothing was sent, and nothing is left half made."""
    row = f"client-secret,{console.app_id('payroll-api')},{console.key_id('payroll-api:primary')},"
    text = console.config.read_text(encoding="utf-8")
    state = next(line for line in text.splitlines() if line.startswith("  path: "))
    _, plan = console.plan("rotate-exposed-secrets", "--credentials", console.credentials(row))
    console.change_config(state, f"  path: {IMPOSSIBLE[name]}")
    before = sorted(console.folder.iterdir())
    applied = console.apply(plan)
    assert applied.code in (1, 2, 5, 7), applied.out
    assert "Traceback" not in applied.err
    assert "this should not happen" not in applied.out + applied.err
    assert console.lab.effects == []
    assert sorted(console.folder.iterdir()) == before
