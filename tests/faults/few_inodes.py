"""A run on a file system that has no room for another file: a small one in memory, mounted for that process alone."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.faults.scene import Ended, Scene

ENOUGH: Final = 16
"""With so many inodes a run has all the files it needs."""

_ROOT: Final = Path(__file__).parents[2]
_SCRIPT: Final = """
state=$1; inodes=$2; out=$3; shift 3
mount -t tmpfs -o "nr_inodes=$inodes,mode=0700" none "$state" || exit 77
"$@" >"$out/first.out" 2>"$out/first.err"; echo $? >"$out/first.code"
mount -o remount,nr_inodes=4096 "$state" || exit 77
"$@" >"$out/second.out" 2>"$out/second.err"; echo $? >"$out/second.code"
cp -a "$state" "$out/state"
"""


def may_mount() -> bool:
    """Whether this account may mount something that only its own process sees."""
    if shutil.which("unshare") is None:
        return False
    probe = ["unshare", "-Urm", "mount", "-t", "tmpfs", "-o", "nr_inodes=9", "none", "/mnt"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0  # noqa: S603 - constant words


def starved(scene: Scene, inodes: int) -> tuple[int, list[str]]:
    """The exit code of a run with so few inodes, and what is wrong after the same plan was applied with enough."""
    scene.begin()
    scene.state.mkdir(mode=0o700)
    command = [sys.executable, "-B", "-m", "azremediate", "--config", str(scene.config), *map(str, scene.applying)]
    whole = ["unshare", "-Urm", "sh", "-c", _SCRIPT, "sh", str(scene.state), str(inodes), str(scene.produced), *command]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(_ROOT / "src"), str(_ROOT)])}
    subprocess.run(whole, capture_output=True, check=True, timeout=60, env=environment, cwd=scene.folder)  # noqa: S603 - our own command
    first, second = (_ended(scene.produced, name) for name in ("first", "second"))
    scene.state.rmdir()
    (scene.produced / "state").rename(scene.state)
    wrong = [str(one) for one in scene.judge(second)]
    if first.code not in (0, 7) or "Traceback" in first.err:
        wrong.append(f"exit {first.code}: {first.out[-200:]}{first.err[-300:]}")
    return first.code, wrong


def _ended(folder: Path, name: str) -> Ended:
    texts = [(folder / f"{name}.{kind}").read_text(encoding="utf-8") for kind in ("code", "out", "err")]
    return Ended(int(texts[0]), texts[1], texts[2])
