"""An Outlook .msg as a message: bodies, people, files."""

import struct

import pytest

from azremediate.mail.limits import Limits
from azremediate.mail.message import TakenApart
from azremediate.mail.outlook_message import outlook_message
from azremediate.mail.piece_search import opened
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
