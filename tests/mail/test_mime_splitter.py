"""The splitter against the standard library's parser, on messages that hypothesis makes and breaks."""

from collections.abc import Iterator
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.policy import SMTP, compat32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azremediate.mail.mime_splitter import Section, decoded_body, parts, section

TEXT = st.text(
    st.characters(
        codec="utf-8", exclude_categories=["Cs"], exclude_characters="\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
    ),
    max_size=200,
)


@st.composite
def messages(draw: st.DrawFn, depth: int = 2) -> EmailMessage:
    """A message with a body, perhaps with a twin, files and messages in it."""
    message = EmailMessage()
    message["Subject"] = "s"
    coding = draw(st.sampled_from(["base64", "quoted-printable", "8bit"]))
    message.set_content(draw(TEXT) + "\n", cte=coding)
    if draw(st.booleans()):
        message.add_alternative(draw(TEXT) + "\n", subtype="html", cte=coding)
    for _ in range(draw(st.integers(0, 2))):
        message.add_attachment(draw(st.binary(max_size=300)), maintype="application", subtype="x", filename="f.bin")
    if depth and draw(st.booleans()):
        message.add_attachment(draw(messages(depth - 1)))
    return message


def leaves_of_library(message: "Message[str, str]") -> Iterator[tuple[str, bytes]]:
    """What the standard library finds: (content type, bytes) of each part without parts."""
    for part in message.walk():
        if not part.is_multipart():
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            yield part.get_content_type(), content


def leaves(found: Section) -> Iterator[tuple[str, bytes]]:
    """What the splitter finds, in the same form."""
    typed = found.typed()
    kind = typed.get_content_type()
    if kind.startswith("multipart/"):
        _, *inner, _ = parts(found.body, str(typed.get_boundary()).encode())
        for raw in inner:
            yield from leaves(section(raw))
    elif kind == "message/rfc822":
        yield from leaves(section(found.body))
    else:
        yield kind, decoded_body(found.header("content-transfer-encoding"), found.body)


@given(messages(), st.booleans())
def test_same_as_the_library(message: EmailMessage, internet_lines: bool) -> None:
    """The same leaves with the same bytes, with line feeds alone and with CRLF."""
    raw = message.as_bytes(policy=message.policy.clone(linesep="\r\n") if internet_lines else None)
    assert list(leaves(section(raw))) == list(leaves_of_library(BytesParser(policy=compat32).parsebytes(raw)))


@given(messages(), st.integers(0, 4000), st.binary(max_size=40))
def test_broken_messages_do_not_raise(message: EmailMessage, at: int, noise: bytes) -> None:
    """Bytes put anywhere into a message or an end that is missing raise nothing."""
    raw = message.as_bytes(policy=SMTP)
    list(leaves(section(raw[:at] + noise + raw[at:])))
    list(leaves(section(raw[:at])))


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (b"before\n--b\none\n--b\ntwo\n--b--\nafter", [b"before\n", b"one", b"two", b"after"]),
        (b"--b\r\none\r\n--b--", [b"", b"one", b""]),
        (b"--b\none", [b"", b"one", b""]),
        (b"--b\none --b\n--bc\n--b \ntwo", [b"", b"one --b\n--bc", b"two", b""]),
        (b"no boundary", [b"no boundary", b""]),
    ],
)
def test_parts(body: bytes, wanted: list[bytes]) -> None:
    """Only whole lines part, and nothing outside the parts is lost."""
    assert list(parts(body, b"b")) == wanted
