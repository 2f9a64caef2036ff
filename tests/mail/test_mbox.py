"""An mbox in ranges: each message once, whatever the ranges are."""

from pathlib import Path

import pytest

from azremediate.mail import mbox
from tests.mail.mail_files import a_mail, write_mbox

MAILS = [a_mail(f"text {number}\n\n>From here on 10:00\n" + "x" * number * 7, number) for number in range(20)]


@pytest.mark.parametrize("size", [1, 7, 100, 333, 1000, 100_000])
def test_ranges(tmp_path: Path, size: int) -> None:
    """The ranges together hold each message once, in order."""
    file = write_mbox(tmp_path / "a.mbox", MAILS)
    whole = file.stat().st_size
    found = [raw for start in range(0, whole, size) for _, raw in mbox.messages(file, start, min(start + size, whole))]
    assert [raw.rstrip(b"\n") for raw in found] == [
        mail.replace(b"\n>From ", b"\nFrom ").rstrip(b"\n") for mail in MAILS
    ]


def test_in_memory_and_crlf() -> None:
    """The same from bytes, with the line ends of the internet."""
    data = b"From a Mon Jan  1 10:00:00 2024\r\nA: 1\r\n\r\none\r\n\r\nFrom - \r\nB: 2\r\n\r\ntwo\r\n"
    assert [raw.split(b":")[0] for raw in mbox.split(data)] == [b"A", b"B"]


def test_a_sentence_parts_nothing(tmp_path: Path) -> None:
    """`From ` in a text begins a message only with a time, and only behind an empty line."""
    mails = [a_mail("well\nFrom my desk at 10:00\n\nFrom now on all is well")]
    file = write_mbox(tmp_path / "a.mbox", mails)
    assert len(list(mbox.messages(file, 0, file.stat().st_size))) == 1


def test_empty(tmp_path: Path) -> None:
    """An empty file holds nothing."""
    file = tmp_path / "a.mbox"
    file.touch()
    assert list(mbox.messages(file, 0, 10)) == []
