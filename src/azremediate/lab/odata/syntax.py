"""The text of a $filter, read into a tree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from azremediate.lab.odata.problem import QueryProblem

Operator = Literal["eq", "ne", "gt", "ge", "lt", "le"]
Value = str | bool | int | float | datetime | None

MAX_LENGTH: Final = 20_000
MAX_DEPTH: Final = 40


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant; `quoted` tells 'text' from a bare word such as a GUID or an enum member."""

    value: Value
    quoted: bool


@dataclass(frozen=True, slots=True)
class Compare:
    """`path operator literal`; a path is the list of its segments."""

    path: tuple[str, ...]
    operator: Operator
    literal: Constant


@dataclass(frozen=True, slots=True)
class Among:
    """`path in (a, b)`."""

    path: tuple[str, ...]
    literals: tuple[Constant, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """`startswith(path, 'text')` and its like."""

    function: str
    path: tuple[str, ...]
    literal: Constant


@dataclass(frozen=True, slots=True)
class Truth:
    """A property that stands alone as a condition."""

    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """A negated condition."""

    inner: Node


@dataclass(frozen=True, slots=True)
class Join:
    """Conditions joined by `and` or by `or`."""

    word: Literal["and", "or"]
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """`path/any(variable: condition)`; without a condition it asks for a collection that is not empty."""

    path: tuple[str, ...]
    variable: str | None
    inner: Node | None


Node = Compare | Among | Call | Truth | Not | Join | AnyOf

_TOKEN: Final = re.compile(
    r"(?P<string>'(?:[^']|'')*')"
    r"|(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))"
    r"|(?P<date>\d{4}-\d\d-\d\d(?![-\w]))"
    r"|(?P<guid>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"
    r"|(?P<number>-?\d+(?:\.\d+)?(?![\w-]))"
    r"|(?P<name>[A-Za-z_$@][\w.$]*(?:/[A-Za-z_$@][\w.$]*)*)"
    r"|(?P<mark>[(),:])"
    r"|(?P<space>\s+)"
)
_OPERATORS: Final = ("eq", "ne", "gt", "ge", "lt", "le")
_FUNCTIONS: Final = ("startswith", "endswith", "contains")


def parse_filter(text: str) -> Node:
    """Return the tree of a $filter; raises QueryProblem, and nothing else, for text that is none."""
    if len(text) > MAX_LENGTH:
        raise QueryProblem("The query filter is too long.")
    parser = _Parser(_tokens(text))
    node = parser.disjunction(0)
    parser.expect_end()
    return node


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise QueryProblem(f"Syntax error at position {position} in the filter.")
        if match.lastgroup != "space":
            found.append((match.lastgroup, match[0]))
        position = match.end()
    return found


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._at] if self._at < len(self._tokens) else ("end", "")

    def _take(self) -> tuple[str, str]:
        token = self._peek()
        self._at += 1
        return token

    def _word(self, *words: str) -> str | None:
        kind, text = self._peek()
        if kind == "name" and text.lower() in words:
            self._at += 1
            return text.lower()
        return None

    def _mark(self, mark: str) -> bool:
        if self._peek() == ("mark", mark):
            self._at += 1
            return True
        return False

    def _expect(self, mark: str) -> None:
        if not self._mark(mark):
            raise QueryProblem(f"Syntax error: '{mark}' expected in the filter.")

    def expect_end(self) -> None:
        if self._peek()[0] != "end":
            raise QueryProblem("Syntax error: unexpected text after the end of the filter.")

    def disjunction(self, depth: int) -> Node:
        parts = [self._conjunction(depth)]
        while self._word("or"):
            parts.append(self._conjunction(depth))
        return parts[0] if len(parts) == 1 else Join("or", tuple(parts))

    def _conjunction(self, depth: int) -> Node:
        parts = [self._term(depth)]
        while self._word("and"):
            parts.append(self._term(depth))
        return parts[0] if len(parts) == 1 else Join("and", tuple(parts))

    def _term(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise QueryProblem("The filter is nested too deeply.")
        if self._word("not"):
            return Not(self._term(depth + 1))
        if self._mark("("):
            node = self.disjunction(depth + 1)
            self._expect(")")
            return node
        return self._condition(depth)

    def _condition(self, depth: int) -> Node:
        kind, text = self._take()
        if kind != "name":
            raise QueryProblem("Syntax error: a property was expected in the filter.")
        if self._mark("("):
            return self._call(text, depth)
        path = tuple(text.split("/"))
        operator = self._word(*_OPERATORS)
        if operator is not None:
            return Compare(path, operator, self._literal())  # type: ignore[arg-type]  # one of _OPERATORS
        if self._word("in"):
            self._expect("(")
            return Among(path, self._literals())
        return Truth(path)

    def _call(self, name: str, depth: int) -> Node:
        low = name.lower()
        if low in _FUNCTIONS:
            kind, text = self._take()
            if kind != "name":
                raise QueryProblem(f"Syntax error: {low} needs a property first.")
            self._expect(",")
            literal = self._literal()
            self._expect(")")
            return Call(low, tuple(text.split("/")), literal)
        *path, last = name.split("/")
        if last.lower() != "any" or not path:
            raise QueryProblem(f"An unknown function with name '{name}' was found.", unknown=True)
        if self._mark(")"):
            return AnyOf(tuple(path), None, None)
        kind, variable = self._take()
        if kind != "name" or "/" in variable:
            raise QueryProblem("Syntax error: a range variable was expected.")
        self._expect(":")
        inner = self.disjunction(depth + 1)
        self._expect(")")
        return AnyOf(tuple(path), variable, inner)

    def _literals(self) -> tuple[Constant, ...]:
        found = [self._literal()]
        while self._mark(","):
            found.append(self._literal())
        self._expect(")")
        return tuple(found)

    def _literal(self) -> Constant:
        kind, text = self._take()
        if kind == "string":
            return Constant(text[1:-1].replace("''", "'"), True)
        if kind in ("time", "date"):
            return Constant(_read_time(text), False)
        if kind == "number":
            return Constant(float(text) if "." in text else int(text), False)
        if kind == "guid":
            return Constant(text, False)
        if kind == "name" and text.lower() in ("true", "false", "null"):
            return Constant({"true": True, "false": False, "null": None}[text.lower()], False)
        raise QueryProblem("Syntax error: a value was expected in the filter.")


def _read_time(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise QueryProblem(f"Invalid date in the filter: {text}.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
