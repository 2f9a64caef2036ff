"""Texts made to be slow, and mail made to break: the end is reached, and what was left out is listed."""

import io
import zipfile
from pathlib import Path

import pytest

from azremediate.mail.analysis import OUT_OF_TIME, Analyst
from azremediate.mail.confirm import OutOfTime
from azremediate.mail.limits import Limits
from azremediate.mail.message import MessageHead, TakenApart, TextPart
from azremediate.mail.piece_search import SearchSettings, search_piece
from azremediate.mail.source import find_sources
from azremediate.mail.text_search import TextSearch
from tests.mail.mail_files import a_mail, a_secret, write_mbox

BAIT = (
    "password is ",
    "password: ",
    "server=x;password=y ",
    "sig=AAAA",
    "eyJ",
    "-----BEGIN PRIVATE KEY-----\n",
    "otp key ",
    "ESTSAUTH=",
    "PuTTY-User-Key-File-3: a\n",
    "x://a:",
    '"name":"cookie",',
    "az login -p ",
    "A" * 52 + "=\n",
    "pw\n\n",
)
SEARCH = TextSearch("re")


@pytest.mark.parametrize("bait", BAIT, ids=lambda bait: bait.strip()[:16])
def test_work_is_cut_into_small_steps(bait: str) -> None:
    """The clock is looked at again and again, so that a limit of time can end any text."""
    looks = 0

    def check_time() -> None:
        nonlocal looks
        looks += 1
        if looks > 20:
            raise OutOfTime

    with pytest.raises(OutOfTime):
        SEARCH.matches(bait * (60_000 // len(bait)) + "\n" + "Password: x\n" * 50, check_time)


def test_one_long_line() -> None:
    """A secret in a line of megabytes is found, at its beginning, in the middle and at its end."""
    secrets = [a_secret() for _ in range(3)]
    filler = "lorem ipsum " * 40_000
    text = f"{secrets[0]} {filler}{secrets[1]} {filler}{secrets[2]}"
    found = [text[one.start : one.end] for one in SEARCH.matches(text, lambda: None)]
    assert found == secrets


def test_a_text_without_end_is_listed() -> None:
    """What there was no time for stands in the list, the other parts are searched."""
    secret = a_secret()
    ticks = iter(range(10**9))
    analyst = Analyst(b"k" * 32, engine="re", limits=Limits(seconds=300), clock=lambda: float(next(ticks)))
    texts = (TextPart("1", f"use {secret}"), TextPart("2", "password is " * 3000))
    analysed = analyst.analyse(TakenApart(MessageHead("a", "m", "00"), texts))
    assert [one.part for one in analysed.not_analysed if one.reason == OUT_OF_TIME] == ["2"]
    assert len(analysed.findings) == 1


def nested(depth: int) -> bytes:
    """Zip files in each other."""
    data = b"the end"
    for number in range(depth):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{number}.zip", data)
        data = out.getvalue()
    return data


def bomb() -> bytes:
    """A zip file that unpacks to three hundred times its size."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.txt", bytes(2_000_000))
    return out.getvalue()


def test_an_archive_of_broken_things(tmp_path: Path) -> None:
    """Bombs, nesting, broken MIME and noise: the good message is found, the rest is listed."""
    secret = a_secret()
    broken = b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n" * 5000
    (tmp_path / "bomb.zip").write_bytes(bomb())
    (tmp_path / "deep.zip").write_bytes(nested(30))
    (tmp_path / "noise.eml").write_bytes(bytes(range(256)) * 200)
    write_mbox(tmp_path / "a.mbox", [broken, a_mail(f"use {secret} now"), b"\x00" * 500, a_mail("x" * 300_000)])
    limits = Limits(unpacked=1_000_000, depth=10, entries=100)
    sources = find_sources([tmp_path], tmp_path / "scratch")
    results = [search_piece(piece, b"k" * 32, SearchSettings("re", limits)) for piece in sources.pieces]
    assert [one.message_id for result in results for one in result.findings] == ["1@contoso.com"]
    listed = {Path(one.source).name for result in results for one in result.missed}
    assert "zeros.txt" in listed
    assert any(name.endswith(".zip") for name in listed)
