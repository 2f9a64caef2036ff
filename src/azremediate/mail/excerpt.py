"""The text around a finding with every value masked."""

import re
from collections.abc import Iterable, Sequence

from azremediate.mail.conspicuous import Conspicuous, conspicuous

_REACH = 60
_SPACE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")
_KEY_LIKE = re.compile(r"(?=[^\s]*[0-9])(?=[^\s]*[A-Za-z])[A-Za-z0-9+/=~._%-]{20,}")
_TOKEN = re.compile(r"[^\s\"'`<>()\[\]{},;]{7,64}")
_GUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")


def excerpt(text: str, span: tuple[int, int], masked: Sequence[tuple[int, int, str]], values: Iterable[str]) -> str:
    """About 60 characters on each side of a span, in one line.

    masked: (start, end, kind) of every finding of the text, sorted and without overlap. values: texts that must not
    stand in it at any other place either; what looks like a key, or like nothing but a password, is masked as well, for
    a value that was not found stands there too.
    """
    start, end = _opened(masked, max(0, span[0] - _REACH), min(len(text), span[1] + _REACH))
    parts, at = [], start
    for first, last, kind in masked:
        if last <= start or first >= end:
            continue
        parts += [_clean(text[at : max(at, first)], values), f"[{kind}]"]
        at = max(at, last)
    parts.append(_clean(text[at:end], values))
    return _SPACE.sub(" ", " ".join(part for part in parts if part)).strip()


def _opened(masked: Sequence[tuple[int, int, str]], start: int, end: int) -> tuple[int, int]:
    """The window, moved so that it cuts no masked span."""
    for first, last, _ in masked:
        if first < start < last:
            start = first
        if first < end < last:
            end = last
    return start, end


def _clean(text: str, values: Iterable[str]) -> str:
    for value in values:
        if value in text:
            text = text.replace(value, "[masked]")
    text = _KEY_LIKE.sub(lambda found: found[0] if _GUID.fullmatch(found[0]) else "[masked]", text)
    return _TOKEN.sub(lambda found: "[masked]" if _stands_out(found[0]) else found[0], text)


def _stands_out(token: str) -> bool:
    return conspicuous(token.rstrip(".:")) is Conspicuous.ALWAYS
