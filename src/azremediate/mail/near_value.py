"""A password-like token near a word of signing in, where no label announces it directly (tier T3)."""

import re
from collections.abc import Iterable

from azremediate.core.finding import Tier
from azremediate.mail.confirm import Match
from azremediate.mail.labelled_value import Announced, trimmed
from azremediate.mail.password_shape import Shape, is_ordinary, shape
from azremediate.mail.words import before_name

_AFTER, _BEFORE, _LONGEST = 96, 64, 40
_TOKEN = re.compile(r"[^\s\x1f]{6,160}")
_TELLING = re.compile(r"[0-9!@#$%^&*+=~?|\\]|[a-z][A-Z]|[-_][^-_]+[-_]")
"""What a word of a sentence has not."""

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
    if _TELLING.search(text) is None:
        return
    inside = (one.start - start, one.end - start)
    yield from after_accounts(text, start)
    for token in _TOKEN.finditer(text):
        if not _TELLING.search(token[0]) or (token.start() < inside[1] and token.end() > inside[0]):
            continue
        if _cut(data, start + token.start(), start + token.end()):
            continue
        yield from _judged(one, text, token, start, inside)


_ACCOUNT = (
    r"(?P<account>[\w.-]+\\[\w.-]+|[\w.+-]+@[\w.-]+\.\w+|(?i:root|sa|admin\w*|sysadmin|sysop|postgres|guest|operator|backup\w*|test\w*)"
    r"|[A-Za-z][A-Za-z0-9]*[._-][\w.-]*|[A-Za-z]+[0-9]{1,4})"
)
_PAIRED = re.compile(
    r"(?<![\w./@\\-])[\"'`(]{0,2}"
    + _ACCOUNT
    + r"(?:[\"'`]?(?:[ ]?(?:/{1,2}|\||->|=>)[ ]?|,[ ]|[ ](?:and|with|und|mit|et|avec|y|con|e|met|och)[ ])|:)"
    + r"[\"'`]?(?P<value>[^\s\"'`|\x1f]{6,64})"
)


def after_accounts(text: str, offset: int) -> Iterable[Match]:
    """What stands beside the name of an account: `root, ...`, `svc_scan/...`, `CONTOSO\\kim and ...`."""
    for found in _PAIRED.finditer(text):
        value = trimmed(found["value"], rest=text[found.end() : found.end() + 4], inside="(")
        if (
            shape(value) >= Shape.MEDIUM
            and len(value) <= _LONGEST
            and not _is_product(found["account"])
            and not re.match(r"[a-z]{1,12}:", value)
        ):
            first = found.start("value")
            yield Match(offset + first, offset + first + len(value), "beside-account", "password", Tier.PROXIMITY)


def _is_product(account: str) -> bool:
    """Whether the name is no account's, as `Windows11` in "(Windows11, Build22631)"."""
    return ("@" not in account and "\\" not in account and is_ordinary(account)) or account.startswith("sha")


def _cut(data: bytes, start: int, end: int) -> bool:
    """Whether the window cuts the token."""
    return (start > 0 and not data[start - 1 : start].isspace()) or (
        end < len(data) and not data[end : end + 1].isspace() and data[end : end + 1] != b"\x1f"
    )


def _judged(one: Announced, text: str, token: "re.Match[str]", offset: int, inside: tuple[int, int]) -> Iterable[Match]:
    raw = token[0]
    marks = "\"'`([<{,;:=" + ("*_" if raw.rstrip(".,;:)")[-1:] in ("*", "_") else "")
    lead = len(raw) - len(raw.lstrip(marks))
    value = trimmed(raw[lead:], rest=text[token.end() : token.end() + 4], inside=raw[:lead])
    if re.search(r"'@'|;[A-Za-z]|^\w+=[\"']|^(?:\d+:)?[\w.-]*(?:[._-]|pass)\w*=", value):
        return
    first = token.start() + lead
    if (pair := _PAIR.fullmatch(value)) is not None and shape(pair["value"]) >= Shape.MEDIUM:
        first, value = first + pair.start("value"), pair["value"]
    look = shape(value)
    wanted = Shape.MEDIUM if _said_to_be(text, token, inside) else Shape.STRONG
    quoted = lead > 0 and raw[lead - 1] in "\"'`*"
    if quoted and not one.label.near:
        wanted = Shape.MEDIUM
    if look < wanted or len(value) > _LONGEST:
        return
    word = _WORD_BEFORE.search(text[max(0, token.start() - 40) : token.start()])
    if word is not None and is_named(word[1].lower(), value):
        return
    leads = text[: inside[1]].endswith(_LEADS)
    if pair is None and one.label.near and not leads and _is_name_of(text, token.start(), inside):
        return
    yield Match(offset + first, offset + first + len(value), "near-credential-word", "password", Tier.PROXIMITY)


def is_named(word: str, value: str) -> bool:
    """Whether the word before says that the token is a name or an id."""
    if (word in ("task", "uses") and re.search(r"@v?[0-9]", value)) or word.endswith("-id"):
        return True
    return word in before_name() and not re.search(r"[!@#$%^&*+=~?]", value)


_LEADS = (" to", " with", " mit", " avec", " par")
"""Ends of labels that a value follows directly."""

_THAT_IS = re.compile(
    r"[\"'`*)\]]{0,3}[ \t]*(?:-{1,2}|,)?[ \t]*"
    r"(?:(?:that|this|it)(?:'s|[ ]is|[ ]was)|is|was|ist|war|est|es|é|è)(?:[ ]\w+){0,4}[ ]"
)
_USE = re.compile(r"(?i)\b(?:use|enter|type|try|mit|avec|con)[ ][\"'`]?$")
_FOR = re.compile(r"[\"'`]?[ ](?:to|for|as|when)[ ](?:the[ ])?")
_WORD_IS = re.compile(r"s?(?:[ ][\w']+){0,5}[ ](?:is|are|was|now|ist|lautet|est|es)[ ][\"'`]?|[ ][\"'`]?")


def _said_to_be(text: str, token: "re.Match[str]", inside: tuple[int, int]) -> bool:
    """Whether the sentence says so: "... is the password for", "the credential you want is ...", "set it to ..."."""
    if token.end() <= inside[0]:
        following = text[token.end() : inside[0]]
        used = _USE.search(text[: token.start()]) is not None and _FOR.fullmatch(following) is not None
        return used or _THAT_IS.fullmatch(following) is not None
    between = _WORD_IS.fullmatch(text[inside[1] : token.start()])
    return between is not None and (len(between[0]) > 2 or text[: inside[1]].endswith(_LEADS))


def _is_name_of(text: str, at: int, inside: tuple[int, int]) -> bool:
    """Whether the token directly follows a word such as `username:` and so is the name."""
    return (
        inside[1] <= at and re.fullmatch(r"s?[\"'*)\]]{0,3}[ \t]*[:=|]?[ \t\"'*(]*", text[inside[1] : at]) is not None
    )
