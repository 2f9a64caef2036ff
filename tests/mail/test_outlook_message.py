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
from tests.mail.test_embedded_object import native
from tests.mail.test_old_office import workbook

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
OBJECT = "__attach_version1.0_#0000000{}/__substg1.0_3701000D"


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
    assert outlook_message(data) is None


def listed(streams: dict[str, bytes]) -> tuple[list[str], list[tuple[str, str]]]:
    """Texts of a message with these streams more, and what is listed of it."""
    taken = opened(outlook_file({**STREAMS, **streams}), "a.msg", Limits())
    assert isinstance(taken, TakenApart)
    return [part.text.strip("\0 \r\n") for part in taken.texts], [(one.part, one.reason) for one in taken.not_analysed]


def test_objects_of_other_programs() -> None:
    """A sheet that was pasted and a file that was dragged are read; what is neither is listed."""
    texts, missed = listed(
        {
            f"{OBJECT.format(1)}/Workbook": workbook().ljust(4200, b"\0"),
            f"{OBJECT.format(2)}/\x01Ole10Native": native(b"notes.txt", b"dragged words").ljust(4200, b"\0"),
            f"{OBJECT.format(3)}/Drawing": b"lines",
            f"{OBJECT.format(4)}/__properties_version1.0": bytes(24),
            f"{OBJECT.format(4)}/__substg1.0_1000001F": wide("of a message inside" + " " * 2100),
        }
    )
    assert "dragged words" in texts
    assert "of a message inside" in texts
    assert any(text.startswith("Server\tUser\tPassword:x") for text in texts)
    assert missed == [(OBJECT.format(3), str(Reason.BINARY))]


def test_a_link_to_a_file() -> None:
    """Where the file is only named, its address is a text."""
    texts, missed = listed(
        {"__attach_version1.0_#00000001/__substg1.0_370D001F": wide("https://files.example/a?sig=1").ljust(4200, b"\0")}
    )
    assert "attachment: https://files.example/a?sig=1" in texts
    assert missed == []


def test_messages_in_messages() -> None:
    """To a depth of ten; the one below is listed."""
    root, streams = "", {}
    for depth in range(1, 13):
        root += OBJECT.format(1) + "/"
        streams[f"{root}__properties_version1.0"] = bytes(24)
        streams[f"{root}__substg1.0_1000001F"] = wide(f"level {depth}" + " " * 2100)
    texts, missed = listed(streams)
    assert [text for text in texts if text.startswith("level")] == [f"level {depth}" for depth in range(1, 11)]
    assert missed == [("attachment", str(Reason.TOO_DEEP))]


def test_very_many_attachments() -> None:
    """Those after the five hundredth are listed in one line."""
    streams = {f"__attach_version1.0_#{number:08X}/__substg1.0_37010102": b"x" * 4100 for number in range(503)}
    texts, missed = listed({name: data for name, data in streams.items() if "00000000/" not in name})
    assert len([text for text in texts if text.startswith("xx")]) == 499
    assert missed == [("the 3 attachments after the first 500", str(Reason.TOO_MANY))]


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
