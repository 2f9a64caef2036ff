"""Every value in one text: by rules, by labels and by what stands near a word of signing in; each place once."""

import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from azremediate.core.finding import Tier
from azremediate.mail.confirm import Match, confirm
from azremediate.mail.engine import label_of, make_engine
from azremediate.mail.labelled_value import Announced, announced, values_of
from azremediate.mail.labels import labels
from azremediate.mail.near_value import values_near
from azremediate.mail.pass_phrase import pass_phrases
from azremediate.mail.rule import rules
from azremediate.mail.standing_out import values_standing_out
from azremediate.mail.table_value import values_below
from azremediate.mail.text_view import BETWEEN, as_bytes, joined_views, one_view

_ORDER = {Tier.EXACT: 0, Tier.LABELLED: 1, Tier.PROXIMITY: 2}
_NEXT_LOOK = 100
"""Characters after a word of access within which another one is not looked around again."""

_PIECE, _OVERLAP = 1_000_000, 40_000
"""Letters of a long text that are searched at once, so that little has to be remembered, and what two pieces share."""

_WORD = re.compile(r"[0-9]{1,2}|[A-Z]+|[A-Za-z]?[a-z]*(?:-[a-z]+)*")
"""What begins the next line and is no part of a value."""

_LONG = 20
"""A labelled value that a line break splits is believed from this length on."""


class TextSearch:
    """The rules, compiled once for many texts. engine: `auto`, `re` or `hyperscan`, see `make_engine`."""

    def __init__(self, engine: str = "auto") -> None:
        self._rules = rules()
        self._engine = make_engine(engine, self._rules, labels())

    @property
    def engine(self) -> str:
        """The name of the engine in use."""
        return self._engine.name

    def matches(self, text: str, check_time: Callable[[], None]) -> list[Match]:
        """The values of a text in the order of their places; offsets are in characters of the text.

        `check_time` is called between two looks and may raise to end the search.
        """
        if len(text) <= _PIECE:
            return self._matches(text, check_time)
        found: list[Match] = []
        at = 0
        while at < len(text):
            check_time()
            end = min(len(text), at + _PIECE)
            if end < len(text):
                end = text.rfind("\n", at + _PIECE // 2, end) + 1 or end
            first = max(0, at - _OVERLAP)
            found += [
                replace(match, start=match.start + first, end=match.end + first)
                for match in self._matches(text[first:end], check_time)
            ]
            at = end
        return best(found)

    def _matches(self, text: str, check_time: Callable[[], None]) -> list[Match]:
        data = as_bytes(text)
        found = self._in(data, check_time)
        begun = {match.start: match for match in found if match.tier is not Tier.PROXIMITY}
        if views := joined_views(data, text):
            check_time()
            view = one_view(views)
            for match in self._in(view.data, check_time, around=False):
                if _is_wrapped(match, view.data[match.start : match.end]):
                    place = view.place(match.start, match.end)
                    if place is not None and _goes_on(text[place[0] : place[1]], match, begun.get(place[0])):
                        found.append(replace(match, start=place[0], end=place[1]))
        return best(found)

    def _in(self, data: bytes, check_time: Callable[[], None], *, around: bool = True) -> list[Match]:
        hits = self._engine.hits(data)
        found = confirm(data, hits, self._rules, check_time)
        words = [(end, label_of(number)) for number, end in hits if number < 0]
        if words:
            found += _labelled(data, announced(data, words, labels()), best(found), check_time, around=around)
        return found


def _is_wrapped(match: Match, value: bytes) -> bool:
    """Whether this may be a value that goes over a line break, and no rows of a table or texts of two places."""
    if match.tier is Tier.LABELLED:
        return len(value) >= _LONG and b"|" not in value and BETWEEN not in value
    return match.tier is Tier.EXACT and BETWEEN not in value


def _goes_on(text: str, joined: Match, plain: Match | None) -> bool:
    """Whether a value goes on after a line break, where another one ends at it and what follows could be a word."""
    piece = text.rpartition("\n")[2].lstrip(" \t>|")
    if joined.tier is Tier.LABELLED:
        return plain is None and _WORD.fullmatch(piece) is None
    return plain is None or _WORD.fullmatch(piece) is None


def _labelled(
    data: bytes,
    found: Sequence[Announced],
    taken: Sequence[Match],
    check_time: Callable[[], None],
    *,
    around: bool,
) -> Iterable[Match]:
    """What the labels announce; with `around` also what only stands near them."""
    starts = [match.start for match in taken]
    done = looked = 0
    for number, one in enumerate(found):
        if one.label.near and not around:
            continue
        before = bisect_right(starts, one.start) - 1
        if one.start < done or (before >= 0 and one.start < taken[before].end):
            continue
        check_time()
        limit = next((other.start for other in found[number + 1 : number + 9] if not other.label.near), len(data))
        values: list[Match] = []
        if not one.label.near:
            values = list(values_below(data, one)) or list(values_of(data, one, limit))
        done = max([done, *(match.end for match in values)])
        yield from values
        if values or not around:
            continue
        yield from pass_phrases(data, one)
        if not one.label.hint:
            yield from values_near(data, one)
        if one.start >= looked:
            looked = one.end + _NEXT_LOOK
            yield from values_standing_out(data, one)


def best(found: Iterable[Match]) -> list[Match]:
    """Of matches that overlap the surest, then the longest, with what the others say of it; in the order of places."""
    kept: dict[int, Match] = {}
    starts: list[int] = []
    for match in sorted(found, key=lambda one: (_ORDER[one.tier], one.start - one.end, one.start, one.rule)):
        at = bisect_left(starts, match.end) - 1
        other = kept[starts[at]] if at >= 0 else None
        if other is not None and other.end > match.start:
            kept[other.start] = replace(other, claims={**match.claims, **other.claims})
        else:
            kept[match.start] = match
            insort(starts, match.start)
    return [kept[start] for start in starts]
