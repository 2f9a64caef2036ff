"""A text as bytes with the same offsets, for a search engine, and a second view without line wraps and quote marks."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter

from azremediate.mail.labels import foreign_labels

_SEPARATOR, _LETTER = "\x1f", "\xff"
_SPACES = bytes.maketrans(b"\xa0\r\x0b\x0c\xab\xbb", b'    ""')
_QUOTES = {
    **dict.fromkeys(map(ord, "\u2018\u2019\u201a\u201b\u2032"), "'"),
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u2033"), '"'),
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-"),
    **dict.fromkeys(map(ord, "\u2192\u21d2\u2794\u279c\u25ba\u25b6"), ">"),
    **dict.fromkeys(map(ord, "\u2022\u25cf\u25aa\u25e6\u2023\u2219"), "*"),
    **dict.fromkeys(map(ord, "\u2028\u2029"), "\n"),
}
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_MARKED = re.compile("[" + _INVISIBLE + "]")


_OTHER_SCRIPT = re.compile("[\u0370-\u1fff\u2e80-\ud7af\uff00-\uffef]")


class _Marks(dict[int, str]):
    """For each character beyond Latin-1 the mark of the same length that stands for it."""

    def __missing__(self, code: int) -> str:
        mark = chr(code) if code < 0x100 else _mark(code)
        self[code] = mark
        return mark


def _mark(code: int) -> str:
    if 0xFF01 <= code <= 0xFF5E:  # the full-width forms of ASCII
        return chr(code - 0xFEE0)
    kind = unicodedata.category(chr(code))
    if kind.startswith("Z"):
        return " "
    if kind == "Lo" or not kind.startswith("L"):  # scripts without capitals write no spaces, or the mark is no letter
        return _SEPARATOR
    return _LETTER


@cache
def _marks() -> _Marks:
    return _Marks(_QUOTES)


def as_bytes(text: str) -> bytes:
    """The text in Latin-1, one byte for each character.

    Labels in other scripts become English ones of the same length, quotation marks and dashes become those of ASCII.
    """
    try:
        plain = text.encode("latin-1")
    except UnicodeEncodeError:
        if _OTHER_SCRIPT.search(text):
            for pattern, label in foreign_labels():
                text = pattern.sub(label, text)
        plain = text.translate(_marks()).encode("latin-1", "replace")
    return plain.translate(_SPACES)


@dataclass(frozen=True, slots=True)
class Joined:
    """Pieces of a text with what broke them taken out. pieces: (offset here, offset in the text, length), in order."""

    data: bytes
    pieces: tuple[tuple[int, int, int], ...]

    def place(self, start: int, end: int) -> tuple[int, int] | None:
        """Where a span stands in the text, None when it does not cross a joint (the plain view has it then)."""
        first = self.pieces[bisect_right(self.pieces, start, key=itemgetter(0)) - 1]
        last = self.pieces[bisect_left(self.pieces, end, key=itemgetter(0)) - 1]
        if first is last or start >= first[0] + first[2] or end > last[0] + last[2]:
            return None
        return first[1] + start - first[0], last[1] + end - last[0]


BETWEEN = b"\n" * 6
"""What stands between views that are searched as one: more empty lines than any value has before it."""


def one_view(views: Sequence[Joined]) -> Joined:
    """Several views as one; what goes over `BETWEEN` is no value of any."""
    pieces: list[tuple[int, int, int]] = []
    start = 0
    for view in views:
        pieces += [(start + here, there, length) for here, there, length in view.pieces]
        start += len(view.data) + len(BETWEEN)
    return Joined(BETWEEN.join(view.data for view in views), tuple(pieces))


_WRAP = re.compile(rb"(?<=[!-~])[ \t]?(?:=(?=\n[ \t>|]*[^=\s>|]))?\n[ \t]*(?:[>|][ \t]?)*[ \t]*(?=[!-~])")
_LONG_AFTER = re.compile(rb"\n[ \t>|]*[!-~]{10}")
_LONG = 10
"""Letters without a space that are too many for most words; of a broken value of twenty at least one part has them."""

_FURTHEST = 200
"""How far the next line may be indented."""

_SENTENCE = re.compile(
    rb"[A-Z]?[a-z]{1,11}[,;:]?[ ][A-Za-z(]|[0-9]{1,2}[.)][ \t]|[a-z][a-z_.-]{2,30}(?:[ ]?:[ ]|=[A-Za-z0-9\"'/$])"
    rb"|[A-Z][a-z]{2,11}[ ][0-9]{1,3}[ ):(]|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+[ ]?=|\[?[0-9]{4}-[0-9]{2}-[0-9]{2}"
)
"""What begins a sentence, a point of a list, a setting or a heading, and goes on no value."""

_MIN_LINE, _MAX_LINES = 38, 40
_LAST = re.compile(rb"[!-~]+$")


def joined_views(data: bytes, text: str) -> list[Joined]:
    """The places where a long token may go on in the next line, and those with invisible characters in a token."""
    views = []
    at = 0
    while (newline := data.find(b"\n", at)) != -1:
        at = newline + 1
        found = _wrap_at(data, newline)
        if found is None:
            continue
        start = data.rfind(b"\n", 0, found.start()) + 1
        bounds = [found]
        last = data.find(b"\n", found.end())
        while last != -1 and len(bounds) < _MAX_LINES and (follow := _wrap_at(data, last)) is not None:
            bounds.append(follow)
            last = data.find(b"\n", follow.end())
        at = len(data) if last == -1 else last
        views.append(_view(data, max(start, found.start() - 4096), min(at, bounds[-1].end() + 4096), bounds))
    if _MARKED.search(text):
        views += _without_marks(data, text)
    return views


def _wrap_at(data: bytes, newline: int) -> "re.Match[bytes] | None":
    """The break at the end of this line when the line is full or ends in a token that is too long for a word."""
    before = data[max(newline - _LONG - 1, 0) : newline].rstrip(b" \t")
    if (len(before) < _LONG or b" " in before[-_LONG:]) and _LONG_AFTER.match(data, newline) is None:
        return None
    found = _WRAP.search(data, max(newline - 2, 0), newline + _FURTHEST)
    if found is None or not found.start() <= newline < found.end() or _SENTENCE.match(data, found.end()):
        return None
    start = data.rfind(b"\n", 0, found.start()) + 1
    token = _LAST.search(data, max(start, found.start() - 200), found.start())
    full = token is not None and (found.start() - start >= _MIN_LINE or token.end() - token.start() >= 20)
    return found if full else None


def _view(data: bytes, start: int, end: int, bounds: "list[re.Match[bytes]]") -> Joined:
    pieces: list[tuple[int, int, int]] = []
    parts = []
    here, at = 0, start
    for bound in [*bounds, None]:
        stop = end if bound is None else bound.start()
        parts.append(data[at:stop])
        pieces.append((here, at, stop - at))
        here += stop - at
        if bound is not None:
            at = bound.end()
    return Joined(b"".join(parts), tuple(pieces))


def _without_marks(data: bytes, text: str) -> list[Joined]:
    views = []
    done = 0
    for mark in _MARKED.finditer(text):
        if mark.start() < done:
            continue
        start = max(text.rfind("\n", 0, mark.start()) + 1, mark.start() - 2000)
        end = text.find("\n", mark.start())
        done = min(len(text) if end == -1 else end, mark.start() + 2000)
        pieces: list[tuple[int, int, int]] = []
        here, at = 0, start
        for found in [*_MARKED.finditer(text, start, done), None]:
            stop = done if found is None else found.start()
            pieces.append((here, at, stop - at))
            here += stop - at
            at = stop + 1
        whole = b"".join(data[there : there + length] for _, there, length in pieces)
        views.append(Joined(whole, tuple(pieces)))
    return views
