"""A message taken apart: bodies, codings, files in files, and a list of what cannot be read."""

import base64
import gzip
import io
import zipfile
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azremediate.mail.limits import Limits
from azremediate.mail.message import TakenApart
from azremediate.mail.reasons import Reason
from azremediate.mail.taking_apart import take_apart


def apart(message: EmailMessage | bytes, limits: Limits = Limits()) -> TakenApart:  # noqa: B008 - frozen
    """A message taken apart as from a file."""
    raw = message if isinstance(message, bytes) else message.as_bytes()
    return take_apart(raw, "mail.eml", limits)


def a_message(text: str = "Hello") -> EmailMessage:
    """A plain message with a head."""
    message = EmailMessage()
    message["From"], message["To"] = "Amy <Amy@contoso.com>", "bob@fabrikam.com, Eve <eve@contoso.com>"
    message["Message-ID"], message["Date"] = "<one@contoso.com>", "Tue, 02 Jan 2024 10:00:00 +0100"
    message["Subject"] = "Zug\u00e4nge"
    message.set_content(text)
    return message


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def attached(data: bytes, name: str, kind: str = "application/octet-stream") -> EmailMessage:
    """A message with one file."""
    message = a_message()
    message.add_attachment(data, maintype=kind.split("/")[0], subtype=kind.split("/")[1], filename=name)
    return message


def test_head() -> None:
    """Who wrote to whom and when; the subject is a text to search."""
    taken = apart(a_message())
    assert taken.head.message_id == "one@contoso.com"
    assert taken.head.sent == "2024-01-02T09:00:00Z"
    assert (taken.head.sender, taken.head.recipients) == ("amy@contoso.com", ("bob@fabrikam.com", "eve@contoso.com"))
    assert [(part.path, part.text.strip()) for part in taken.texts] == [
        ("headers", "subject: Zug\u00e4nge"),
        ("1", "Hello"),
    ]


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (
            "text/plain; charset=utf-8\nContent-Transfer-Encoding: base64",
            base64.b64encode("P\u00e4ss w\u00f6rt".encode()),
        ),
        ("text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable", b"P=C3=A4ss w=C3=\n=B6rt"),
        ("text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit", b"P\xe4ss w\xf6rt"),
        ("text/plain; charset=no-such\nContent-Transfer-Encoding: 8bit", "P\u00e4ss w\u00f6rt".encode()),
        ("text/plain; charset=us-ascii\nContent-Transfer-Encoding: 8bit", b"P\xe4ss w\xf6rt"),
        (
            "text/plain; charset=utf-16\nContent-Transfer-Encoding: base64",
            base64.b64encode("P\u00e4ss w\u00f6rt".encode("utf-16")),
        ),
    ],
)
def test_codings(head: str, body: bytes) -> None:
    """The same text comes out of each coding, also where the charset lies."""
    taken = apart(f"Content-Type: {head}\n\n".encode() + body)
    assert [part.text.strip() for part in taken.texts] == ["P\u00e4ss w\u00f6rt"]


def test_damaged_base64_is_read_as_far_as_it_goes() -> None:
    """Foreign characters and a missing end lose nothing else."""
    coded = base64.b64encode(b"the secret of the day is here").decode()
    taken = apart(f"Content-Transfer-Encoding: base64\n\n{coded[:10]}*\n!{coded[10:-3]}".encode())
    assert taken.texts[0].text.startswith("the secret of the day is h")


def test_html_twin() -> None:
    """The HTML form of a text that is there in plain is marked as its twin; split words are whole."""
    message = a_message("plain")
    message.add_alternative(
        "<p>ab<b>cd</b>ef<wbr>gh</p><td>x</td><td>y</td><a href='https://a.example/k'>z</a><!-- c1 -->", subtype="html"
    )
    twin = next(part for part in apart(message).texts if part.media_type == "text/html")
    assert twin.twin
    assert "abcdefgh\n" in twin.text
    assert "x\ty\tz" in twin.text
    assert "https://a.example/k" in twin.text and "c1" in twin.text


DOCUMENT = zipped(
    {
        "[Content_Types].xml": b"<Types/>",
        "word/document.xml": b"<w:p><w:r><w:t>Pass</w:t></w:r><w:r><w:t>word: abc</w:t></w:r></w:p>"
        b"<w:p><w:r><w:t>next &amp; last</w:t></w:r></w:p>",
    }
)
WORKBOOK = zipped(
    {
        "[Content_Types].xml": b"<Types/>",
        "xl/sharedStrings.xml": b"<sst><si><t>User</t></si><si><r><t>Pass</t></r><r><t>word</t></r></si></sst>",
        "xl/worksheets/sheet1.xml": b'<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>'
        b'<row><c t="inlineStr"><is><t>amy</t></is></c><c><v>42</v></c></row>',
    }
)


@pytest.mark.parametrize(
    ("name", "data", "wanted"),
    [
        ("a.docx", DOCUMENT, "Password: abc\nnext & last"),
        ("a.xlsx", WORKBOOK, "User\tPassword\namy\t42"),
        ("a.zip", zipped({"in/b.txt": b"inner text"}), "inner text"),
        ("a.zip", zipped({"b.zip": zipped({"c.env": b"KEY=1"})}), "KEY=1"),
        ("a.log.gz", gzip.compress(b"logged"), "logged"),
        ("a.har", b'{"log": 1}', '{"log": 1}'),
        ("a.txt", "wide".encode("utf-16-le"), "wide"),
        ("a.rtf", rb"{\rtf1{\fonttbl x;}Pass\b word\b0: \'e4\par next}", "Password: \u00e4\nnext"),
        ("a.eml", a_message("inside").as_bytes(), "inside"),
        ("a.zip", zipped({"b.eml": a_message("deep inside").as_bytes()}), "deep inside"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 12 else "",
)
def test_files(name: str, data: bytes, wanted: str) -> None:
    """The text of each kind of file; none of it is listed as not analysed."""
    taken = apart(attached(data, name))
    assert wanted in [part.text.strip() for part in taken.texts]
    assert taken.not_analysed == ()


def test_a_damaged_file_in_an_archive() -> None:
    """It is listed by its name, and those after it are read."""
    data = bytearray(zipped({"a.txt": b"first words", "b.txt": b"second words", "c.txt": b"third words"}))
    at = data.index(b"b.txt") + 5
    data[at] ^= 0xFF
    taken = apart(attached(bytes(data), "a.zip"))
    assert [part.text for part in taken.texts][-2:] == ["first words", "third words"]
    assert [(one.part, one.reason) for one in taken.not_analysed] == [("1.2/a.zip/b.txt", str(Reason.DAMAGED))]


def test_attached_message() -> None:
    """A forwarded message is a part of its own with its own headers."""
    message = a_message()
    message.add_attachment(a_message("forwarded words"))
    texts = {part.path: part.text.strip() for part in apart(message).texts}
    assert "forwarded words" in texts.values()


def encrypted_zip() -> bytes:
    """A zip whose entry says that it is encrypted."""
    data = bytearray(zipped({"secret.txt": b"x" * 30}))
    data[6] |= 1
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("name", "data", "wanted"),
    [
        ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(40), Reason.IMAGE),
        ("message.rpmsg", b"\x76\xe8\x04\x60" + bytes(50), Reason.RIGHTS),
        ("smime.p7m", b"\x30\x80" + bytes(50), Reason.BINARY),
        ("a.zip", encrypted_zip(), Reason.ENCRYPTED),
        ("a.7z", b"7z\xbc\xaf\x27\x1c" + bytes(50), Reason.ARCHIVE),
        ("a.zip", b"PK\x03\x04broken", Reason.DAMAGED),
        ("a.pdf", b"%PDF-1.4 broken", Reason.DAMAGED),
        ("a.bin", bytes(range(256)) * 4, Reason.BINARY),
    ],
)
def test_not_analysed(name: str, data: bytes, wanted: Reason) -> None:
    """What cannot be read is listed with its reason, its place and its message."""
    (missed,) = apart(attached(data, name)).not_analysed
    assert (missed.reason, missed.message_id, missed.source) == (str(wanted), "one@contoso.com", "mail.eml")
    assert missed.part.startswith(f"1.2/{name}")


def test_encrypted_mail_is_listed() -> None:
    """Enveloped S/MIME cannot be read."""
    message = b"Content-Type: application/pkcs7-mime; name=smime.p7m\nContent-Transfer-Encoding: base64\n\n"
    message += b"MIAGCSqGSIb3DQEHA6CAMIACAQA="
    assert [one.reason for one in apart(message).not_analysed] == [str(Reason.ENCRYPTED_MAIL)]


@pytest.mark.parametrize(
    ("limits", "data", "wanted"),
    [
        (Limits(unpacked=10_000), zipped({"bomb.txt": bytes(50_000)}), Reason.TOO_LARGE),
        (Limits(file=1_000), zipped({"bomb.txt": b"a" * 5_000}), Reason.TOO_LARGE),
        (Limits(entries=5), zipped({f"{number}.txt": b"a" for number in range(20)}), Reason.TOO_MANY),
        (
            Limits(depth=2),
            zipped({"a.zip": zipped({"b.zip": zipped({"c.zip": zipped({"d": b"x"})})})}),
            Reason.TOO_DEEP,
        ),
    ],
)
def test_caps(limits: Limits, data: bytes, wanted: Reason) -> None:
    """A bomb is listed instead of opened."""
    assert str(wanted) in {one.reason for one in apart(attached(data, "a.zip"), limits).not_analysed}


def test_time() -> None:
    """When the time is over the rest is listed."""
    ticks = iter(range(0, 10_000, 30))
    taken = take_apart(attached(b"words", "a.txt").as_bytes(), "x", Limits(seconds=40), lambda: next(ticks))
    assert str(Reason.TOO_LONG) in {one.reason for one in taken.not_analysed}


def test_a_message_over_the_limit_is_listed() -> None:
    """A raw message that is too large is not read at all."""
    assert [one.reason for one in apart(a_message(), Limits(message=10)).not_analysed] == [str(Reason.TOO_LARGE)]


def test_deep_nesting_ends() -> None:
    """Two thousand multiparts in each other are cut at the limit."""
    raw = b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(2000)) + b"\nend"
    assert str(Reason.TOO_DEEP) in {one.reason for one in apart(raw).not_analysed}


@given(st.binary(max_size=600))
def test_any_bytes(raw: bytes) -> None:
    """No message makes it raise."""
    apart(b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n\n" + raw + b"\n--b--")
    apart(raw)


def test_pictures_are_listed_with_their_size_and_nothing_else_is_taken_for_one() -> None:
    """By their first bytes: an archive that is called a picture is opened."""
    picture = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("notes.txt", "words in an archive")
    message = EmailMessage()
    message.set_content("see attached")
    message.add_attachment(picture, maintype="image", subtype="png", filename="logo.png")
    message.add_attachment(data.getvalue(), maintype="image", subtype="png", filename="photo.png")
    taken = take_apart(message.as_bytes(), "a.eml", Limits())
    (missed,) = taken.not_analysed
    assert (missed.part, missed.reason) == ("1.2/logo.png", str(Reason.IMAGE))
    assert abs(missed.size - len(picture)) <= 2
    assert "words in an archive" in [part.text for part in taken.texts]


@pytest.mark.parametrize(
    ("name", "data", "wanted"),
    [
        ("a.docx", DOCUMENT, "Password: abc\nnext & last"),
        ("a.xlsx", WORKBOOK, "User\tPassword\namy\t42"),
        ("notes.txt", b"Token: abc\nTo do: nothing\nsa / abc\n\nlast", "Token: abc\nTo do: nothing\nsa / abc\n\nlast"),
        ("page.html", b"<html><p>pass<b>word</b> abc</p></html>", "password abc"),
    ],
)
def test_files_beside_mail(name: str, data: bytes, wanted: str) -> None:
    """An attachment that somebody saved in a folder of mail is read as what it is, not as a message."""
    taken = take_apart(data, f"folder/{name}")
    assert wanted in [part.text.strip() for part in taken.texts]
    assert taken.not_analysed == ()


def test_lines_among_the_headers() -> None:
    """Where the empty line before the body is missing, what is no header is a text, and the headers still count."""
    raw = b"From: a@contoso.com\nSubject: s\nthe key is abc\nContent-Type: text/plain\nToken: def\n"
    texts = {part.path: part.text for part in take_apart(raw, "a.eml").texts}
    assert texts["1/head"] == "the key is abc"
    assert texts["headers"] == "subject: s\ntoken: def"
