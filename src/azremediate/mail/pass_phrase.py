"""A passphrase of several words without quotation marks, after a word such as `passphrase` (tier T3)."""

import re
from collections.abc import Iterable
from typing import Final

from azremediate.core.finding import Tier
from azremediate.mail.confirm import Match
from azremediate.mail.labelled_value import Announced
from azremediate.mail.words import after_label, in_sentences

_REACH: Final = 200
_ANNOUNCING: Final = (
    b"phrase",
    b"word",
    b"words",
    b"password",
    b"passwort",
    b"kennwort",
    b"zin",
    b"satz",
    b"fras",
    b"frase",
    b"phrase secr\xe8te",
    b"contrase\xf1a",
    b"de passe",
    b"secreta",
    b"segreta",
    b"heslo",
    b"has\xffo",
    b"senha",
    b"key",
    b" with",
    b" mit",
    b" avec",
)
_DIRECT: Final = re.compile(r"[ ][\"'`*]{0,2}")
"""What stands before it after "unlocks with"."""

_BEFORE: Final = re.compile(
    r"(?:[:=]|->|[ ]{2}|\t|(?i:\b(?:is|it's|its|was|are|as|say|here|ist|lautet|sind|est|es|é|è|je|jest|är|er|on)"
    r"(?:[ ](?:still|now|noch|jetzt|encore|nun))?))[ \t\n>\"'`*]{1,8}"
    r"|\n[ \t>]{0,4}(?:\[[^\]\n]{4,24}\][ ]?)?[\w.@-]{1,24}:[ ]|\n[ \t\n>\"'`*]{0,6}"
)
_VALUE: Final = re.compile(
    r"[^\W\d_]{3,14}(?:(?:[ ]|[ ]?-[ ]?)[^\W\d_]{3,14}){2,7}(?=[\"'`*)]{0,3}[ ]{0,2}(?:[.,;(!\n]|$))"
)


def pass_phrases(data: bytes, one: Announced) -> Iterable[Match]:
    """Words that are no sentence: four or more, three where quotation marks stand round them."""
    if not one.label.word.endswith(_ANNOUNCING):
        return
    text = data[one.end : one.end + _REACH].decode("latin-1")
    direct = [_DIRECT.match(text)] if one.label.word.endswith((b" with", b" mit", b" avec")) else []
    for lead in [*(one for one in direct if one is not None), *_BEFORE.finditer(text)]:
        found = _VALUE.match(text, lead.end())
        if found is None or (found.end() == len(text) and one.end + _REACH < len(data)):
            continue
        if text[lead.start()] == "\n" and not one.label.word.endswith((b"phrase", b"words")):
            continue
        words = re.split(r"[ -]+", found[0].lower())
        quoted = text[found.start() - 1] in "\"'`*"
        if len(words) >= (3 if quoted else 4) and not any(_is_of_sentence(word) for word in words):
            start = one.end + found.start()
            yield Match(start, start + len(found[0]), "pass-phrase", "password", Tier.PROXIMITY)
            return


def _is_of_sentence(word: str) -> bool:
    return word in in_sentences() or (word in after_label() and not word.endswith("day"))
