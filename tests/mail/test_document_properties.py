"""Title, comments and properties of users in an Office file of before 2007."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from azremediate.mail.document_properties import property_text
from azremediate.mail.ole_file import OleFile
from azremediate.mail.read_text import ReadText
from azremediate.mail.reasons import Reason
from tests.mail.mail_files import wide
from tests.mail.test_old_office import file_of, whole, word

SUMMARY = bytes.fromhex("e0859ff2f94f6810ab9108002b27b3d9")


def narrow(text: str) -> bytes:
    """A text in bytes."""
    data = text.encode("cp1252") + b"\0"
    return struct.pack("<HHI", 0x1E, 0, len(data)) + data


def section(properties: dict[int, bytes]) -> bytes:
    """A set of properties."""
    head, body, at = b"", b"", 8 + 8 * len(properties)
    for number, data in properties.items():
        head += struct.pack("<II", number, at + len(body))
        body += data + bytes(-len(data) % 4)
    return struct.pack("<II", at + len(body), len(properties)) + head + body


def stream(*sections: tuple[bytes, dict[int, bytes]]) -> bytes:
    """A stream of one or two sets."""
    head = struct.pack("<HHI16sI", 0xFFFE, 0, 0, bytes(16), len(sections))
    at, body = len(head) + 20 * len(sections), b""
    for identity, properties in sections:
        head += identity + struct.pack("<I", at + len(body))
        body += section(properties)
    return head + body


ABOUT = stream(
    (SUMMARY, {1: struct.pack("<HHH", 2, 0, 1252), 2: narrow("Zug\u00e4nge"), 6: narrow("a remark"), 14: b"\3"})
)
DICTIONARY = struct.pack("<I", 1) + struct.pack("<II", 2, 5) + b"Code\0"
ADDED = stream(
    (bytes(16), {13: struct.pack("<HHI", 0x101E, 0, 2) + narrow("one")[4:] + narrow("two")[4:]}),
    (
        b"\1" * 16,
        {0: DICTIONARY, 1: struct.pack("<HHH", 2, 0, 1252), 2: struct.pack("<HHI", 0x1F, 0, 4) + wide("abc\0")},
    ),
)


def read(data: bytes) -> ReadText:
    """The texts of one stream."""
    return property_text(OleFile(file_of({"\x05SummaryInformation": data})), [])


def test_lines() -> None:
    """Names where there are some, each text on its line."""
    assert read(ABOUT) == ReadText("Title: Zug\u00e4nge\nComments: a remark")
    assert read(ADDED) == ReadText("one\ntwo\nCode: abc")


def test_of_a_document() -> None:
    """They follow the text of the document."""
    text = whole(file_of({**word(), "\x05SummaryInformation": ABOUT}))
    assert text.startswith("Dear Kim,")
    assert text.endswith("Title: Zug\u00e4nge\nComments: a remark")


def test_texts_over_each_other() -> None:
    """A small stream that says it holds a thousand times a thousand texts is not believed."""
    many = (
        struct.pack("<HHI", 0x101E, 0, 1000) + (struct.pack("<I", 0) * 500 + struct.pack("<I", 9000) + b"x" * 9000) * 20
    )
    data = bytearray(stream((SUMMARY, dict.fromkeys(range(2, 900), b"") | {900: many})))
    first = 48 + 8 + 8 * 899
    for number in range(898):
        struct.pack_into("<I", data, 48 + 8 + 8 * number + 4, first - 48)
    found = read(bytes(data))
    assert found.missed == Reason.TOO_LARGE
    assert 900_000 < len(found.text) <= 1_000_000


@given(data=st.binary(max_size=200), at=st.integers(0, 300))
def test_damaged(data: bytes, at: int) -> None:
    """Nothing is raised."""
    changed = ADDED[:at] + data + ADDED[at + len(data) :]
    assert read(changed).missed in (None, Reason.DAMAGED, Reason.TOO_LARGE)
