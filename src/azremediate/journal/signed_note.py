"""Signed notes: a text of lines with Ed25519 signatures below it, in the format of c2sp.org/signed-note."""

import base64
import binascii
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from azremediate.core.codec import ShapeError

_MARK = "\N{EM DASH} "
_ED25519 = b"\x01"
_HASH_SIZE, _SIGNATURE_SIZE = 4, 64


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: the key's name, the first four bytes of its hash, and 64 bytes of Ed25519."""

    name: str
    key_hash: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A text that ends with a line feed, and its signatures."""

    text: str
    signatures: tuple[Signature, ...]

    def signed_by(self, name: str, key: Ed25519PublicKey) -> bool | None:
        """Whether the key's signature fits the text; None when the note bears none of this key."""
        wanted = key_hash(name, key)
        for found in self.signatures:
            if (found.name, found.key_hash) == (name, wanted):
                try:
                    key.verify(found.signature, self.text.encode())
                except InvalidSignature:
                    return False
                return True
        return None

    def encode(self) -> str:
        """The note as it is stored."""
        lines = (f"{_MARK}{one.name} {_base64(one.key_hash + one.signature)}\n" for one in self.signatures)
        return f"{self.text}\n{''.join(lines)}"


def sign(text: str, name: str, *keys: Ed25519PrivateKey) -> SignedNote:
    """The text signed with each of the keys under one name."""
    return SignedNote(
        text, tuple(Signature(name, key_hash(name, key.public_key()), key.sign(text.encode())) for key in keys)
    )


def key_hash(name: str, key: Ed25519PublicKey) -> bytes:
    """What tells keys apart in a signature line: the first four bytes of SHA-256 over name, type and key."""
    return sha256(name.encode() + b"\n" + _ED25519 + key.public_bytes_raw()).digest()[:_HASH_SIZE]


def parse_note(content: str) -> SignedNote:
    """The note in its one exact form; `ShapeError` says what is wrong with it."""
    text, blank, signatures = content.rpartition("\n\n")
    if not blank or not signatures.endswith("\n"):
        raise ShapeError("it has no signatures")
    if not text or any(ord(letter) < 0x20 and letter != "\n" for letter in text):
        raise ShapeError("it holds control characters")
    return SignedNote(f"{text}\n", tuple(_signature(line) for line in signatures[:-1].split("\n")))


def _signature(line: str) -> Signature:
    name, _, encoded = line.removeprefix(_MARK).partition(" ")
    try:
        content = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise ShapeError("a signature is not in base64") from None
    if not line.startswith(_MARK) or not name or _base64(content) != encoded:
        raise ShapeError("a signature line has another form")
    if len(content) != _HASH_SIZE + _SIGNATURE_SIZE:
        raise ShapeError("a signature has another length")
    return Signature(name, content[:_HASH_SIZE], content[_HASH_SIZE:])


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
