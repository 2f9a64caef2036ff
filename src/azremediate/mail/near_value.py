"""A password-like token near a word of signing in, where no label announces it directly (tier T3)."""

import re
from collections.abc import Iterable

from azremediate.core.finding import Tier
from azremediate.mail.confirm import Match
from azremediate.mail.labelled_value import Announced, trimmed
from azremediate.mail.password_shape import Shape, shape
from azremediate.mail.words import before_name

_AFTER, _BEFORE, _LONGEST = 96, 64, 40
_TOKEN = re.compile(r"[^\s\x1f]{6,160}")
_WORD_BEFORE = re.compile(r"([^\W\d_][\w'-]*)[\s:#\"'(=*]*$")
_PAIR = re.compile(
    r"(?P<name>[A-Za-z][\w.@\\-]{1,60})[ ]?[/|:][ ]?(?P<value>[^\s/|\x1f]{6,64}?)"
    r"(?:@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)?"
)


def values_near(data: bytes, one: Announced) -> Iterable[Match]:
    """Tokens around a label that look like a password by themselves."""
    start = max(0, one.start - _BEFORE, data.rfind(b"\n", 0, max(one.start - 1, 0)) + 1)
    end = min(len(data), one.end + _AFTER)
    text = data[start:end].decode("latin-1")
    inside = (one.start - start, one.end - start)
    for token in _TOKEN.finditer(text):
        if (token.start() < inside[1] and token.end() > inside[0]) or _cut(
            data, start + token.start(), start + token.end()
        ):
            continue
        yield from _judged(one, text, token, start, inside)


def _cut(data: bytes, start: int, end: int) -> bool:
    """Whether the window cuts the token."""
    return (start > 0 and not data[start - 1 : start].isspace()) or (
        end < len(data) and not data[end : end + 1].isspace() and data[end : end + 1] != b"\x1f"
    )


def _judged(one: Announced, text: str, token: "re.Match[str]", offset: int, inside: tuple[int, int]) -> Iterable[Match]:
    raw = token[0]
    lead = len(raw) - len(raw.lstrip("\"'`(*_[<{,;:="))
    value = trimmed(raw[lead:], rest=text[token.end() : token.end() + 4], inside=raw[:lead])
    if re.search(r";[A-Za-z]|^\w+=[\"']", value):
        return
    first = token.start() + lead
    if (pair := _PAIR.fullmatch(value)) is not None and shape(pair["value"]) >= Shape.MEDIUM:
        first, value = first + pair.start("value"), pair["value"]
    look = shape(value)
    wanted = Shape.STRONG
    quoted = lead > 0 and raw[lead - 1] in "\"'`*"
    if quoted and not one.label.near:
        wanted = Shape.MEDIUM
    if look < wanted or len(value) > _LONGEST:
        return
    word = _WORD_BEFORE.search(text[max(0, token.start() - 40) : token.start()])
    if word is not None and word[1].lower() in before_name() and not re.search(r"[!@#$%^&*+=~?]", value):
        return
    if pair is None and one.label.near and _is_name_of(text, token.start(), inside):
        return
    yield Match(offset + first, offset + first + len(value), "near-credential-word", "password", Tier.PROXIMITY)


def _is_name_of(text: str, at: int, inside: tuple[int, int]) -> bool:
    """Whether the token directly follows a word such as `username:` and so is the name."""
    return (
        inside[1] <= at and re.fullmatch(r"s?[\"'*)\]]{0,3}[ \t]*[:=|]?[ \t\"'*(]*", text[inside[1] : at]) is not None
    )
