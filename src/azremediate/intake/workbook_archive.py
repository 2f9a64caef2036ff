"""Looks at every part of a workbook before the library that reads it builds objects of what is in there."""

import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO
from xml.parsers import expat

from azremediate.core.errors import InputInvalid

MAX_UNPACKED = 256 << 20
MAX_PARTS = 2000
MAX_ROW_BYTES = 16 << 20
MAX_ELEMENTS = 40_000_000
MAX_LIVE = 250_000
MAX_STRINGS = 4_000_000
MAX_SHEET_ROWS = 1_048_576

BROKEN_ARCHIVE = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    EOFError,
    ValueError,
    LookupError,
    NotImplementedError,
    RuntimeError,
    OSError,
)
"""What reading an archive and its XML raises when they are damaged, encrypted or none."""

_CHUNK = 1 << 20
_HINT = "save it anew with the one sheet that is needed, or as CSV"
_ROW_DEPTH = 3


def check_archive(content: bytes, file: str) -> bool:
    """Whether there are formulas in a workbook that may be read.

    Raises `InputInvalid` for one that would unpack to more than 256 MiB, that holds elements by the million outside of
    rows, or whose XML defines entities; and an error of `BROKEN_ARCHIVE` for what is no archive of XML.
    """
    formulas = False
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = archive.infolist()
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
            raise InputInvalid("would unpack to too much", file=file, hint=_HINT)
        for part in parts:
            if part.filename.lower().endswith((".xml", ".rels")):
                formulas = PartCheck(file, part.filename.lower()).look(archive, part) or formulas
    return formulas


class PartCheck:
    """One part of XML, read from start to end without keeping anything of it."""

    def __init__(self, file: str, name: str) -> None:
        self._file = file
        self._most_live = MAX_STRINGS if name.endswith("sharedstrings.xml") else MAX_LIVE
        self._most_bytes = MAX_UNPACKED if name.endswith("sharedstrings.xml") else MAX_ROW_BYTES
        self._depth = self._elements = self._live = self._rows = self._bytes = 0
        self._formulas = False

    def look(self, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
        """Whether the part has formulas; raises `InputInvalid` when it has too much of anything."""
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        with archive.open(part) as stream:
            while block := stream.read(_CHUNK):  # never more than the size that was added up
                self._bytes += len(block)
                parser.Parse(block)
                if self._bytes > self._most_bytes:
                    raise self._too_much()
        parser.Parse(b"", True)
        return self._formulas

    def _doctype(self, *_: object) -> None:
        raise InputInvalid("has XML that defines entities, which no workbook does", file=self._file)

    def _start(self, name: str, _attributes: Mapping[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        self._live += 1
        if self._live > self._most_live or self._elements > MAX_ELEMENTS:
            raise self._too_much()
        if name == "f" or name.endswith(":f"):
            self._formulas = True

    def _end(self, name: str) -> None:
        """A row that ended is forgotten by who reads it; everything else is kept until the sheet ends."""
        if self._depth == _ROW_DEPTH and (name == "row" or name.endswith(":row")):
            self._rows += 1
            self._live = self._bytes = 0
            if self._rows > MAX_SHEET_ROWS:
                raise self._too_much()
        self._depth -= 1

    def _too_much(self) -> InputInvalid:
        return InputInvalid("has too many rows, cells or other elements", file=self._file, hint=_HINT)
