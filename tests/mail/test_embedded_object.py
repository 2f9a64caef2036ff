"""Files, objects and macros within Office documents: read like any other file, or listed."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azremediate.mail.budget import Budget
from azremediate.mail.embedded_object import embedded_objects
from azremediate.mail.limits import Limits
from azremediate.mail.macro_source import macro_source
from azremediate.mail.part_content import read_file
from azremediate.mail.reasons import Reason
from tests.mail.mail_files import outlook_file
from tests.mail.test_old_office import SLIDES, file_of, slide, word, workbook
from tests.mail.test_taking_apart import DOCUMENT, zipped

SOURCE = b'Attribute VB_Name = "Module1"\r\nconn = "Pwd=abc;Pwd=abc;Pwd=abc"\r\n'


def native(name: bytes, content: bytes) -> bytes:
    """A file that was dragged into a document."""
    head = b"\x02\0" + name + b"\0C:\\" + name + b"\0\0\0\x03\0" + struct.pack("<I", 4) + b"tmp\0"
    body = head + struct.pack("<I", len(content)) + content
    return struct.pack("<I", len(body)) + body


def packed(source: bytes) -> bytes:
    """The stream of a module: its tables, then its source; `abc;Pwd=` is written as a copy where it comes again."""
    items: list[bytes] = []
    at, again = 0, source.find(b"Pwd=abc;") + 8
    while at < len(source):
        if at == again:
            bits = max((at - 1).bit_length(), 4)
            items.append(struct.pack("<H", (8 - 1) << (16 - bits) | (15 - 3)))
            at += 15
        else:
            items.append(source[at : at + 1])
            at += 1
    chunk = b""
    for start in range(0, len(items), 8):
        group = items[start : start + 8]
        chunk += bytes([sum(1 << bit for bit, item in enumerate(group) if len(item) > 1)]) + b"".join(group)
    return b"tables\x01\0" + b"\x01" + struct.pack("<H", 0xB000 | len(chunk) - 1) + chunk


OBJECT = file_of({"\x01Ole10Native": native(b"notes.txt", b"dragged words")})
COMPRESSED = slide(0x1011, struct.pack("<I", len(OBJECT)) + zlib.compress(OBJECT), 0x10)


def read(name: str, data: bytes, limits: Limits = Limits()) -> Budget:  # noqa: B008 - frozen
    """A file read as a part of a message."""
    budget = Budget(limits, lambda: 0.0, "a.eml", "m", "h", lambda *_: None)
    assert read_file(name, data, f"1.2/{name}", budget, 0)
    return budget


@pytest.mark.parametrize(
    ("name", "data", "wanted"),
    [
        ("a.xls", file_of({"Workbook": workbook(), "MBD1/Package": DOCUMENT}), "Password: abc\nnext & last"),
        ("a.doc", OBJECT, "dragged words"),
        ("a.ppt", file_of({"PowerPoint Document": SLIDES + slide(0x1011, OBJECT)}), "dragged words"),
        ("a.ppt", file_of({"PowerPoint Document": SLIDES + COMPRESSED}), "dragged words"),
        ("a.docx", zipped({"[Content_Types].xml": b"", "word/embeddings/oleObject1.bin": OBJECT}), "dragged words"),
        ("a.xls", file_of({"Workbook": workbook(), "VBA/Module1": packed(SOURCE)}), SOURCE.decode().strip()),
        (
            "a.xlsm",
            zipped({"[Content_Types].xml": b"", "xl/vbaProject.bin": file_of({"VBA/Module1": packed(SOURCE)})}),
            SOURCE.decode().strip(),
        ),
    ],
    ids=["package", "native", "slides", "packed slides", "docx", "macro", "macro of xlsm"],
)
def test_read(name: str, data: bytes, wanted: str) -> None:
    """What is in it is a text; nothing is listed."""
    budget = read(name, data)
    assert wanted in [part.text.strip() for part in budget.texts]
    assert budget.missed == []


def test_a_document_in_a_document() -> None:
    """A sheet in a letter is read, from a storage of its own."""
    budget = read("a.xls", file_of({"PowerPoint Document": SLIDES, "MBD1/Workbook": workbook()}))
    (text,) = (part.text for part in budget.texts)
    assert "second slide" in text
    assert "Server\tUser" in text


@pytest.mark.parametrize(
    ("streams", "part"),
    [
        ({"Workbook": workbook(), "MBD1/Equation Native": b"x"}, "MBD1"),
        ({"Workbook": workbook(), "VBA/Module1": b"no source"}, "VBA/Module1.bas"),
        ({"PowerPoint Document": SLIDES + slide(0x1011, b"no zlib", 0x10)}, f"object-{len(SLIDES) + 8}"),
        ({"Workbook": workbook(), "\x01Ole10Native": bytes(4) + b"\x02\0" + b"x" * 5000}, "Ole10Native"),
    ],
    ids=["equation", "module", "slides", "native"],
)
def test_what_is_not_known_is_listed(streams: dict[str, bytes], part: str) -> None:
    """The rest of the file is read."""
    budget = read("a.xls", outlook_file(streams))
    assert [(one.part, one.reason) for one in budget.missed] == [(f"1.2/a.xls/{part}", str(Reason.BINARY))]
    assert budget.texts


BLIP = struct.pack("<HHI", 0x46A << 4, 0xF01D, 100) + bytes(100)


@pytest.mark.parametrize(
    ("name", "stream"),
    [("a.doc", "Data"), ("a.ppt", "Pictures"), ("a.xls", "Workbook")],
)
def test_pictures_are_listed(name: str, stream: str) -> None:
    """Each of them; numbers that only look like the beginning of a picture are none."""
    before = workbook() + struct.pack("<HH", 0x00EB, 2 * len(BLIP)) if stream == "Workbook" else b"before"
    false = struct.pack("<HHI", 0x46A << 4, 0xF01D, 0x7FFFFFFF)
    budget = read(name, file_of({**word(), stream: before + BLIP + BLIP + false}))
    assert [(one.part, one.reason) for one in budget.missed if one.reason != str(Reason.DAMAGED)] == [
        (f"1.2/{name}/{stream}/picture-{len(before) + at}", str(Reason.IMAGE)) for at in (0, len(BLIP))
    ]


def test_very_many_pictures() -> None:
    """The last line says that there are more."""
    budget = read("a.doc", file_of({**word(), "Data": (BLIP[:4] + bytes(4)) * 600}))
    assert len(budget.missed) == 502
    assert budget.missed[-1].part == "1.2/a.doc/Data/pictures after the first 500"


def test_a_module_that_grows_without_end() -> None:
    """Chunks of three bytes that each become four thousand: nothing of it is taken, so that it is listed."""
    grown = b"\x02x" + struct.pack("<H", 0x0FFF)
    chunk = struct.pack("<H", 0xB000 | len(grown) - 1) + grown
    first = packed(SOURCE)
    assert macro_source(first + chunk * 100) is not None
    assert macro_source(first + chunk * 6000) is None


def test_objects_count_as_unpacked() -> None:
    """Of objects that would be larger than a message may become the rest is listed."""
    objects = {f"MBD{number}/Package": b"words " * 1000 for number in range(5)}
    budget = read("a.xls", file_of({"Workbook": workbook(), **objects}), Limits(unpacked=14_000))
    assert [part.path for part in budget.texts] == ["1.2/a.xls", "1.2/a.xls/MBD0/Package", "1.2/a.xls/MBD1/Package"]
    assert [one.reason for one in budget.missed] == [str(Reason.TOO_LARGE)]


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    """Nothing is raised, whatever stands in a stream or in place of a part of the file."""
    source = macro_source(b"\x01\x00\xb0\x00Attribut" + data)
    assert source is None or len(source) <= 100 * len(data) + 5000
    file = file_of({"\x01Ole10Native": data, "PowerPoint Document": data, "VBA/Module1": data})
    for whole in (file, file[: len(file) - 512 - len(data)] + data + file[-512:]):
        for one in embedded_objects(whole):
            assert one.name


CHANGES = st.lists(
    st.tuples(
        st.integers(0, 20_000), st.sampled_from([b"\0", b"\xff", b"\x01", b"\xff" * 4, bytes(4), b"\xff\xff\xff\x7f"])
    ),
    min_size=1,
    max_size=8,
)
FILES = {
    "a.xls": file_of({"Workbook": workbook(), "MBD1/Package": DOCUMENT, "VBA/Module1": packed(SOURCE)}),
    "a.ppt": file_of({"PowerPoint Document": SLIDES + COMPRESSED}),
    "a.doc": file_of({**word(), "\x01Ole10Native": native(b"notes.txt", b"dragged words")}),
}


@given(name=st.sampled_from(sorted(FILES)), changes=CHANGES, cut=st.integers(0, 3000))
def test_changed_files(name: str, changes: list[tuple[int, bytes]], cut: int) -> None:
    """Numbers in any place of a file changed, and its end cut off: it is read or listed, and nothing is raised."""
    data = bytearray(FILES[name])
    for place, change in changes:
        at = place % len(data)
        data[at : at + len(change)] = change
    assert read(name, bytes(data[: len(data) - cut])) is not None
