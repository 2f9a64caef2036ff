"""What a program did to a folder, call by call, as strace wrote it down."""

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
_CALLS: Final = (
    *("openat", "mkdir", "write", "pwrite64", "ftruncate", "truncate", "unlink", "rename", "fsync", "fdatasync"),
    *("mkdirat", "unlinkat", "renameat", "renameat2", "link", "linkat", "symlink", "writev", "pwritev", "fallocate"),
)
_HEX: Final = r"(?:\\x[0-9a-f]{2})*"
_LINE: Final = re.compile(r"(\d+) +(.*)")
_WHOLE: Final = re.compile(r"(\w+)\((.*)\) += (-?\d+)")
_HANDLE: Final = re.compile(rf"^\d+<({_HEX})>")
_TEXT: Final = re.compile(rf'"({_HEX})"')
_TAIL: Final = re.compile(r", (\d+)$")


@dataclass(frozen=True, slots=True)
class Call:
    """One call that succeeded. other: the new name of a rename. at: where a pwrite64 wrote, or a new length."""

    name: str
    path: Path
    data: bytes = b""
    at: int = -1
    other: Path = Path()
    flags: str = ""


def traced(log: Path, command: Sequence[str | Path], folder: Path) -> list[Call]:
    """Run a command under strace; its calls on what lies in `folder`, in order. Raises `RuntimeError` when it fails."""
    options = ["-f", "-qq", "-y", "-xx", "-s", "1048576", "-e", "signal=none", "-e", f"trace={','.join(_CALLS)}"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    whole = ["strace", *options, "-o", str(log), *map(str, command)]
    done = subprocess.run(whole, capture_output=True, text=True, env=environment, check=False, timeout=120)  # noqa: S603 - our own command
    if done.returncode != 0:
        raise RuntimeError(f"the traced program ended with {done.returncode}: {done.stderr[-500:]}")
    calls = [_parsed(line) for line in _lines(log)]
    return [call for call in calls if call is not None and folder in (call.path, *call.path.parents)]


def _lines(log: Path) -> Iterator[str]:
    """The lines with calls that were interrupted by another thread's put together, at the place where they ended."""
    begun: dict[str, str] = {}
    for line in log.read_text(encoding="ascii").splitlines():
        found = _LINE.match(line)
        if found is None:
            continue
        process, text = found.groups()
        if text.endswith("<unfinished ...>"):
            begun[process] = text.removesuffix("<unfinished ...>").rstrip()
        elif text.startswith("<..."):
            yield begun.pop(process) + text.partition(" resumed>")[2]
        else:
            yield text


def _parsed(text: str) -> Call | None:
    found = _WHOLE.match(text)
    if found is None or int(found[3]) < 0:
        return None
    name, arguments = found[1], found[2]
    texts = [_plain(one) for one in _TEXT.findall(arguments)]
    if handle := _HANDLE.match(arguments):
        tail = _TAIL.search(arguments)
        at = int(tail[1]) if tail is not None and name in ("pwrite64", "ftruncate") else -1
        data = texts[0][: int(found[3])] if texts else b""
        return Call(name, _path(_plain(handle[1])), data, at)
    if name == "openat":
        return Call(name, _path(texts[0]), flags=arguments)
    other = _path(texts[1]) if len(texts) > 1 else Path()
    return Call(name, _path(texts[0]), other=other)


def _plain(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def _path(name: bytes) -> Path:
    return Path(os.fsdecode(name))
