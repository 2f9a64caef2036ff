"""What a disk can do to a run: nothing is sent without a durable intent, and the books open again."""

import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.console import Console
from tests.faults.conftest import Play
from tests.faults.scene import Ended, Scene

ROOT = Path(__file__).parents[2]
SEED = 20240409
needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed here")
CALLS = ("openat", "write", "pwrite64", "fsync", "fdatasync", "close", "unlink", "ftruncate")


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


def _traced(scene: Scene, *inject: str) -> tuple[Ended, str]:
    """Apply under strace; the calls that concern the state directory are in the log."""
    log = scene.folder / "strace.log"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    traced = ["strace", "-f", "-qq", "-o", str(log), "-e", f"trace={','.join(CALLS)}", *inject]
    command = [sys.executable, "-B", "-m", "azremediate", "--config", str(scene.config), *map(str, scene.applying)]
    done = subprocess.run(  # noqa: S603 - our own command
        [*traced, *command], capture_output=True, text=True, env=environment, cwd=scene.folder, check=False, timeout=60
    )
    return Ended(done.returncode, done.stdout, done.stderr), log.read_text(encoding="utf-8", errors="replace")


def _calls_at_state(scene: Scene) -> list[tuple[str, int]]:
    """Of each kind of call, the numbers of those from the first on the journal to the end, as strace counts them."""
    scene.begin()
    ended, log = _traced(scene)
    assert ended.code == 0, ended.err
    counts = dict.fromkeys(CALLS, 0)
    found: list[tuple[str, int]] = []
    begun = False
    for line in log.splitlines():
        match = re.match(r"\d+\s+(\w+)\(", line)
        if match is None or match[1] not in counts:
            continue
        counts[match[1]] += 1
        begun = begun or "journal.db" in line
        if begun:
            found.append((match[1], counts[match[1]]))
    return found


@needs_strace
@pytest.mark.fault("D2", "D3")
def test_failing_and_deadly_calls(play: Play) -> None:
    """A seeded sample of system calls fails with EIO or ENOSPC or kills; then the same plan ends well."""
    scene = play("disable_service_principal")
    calls = _calls_at_state(scene)
    assert len(calls) > 40
    chance = random.Random(SEED)  # noqa: S311 - repeatable on purpose
    for name, number in chance.sample(calls, 4):
        deed = chance.choice(("error=EIO", "error=ENOSPC", "signal=KILL"))
        scene.begin()
        _traced(scene, "-e", f"inject={name}:{deed}:when={number}")
        last = scene.apply()
        assert scene.judge(last) == [], (name, number, deed)


@pytest.mark.fault("D7")
def test_state_directory_with_an_impossible_name(console: Console) -> None:
    """A path that is too long is a sentence at the start; nothing was sent."""
    row = f"client-secret,{console.app_id('payroll-api')},{console.key_id('payroll-api:primary')},"
    text = console.config.read_text(encoding="utf-8")
    state = next(line for line in text.splitlines() if line.startswith("  path: "))
    console.change_config(state, f"  path: {'x' * 300}")
    _, plan = console.plan("rotate-exposed-secrets", "--credentials", console.credentials(row))
    applied = console.apply(plan)
    assert applied.code in (1, 2, 7), applied.out
    assert "Traceback" not in applied.err
    assert console.lab.effects == []
