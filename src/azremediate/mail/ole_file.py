"""The streams of an OLE file (MS-CFB), with a bound on what they may say about their own size."""

import io
import struct
from collections.abc import Sequence
from typing import Any, Final

import olefile

OLE_SIGNATURE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BROKEN: Final = (
    OSError,
    ValueError,
    IndexError,
    KeyError,
    struct.error,
    AttributeError,
    TypeError,
    RecursionError,
    OverflowError,
)
_UNKNOWN: Final = 0x7FFFFFFF
"""The size by which olefile says that it will see."""

_HEADER: Final = 512
_SECTOR_SHIFTS: Final = (9, 12)


class DamagedOleFile(ValueError):
    """The bytes are no OLE file, or a part of it cannot be read."""


class OleFile:
    """An open OLE file. A path is the names of storages and of a stream, or all of them with slashes between.

    Its table of sectors can have loops and streams can share sectors, so that a file of a few kilobytes could hold
    gigabytes: no stream may be larger than the file, and all that is read not larger than twice the file. Raises
    DamagedOleFile, which each method does for what is damaged.
    """

    def __init__(self, data: bytes) -> None:
        _check_header(data)
        self._left = 2 * len(data)
        try:
            self._file = _Bounded(data)
            self.streams: list[list[str]] = self._file.listdir(streams=True, storages=False)
            self.storages: list[list[str]] = self._file.listdir(streams=False, storages=True)
        except _BROKEN as problem:
            raise DamagedOleFile("the directory cannot be read") from problem

    def has(self, path: Sequence[str]) -> bool:
        """Whether there is such a stream or storage."""
        try:
            return bool(self._file.exists(path))
        except _BROKEN:
            return False

    def read(self, path: Sequence[str]) -> bytes:
        """The bytes of a stream."""
        try:
            self._left -= int(self._file.get_size(path))
            if self._left >= 0:
                return bytes(self._file.openstream(path).read())
        except _BROKEN as problem:
            raise DamagedOleFile("a stream cannot be read") from problem
        raise DamagedOleFile("the streams say that they are larger than the file")


class _Bounded(olefile.OleFileIO):  # type: ignore[type-arg]  # generic in its stub only
    """olefile takes any size for granted and looks for each stream among all others."""

    def __init__(self, data: bytes) -> None:
        self._bound = len(data)
        super().__init__(io.BytesIO(data))

    def _open(self, start: int, size: int = _UNKNOWN, force_FAT: bool = False) -> Any:
        if size != _UNKNOWN and size > self._bound:
            raise OSError("a stream says that it is larger than the file")
        return super()._open(start, size, force_FAT)

    def _check_duplicate_stream(self, first_sect: int, minifat: bool = False) -> None:
        """Not looked for: what streams share is bounded by what may be read."""


def _check_header(data: bytes) -> None:
    if len(data) < _HEADER or not data.startswith(OLE_SIGNATURE):
        raise DamagedOleFile("no OLE file")
    (shift,) = struct.unpack_from("<H", data, 30)
    (tables,) = struct.unpack_from("<I", data, 44)
    if shift not in _SECTOR_SHIFTS:
        raise DamagedOleFile("no sectors are of that size")
    sectors = len(data) >> shift
    if tables > 109 + 4 * (sectors // ((1 << shift) // 4) + 1):
        raise DamagedOleFile("there are more tables than sectors for them")
