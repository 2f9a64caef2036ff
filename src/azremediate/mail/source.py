"""Where mail comes from: files and folders, cut into pieces of work that a process or a machine can take."""

import hashlib
import io
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from azremediate.core.finding import NotAnalysed
from azremediate.mail import mbox
from azremediate.mail.limits import Limits
from azremediate.mail.ole_file import OLE_SIGNATURE
from azremediate.mail.reasons import Reason

RANGE = 8_000_000
_PST = b"!BDN"
_PST_SECONDS = 3600
NO_READPST = "Outlook data file: install readpst (package pst-utils) to read it, or export it as .eml"
PST_FAILED = "readpst could not read this Outlook data file"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of work. form: `mbox`, `file` (.eml or .msg) or `zip`. start, end: bytes of an mbox.

    label: how findings name the file; for one that was converted that of the original. state: size and time of the
    file, so that what was found in another state of it is not taken for this one.
    """

    form: str
    path: str
    label: str
    size: int
    state: str
    start: int = 0
    end: int = 0

    @property
    def key(self) -> str:
        """The piece's name in the store of results."""
        text = "\0".join((self.form, self.label, self.state, str(self.start), str(self.end)))
        return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:32]


@dataclass(slots=True)
class Sources:
    """Everything to search, and what could not be opened."""

    pieces: list[Piece] = field(default_factory=list)
    missed: list[NotAnalysed] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Bytes of all pieces."""
        return sum(piece.size for piece in self.pieces)


def find_sources(paths: Iterable[Path], scratch: Path, range_size: int = RANGE) -> Sources:
    """The pieces of files and folders, in the order of their names; `scratch` takes what has to be converted.

    What is no mail, or cannot be opened, is listed with its reason. Links are followed for a path that was named, not
    inside folders.
    """
    found = Sources()
    for path in paths:
        for file in _files(path):
            _add(file, str(file), found, scratch, range_size)
    return found


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for folder, names, files in os.walk(path):
        names.sort()
        yield from (Path(folder) / name for name in sorted(files) if not (Path(folder) / name).is_symlink())


def _add(path: Path, label: str, found: Sources, scratch: Path, range_size: int) -> None:
    try:
        status = path.stat()
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as problem:
        found.missed.append(NotAnalysed(label, "", "", f"cannot be opened: {problem.strerror or 'unknown reason'}"))
        return
    state = f"{status.st_size} {status.st_mtime_ns}"
    if head.startswith(_PST):
        _convert(path, label, found, scratch, range_size)
    elif mbox.is_mbox(head):
        for start in range(0, status.st_size, range_size):
            end = min(start + range_size, status.st_size)
            found.pieces.append(Piece("mbox", str(path), label, end - start, state, start, end))
    elif head.startswith(b"PK") and not path.suffix.lower().startswith((".doc", ".xls", ".ppt")):
        found.pieces.append(Piece("zip", str(path), label, status.st_size, state))
    elif status.st_size == 0:
        found.missed.append(NotAnalysed(label, "", "", "empty file"))
    else:
        found.pieces.append(Piece("file", str(path), label, status.st_size, state))


def _convert(path: Path, label: str, found: Sources, scratch: Path, range_size: int) -> None:
    """A PST or OST becomes mboxes in the scratch folder, by readpst."""
    program = shutil.which("readpst")
    size = path.stat().st_size
    if program is None:
        found.missed.append(NotAnalysed(label, "", "", NO_READPST, size))
        return
    folder = scratch / hashlib.sha256(label.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        ran = subprocess.run(  # noqa: S603 - a program of the system with fixed options
            [program, "-r", "-D", "-q", "-o", str(folder), str(path.absolute())],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PST_SECONDS,
            check=False,
        )
        done = ran.returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        done = False
    if not done:
        found.missed.append(NotAnalysed(label, "", "", PST_FAILED, size))
    for file in _files(folder):
        _add(file, f"{label}/{file.relative_to(folder).as_posix()}", found, scratch, range_size)


def raw_messages(piece: Piece, limits: Limits, miss: Callable[[NotAnalysed], None]) -> Iterator[tuple[str, bytes]]:
    """(label, raw message) of each message of a piece; what cannot be opened goes to `miss`."""
    path = Path(piece.path)
    try:
        if piece.form == "mbox":
            yield from ((piece.label, raw) for _, raw in mbox.messages(path, piece.start, piece.end))
        elif piece.form == "zip":
            yield from _zipped(path.read_bytes() if piece.size <= 4 * limits.unpacked else b"", piece, limits, miss, 0)
        elif piece.size > limits.message:
            miss(NotAnalysed(piece.label, "", "", str(Reason.TOO_LARGE), piece.size))
        else:
            yield piece.label, path.read_bytes()
    except OSError as problem:
        miss(NotAnalysed(piece.label, "", "", f"cannot be read: {problem.strerror or 'unknown reason'}", piece.size))


def _zipped(
    data: bytes, piece: Piece, limits: Limits, miss: Callable[[NotAnalysed], None], depth: int, label: str = ""
) -> Iterator[tuple[str, bytes]]:
    """Messages of a zip of mail; each entry has its own cap, for an archive of mail is larger than an attachment."""
    label = label or piece.label
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in sorted(archive.infolist(), key=lambda one: one.filename):
                place = f"{label}/{info.filename}"
                if info.is_dir():
                    continue
                if info.flag_bits & 1 or info.file_size > limits.unpacked or depth > limits.depth:
                    reason = Reason.ENCRYPTED if info.flag_bits & 1 else Reason.TOO_LARGE
                    miss(NotAnalysed(place, "", "", str(reason), info.file_size))
                    continue
                with archive.open(info) as file:
                    content = file.read(limits.unpacked + 1)
                if len(content) > limits.unpacked:
                    miss(NotAnalysed(place, "", "", str(Reason.TOO_LARGE), len(content)))
                elif content.startswith(b"PK"):
                    yield from _zipped(content, piece, limits, miss, depth + 1, place)
                elif mbox.is_mbox(content[:1000]):
                    yield from ((place, raw) for raw in mbox.split(content))
                else:
                    yield place, content
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError, ValueError):
        miss(NotAnalysed(label, "", "", str(Reason.DAMAGED), len(data)))


def is_outlook_message(raw: bytes) -> bool:
    """Whether these bytes are an Outlook .msg."""
    return raw.startswith(OLE_SIGNATURE)
