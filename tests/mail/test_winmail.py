"""A winmail.dat as a message: its bodies, its files, messages within; what is cut off or damaged raises nothing."""

import struct
from email import message_from_bytes
from email.policy import default

from hypothesis import given
from hypothesis import strategies as st

from azremediate.mail.limits import Limits
from azremediate.mail.message import TakenApart
from azremediate.mail.taking_apart import take_apart
from azremediate.mail.winmail import SIGNATURE, winmail_message
from tests.mail.mail_files import wide


def attribute(level: int, name: int, kind: int, value: bytes) -> bytes:
    """One attribute with its checksum."""
    return struct.pack("<BHHI", level, name, kind, len(value)) + value + struct.pack("<H", sum(value) % 65536)


def text_property(number: int, text: str) -> bytes:
    """A MAPI property with one text."""
    raw = wide(text) + b"\0\0"
    return struct.pack("<HHII", 0x001F, number, 1, len(raw)) + raw + bytes(-len(raw) % 4)


def bytes_property(number: int, raw: bytes, kind: int = 0x0102) -> bytes:
    """A MAPI property with bytes or an object."""
    return struct.pack("<HHII", kind, number, 1, len(raw)) + raw + bytes(-len(raw) % 4)


def properties(*encoded: bytes) -> bytes:
    """A list of properties."""
    return struct.pack("<I", len(encoded)) + b"".join(encoded)


NAMED = struct.pack("<HH", 0x001F, 0x8001) + bytes(16) + struct.pack("<II", 1, 6) + wide("abc") + bytes(2)
NAMED += struct.pack("<II", 1, 4) + wide("xy")
MANY = struct.pack("<HHI", 0x1003, 0x0E21, 3) + bytes(12)
MOMENT = struct.pack("<HH", 0x0040, 0x0039) + bytes(8)
INNER = SIGNATURE + b"\x01\x00" + attribute(1, 0x800C, 2, b"the inner text\0")
WINMAIL = (
    SIGNATURE
    + b"\x01\x00"
    + attribute(1, 0x8004, 1, b"Old subject\0")
    + attribute(
        1,
        0x9003,
        6,
        properties(
            NAMED,
            MANY,
            MOMENT,
            text_property(0x0037, "Access to the portal"),
            text_property(0x1000, "the plain text"),
            bytes_property(0x1013, b"<p>the <b>marked</b> text</p>"),
        ),
    )
    + attribute(2, 0x9002, 6, bytes(14))
    + attribute(2, 0x8010, 1, b"NOTES~1.TXT\0")
    + attribute(2, 0x800F, 6, b"words of the file")
    + attribute(2, 0x9005, 6, properties(text_property(0x3707, "notes of kim.txt")))
    + attribute(2, 0x9002, 6, bytes(14))
    + attribute(2, 0x9005, 6, properties(bytes_property(0x3701, bytes(16) + INNER, 0x000D), text_property(0x3707, "m")))
)


def _texts(raw: bytes) -> dict[str, str]:
    taken = take_apart(raw, "a.eml", Limits())
    assert isinstance(taken, TakenApart)
    assert taken.not_analysed == ()
    return {part.path: part.text.strip() for part in taken.texts}


def test_as_an_attachment_of_a_message() -> None:
    """As Exchange sends it: texts, the file by its long name, and the message within."""
    raw = (
        b"From: a@contoso.com\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\n"
        b"Content-Transfer-Encoding: 8bit\r\n\r\n" + WINMAIL
    )
    texts = _texts(raw)
    assert {"the plain text", "the marked text", "words of the file", "the inner text"} <= set(texts.values())
    assert any(path.endswith("notes of kim.txt") for path in texts)
    assert "subject: Access to the portal" in texts.values()


def test_subject_and_body_of_attributes() -> None:
    """An old client writes no properties."""
    raw = winmail_message(
        SIGNATURE + b"\x01\x00" + attribute(1, 0x8004, 1, b"Hi\0") + attribute(1, 0x800C, 2, b"text\0")
    )
    assert raw is not None
    message = message_from_bytes(raw, policy=default)
    assert (message["Subject"], message.get_content().strip()) == ("Hi", "text")


def test_what_is_no_winmail() -> None:
    """Other bytes are left to other readers."""
    assert winmail_message(b"") is None
    assert winmail_message(b"PK\x03\x04") is None


@given(cut=st.integers(0, len(WINMAIL)), place=st.integers(0, len(WINMAIL) - 1), byte=st.integers(0, 255))
def test_cut_and_damaged(cut: int, place: int, byte: int) -> None:
    """Nothing is raised, and nothing loops."""
    damaged = bytearray(WINMAIL)
    damaged[place] = byte
    for data in (WINMAIL[:cut], bytes(damaged)):
        raw = winmail_message(data)
        assert raw is None or isinstance(take_apart(raw, "x", Limits()), TakenApart)


@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    """Behind the signature anything may follow."""
    assert winmail_message(SIGNATURE + data) is not None


def test_a_name_of_two_lines() -> None:
    """A header cannot hold it: it becomes one line, and the file is read."""
    one = attribute(2, 0x9002, 6, bytes(14)) + attribute(2, 0x800F, 6, b"words of the file")
    named = attribute(2, 0x9005, 6, properties(text_property(0x3707, "a\r\nX-Injected: b.txt")))
    raw = winmail_message(SIGNATURE + b"\x01\x00" + one + named)
    assert raw is not None
    assert b"\nX-Injected" not in raw
    assert any("words of the file" in text for text in _texts(raw).values())
