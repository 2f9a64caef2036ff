"""JSON Web Tokens as the simulated login service signs, reads and checks them."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

JsonObject = dict[str, Any]


class MalformedToken(ValueError):
    """Raised for text that is not a compact JSON Web Token; its text never quotes the token."""


@dataclass(frozen=True, slots=True)
class Token:
    """The parts of one compact token (RFC 7515, section 3.1); nothing in it has been checked."""

    header: JsonObject
    payload: JsonObject
    signed: bytes
    signature: bytes

    def is_signed_by(self, key: rsa.RSAPublicKey) -> bool:
        """True when the signature is an RS256 or PS256 one made with the private half of `key`."""
        algorithm = self.header.get("alg")
        if algorithm == "RS256":
            scheme: padding.AsymmetricPadding = padding.PKCS1v15()
        elif algorithm == "PS256":
            scheme = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
        else:
            return False
        try:
            key.verify(self.signature, self.signed, scheme, hashes.SHA256())
        except InvalidSignature:
            return False
        return True


def encode(payload: JsonObject, key: rsa.RSAPrivateKey, key_id: str) -> str:
    """Return `payload` as a compact token signed with RS256; `key_id` goes into the header as kid and x5t."""
    header = {"typ": "JWT", "alg": "RS256", "kid": key_id, "x5t": key_id}
    signed = f"{_pack(header)}.{_pack(payload)}".encode("ascii")
    signature = key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
    return f"{signed.decode('ascii')}.{to_base64url(signature)}"


def decode(text: str) -> Token:
    """Split a compact token into its parts; raises MalformedToken."""
    parts = text.split(".")
    if len(parts) != 3:
        raise MalformedToken("a token has three parts")
    header, payload, signature = parts
    return Token(_unpack(header), _unpack(payload), f"{header}.{payload}".encode(), from_base64url(signature))


def to_base64url(data: bytes) -> str:
    """Encode without padding, as RFC 7515 writes it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """Decode text with or without padding; raises MalformedToken."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedToken("not base64url") from error


def _pack(value: JsonObject) -> str:
    return to_base64url(json.dumps(value, separators=(",", ":")).encode())


def _unpack(text: str) -> JsonObject:
    try:
        value = json.loads(from_base64url(text))
    except (ValueError, RecursionError) as error:
        raise MalformedToken("not JSON") from error
    if not isinstance(value, dict):
        raise MalformedToken("not an object")
    return value
