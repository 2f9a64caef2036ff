"""A workbook of before 2007: each kind of record, Excel 5, and files that are small and mean to become large."""

import struct

import pytest

from azremediate.mail.old_workbook import workbook_text
from azremediate.mail.read_text import ReadText
from azremediate.mail.reasons import Reason
from tests.mail.test_old_office import record, short

BOF = record(0x0809, struct.pack("<HH", 0x0600, 5) + bytes(12))
BOF_5 = record(0x0809, struct.pack("<HH", 0x0500, 5) + bytes(4))
EOF = record(0x000A, b"")


def cell(kind: int, row: int, column: int, data: bytes) -> bytes:
    """A record of one cell."""
    return record(kind, struct.pack("<HHH", row, column, 0) + data)


def text_box(*parts: bytes, count: int) -> bytes:
    """A comment, whose text stands in what continues it."""
    head = record(0x01B6, struct.pack("<HH6xHHHH", 0, 0, count, 16, 0, 0))
    return head + b"".join(record(0x003C, part) for part in parts)


@pytest.mark.parametrize(
    ("stream", "wanted"),
    [
        (BOF + record(0x00BD, struct.pack("<HHHIHIH", 0, 0, 0, 7 << 2 | 2, 0, 4711 << 2 | 2, 1)), "7\t4711"),
        (BOF + text_box(b"\0Pass", b"\0word: x", bytes(16), count=11), "Password: x"),
        (BOF + text_box(count=0) + cell(0x0204, 0, 0, short("a")), "a"),
        (BOF + record(0x00CD, short("DRIVER=x;PWD=y")), "DRIVER=x;PWD=y"),
        (BOF_5 + cell(0x0204, 0, 0, b"\x08\0Password") + cell(0x0204, 0, 1, b"\x03\0abc"), "Password\tabc"),
        (
            BOF_5 + record(0x0042, struct.pack("<H", 1251)) + cell(0x0204, 0, 0, b"\x06\0\xef\xe0\xf0\xee\xeb\xfc"),
            "\u043f\u0430\u0440\u043e\u043b\u044c",
        ),
        (
            BOF
            + record(0x0006, bytes(20))
            + record(0x0207, struct.pack("<HB", 6, 0) + b"abc")
            + record(0x3C, b"\0def"),
            "abcdef",
        ),
        (BOF + cell(0x0204, 0, 0, short("a")) + EOF + bytes(300), "a"),
    ],
    ids=["numbers", "comment", "empty comment", "connection", "excel 5", "cyrillic", "long result", "padded"],
)
def test_records(stream: bytes, wanted: str) -> None:
    """The text of each kind of record."""
    assert workbook_text(stream, 1000) == ReadText(wanted)


@pytest.mark.parametrize(
    "more",
    [b"\x04\x02\xff\x0fabc", cell(0x00FD, 0, 1, struct.pack("<I", 5)), record(0x00FC, bytes(8) + b"\x09\0\0ab")],
    ids=["cut record", "no such text", "cut text"],
)
def test_damage_is_said(more: bytes) -> None:
    """What came before it is there."""
    assert workbook_text(BOF + cell(0x0204, 0, 0, short("a")) + more, 1000) == ReadText("a", Reason.DAMAGED)


def test_one_text_in_very_many_cells() -> None:
    """A long text that a hundred thousand cells name is not written down as often."""
    shared = record(0x00FC, struct.pack("<IIHB", 1, 1, 8000, 0) + b"a" * 8000)
    found = workbook_text(BOF + shared + cell(0x00FD, 0, 0, bytes(4)) * 100_000, 1_000_000)
    assert found.missed == Reason.TOO_LARGE
    assert 900_000 < len(found.text) <= 1_000_000


def test_very_many_records() -> None:
    """Each record that others could go on with is looked at once, not together with all that follow: this ends."""
    assert workbook_text(BOF + record(0x00FC, bytes(8)) * 200_000, 1000) == ReadText("")
