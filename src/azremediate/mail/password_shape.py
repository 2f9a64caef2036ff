"""How much a token looks like a password that a person or a generator made."""

import math
import re
import tomllib
from collections import Counter
from enum import IntEnum
from functools import cache

from azremediate.mail.labels import RULES


class Shape(IntEnum):
    """How probable it is that a token is a secret, without its surroundings."""

    NOT = 0
    WEAK = 1
    MEDIUM = 2
    STRONG = 3


def _any_of(group: str) -> "re.Pattern[str]":
    expressions = tomllib.loads((RULES / "tokens.toml").read_text(encoding="utf-8"))[group]
    return re.compile("|".join(expressions), re.IGNORECASE)


@cache
def _ordinary() -> "re.Pattern[str]":
    return _any_of("ordinary")


@cache
def _placeholder() -> "re.Pattern[str]":
    return _any_of("placeholder")


_SYMBOLS = frozenset("!@#$%^&*+=~?|\\<>{}[]")
_SOFT = frozenset("-_.,:;'\"/()`")


def is_placeholder(token: str) -> bool:
    """Whether the token says where a secret would stand instead of being one."""
    return _placeholder().fullmatch(token) is not None


def is_ordinary(token: str) -> bool:
    """Whether the token is an address, a path, a date, a number, an id: what stands in mail for other reasons."""
    return _ordinary().fullmatch(token) is not None


def entropy(token: str) -> float:
    """Bits for each character, by how often each occurs in the token itself."""
    size = len(token)
    return -sum(count / size * math.log2(count / size) for count in Counter(token).values()) if size else 0.0


class _Classes(dict[int, str]):
    """The class of each letter, in one: digit, capital, small letter, symbol, or what words have between them."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        if letter.isdigit():
            found = "d"
        elif letter.isupper():
            found = "u"
        elif letter.isalpha():
            found = "l"
        else:
            found = "s" if letter in _SYMBOLS else "w"
        self[code] = found
        return found


_CLASSES = _Classes()
_CHANGE = re.compile(r"(.)(?!\1|$)")


def shape(token: str) -> Shape:
    """What the token looks like by itself."""
    look = _look(token) if 4 <= len(token) <= 256 else Shape.NOT
    if look is Shape.NOT or is_placeholder(token) or is_ordinary(token):
        return Shape.NOT
    return look


def _look(token: str) -> Shape:
    """The same without a thought of what the token could be else."""
    core = token.strip("-_.,:;'\"/()`")
    classes = core.translate(_CLASSES)
    kinds = set(classes) - {"w"}
    if not kinds & {"l", "u", "d"}:
        return Shape.NOT
    changes = len(_CHANGE.findall(classes))
    if "d" not in kinds and "s" not in kinds:
        return _letters_only(core, classes)
    if kinds == {"d"}:
        return Shape.WEAK if len(core) <= 8 else Shape.NOT
    return _mixed(core, kinds, changes)


def _letters_only(core: str, classes: str) -> Shape:
    if "w" in classes:
        if _random_groups(core, {"l", "u"} & set(classes)):
            return Shape.STRONG
        return Shape.MEDIUM if core.count("-") + core.count("_") >= 3 and len(core) >= 16 else Shape.NOT
    inner = classes[1:]
    if "u" in inner and "l" in inner:
        turns = inner.count("ul") + inner.count("lu")
        return Shape.MEDIUM if turns >= 4 and len(core) >= 8 else Shape.WEAK
    return Shape.WEAK if len(core) >= 5 else Shape.NOT


_WORD_NUMBER = re.compile(r"[A-Za-z]+[-_.]?[0-9]{1,8}")
_NAMES = re.compile(r"[A-Za-z]+(?:[-_./][A-Za-z0-9]+)+|(?:[A-Za-z0-9]+[-_./])+[A-Za-z0-9]+")
_GROUPS = re.compile(r"[A-Za-z0-9]{4,8}(?:[-_.][A-Za-z0-9]{4,8}){1,6}")
_TURN = re.compile(r"[a-z][A-Z][A-Za-z0-9]*[a-zA-Z0-9]|[0-9][a-z]|[a-z][0-9][A-Za-z]")
_LEET = re.compile(r"[A-Za-z][0-9][a-z]")
_HEX = re.compile(r"[0-9a-f]{16,}|[0-9A-F]{16,}")
_MONEY = re.compile(
    r"[$#&+~@]?[0-9][0-9.,]*[+%*$]?|[A-Z]{1,3}[$][0-9.,]+|[A-Za-z]+[*?!+]+|[&+=*~|<>]+[A-Za-z]*|\w+[=]\w*"
)


def _mixed(core: str, kinds: set[str], changes: int) -> Shape:
    if _HEX.fullmatch(core):
        return Shape.MEDIUM
    if len(core) < 6 or _MONEY.fullmatch(core):
        return Shape.WEAK
    if "s" in kinds:
        if "d" not in kinds:
            return Shape.MEDIUM if {"l", "u"} <= kinds and len(core) >= 7 else Shape.WEAK
        return Shape.STRONG if len(core) >= 7 and kinds & {"l", "u"} else Shape.MEDIUM
    if _WORD_NUMBER.fullmatch(core):
        return Shape.MEDIUM if len(core) >= 7 else Shape.WEAK
    if (
        not _random_groups(core, kinds)
        and _NAMES.fullmatch(core)
        and not (len(kinds) == 3 and len(core) >= 10 and _LEET.search(core))
    ):
        return Shape.MEDIUM if changes >= 6 or len(kinds) == 3 else Shape.WEAK
    if (len(kinds) >= 2 and _random_groups(core, kinds)) or (len(kinds) == 3 and len(core) >= 7):
        return Shape.STRONG
    return Shape.MEDIUM if "l" not in kinds else _interleaved(core, changes)


def _random_groups(core: str, kinds: set[str]) -> bool:
    """Groups of one length, as generators make them: small letters, capitals and digits within the groups."""
    if not {"l", "u"} <= kinds or not _GROUPS.fullmatch(core):
        return False
    groups = re.split(r"[-_.]", core)
    return len({len(group) for group in groups}) == 1 and sum(_TURN.search(group) is not None for group in groups) >= 2


def _interleaved(core: str, changes: int) -> Shape:
    """Small letters and digits; codes of orders, parcels and devices have capitals instead."""
    return Shape.STRONG if changes >= 4 and len(core) >= 8 else Shape.MEDIUM
