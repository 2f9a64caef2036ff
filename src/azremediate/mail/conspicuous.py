"""Whether a token looks like nothing but a password, so that no label is needed to see it."""

import re
from enum import IntEnum
from typing import Final

from azremediate.mail.password_shape import Shape, is_ordinary, shape

_SYMBOL: Final = re.compile(r"[!@#$%^&*?+]")
_OF_PROGRAMS: Final = re.compile(
    "|".join(
        (
            r"[(){}<>\[\]|\\;]|://|[=/].*[=/]|[\"']:|:[\"']|'@'",  # code and addresses
            r"^#?[a-z_][a-z_.-]*[=:]|^#?[A-Z_]+[=:]|^[A-Za-z][\w.@-]*[/|:]",  # settings, pairs
            r"^[a-z]+[+][0-9]+$|^[A-Z]{2,6}-[0-9][0-9.]*[+]?$|^\d[\d.,]*\W?\w{0,4}$|\w\.\w+\.\w",  # versions, numbers
            r"@[\w-]+\.\w|^[a-z_][a-z0-9_-]*@[a-z0-9.-]+$|^[#@$%&][\w-]+$",  # people, hosts, tags
        )
    )
)
_WORDS_AND_NUMBER: Final = re.compile(r"[A-Z0-9][A-Za-z0-9@]{2,11}[-_.!][A-Z0-9][A-Za-z0-9@]{2,11}[-_.!#][0-9]{1,4}!?")
_FIGURE_IN_WORD: Final = re.compile(r"[A-Za-z][0-9][a-z]")
_TURNS: Final = re.compile(r"(?=[a-z][A-Z0-9]|[A-Z][0-9]|[0-9][A-Za-z])")
_MANY_TURNS: Final = 5


class Conspicuous(IntEnum):
    """NO: not at all. WITH_LEAD: behind words that a value follows, for names of machines look alike. ALWAYS."""

    NO = 0
    WITH_LEAD = 1
    ALWAYS = 2


def conspicuous(token: str) -> Conspicuous:
    """How much a token stands out: figures and symbols among letters, words and a number, random letters."""
    if _OF_PROGRAMS.search(token) or is_ordinary(token) or is_ordinary(token.rstrip("!?")):
        return Conspicuous.NO
    look = shape(token)
    if look < Shape.MEDIUM or not any(one.isdigit() for one in token):
        return Conspicuous.NO
    if look is Shape.STRONG and _SYMBOL.search(token) and sum(one.isalpha() for one in token) >= 2:
        return Conspicuous.ALWAYS
    if _WORDS_AND_NUMBER.fullmatch(token):
        return Conspicuous.ALWAYS if _FIGURE_IN_WORD.search(token) else Conspicuous.WITH_LEAD
    mixed = any(one.isupper() for one in token) and any(one.islower() for one in token)
    if look is Shape.STRONG and mixed and len(token) >= 10 and token.isalnum():
        return Conspicuous.ALWAYS if len(_TURNS.findall(token)) >= _MANY_TURNS else Conspicuous.NO
    return Conspicuous.NO
