"""An Outlook .msg as a message: bodies, people, files."""

import struct

import pytest

from azremediate.core.finding import NotAnalysed
from azremediate.mail.limits import Limits
from azremediate.mail.message import TakenApart
from azremediate.mail.outlook_message import outlook_message
from azremediate.mail.piece_search import opened
from azremediate.mail.reasons import Reason
from tests.mail.mail_files import outlook_file, wide

STREAMS = {
    "__substg1.0_0037001F": wide("Access"),
    "__substg1.0_1000001F": wide("the key is in here" + " " * 2100),
    "__substg1.0_10130102": b"<p>the <b>marked</b> text</p>",
    "__substg1.0_1035001F": wide("<m1@contoso.com>"),
    "__substg1.0_5D01001F": wide("amy@contoso.com"),
    "__substg1.0_0E04001F": wide("bob@fabrikam.com"),
    "__attach_version1.0_#00000000/__substg1.0_3707001F": wide("notes.txt"),
    "__attach_version1.0_#00000000/__substg1.0_37010102": b"words of the file" + b" " * 4100,
}


def test_taken_apart() -> None:
    """Texts and head of a .msg."""
    taken = opened(outlook_file(STREAMS), "a.msg", Limits())
    assert isinstance(taken, TakenApart)
    texts = [part.text.strip("\0 \n\r") for part in taken.texts]
    assert "the key is in here" in texts
    assert "words of the file" in texts
    assert any(text.startswith("the marked text") for text in texts)
    assert taken.head.message_id == "m1@contoso.com"


def test_a_name_of_two_lines() -> None:
    """The file is there, by its name on one line."""
    streams = {**STREAMS, "__attach_version1.0_#00000000/__substg1.0_3707001F": wide("a\r\nb.txt")}
    taken = opened(outlook_file(streams), "a.msg", Limits())
    assert isinstance(taken, TakenApart)
    assert "words of the file" in [part.text.strip("\0 ") for part in taken.texts if part.path.endswith("a b.txt")]


def test_attachments_that_share_their_bytes() -> None:
    """A file that says it holds a hundred times what it holds is listed, not read."""
    name = "__substg1.0_37010102"
    files = {f"__attach_version1.0_#{number:08X}/{name}": b"x" * 5000 for number in range(100)}
    files["__attach_version1.0_#00000000/" + name] = b"y" * 200_000
    data = bytearray(outlook_file({**STREAMS, **files}))
    places = [at for at in range(0, len(data), 128) if data.startswith(wide(name) + b"\0\0", at)]
    large = next(at for at in places if int.from_bytes(data[at + 120 : at + 128], "little") == 200_000)
    for at in places:
        data[at + 116 : at + 128] = data[large + 116 : large + 128]
    found = opened(bytes(data), "a.msg", Limits())
    assert isinstance(found, NotAnalysed)
    assert (found.reason, len(places)) == (str(Reason.DAMAGED), 100)


@pytest.mark.parametrize("moment", [2**63 - 1, 2**64 - 1])
def test_a_date_that_is_not_known(moment: int) -> None:
    """Outlook writes the largest number there is; the message is read all the same."""
    fixed = bytes(32) + struct.pack("<HHIQ", 0x0040, 0x0039, 0, moment)
    taken = opened(outlook_file({**STREAMS, "__properties_version1.0": fixed}), "a.msg", Limits())
    assert isinstance(taken, TakenApart)
    assert taken.head.sent == ""


@pytest.mark.parametrize("text", ["<", "a;b@[", "\u00e9\u00e8 <x@y>", "=?utf-8?b?!?=", "x\x85y\u2028z"])
@pytest.mark.parametrize("number", ["0037", "5D01", "0E04", "0E03", "1035"])
def test_people_who_are_no_addresses(number: str, text: str) -> None:
    """Whatever stands in the place of an address or an id, the message is read."""
    taken = opened(outlook_file({**STREAMS, f"__substg1.0_{number}001F": wide(text)}), "a.msg", Limits())
    assert isinstance(taken, TakenApart)
    assert "words of the file" in [part.text.strip("\0 ") for part in taken.texts]


@pytest.mark.parametrize("data", [b"", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), outlook_file(STREAMS)[:3000]])
def test_damaged(data: bytes) -> None:
    """What is no .msg gives nothing and raises nothing."""
    assert outlook_message(data) is None or isinstance(outlook_message(data), bytes)


def test_a_date_of_no_calendar_and_a_name_of_two_lines() -> None:
    """Neither stops the reading of the message."""
    properties = bytes(32) + struct.pack("<HHIQ", 0x0040, 0x0039, 0, 2**64 - 1)
    streams = {
        **STREAMS,
        "__properties_version1.0": properties.ljust(4200, b"\0"),
        "__attach_version1.0_#00000000/__substg1.0_3707001F": wide("notes\r\nof kim.txt" + " " * 2100),
    }
    taken = opened(outlook_file(streams), "a.msg", Limits())
    assert isinstance(taken, TakenApart)
    assert any("words of the file" in part.text for part in taken.texts)
