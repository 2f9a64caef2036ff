"""From a place worth a look to a value: the whole expression of the rule on the lines around, and its checks."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from azremediate.core.finding import Tier
from azremediate.mail.candidate import Candidate
from azremediate.mail.rule import Rule
from azremediate.mail.rule_check import CHECKS

_CELL, _REACH = 8192, 32768
"""Lines longer than two cells are searched in overlapping windows of three; what spans lines reaches so far."""


@dataclass(frozen=True, slots=True)
class Match:
    """A value in a text: where it stands, what it is, by which rule."""

    start: int
    end: int
    rule: str
    kind: str
    tier: Tier
    claims: dict[str, str] = field(default_factory=dict)


class OutOfTime(Exception):
    """The time for this message is over."""


def confirm(
    data: bytes, hits: Iterable[tuple[int, int]], rules: Sequence[Rule], check_time: Callable[[], None]
) -> list[Match]:
    """The values behind the anchors; `check_time` raises `OutOfTime` between two looks."""
    found: list[Match] = []
    seen = set()
    start, end = 0, -1
    for number, offset in hits:
        if number < 0:
            continue
        if not start <= offset <= end:
            start, end = _line(data, offset)
        cell = (offset - start) // _CELL if end - start > 2 * _CELL else None
        if (number, start, cell) not in seen:
            seen.add((number, start, cell))
            check_time()
            found += _matches(data, rules[number], *_window(data, (start, end), cell, rules[number].lines))
    return found


def _line(data: bytes, offset: int) -> tuple[int, int]:
    """The line in which an anchor ends at an offset."""
    end = data.find(b"\n", offset)
    return data.rfind(b"\n", 0, offset) + 1, len(data) if end == -1 else end


def _window(data: bytes, line: tuple[int, int], cell: int | None, lines: int) -> tuple[int, int]:
    """The span to search in a line, around one of its cells when it is long, and in the lines below it."""
    start, end = line
    if cell is not None:
        middle = start + cell * _CELL
        start, end = max(start, middle - _CELL), min(end, middle + 2 * _CELL)
    for _ in range(lines - 1):
        if end >= len(data) or end - start > _REACH:
            break
        next_end = data.find(b"\n", end + 1)
        end = len(data) if next_end == -1 else next_end
    return start, min(end, start + _REACH)


def _matches(data: bytes, rule: Rule, start: int, end: int) -> Iterable[Match]:
    at = max(start - 1, 0)
    while (match := rule.pattern.search(data, at, end)) is not None:
        group = next(
            name
            for name in ("value", "value2", "value3", "value4", "value5")
            if match.groupdict().get(name) is not None
        )
        first, last = match.span(group)
        at = max(last, match.start() + 1)
        if last > first and (kept := _checked(data, rule, (first, last), (start, end))) is not None:
            length, claims = kept
            claims = {
                **{
                    name: text.decode("latin-1").strip()[:200]
                    for name, text in match.groupdict().items()
                    if text and not name.startswith("value")
                },
                **rule.claims,
                **claims,
            }
            yield Match(first, first + length, rule.name, rule.kind, rule.tier, claims)
        elif last > first:
            at = match.start(group) + 1


def _checked(
    data: bytes, rule: Rule, span: tuple[int, int], around: tuple[int, int]
) -> tuple[int, dict[str, str]] | None:
    first, last = span
    claims: dict[str, str] = {}
    before = data[max(around[0], first - 4000) : first].decode("latin-1")
    after = data[last : min(around[1], last + 2000)].decode("latin-1")
    value = data[first:last].decode("latin-1")
    for entry in rule.checks:
        name, _, parameter = entry.partition(":")
        taken = CHECKS[name](Candidate(value, before, after), parameter)
        if taken is None:
            return None
        value = value[: taken.length]
        claims.update(taken.claims)
    return len(value), claims
