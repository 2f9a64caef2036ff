"""Texts among the properties of an Office file of before 2007: title, comments, what users added (MS-OLEPS)."""

import struct
from collections.abc import Iterator
from typing import Final

from azremediate.mail.decoded_text import decoded
from azremediate.mail.ole_file import DamagedOleFile, OleFile
from azremediate.mail.one_line import one_line
from azremediate.mail.read_text import ReadText
from azremediate.mail.reasons import Reason

_STREAMS: Final = ("\x05SummaryInformation", "\x05DocumentSummaryInformation")
_SUMMARY: Final = b"\xe0\x85\x9f\xf2\xf9\x4f\x68\x10\xab\x91\x08\x00\x2b\x27\xb3\xd9"
_NAMES: Final = {2: "Title", 3: "Subject", 4: "Author", 5: "Keywords", 6: "Comments", 8: "Last author"}
_TEXT, _WIDE_TEXT, _LIST = 0x1E, 0x1F, 0x1000
_DICTIONARY, _CODE_PAGE = 0, 1
_MOST: Final = 1000
_LONGEST: Final = 10_000
_ROOM: Final = 1_000_000
_UNICODE: Final = 1200


def property_text(file: OleFile, root: list[str]) -> ReadText:
    """A line for each text, after its name where it has one; what is damaged gives what came before it."""
    lines: list[str] = []
    missed = None
    room = _ROOM
    for name in _STREAMS:
        if not file.has([*root, name]):
            continue
        try:
            for line in _lines(file.read([*root, name])):
                room -= len(line) + 1
                if room < 0:  # texts may lie over each other
                    return ReadText("\n".join(lines), Reason.TOO_LARGE)
                lines.append(line)
        except (DamagedOleFile, struct.error):
            missed = Reason.DAMAGED
    return ReadText("\n".join(lines), missed)


def _lines(raw: bytes) -> Iterator[str]:
    (count,) = struct.unpack_from("<I", raw, 24)
    for number in range(min(count, 2)):
        identity, start = struct.unpack_from("<16sI", raw, 28 + 20 * number)
        yield from _section(raw[start:], _NAMES if identity == _SUMMARY else {})


def _section(raw: bytes, names: dict[int, str]) -> Iterator[str]:
    (count,) = struct.unpack_from("<I", raw, 4)
    places = dict(struct.unpack_from("<II", raw, 8 + 8 * number) for number in range(min(count, _MOST)))
    code_page = struct.unpack_from("<H", raw, places[_CODE_PAGE] + 4)[0] if _CODE_PAGE in places else 1252
    if _DICTIONARY in places:
        names = _dictionary(raw, places[_DICTIONARY], code_page)
    for number, at in places.items():
        if number > _CODE_PAGE:
            for text in _texts(raw, at, code_page):
                yield f"{names[number]}: {text}" if number in names else text


def _dictionary(raw: bytes, at: int, code_page: int) -> dict[int, str]:
    """Names that users gave to properties."""
    (count,) = struct.unpack_from("<I", raw, at)
    names, at = {}, at + 4
    for _ in range(min(count, _MOST)):
        number, length = struct.unpack_from("<II", raw, at)
        text, at = _text(raw, at + 8, length, code_page)
        names[number] = text
        if code_page == _UNICODE:
            at += -at % 4
    return names


def _texts(raw: bytes, at: int, code_page: int) -> Iterator[str]:
    (kind,) = struct.unpack_from("<H", raw, at)
    count, at = (struct.unpack_from("<I", raw, at + 4)[0], at + 8) if kind & _LIST else (1, at + 4)
    if kind & ~_LIST not in (_TEXT, _WIDE_TEXT):
        return
    for _ in range(min(count, _MOST)):
        (length,) = struct.unpack_from("<I", raw, at)
        text, at = _text(raw, at + 4, length, _UNICODE if kind & ~_LIST == _WIDE_TEXT else code_page)
        at += -at % 4 if kind & ~_LIST == _WIDE_TEXT else 0
        if text:
            yield text


def _text(raw: bytes, at: int, length: int, code_page: int) -> tuple[str, int]:
    """A text of so many letters, and where it ends."""
    size = 2 * length if code_page == _UNICODE else length
    data = raw[at : at + size]
    text = data.decode("utf-16-le", "replace") if code_page == _UNICODE else decoded(data, f"cp{code_page}")
    return one_line(text.rstrip("\0"), _LONGEST), at + size
