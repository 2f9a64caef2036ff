"""Marvin32, the checksum inside Microsoft's identifiable keys.

Source: the seeded hash of the .NET runtime (MIT), as microsoft/security-utilities (MIT) applies it to keys.
"""

import base64
import binascii

_WORD = 0xFFFFFFFF


def marvin32(data: bytes, seed: int) -> int:
    """The 32-bit Marvin32 of bytes under a 64-bit seed."""
    low, high = seed & _WORD, seed >> 32
    whole = len(data) & ~3
    for at in range(0, whole, 4):
        low, high = _mix((low + int.from_bytes(data[at : at + 4], "little")) & _WORD, high)
    low, high = _mix((low + int.from_bytes(data[whole:] + b"\x80", "little")) & _WORD, high)
    low, high = _mix(low, high)
    return low ^ high


def _mix(low: int, high: int) -> tuple[int, int]:
    high ^= low
    low = (_turned(low, 20) + high) & _WORD
    high = _turned(high, 9) ^ low
    low = (_turned(low, 27) + high) & _WORD
    return low, _turned(high, 19)


def _turned(word: int, by: int) -> int:
    return ((word << by) | (word >> (32 - by))) & _WORD


def seed_of(literal: str) -> int:
    """The seed that eight ASCII characters such as `Default0` stand for: their bytes as a big-endian number."""
    return int.from_bytes(literal.encode("ascii"), "big")


def key_checksum_holds(key: str, seed: str) -> bool:
    """Whether the last four bytes of a base64 key are the Marvin32 of the bytes before."""
    try:
        data = base64.b64decode(key + "=" * (-len(key) % 4), validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(data) > 4 and int.from_bytes(data[-4:], "little") == marvin32(data[:-4], seed_of(seed))


def annotated_key_checksum_holds(key: str) -> bool:
    """Whether a common annotated key of 84 characters ends with the checksum of what stands before."""
    try:
        data = base64.b64decode(key[:84], validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(data) == 63 and data[60:] == marvin32(data[:60], seed_of("Default0")).to_bytes(4, "little")[:3]


_ENTRA_ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890.-_~"


def entra_secret_checksum_holds(secret: str) -> bool:
    """Whether the last three characters of a client secret with `8Q~` are the first digits of its checksum.

    The checksum is the Marvin32 of all before, written in base 66, the most significant digit first.
    """
    try:
        number = marvin32(secret[:-3].encode("latin-1"), seed_of("AadPwd00"))
    except UnicodeEncodeError:
        return False
    digits = ""
    while number:
        number, digit = divmod(number, len(_ENTRA_ALPHABET))
        digits = _ENTRA_ALPHABET[digit] + digits
    return digits[:3] == secret[-3:]
