"""What is embedded in an OLE file beside its own text: files, objects of other programs, macros, pictures."""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from azremediate.mail.macro_source import macro_source
from azremediate.mail.ole_file import DamagedOleFile, OleFile
from azremediate.mail.one_line import one_line
from azremediate.mail.reasons import Reason

_NATIVE, _PACKAGE, _CONTENTS = "\x01Ole10Native", "Package", "CONTENTS"
_DOCUMENTS: Final = ("WordDocument", "Workbook", "Book", "PowerPoint Document")
_SLIDES, _SLIDE_OBJECT = "PowerPoint Document", 0x1011
_NO_SOURCE: Final = ("dir", "_VBA_PROJECT", "PROJECT", "PROJECTwm")
_MOST: Final = 50_000_000

_PICTURE: Final = re.compile(
    rb"(?:[\x40\x50]\x3d\x1a|[\x60\x70]\x21\x1b|[\x20\x30]\x54\x1c|[\xa0\xb0]\x46\x1d|[\x20\x30]\x6e\x1d|[\x00\x10]\x6e\x1e"
    rb"|[\x80\x90]\x7a\x1f|[\x40\x50]\x6e\x29|[\x20\x30]\x6e\x2a)\xf0"
)
"""How the records of pictures begin (MS-ODRAW, OfficeArtBlip): EMF, WMF, PICT, JPEG, PNG, DIB, TIFF, CMYK JPEG."""

_WITH_PICTURES: Final = ("Data", "Pictures", "WordDocument", "Workbook", "Book")
_MOST_PICTURES: Final = 500
_STORAGE_OF_ATTACHMENT: Final = "__substg1.0_3701000D"
_PROPERTIES_OF_MESSAGE: Final = "__properties_version1.0"


@dataclass(frozen=True, slots=True)
class EmbeddedObject:
    """A file by its name, or an object by its storage; `data` is None where it is not read, for this reason."""

    name: str
    data: bytes | None
    reason: Reason = Reason.BINARY


def embedded_objects(data: bytes) -> Iterator[EmbeddedObject]:
    """Each embedded object, read when it is asked for; none when the bytes are no OLE file."""
    try:
        file = OleFile(data)
    except DamagedOleFile:
        return
    for entry in file.streams:
        try:
            yield from _of_stream(file, entry)
        except (ValueError, struct.error):
            yield EmbeddedObject(_shown(entry), None)
    for storage in _unknown(file.streams):
        yield EmbeddedObject(storage, None)


def _of_stream(file: OleFile, entry: list[str]) -> Iterator[EmbeddedObject]:
    last = entry[-1]
    if last == _NATIVE:
        yield _native(file.read(entry), _shown(entry[:-1]))
    elif last in (_PACKAGE, _CONTENTS):
        yield EmbeddedObject(_shown(entry), file.read(entry))
    elif len(entry) > 1 and entry[-2] == "VBA" and last not in _NO_SOURCE and not last.startswith("__SRP_"):
        source = macro_source(file.read(entry))
        yield EmbeddedObject(f"{_shown(entry)}.bas", source)
    elif entry == [_SLIDES]:
        yield from _slide_objects(file.read(entry))
    elif last in _WITH_PICTURES:
        yield from _pictures(file.read(entry), _shown(entry))


def _pictures(raw: bytes, place: str) -> Iterator[EmbeddedObject]:
    """Each picture in a stream, to be listed."""
    for number, found in enumerate(_PICTURE.finditer(raw)):
        size = int.from_bytes(raw[found.end() : found.end() + 4], "little")
        if size <= len(raw) - found.end():
            yield EmbeddedObject(f"{place}/picture-{found.start()}", None, Reason.IMAGE)
        if number >= _MOST_PICTURES:
            yield EmbeddedObject(f"{place}/pictures after the first {_MOST_PICTURES}", None, Reason.IMAGE)
            return


def _native(raw: bytes, place: str) -> EmbeddedObject:
    """A file that was dragged into a document, or what another program keeps as it likes (MS-OLEDS)."""
    if raw[4:6] != b"\x02\0":
        return EmbeddedObject(place, raw[4:])
    name, path_end = raw[6 : raw.index(b"\0", 6)], raw.index(b"\0", raw.index(b"\0", 6) + 1)
    (length,) = struct.unpack_from("<I", raw, path_end + 5)
    (size,) = struct.unpack_from("<I", raw, path_end + 9 + length)
    start = path_end + 13 + length
    return EmbeddedObject(one_line(name.decode("cp1252", "replace"), 150, place), raw[start : start + size])


def _slide_objects(main: bytes) -> Iterator[EmbeddedObject]:
    """OLE files within the one stream of a presentation (MS-PPT, ExOleObjStg), most of them compressed."""
    at = 0
    while at + 8 <= len(main):
        version, kind, size = struct.unpack_from("<HHI", main, at)
        at += 8
        if version & 0xF == 0xF:
            continue
        if kind == _SLIDE_OBJECT:
            raw: bytes | None = main[at : at + size]
            if raw is not None and version >> 4 == 1:
                raw = _unpacked(raw[4:])
            yield EmbeddedObject(f"object-{at}", raw)
        at += size


def _unpacked(raw: bytes) -> bytes | None:
    try:
        packed = zlib.decompressobj()
        found = packed.decompress(raw, _MOST)
    except zlib.error:
        return None
    return None if packed.unconsumed_tail else found


def _unknown(entries: list[list[str]]) -> list[str]:
    """Storages of objects in none of the forms above, and in none that `old_office_text` reads."""
    known, storages = set(), set()
    for entry in entries:
        if depth := _depth_of_object(entry):
            storage = _shown(entry[:depth])
            storages.add(storage)
            if entry[-1] in (_NATIVE, _PACKAGE, _CONTENTS, *_DOCUMENTS) or entry[depth:] == [_PROPERTIES_OF_MESSAGE]:
                known.add(storage)
    return sorted(storages - known)


def _depth_of_object(entry: list[str]) -> int:
    """How many names of a stream's path are those of the storage of an object; 0 when it belongs to none."""
    if _STORAGE_OF_ATTACHMENT in entry[:-1]:
        return len(entry) - 1 - entry[-2::-1].index(_STORAGE_OF_ATTACHMENT)
    depth = 2 if entry[0] == "ObjectPool" else 1
    return depth if len(entry) > depth and (depth == 2 or entry[0].startswith("MBD")) else 0


def _shown(entry: list[str]) -> str:
    return one_line("/".join(entry), 150, "object")
