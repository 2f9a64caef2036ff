"""A disk that loses power: what may be left of a program's calls when only what was synchronised surely is."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.faults.system_calls import Call

SECTOR: Final = 512
_SYNCS: Final = ("fsync", "fdatasync")
_OPENED: Final = 6
"""Up to so many unsynchronised changes every subset of them is played, of more a seeded choice."""
_CHOICES: Final = 24

Tree = dict[Path, bytes | None]
"""What is on disk: the content of each file, None for a folder."""
Change = Callable[[bytes], bytes]


@dataclass(slots=True)
class _File:
    """One file, whatever its name: what is durable, and the changes since."""

    durable: bytes = b""
    changes: list[Change] = field(default_factory=list)
    size: int = 0


@dataclass(frozen=True, slots=True)
class _Naming:
    """A change of names that waits for its folder to be synchronised; file is None for a folder or a removal."""

    kind: str
    path: Path
    file: _File | None = None
    other: Path = Path()


class Disk:
    """Files as a program sees them, and what is left of them when the power goes.

    Nothing is taken for granted: a new file's name is durable when its folder was synchronised, its content when it was
    itself. Each change of a content and of a name may have reached the disk or not, in any order, and one write of
    several may have reached it in half: its first sectors, or its last with zeros before them where the file grew.
    """

    def __init__(self) -> None:
        self._names: dict[Path, _File | None] = {}
        self._live: dict[Path, _File | None] = {}
        self._namings: list[_Naming] = []

    def take(self, call: Call) -> None:
        """Play one call. Raises `ValueError` for one whose effect on a disk is not known here."""
        if call.name == "openat":
            self._open(call)
        elif call.name in ("write", "pwrite64"):
            file = self._file(call.path)
            self._write(file, call.data, call.at if call.name == "pwrite64" else file.size)
        elif call.name in ("ftruncate", "truncate"):
            self._cut(self._file(call.path), call.at)
        elif call.name in _SYNCS:
            self._sync(call.path)
        elif call.name == "mkdir":
            self._live[call.path] = None
            self._namings.append(_Naming("add", call.path))
        elif call.name == "unlink":
            del self._live[call.path]
            self._namings.append(_Naming("remove", call.path))
        elif call.name == "rename":
            file = self._file(call.path)
            del self._live[call.path]
            self._live[call.other] = file
            self._namings.append(_Naming("move", call.path, file, call.other))
        else:
            raise ValueError(f"{call.name} {call.path}")

    def after_power_loss(self, chance: random.Random) -> Iterator[Tree]:
        """What may be on disk if the power went now."""
        waiting = [(file, at) for file in self._files() for at in range(len(file.changes))]
        count = len(waiting) + len(self._namings)
        for chosen in _subsets(count, chance):
            kept = {(id(file), at) for number, (file, at) in enumerate(waiting) if number in chosen}
            named = [one for at, one in enumerate(self._namings, len(waiting)) if at in chosen]
            yield self._tree(named, lambda file, at, kept=kept: (id(file), at) in kept)  # type: ignore[misc]  # mypy knows no lambda with a default
        everything = list(self._namings)
        for torn, torn_at in waiting:
            for half in (_head, _tail):
                yield self._tree(everything, lambda *_: True, (torn, torn_at, half))

    def _open(self, call: Call) -> None:
        if call.path not in self._live and "O_CREAT" in call.flags:
            file = _File()
            self._live[call.path] = file
            self._namings.append(_Naming("add", call.path, file))
        elif "O_TRUNC" in call.flags:
            self._cut(self._file(call.path), 0)

    def _file(self, path: Path) -> _File:
        found = self._live[path]
        if found is None:
            raise ValueError(f"{path} is a folder")
        return found

    def _write(self, file: _File, data: bytes, at: int) -> None:
        file.changes.append(lambda content: content[:at].ljust(at, b"\0") + data + content[at + len(data) :])
        file.size = max(file.size, at + len(data))

    def _cut(self, file: _File, size: int) -> None:
        file.changes.append(lambda content: content[:size].ljust(size, b"\0"))
        file.size = size

    def _sync(self, path: Path) -> None:
        file = self._live.get(path)
        if file is not None:
            file.durable = _after(file.durable, file.changes)
            file.changes.clear()
            return
        done = [one for one in self._namings if path in (one.path.parent, one.other.parent)]
        self._namings = [one for one in self._namings if one not in done]
        for one in done:
            _name(self._names, one)

    def _files(self) -> list[_File]:
        found = [*self._names.values(), *self._live.values()]
        return list({id(file): file for file in found if file is not None and file.changes}.values())

    def _tree(
        self,
        namings: Sequence[_Naming],
        keeps: Callable[[_File, int], bool],
        torn: tuple[_File, int, Callable[[bytes, bytes], bytes]] | None = None,
    ) -> Tree:
        names = dict(self._names)
        for one in namings:
            _name(names, one)
        tree: Tree = {}
        for path, file in names.items():
            if file is None:
                tree[path] = None
                continue
            content = file.durable
            for at, change in enumerate(file.changes):
                if torn is not None and torn[0] is file and torn[1] == at:
                    content = torn[2](content, change(content))
                elif keeps(file, at):
                    content = change(content)
            tree[path] = content
        return tree


def put(tree: Tree, old: Path, new: Path) -> None:
    """Make a tree of files of `old` in the folder `new`; what lies in a folder that is lost is lost."""
    for path in sorted(tree):
        content, place = tree[path], new / path.relative_to(old)
        if not place.parent.is_dir():
            continue
        if content is None:
            place.mkdir(mode=0o700)
        else:
            place.touch(mode=0o600)
            place.write_bytes(content)


def _after(content: bytes, changes: Sequence[Change]) -> bytes:
    for change in changes:
        content = change(content)
    return content


def _name(names: dict[Path, _File | None], naming: _Naming) -> None:
    if naming.kind == "add":
        names[naming.path] = naming.file
        return
    names.pop(naming.path, None)
    if naming.kind == "move":
        names[naming.other] = naming.file


def _head(before: bytes, after: bytes) -> bytes:
    """Half of a write arrived: its first half, in whole sectors where it is longer than one."""
    first, last = _changed(before, after)
    middle = (first + last) // 2
    middle -= middle % SECTOR if last - first > SECTOR else 0
    return after[:middle] + before[middle:]


def _tail(before: bytes, after: bytes) -> bytes:
    """Half of a write arrived: its second half, and where the file grew there are zeros before it."""
    first, last = _changed(before, after)
    middle = (first + last) // 2
    middle -= middle % SECTOR if last - first > SECTOR else 0
    return before[:middle].ljust(middle, b"\0") + after[middle:]


def _changed(before: bytes, after: bytes) -> tuple[int, int]:
    """From where to where two contents differ."""
    shared = min(len(before), len(after))
    differ = [at for at in range(shared) if before[at] != after[at]] if before[:shared] != after[:shared] else []
    first = differ[0] if differ else shared
    last = max(len(before), len(after)) if len(before) != len(after) else (differ[-1] + 1 if differ else shared)
    return first, last


def _subsets(count: int, chance: random.Random) -> Iterator[frozenset[int]]:
    everything = range(count)
    if count <= _OPENED:
        for bits in range(1 << count):
            yield frozenset(at for at in everything if bits >> at & 1)
        return
    yield frozenset()
    yield frozenset(everything)
    for _ in range(_CHOICES):
        likely = chance.choice((0.1, 0.5, 0.9))
        yield frozenset(at for at in everything if chance.random() < likely)
        end = chance.randrange(count)
        yield frozenset(range(end))
        yield frozenset(everything) - {end}
