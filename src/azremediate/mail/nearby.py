"""What stands near a value and may say whose it is: ids, user principal names, hosts."""

import re
from dataclasses import dataclass

from azremediate.core.finding import Nearby

_GUID = re.compile(r"(?<![0-9A-Fa-f-])[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}(?![0-9A-Fa-f-])")
_NAME = re.compile(r"(?<![\w.+'-])[\w.+'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}")
_HOST = re.compile(
    r"(?<![\w.@-])(?:[A-Za-z0-9_-]{1,63}\.){1,6}"
    r"(?:com|net|org|gov|mil|io|cloud|cn|us|de|fr|uk|eu|local|lan|corp|internal|example|test|invalid)(?![\w-])"
)
_REACH, _MOST = 1500, 8


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Everything of a text that may name an owner, with its places."""

    ids: tuple[tuple[int, str], ...]
    names: tuple[tuple[int, str], ...]
    hosts: tuple[tuple[int, str], ...]


def surroundings(text: str) -> Surroundings:
    """The places of a text that may name an owner."""
    names = (
        tuple((found.start(), found[0].strip("'.").lower()) for found in _NAME.finditer(text)) if "@" in text else ()
    )
    return Surroundings(
        tuple((found.start(), found[0].lower()) for found in _GUID.finditer(text)),
        names,
        tuple((found.start(), found[0].lower()) for found in _HOST.finditer(text)),
    )


def nearby(around: Surroundings, start: int, end: int, rest: tuple[str, ...] = ()) -> Nearby:
    """The nearest of each, nearest first; `rest` are ids of the message's other parts, taken when none is near."""
    ids = _nearest(around.ids, start, end)
    return Nearby(ids or rest[:_MOST], _nearest(around.names, start, end), _nearest(around.hosts, start, end))


def _nearest(places: tuple[tuple[int, str], ...], start: int, end: int) -> tuple[str, ...]:
    ordered = sorted((start - at if at < start else max(0, at - end), at, text) for at, text in places)
    kept = dict.fromkeys(text for distance, _, text in ordered if distance <= _REACH)
    return tuple(kept)[:_MOST]
