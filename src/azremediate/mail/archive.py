"""Files out of archives, with caps: a bomb is listed instead of opened."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from azremediate.mail.budget import Budget
from azremediate.mail.reasons import Reason

_DAMAGED = (
    zipfile.BadZipFile,
    tarfile.TarError,
    EOFError,
    OSError,
    zlib.error,
    lzma.LZMAError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    KeyError,
    IndexError,
    OverflowError,
)
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an archive."""

    name: str
    data: bytes


def is_archive(data: bytes) -> bool:
    """Whether the bytes begin as an archive of a kind that is opened here."""
    return (
        data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00"))
        or data[257:262] == b"ustar"
    )


def entries(data: bytes, path: str, budget: Budget, depth: int) -> Iterator[Entry]:
    """The files of an archive; what is encrypted, damaged or beyond a cap is listed in `budget`."""
    try:
        if data.startswith(b"PK"):
            yield from _zip(data, path, budget, depth)
        elif data[257:262] == b"ustar":
            yield from _tar(data, path, budget, depth)
        else:
            yield from _packed(data, path, budget, depth)
    except _DAMAGED:
        budget.miss(path, Reason.DAMAGED, len(data))


def names_of(data: bytes) -> list[str]:
    """The names of a zip file's entries, none when it cannot be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.namelist()[:20000]
    except _DAMAGED:
        return []


def _zip(data: bytes, path: str, budget: Budget, depth: int) -> Iterator[Entry]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for number, info in enumerate(archive.infolist()):
            if number > budget.limits.entries:
                budget.miss(path, Reason.TOO_MANY, len(archive.infolist()) - number)
                return
            if info.is_dir():
                continue
            place = f"{path}/{info.filename}"
            if info.flag_bits & 1:
                budget.miss(place, Reason.ENCRYPTED, info.file_size)
            elif budget.may_open(place, info.file_size, depth):
                content = _of_zip(archive, info, place, budget)
                if content is not None:
                    yield Entry(info.filename, content)


def _of_zip(archive: zipfile.ZipFile, info: zipfile.ZipInfo, place: str, budget: Budget) -> bytes | None:
    """One entry; a damaged one is listed, and those after it are read."""
    try:
        with archive.open(info) as file:
            return _bounded(file, place, budget)
    except _DAMAGED:
        budget.miss(place, Reason.DAMAGED, info.file_size)
        return None


def _tar(data: bytes, path: str, budget: Budget, depth: int) -> Iterator[Entry]:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        for info in archive:
            place = f"{path}/{info.name}"
            if info.isfile() and budget.may_open(place, info.size, depth) and (file := archive.extractfile(info)):
                content = _bounded(file, place, budget)
                if content is not None:
                    yield Entry(info.name, content)


def _packed(data: bytes, path: str, budget: Budget, depth: int) -> Iterator[Entry]:
    opener = gzip.open if data.startswith(b"\x1f\x8b") else bz2.open if data.startswith(b"BZh") else lzma.open
    name = path.rpartition("/")[2].removesuffix(".gz").removesuffix(".tgz").removesuffix(".bz2").removesuffix(".xz")
    if budget.may_open(path, 0, depth):
        with opener(io.BytesIO(data)) as file:
            content = _bounded(file, path, budget)
        if content is not None:
            yield Entry(name or "unpacked", content)


def _bounded(file: object, place: str, budget: Budget) -> bytes | None:
    """The content, None and a listing when it is larger than what may still be unpacked."""
    room = min(budget.limits.file, budget.limits.unpacked - budget.unpacked)
    pieces, size = [], 0
    while piece := file.read(_PIECE):  # type: ignore[attr-defined]  # the standard library's file objects share no type
        size += len(piece)
        if size > room:
            budget.miss(place, Reason.TOO_LARGE, size)
            return None
        pieces.append(piece)
    budget.unpacked += size
    return b"".join(pieces)
