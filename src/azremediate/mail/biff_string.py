"""Texts in the records of an Excel workbook of before 2007, also those that go on in further records."""

import struct
from collections.abc import Sequence

from azremediate.mail.decoded_text import decoded


def old_string(data: bytes, at: int, code_page: str) -> str:
    """A text of Excel 5 and 95: its length in two bytes, then one byte for each letter."""
    (count,) = struct.unpack_from("<H", data, at)
    return decoded(data[at + 2 : at + 2 + count], code_page)


class BiffString:
    """A record with what continues it; letters that a border cuts go on after another byte of flags.

    Every method raises IndexError or struct.error when the record ends before the text does.
    """

    def __init__(self, parts: Sequence[bytes]) -> None:
        self._parts = parts
        self._number, self._at = 0, 0

    @property
    def at_end(self) -> bool:
        """Whether nothing is left."""
        return self._number >= len(self._parts) - 1 and self._at >= len(self._parts[-1])

    def take(self, count: int) -> bytes:
        """So many bytes, wherever they lie."""
        found = bytearray()
        while len(found) < count:
            part = self._parts[self._number]
            if self._at >= len(part):
                self._number, self._at = self._number + 1, 0
                continue
            taken = part[self._at : self._at + count - len(found)]
            self._at += len(taken)
            found += taken
        return bytes(found)

    def text(self) -> str:
        """One text: length, flags, letters."""
        (count,) = struct.unpack("<H", self.take(2))
        return self.letters_with_flags(count) if count else ""

    def letters_with_flags(self, count: int) -> str:
        """So many letters after their flags."""
        return self._letters(count, wide=bool(self.take(1)[0] & 1))

    def rich_text(self) -> str:
        """One text with its formatting, which is left out."""
        count, flags = struct.unpack("<HB", self.take(3))
        runs = struct.unpack("<H", self.take(2))[0] if flags & 8 else 0
        more = struct.unpack("<I", self.take(4))[0] if flags & 4 else 0
        letters = self._letters(count, wide=bool(flags & 1))
        self.take(4 * runs + more)
        return letters

    def _letters(self, count: int, *, wide: bool) -> str:
        found: list[str] = []
        while count:
            part = self._parts[self._number]
            width = 2 if wide else 1
            here = min(count, (len(part) - self._at) // width)
            raw = part[self._at : self._at + here * width]
            found.append(raw.decode("utf-16-le", "replace") if wide else raw.decode("latin-1"))
            self._at += len(raw)
            count -= here
            if count:
                self._number += 1
                wide, self._at = bool(self._parts[self._number][0] & 1), 1
        return "".join(found)
