"""A mbox of gigabytes through `azremediate scan`: how fast, and how much memory all its processes hold together."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from mail_corpus import SEEN, UNSEEN, messages

_FROM = b"From kim@contoso.example Mon Jan  1 10:00:00 2024\n"
_PIECE = 32_000_000
"""Bytes of mail that are made; the file repeats them, each time with other message ids."""


def measure_huge(gigabytes: float) -> dict[str, float]:
    """Figures of the scan of a file of that size, and of one of a tenth of it: memory must not grow with it."""
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="azremediate-bench-") as folder:
        for name, size in (("a tenth", gigabytes / 10), ("whole", gigabytes)):
            mbox = Path(folder) / f"{name.replace(' ', '-')}.mbox"
            count = _write(mbox, int(size * 1e9))
            figures |= {f"{name}: {key}": value for key, value in _scanned(mbox, count).items()}
            mbox.unlink()
    return figures


def _write(file: Path, size: int) -> int:
    """The file, and how many messages are in it."""
    raws, total = [], 0
    for raw, _ in messages(Random(11), SEEN + UNSEEN):  # noqa: S311 - made again from its seed
        raws.append(b"".join(b">" + line if line.startswith(b"From ") else line for line in raw.splitlines(True)))
        total += len(raw)
        if total >= min(_PIECE, size):
            break
    count = written = 0
    with file.open("wb") as opened:
        while written < size:
            for raw in raws:
                count += 1
                written += opened.write(_FROM + raw.replace(b"@contoso.example>", b"@%d.contoso.example>" % count, 1))
                written += opened.write(b"\n")
                if written >= size:
                    break
    return count


def _scanned(mbox: Path, count: int) -> dict[str, float]:
    out = mbox.with_suffix(".jsonl")
    state = mbox.with_suffix(".state")
    config = mbox.with_suffix(".yaml")
    config.write_text(f"tenant_id: 11111111-2222-4333-8444-555555555555\nstate: {{path: {state}}}\n", encoding="utf-8")
    command = [sys.executable, "-m", "azremediate", "--config", str(config), "--quiet", "--json"]
    command += ["scan", str(mbox), "-o", str(out)]
    started, peak = time.perf_counter(), 0.0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            peak = max(peak, _memory(process.pid))
            time.sleep(0.2)
        said = json.loads((process.stdout.read() if process.stdout else "") or "{}")
    if process.returncode:
        raise SystemExit(f"scan ended with {process.returncode}")
    seconds = time.perf_counter() - started
    size = mbox.stat().st_size / 1e6
    return {
        "MB": size,
        "messages": count,
        "searched": said["messages"],
        "s": seconds,
        "MB/s": size / seconds,
        "MiB at most": peak,
    }


def _memory(root: int) -> float:
    """What a process and all below it hold, in MiB: pages that they share are counted once among them."""
    total, todo = 0.0, [root]
    while todo:
        pid = todo.pop()
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
            todo += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split())
        except OSError:
            continue  # it ended meanwhile
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
    return total
