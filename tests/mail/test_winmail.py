"""A winmail.dat as a message: its bodies, its files, messages within; what is cut off or damaged raises nothing."""

import struct
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azremediate.mail.limits import Limits
from azremediate.mail.message import TakenApart
from azremediate.mail.reasons import Reason
from azremediate.mail.taking_apart import take_apart
from azremediate.mail.winmail import SIGNATURE, winmail_message
from tests.mail.mail_files import wide
from tests.mail.test_old_office import SLIDES, file_of


def attribute(level: int, name: int, kind: int, value: bytes) -> bytes:
    """One attribute with its checksum."""
    return struct.pack("<BHHI", level, name, kind, len(value)) + value + struct.pack("<H", sum(value) % 65536)


def text_property(number: int, text: str) -> bytes:
    """A MAPI property with one text."""
    raw = text.encode("utf-16-le", "surrogatepass") + b"\0\0"
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
HEAD = SIGNATURE + b"\x01\x00"
RICH = struct.pack("<II4sI", 0, 0, b"MELA", 0) + b"{\\rtf1 the rich text}"
DOCUMENT = file_of({"PowerPoint Document": SLIDES})
INNER = HEAD + attribute(1, 0x800C, 2, b"the inner text\0")
WINMAIL = (
    HEAD
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


def sent(winmail: bytes) -> TakenApart:
    """A message with this winmail.dat, as Exchange sends it, taken apart."""
    head = b"From: a@contoso.com\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\n"
    return take_apart(head + b"Content-Transfer-Encoding: 8bit\r\n\r\n" + winmail, "a.eml", Limits())


def with_file(*attributes: bytes) -> bytes:
    """A winmail.dat with one file."""
    return HEAD + attribute(2, 0x9002, 6, bytes(14)) + b"".join(attributes)


def _texts(winmail: bytes) -> dict[str, str]:
    taken = sent(winmail)
    assert taken.not_analysed == ()
    return {part.path: part.text.strip() for part in taken.texts}


def test_as_an_attachment_of_a_message() -> None:
    """As Exchange sends it: texts, the file by its long name, and the message within."""
    texts = _texts(WINMAIL)
    assert {"the plain text", "the marked text", "words of the file", "the inner text"} <= set(texts.values())
    assert any(path.endswith("notes of kim.txt") for path in texts)
    assert "subject: Access to the portal" in texts.values()


def test_subject_and_body_of_attributes() -> None:
    """An old client writes no properties."""
    found = winmail_message(HEAD + attribute(1, 0x8004, 1, b"Hi\0") + attribute(1, 0x800C, 2, b"text\0"))
    assert found is not None
    assert not found.missed
    message = message_from_bytes(found.raw, policy=default)
    assert (message["Subject"], message.get_content().strip()) == ("Hi", "text")


@pytest.mark.parametrize(
    ("winmail", "wanted"),
    [
        (HEAD + attribute(1, 0x800C, 2, b"Pa\xdfwort\0"), "Pa\u00dfwort"),
        (
            HEAD + attribute(1, 0x9007, 6, struct.pack("<II", 1251, 0)) + attribute(1, 0x800C, 2, b"\xef\xe0\xf0\xee"),
            "\u043f\u0430\u0440\u043e",
        ),
        (
            HEAD + attribute(1, 0x9003, 6, properties(bytes_property(0x1013, "<p>\u043f\u0430</p>".encode()))),
            "\u043f\u0430",
        ),
        (HEAD + attribute(1, 0x9003, 6, properties(bytes_property(0x1009, RICH))), "the rich text"),
        (with_file(attribute(2, 0x8010, 1, b"a\r\nb.txt\0"), attribute(2, 0x800F, 6, b"the words")), "the words"),
        (
            with_file(attribute(2, 0x9005, 6, properties(bytes_property(0x3701, bytes(16) + DOCUMENT, 0x000D)))),
            "second slide",
        ),
    ],
    ids=["cp1252", "code page", "utf-8", "rich text", "name of two lines", "object of OLE"],
)
def test_read(winmail: bytes, wanted: str) -> None:
    """Each form in which a text may be kept."""
    assert wanted in [text.split("\n")[-1] for text in _texts(winmail).values()]


@pytest.mark.parametrize(
    ("winmail", "reason"),
    [
        (HEAD + b"\x07" * 200, Reason.DAMAGED),
        (WINMAIL[:-60], Reason.DAMAGED),
        (WINMAIL + b"\x01more", Reason.DAMAGED),
        (HEAD + attribute(2, 0x8010, 1, b"a.txt\0"), Reason.DAMAGED),
        (HEAD + attribute(1, 0x9003, 6, properties(text_property(0x1000, "a"))[:-3]), Reason.DAMAGED),
        (HEAD + attribute(1, 0x9003, 6, struct.pack("<I", 70_000) + MOMENT * 6000), Reason.DAMAGED),
        (with_file(*[attribute(2, 0x9002, 6, b"")] * 600), Reason.TOO_MANY),
    ],
    ids=["noise", "cut", "more", "no file", "cut properties", "very many properties", "very many files"],
)
def test_what_is_missing_is_listed(winmail: bytes, reason: Reason) -> None:
    """With the reason, as a whole."""
    assert ("1/winmail.dat", str(reason)) in [(one.part, one.reason) for one in sent(winmail).not_analysed]


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=60))
def test_any_text(subject: str, name: str, body: str) -> None:
    """No name, subject or body is refused by the library that writes the message."""
    texts = attribute(1, 0x9003, 6, properties(text_property(0x0037, subject), text_property(0x1000, body)))
    file = attribute(2, 0x9002, 6, b"") + attribute(2, 0x800F, 6, b"words of the file")
    taken = sent(HEAD + texts + file + attribute(2, 0x9005, 6, properties(text_property(0x3707, name))))
    assert "words of the file" in [part.text for part in taken.texts] or taken.not_analysed


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
        found = winmail_message(data)
        assert found is None or isinstance(take_apart(found.raw, "x", Limits()), TakenApart)


@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    """Behind the signature anything may follow."""
    assert winmail_message(SIGNATURE + data) is not None
