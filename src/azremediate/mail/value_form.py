"""The forms in which a value follows a label: after a colon, below, after a verb, in an answer, in quotation marks."""

import re
from collections.abc import Iterator
from typing import Final

from azremediate.mail.words import alternatives

_CLOSERS = r"s?[0-9]{0,2}[\"'`*_)\]]{0,5}"
_NOTE = r"(?:[ \t]{0,2}\([^)\n]{0,50}\)[*_]{0,2})?"
_SEPARATOR = r"(?::=|=>|->|>{1,2}|[:=|])[*_]{0,2}"
_OPEN = r"(?:[ \t>]|\*\*|__){0,8}"
_VALUE = (
    r"(?:[NbruL@](?=[\"']))?(?:\"[ ]?(?P<q1>[^\"\n]{3,200}?)[ ]?\"|'(?P<q2>[^'\n]{3,200})'|`{1,3}(?P<q3>[^`\n]{3,200})`"
    r"|(?P<bare>[^\s\x1f\"'`]\S{2,400}))"
)
_NEXT_LINE = r"[ \t]*(?:\n(?:[ \t>|]|[*-][ \t]|\*\*|__)*){1,3}"
_STRONG = re.compile(
    _CLOSERS
    + _NOTE
    + r"[ \t]{0,6}(?:"
    + _SEPARATOR
    + r"|[ \t]{1,3}-{1,2}[ ]|\t+[ ]?|[ ]{4,40}|\.{3,60}|[ ]\.\.[ ])"
    + _OPEN
    + _VALUE
)
_STRONG_BELOW = re.compile(
    _CLOSERS + _NOTE + r"[ \t]{0,6}(?:" + _SEPARATOR + r")?" + _NEXT_LINE + _VALUE + r"[ \t*_.]*(?:\n|$)"
)
_WITH_WORDS = re.compile(
    _CLOSERS + r"[ ,][^:=\n|]{1,70}(?::|=|->|=>)[*_]{0,2}(?:[ \t]+|" + _NEXT_LINE + r"|(?=[\"'`]))(?:\*\*|__)?" + _VALUE
)
_WORDS = r"(?:[ \t\n>]+[^\s:=>]{1,30}){0,7}?[ \t\n>]+"
_VERB_AND_VALUE = (
    rf"(?P<verb>(?P<sure>{alternatives('verbs_sure')})|{alternatives('verbs_weak')})"
    rf"(?:[ \t\n>]+(?:{alternatives('verbs_then')}))?[ \t]{{0,2}}[:=]?(?:[ \t\n>]|\*\*|__)+" + _VALUE
)
_VERB = re.compile(_CLOSERS + _NOTE + _WORDS + _VERB_AND_VALUE)
_LATER_VERB = re.compile(_WORDS + _VERB_AND_VALUE)
_QUOTED = re.compile(
    _CLOSERS
    + r"[ \t]{1,3}(?:\"(?P<q1>[^\"\n]{4,64})\"|'(?P<q2>[^'\n]{4,64})'|`(?P<q3>[^`\n]{4,64})`|(?P<bare>[^\s\x1f]{7,64}))"
)
_FROM_TO = re.compile(
    _CLOSERS
    + r"(?:[ \t\n>]+[^\s:=>]{1,30}){0,7}?[ \t\n>]+(?:from|von|de|da|van)[ ]"
    + _VALUE
    + r"[ \t\n>]+(?:to|auf|zu|a|para|in|naar)[ ]"
)
_ANSWER = re.compile(
    r"[^\n?]{0,80}\?[\"')]{0,2}[ \t]*\n[ \t>\n]*(?:[\w .-]{1,20}:[ ])?"
    r"(?:(?:it(?:'s|[ ]is|[ ]was)|that's|that[ ]is|sure|yes|try|use|still)[,: ]{1,3})*" + _VALUE
)
_CHAT = re.compile(
    r"[^\n]{0,80}\n[ \t>]{0,4}(?:\[[0-9:. /apmAPM-]{4,24}\][ ]?[\w .@-]{1,24}:"
    r"|[\w.@-]{1,24}[ ]?\[[0-9:. apmAPM]{4,12}\]:?"
    r"|[\w.-]{1,20}:)[ ](?:(?:it(?:'s|[ ]is)|that's|yes|try|use)[,: ]{1,3})*" + _VALUE
)
"""What somebody else says next, in a recorded conversation."""

_ALONE_BELOW = re.compile(
    r"[^\s]{0,24}(?:[ \t]+[^\s]{1,24}){0,30}[ \t]*(?:\n[ \t>|*]*){1,3}" + _VALUE + r"[ \t*_.]*(?:\n|$)"
)
"""A line of its own, the next one after the sentence that speaks of it."""

_ON_THE_LINE = re.compile(r"[^\n=]{1,60}?[ ](?P<bare>[A-Za-z0-9+/_.~=-]{24,200})(?=[\s,;)]|$)")
_NUMBER = re.compile(_CLOSERS + r"[ ]{1,2}(?P<bare>[0-9]{4,8})(?![\w.,-]?\d)")

_SCRIPT = re.compile(r"\x1f{1,4}[ \t]{0,2}" + _VALUE)
"""After a label of a script without spaces, a particle or a verb such as `は` or `是` is one mark or a few."""

_ONE_VALUE = re.compile(_VALUE)
_LATE_FORMS: Final = (_CHAT, _ALONE_BELOW, _ON_THE_LINE)
_FORMS: Final = ((_STRONG, 3), (_STRONG_BELOW, 2), (_WITH_WORDS, 2), (_ANSWER, 1), (_SCRIPT, 1))
_LATER_VERBS: Final = 3
"""Further verbs of a sentence that are tried: in "the key next to server 2 is" only the second leads to a value."""


def readings(text: str) -> Iterator[tuple["re.Match[str]", int, bool]]:
    """The ways in which the text after a label can be read, the surest first, each with its strength.

    The value is in the group q1, q2, q3 (in quotation marks) or bare. Strength: 3 directly after a separator, 2 below
    it or after more words, 1 after a sure verb, -1 after another one, 0 without anything between. The last says whether
    so much stands between that no other label may.
    """
    for pattern, strength in _FORMS:
        if (found := pattern.match(text)) is not None:
            yield found, strength, False
    found = _VERB.match(text)
    for _ in range(_LATER_VERBS):
        if found is None:
            break
        yield found, 1 if found["sure"] is not None else -1, False
        found = _LATER_VERB.match(text, found.end("verb"))
    if (found := _QUOTED.match(text)) is not None:
        yield found, 0, False
    if (found := _NUMBER.match(text)) is not None:
        yield found, 0, False
    for pattern in _LATE_FORMS:
        if (found := pattern.match(text)) is not None:
            yield found, 0, True


def changed(text: str) -> list["re.Match[str]"]:
    """The former and the new value in "was changed from ... to ..."; empty when the text is not that."""
    former = _FROM_TO.match(text)
    if former is None:
        return []
    latter = _ONE_VALUE.match(text, former.end())
    return [former] if latter is None else [former, latter]
