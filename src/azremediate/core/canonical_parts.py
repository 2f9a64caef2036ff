"""The canonical form (RFC 8785) of a large dataclass piece by piece, so that it is never held as a whole."""

import dataclasses
from collections.abc import Iterator
from typing import Any

from azremediate.core.codec import encode
from azremediate.core.json_value import canonical


def canonical_parts(whole: Any, *, without: str = "") -> Iterator[bytes]:
    """What `canonical(encode(whole))` gives, in pieces: each member, and each item of a member that is a tuple.

    without: a member that is left out.
    """
    names = sorted(item.name for item in dataclasses.fields(whole) if item.name != without)
    for number, name in enumerate(names):
        yield (b"," if number else b"{") + canonical(name) + b":"
        member = getattr(whole, name)
        if isinstance(member, tuple):
            yield from _items(member)
        else:
            yield canonical(encode(member))
    yield b"}"


def _items(items: tuple[object, ...]) -> Iterator[bytes]:
    if not items:
        yield b"[]"
        return
    for number, item in enumerate(items):
        yield (b"," if number else b"[") + canonical(encode(item))
    yield b"]"
