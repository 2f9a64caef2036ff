"""A token that no label announces and that looks like nothing but a password, where somebody speaks of access (T3)."""

import re
from collections.abc import Iterable
from typing import Final

from azremediate.core.finding import Tier
from azremediate.mail.confirm import Match
from azremediate.mail.conspicuous import Conspicuous, conspicuous
from azremediate.mail.labelled_value import Announced, trimmed
from azremediate.mail.near_value import after_accounts, is_named

_REACH, _LONGEST, _SHORT = 180, 40, 60
_PARAGRAPH: Final = re.compile(rb"\n[ \t>|]*\n")
_DIGIT: Final = re.compile(rb"[0-9]")
_PROBABLE: Final = re.compile(
    rb"[0-9][!-~]{0,16}[!@#$%^&*?+=]|[!@#$%^&*?+=][!-~]{0,16}[0-9]|[A-Z0-9][a-z0-9]{2,}[-_.][A-Z][a-z0-9]{2,}[-_.][0-9]"
    rb"|[A-Za-z][0-9][A-Za-z]"
)
"""What has to stand in the window, so that most are not looked at further."""

_TOKEN: Final = re.compile(r"(?<![^\s\x1f])(?=[^\s\x1f]{0,40}[0-9])[^\s\x1f]{7,64}(?![^\s\x1f])")
_LEADS: Final = re.compile(
    r"(?i)(?:[:=>\"'`*-]|\b(?:is|was|it|it's|its|that's|use|using|enter|try|type|typing|with|to|and|one|new|key|code"
    r"|word|on|ist|war|mit|auf|und|est|avec|et"
    r"|tape[rz]?|saisi\w+|es|con|y|com|e|è|met|en|med|och|og|z|hasło|i|jest|je|s|a|ve|olarak)|\xff)[ \t\"'`(*]*$"
)

_FOLLOWS: Final = re.compile(
    r"[\"'`]?[ ](?:opens|unlocks|will open|should open|lets|gets|is the|works|öffnet|ouvre|abre|apre|otwiera|åbner"
    r"|öppnar)\b"
)


def values_standing_out(data: bytes, one: Announced) -> Iterable[Match]:
    """Such tokens in the paragraph of a word like `locked` or `opens`, as far as a sentence or two reach."""
    start, end = _window(data, one)
    digit = _DIGIT.search(data, start, end)
    if digit is None or _PROBABLE.search(data, max(start, digit.start() - 40), end) is None:
        return
    text = data[start:end].decode("latin-1")
    if one.label.hint:  # around other labels `values_near` looks
        yield from after_accounts(text, start)
    for token in _TOKEN.finditer(text):
        if (start and token.start() == 0) or (token.end() == len(text) and end < len(data) and data[end] > 32):
            continue
        yield from _judged(text, token, start)


def _window(data: bytes, one: Announced) -> tuple[int, int]:
    start, end = max(0, one.start - _REACH), min(len(data), one.end + _REACH)
    before = [found.end() for found in _PARAGRAPH.finditer(data, start, one.start)]
    after = _PARAGRAPH.search(data, one.end, end)
    if after is not None and (after.end() - one.end < _SHORT or data[after.start() - 1 : after.start()] == b":"):
        # the value may stand below, on a line of its own or in a list
        after = _PARAGRAPH.search(data, after.end(), end)
    return (before[-1] - 1 if before else start), (end if after is None else after.start())


def _judged(text: str, token: "re.Match[str]", offset: int) -> Iterable[Match]:
    raw = token[0]
    lead = len(raw) - len(raw.lstrip("\"'`([{<*,:"))
    value = trimmed(raw[lead:], rest=text[token.end() : token.end() + 4], inside=raw[:lead])
    before = text[max(0, token.start() - 40) : token.start()] + raw[:lead]
    if not 7 <= len(value) <= _LONGEST or not _stands_out(value, before, text[token.end() : token.end() + 30]):
        return
    first = offset + token.start() + lead
    yield Match(first, first + len(value), "standing-out", "password", Tier.PROXIMITY)


def _stands_out(value: str, before: str, after: str) -> bool:
    if before[-1:] in ("", "\n") and re.fullmatch(r"[a-z][a-z0-9-]*[#$%]", value):  # the prompt of a device
        return False
    if value[0] in "+/.~-" and before[-1:] not in "\"'`":
        return False
    word = re.search(r"([^\W\d_][\w'-]*)[\s:#\"'(]*$", before)
    if word is not None and is_named(word[1].lower(), value):
        return False
    look = conspicuous(value)
    if look is Conspicuous.WITH_LEAD:
        return _LEADS.search(before) is not None or _FOLLOWS.match(after) is not None
    return look is Conspicuous.ALWAYS
