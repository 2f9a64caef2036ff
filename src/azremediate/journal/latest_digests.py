"""The latest digest that was told of each of millions of things, in 32 bytes each instead of a dictionary's 200."""

from typing import Final

SIZE: Final = 16
"""Bytes of a digest, of keys and of values."""

_BOTH: Final = 2 * SIZE
_PARTS: Final = 256


class LatestDigests:
    """Keys and values are digests of `SIZE` bytes; of several values of one key the last one put counts."""

    def __init__(self) -> None:
        self._parts = [bytearray() for _ in range(_PARTS)]

    def put(self, key: bytes, value: bytes) -> None:
        """Say what is true of a key from now on."""
        self._parts[key[0]] += key + value

    def contradicting(self, others: "LatestDigests", *, untold: bytes) -> set[bytes]:
        """The keys of `others` whose value is another here, or is missing here and not `untold` there."""
        found: set[bytes] = set()
        for part, other in zip(self._parts, others._parts, strict=True):
            told = _values(part)
            found |= {key for key, value in _values(other).items() if told.get(key, untold) != value}
        return found


def _values(part: bytearray) -> dict[bytes, bytes]:
    whole = bytes(part)
    return {whole[start : start + SIZE]: whole[start + SIZE : start + _BOTH] for start in range(0, len(whole), _BOTH)}
