"""Finds the places of a text that are worth a look: by Hyperscan when it is installed, by `re` otherwise."""

import re
from collections.abc import Sequence
from typing import Any, Protocol

from azremediate.mail.labels import Label
from azremediate.mail.rule import Rule


def label_of(number: int) -> int:
    """Which label a hit stands for whose number is below zero."""
    return -1 - number


class Engine(Protocol):
    """Finds anchors of rules and words of labels."""

    name: str

    def hits(self, data: bytes) -> list[tuple[int, int]]:
        """(number of the rule, offset within the anchor's line), sorted; for the label n (-1 - n, its end)."""
        ...


_WORD = re.compile(rb"[a-z]+")
_STRIDE = 2048
"""Of an anchor that ends at each byte of a long token, as Hyperscan finds it, one in so many bytes is kept."""


class ReEngine:
    """The engine of the standard library: literals first, expressions only where one is there."""

    name = "re"

    def __init__(self, rules: Sequence[Rule], labels: Sequence[Label]) -> None:
        self._exact = [
            (number, rule.needs, re.compile(rule.anchor)) for number, rule in enumerate(rules) if not rule.ignore_case
        ]
        self._any_case = [
            (number, rule.needs, re.compile(rule.anchor, re.IGNORECASE))
            for number, rule in enumerate(rules)
            if rule.ignore_case
        ]
        whole = {label.word: -1 - number for number, label in enumerate(labels) if label.hint and label.word.isalpha()}
        self._whole_words = whole | {word + b"s": number for word, number in whole.items() if word + b"s" not in whole}
        self._words = [(-1 - number, label.word) for number, label in enumerate(labels) if label.word not in whole]

    def hits(self, data: bytes) -> list[tuple[int, int]]:
        """See `Engine.hits`."""
        lowered = data.lower()
        found = []
        for source, patterns in ((data, self._exact), (lowered, self._any_case)):
            for number, needs, pattern in patterns:
                if not needs or any(text in source for text in needs):
                    found += [(number, match.end()) for match in pattern.finditer(data)]
        for match in _WORD.finditer(lowered):
            if (hit := self._whole_words.get(match[0])) is not None:
                found.append((hit, match.end()))
        for number, word in self._words:
            at = lowered.find(word)
            while at != -1:
                found.append((number, at + len(word)))
                at = lowered.find(word, at + 1)
        return sorted(set(found))


class HyperscanEngine:
    """The engine of the extra `fast`."""

    name = "hyperscan"

    def __init__(self, rules: Sequence[Rule], labels: Sequence[Label]) -> None:
        import hyperscan

        expressions = [rule.anchor for rule in rules]
        flags = [hyperscan.HS_FLAG_CASELESS if rule.ignore_case else 0 for rule in rules]
        words = [re.escape(label.word) for label in labels]
        self._count = len(rules)
        self._database: Any = hyperscan.Database()
        self._database.compile(
            expressions=[*expressions, *words],
            ids=list(range(len(expressions) + len(words))),
            elements=len(expressions) + len(words),
            flags=[*flags, *[hyperscan.HS_FLAG_CASELESS] * len(words)],
        )

    def hits(self, data: bytes) -> list[tuple[int, int]]:
        """See `Engine.hits`."""
        found: list[tuple[int, int]] = []
        count = self._count
        last: dict[int, int] = {}
        kept: dict[int, int] = {}

        def note(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
            if number >= count:
                found.append((count - 1 - number, end))
                return
            goes_on = last.get(number) == end - 1 and end - kept[number] < _STRIDE
            last[number] = end
            if not goes_on:
                kept[number] = end
                found.append((number, end))

        self._database.scan(data, match_event_handler=note)
        return sorted(set(found))


def make_engine(name: str, rules: Sequence[Rule], labels: Sequence[Label]) -> Engine:
    """The engine of this name: `auto`, `re` or `hyperscan`.

    Raises `ModuleNotFoundError` for `hyperscan` where it is not installed.
    """
    if name == "re":
        return ReEngine(rules, labels)
    try:
        return HyperscanEngine(rules, labels)
    except ModuleNotFoundError:
        if name == "hyperscan":
            raise
        return ReEngine(rules, labels)
