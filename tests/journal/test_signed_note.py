"""Signed notes in the format that other tools read."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from azremediate.core.codec import ShapeError
from azremediate.journal.signed_note import key_hash, parse_note, sign

KNOWN_KEY = "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
KNOWN = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "\N{EM DASH} PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
"""The example of the package golang.org/x/mod/sumdb/note."""

TEXT = "line one\nline two\n"


def test_known_note() -> None:
    """A note that another implementation signed verifies, with that key's hash."""
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(KNOWN_KEY)[1:])
    assert key_hash("PeterNeumann", key).hex() == "c74f20a3"
    note = parse_note(KNOWN)
    assert note.signed_by("PeterNeumann", key) is True
    assert note.encode() == KNOWN


def test_own_note() -> None:
    """A note signed with two keys verifies with each, and tells nothing of a third."""
    first, second, third = (Ed25519PrivateKey.generate() for _ in range(3))
    note = parse_note(sign(TEXT, "name", first, second).encode())
    assert note.text == TEXT
    assert [note.signed_by("name", key.public_key()) for key in (first, second, third)] == [True, True, None]
    assert note.signed_by("other", first.public_key()) is None


@pytest.mark.fault("C8")
def test_every_altered_byte() -> None:
    """Whatever byte is altered, the note is refused, or its signature, or it is not this key's any more."""
    key = Ed25519PrivateKey.generate()
    content = sign(TEXT, "name", key).encode().encode()
    for at in range(len(content)):
        for flip in (1, 0x20, 0x80):
            altered = content[:at] + bytes([content[at] ^ flip]) + content[at + 1 :]
            try:
                note = parse_note(altered.decode())
            except (ShapeError, UnicodeDecodeError):
                continue
            assert note.signed_by("name", key.public_key()) is not True, (at, flip)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("text\n", id="no signature"),
        pytest.param("text\n\n", id="no signature line"),
        pytest.param("text\n\n\N{EM DASH} name AAAA\n", id="short signature"),
        pytest.param("text\n\n- name AAAA\n", id="another dash"),
        pytest.param("text\n\n\N{EM DASH} name ###\n", id="no base64"),
        pytest.param("te\x07xt\n\n\N{EM DASH} name AAAA\n", id="control character"),
        pytest.param("", id="empty"),
    ],
)
def test_other_forms(content: str) -> None:
    """Anything but the one form is refused."""
    with pytest.raises(ShapeError):
        parse_note(content)
