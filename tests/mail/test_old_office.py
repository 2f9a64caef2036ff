"""Word, Excel and PowerPoint files of before 2007: their text, what is encrypted, and what is damaged."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azremediate.mail.budget import Budget
from azremediate.mail.limits import Limits
from azremediate.mail.old_office import old_office_text
from azremediate.mail.old_workbook import workbook_text
from azremediate.mail.part_content import read_file
from azremediate.mail.read_text import ReadText
from azremediate.mail.reasons import Reason
from tests.mail.mail_files import outlook_file, wide

NARROW, WIDE = b"Dear Kim,\rthe password\x07is below\r", "Stra\u00dfe \u0434\u0430\r"


def word(flags: int = 0, *, pieces: bool = True) -> dict[str, bytes]:
    """The two streams of a document of two pieces, one of them in a byte for each letter."""
    main = bytearray(0x600)
    struct.pack_into("<H", main, 0, 0xA5EC)
    struct.pack_into("<H", main, 10, flags)
    narrow_at, wide_at = 0x300, 0x400
    main[narrow_at : narrow_at + len(NARROW)] = NARROW
    main[wide_at : wide_at + 2 * len(WIDE)] = wide(WIDE)
    ends = (0, len(NARROW), len(NARROW) + len(WIDE))
    table = struct.pack("<3I", *ends)
    table += struct.pack("<HIH", 0, 0x4000_0000 | narrow_at * 2, 0) + struct.pack("<HIH", 0, wide_at, 0)
    clx = b"\x01\x02\x00ab" + b"\x02" + struct.pack("<I", len(table)) + table if pieces else b"\x07"
    struct.pack_into("<II", main, 0x01A2, 64, len(clx))
    return {"WordDocument": bytes(main).ljust(5000, b"\0"), "0Table": (bytes(64) + clx).ljust(5000, b"\0")}


def record(kind: int, data: bytes) -> bytes:
    """One record of a workbook."""
    return struct.pack("<HH", kind, len(data)) + data


def short(text: str) -> bytes:
    """A text in a byte for each letter."""
    return struct.pack("<HB", len(text), 0) + text.encode("latin-1")


def workbook() -> bytes:
    """Two sheets; one shared text goes on in a second record, in letters of two bytes there."""
    rich = struct.pack("<HBH", 4, 8, 1) + b"User" + bytes(4)
    begun = struct.pack("<HB", 10, 0) + b"Passw"
    shared = struct.pack("<II", 3, 3) + short("Server") + rich + begun
    stream = record(0x0809, bytes(16)) + record(0x00FC, shared) + record(0x003C, b"\x01" + wide("ord:x"))
    stream += record(0x000A, b"") + record(0x0809, bytes(16))
    for column, number in enumerate((0, 1, 2)):
        stream += record(0x00FD, struct.pack("<HHHI", 0, column, 0, number))
    stream += record(0x0204, struct.pack("<HHH", 1, 1, 0) + short("svc"))
    stream += record(0x0204, struct.pack("<HHH", 1, 0, 0) + short("fs01"))
    stream += record(0x0006, struct.pack("<HHH", 1, 2, 0) + bytes(14)) + record(0x0207, short("from a formula"))
    stream += record(0x0203, struct.pack("<HHHd", 2, 0, 0, 1.5)) + record(
        0x027E, struct.pack("<HHHI", 2, 1, 0, 4711 << 2 | 2)
    )
    return stream + record(0x000A, b"")


def slide(kind: int, data: bytes, version: int = 0) -> bytes:
    """One record of a presentation."""
    return struct.pack("<HHI", version, kind, len(data)) + data


SLIDES = slide(0x03E8, slide(0x0FA0, wide("Admin login\rkim")) + slide(0x0FA8, b"second slide"), 0xF)
USER, LOCKED_USER = (struct.pack("<III", 0, 0, 20) + struct.pack("<I", token) for token in (0xE391C05F, 0xF3D1C4DF))


def file_of(streams: dict[str, bytes]) -> bytes:
    """An OLE file; streams are padded so that they have sectors of their own."""
    return outlook_file({name: data.ljust(4200, b"\0") for name, data in streams.items()})


def whole(data: bytes) -> str:
    """The text of a file of which nothing is missing."""
    found = old_office_text(data)
    assert found is not None
    assert found.missed is None
    return found.text


def test_word() -> None:
    """Pieces in their order, in either form; cells and paragraphs are parted."""
    text = whole(file_of(word()))
    assert text.startswith("Dear Kim,\nthe password\tis below\nStra\u00dfe \u0434\u0430\n")


def word_6(text: bytes, flags: int = 0) -> bytes:
    """A document of Word 6 or 95."""
    main = bytearray(struct.pack("<H", 0xA5DC)).ljust(0x300, b"\0") + text
    struct.pack_into("<H", main, 10, flags)
    struct.pack_into("<II", main, 0x18, 0x300, len(main))
    return bytes(main)


def test_word_6() -> None:
    """Letters in bytes, one after another."""
    assert (
        whole(file_of({"WordDocument": word_6(b"Gr\xfc\xdfe\rthe code\x07abc")})) == "Gr\u00fc\u00dfe\nthe code\tabc\n"
    )


def test_workbook() -> None:
    """Rows with their cells in order; what was split is whole again."""
    text = whole(file_of({"Workbook": workbook()}))
    assert text.split("\n")[:3] == ["Server\tUser\tPassword:x", "fs01\tsvc\tfrom a formula", "1.5\t4711"]


def test_slides() -> None:
    """Texts of either form, in their order."""
    text = whole(file_of({"PowerPoint Document": SLIDES, "Current User": USER}))
    assert text.split("\n")[:3] == ["Admin login", "kim", "second slide"]


@pytest.mark.parametrize(
    ("streams", "reason"),
    [
        (word(0x0100), Reason.ENCRYPTED),
        ({"WordDocument": word_6(b"saved in pieces", 0x0004)}, Reason.OLD),
        ({"WordDocument": word_6(b"", 0x0100)}, Reason.ENCRYPTED),
        ({"Workbook": record(0x0809, bytes(16)) + record(0x002F, bytes(54))}, Reason.ENCRYPTED),
        ({"PowerPoint Document": SLIDES, "Current User": LOCKED_USER}, Reason.ENCRYPTED),
        (word(pieces=False), Reason.DAMAGED),
        ({"WordDocument": b"\0\0" + bytes(5000)}, Reason.DAMAGED),
        ({"WordDocument": word()["WordDocument"]}, Reason.DAMAGED),
        ({**word(), "\x09DRMContent": b"x"}, Reason.RIGHTS),
        ({"PowerPoint Document": SLIDES, "EncryptedSummary": b"x"}, Reason.ENCRYPTED),
        ({"Workbook": b"no workbook"}, Reason.DAMAGED),
        ({"PowerPoint Document": b"no slides"}, Reason.DAMAGED),
    ],
    ids=[
        "word",
        "word 6 in pieces",
        "word 6",
        "workbook",
        "slides",
        "no pieces",
        "no document",
        "no table",
        "rights",
        "summary",
        "no book",
        "no slide",
    ],
)
def test_what_cannot_be_read_is_listed(streams: dict[str, bytes], reason: Reason) -> None:
    """With the reason, as a part of its message."""
    budget = Budget(Limits(), lambda: 0.0, "a.eml", "m", "h", lambda *_: None)
    assert read_file("a.doc", file_of(streams), "1.2/a.doc", budget, 0)
    assert [(one.part, one.reason) for one in budget.missed] == [("1.2/a.doc", str(reason))]
    assert budget.texts == []


def test_what_is_read_of_a_damaged_file_is_searched() -> None:
    """What stands before the damage is a text, and the file is listed."""
    budget = Budget(Limits(), lambda: 0.0, "a.eml", "m", "h", lambda *_: None)
    cut = SLIDES + struct.pack("<HHI", 0, 0x0FA8, 90_000) + b"third"
    assert read_file("a.ppt", file_of({"PowerPoint Document": cut}), "1.2/a.ppt", budget, 0)
    assert [one.reason for one in budget.missed] == [str(Reason.DAMAGED)]
    assert "second slide\nthird" in budget.texts[0].text


def test_pieces_that_lie_over_each_other() -> None:
    """A file of a megabyte that says it has four thousand million letters is read as far as the limit."""
    count, length = 4000, 900_000
    main = bytearray(b"a" * 1_000_000)
    struct.pack_into("<H8xH", main, 0, 0xA5EC, 0)
    ends = struct.pack(f"<{count + 1}I", *(number * length for number in range(count + 1)))
    table = ends + struct.pack("<HIH", 0, 0x4000_0000, 0) * count
    clx = b"\x02" + struct.pack("<I", len(table)) + table
    struct.pack_into("<II", main, 0x01A2, 0, len(clx))
    found = old_office_text(outlook_file({"WordDocument": bytes(main), "0Table": clx}))
    assert found is not None
    assert found.missed == Reason.TOO_LARGE
    assert 10_000_000 < len(found.text) <= 20_000_000


def test_another_ole_file_is_binary() -> None:
    """What has none of these streams is listed as before."""
    assert old_office_text(file_of({"Contents": b"x"})) is None


@given(place=st.integers(0, 400), data=st.binary(max_size=60))
def test_damaged_workbook(place: int, data: bytes) -> None:
    """Nothing is raised for any bytes within."""
    book = workbook()
    assert isinstance(workbook_text(book[:place] + data + book[place:], 10_000), ReadText)


@given(st.binary(max_size=3000))
def test_damaged_files(data: bytes) -> None:
    """Nor for an OLE file that is cut or overwritten."""
    file = file_of(word())
    for damaged in (file[: len(data)], data + file[len(data) :], file[:512] + data + file[512 + len(data) :]):
        found = old_office_text(damaged)
        assert found is None or isinstance(found, ReadText)
