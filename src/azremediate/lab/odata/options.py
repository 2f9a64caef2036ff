"""The query options of one request, read and checked against the rules for its kind of resource."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from azremediate.lab.odata.predicate import Predicate, compile_filter, needs_advanced
from azremediate.lab.odata.problem import QueryProblem, unsupported
from azremediate.lab.odata.syntax import Node, parse_filter
from azremediate.lab.schema.entity import EntityType

MAX_TOP: Final = 999
DEFAULT_TOP: Final = 100

_EXPAND: Final = re.compile(r"(?P<name>\w+)(?:\(\$select=(?P<select>[\w,\s]+)\))?")
_KNOWN: Final = frozenset({"select", "filter", "expand", "top", "orderby", "count", "skiptoken"})


@dataclass(frozen=True, slots=True)
class Expansion:
    """One navigation property to include, with the properties wanted of it (None: its default)."""

    name: str
    select: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Options:
    """What a request asks of a collection or an entity; `advanced` is ConsistencyLevel: eventual with $count=true."""

    select: tuple[str, ...] | None = None
    tree: Node | None = None
    matches: Predicate | None = None
    expand: Expansion | None = None
    top: int = DEFAULT_TOP
    order: tuple[tuple[str, bool], ...] = ()
    count: bool = False
    skiptoken: str | None = None


def parse_options(query: str, headers: Mapping[str, str], entity: EntityType, *, max_top: int = MAX_TOP) -> Options:
    """Read a query string; raises QueryProblem for what Graph refuses. Header names are lower-case.

    $count=true without ConsistencyLevel is ignored for directory objects, as Graph does.
    """
    given = _pairs(query)
    eventual = headers.get("consistencylevel", "").lower() == "eventual"
    count = _flag(given.get("count")) and (eventual or not entity.directory)
    tree = parse_filter(given["filter"]) if "filter" in given else None
    order = _order(given.get("orderby"), entity)
    if entity.directory:
        _check_advanced(tree, order, advanced=eventual and count)
    expand = _expansion(given.get("expand"), entity)
    if expand is not None and entity.directory and eventual and count:
        raise unsupported("Expand is not supported with advanced queries.")
    return Options(
        select=_select(given.get("select"), entity),
        tree=tree,
        matches=None if tree is None else compile_filter(tree, entity),
        expand=expand,
        top=_top(given.get("top"), max_top),
        order=order,
        count=count,
        skiptoken=given.get("skiptoken"),
    )


def is_eventual(headers: Mapping[str, str]) -> bool:
    """Return whether a request carries ConsistencyLevel: eventual."""
    return headers.get("consistencylevel", "").lower() == "eventual"


def _pairs(query: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in parse_qsl(query, keep_blank_values=True):
        name = key.removeprefix("$").lower()
        if name not in _KNOWN:
            raise QueryProblem(f"The query parameter '{key}' is not supported.", unknown=True)
        if name in found:
            raise QueryProblem(f"Query option '{key}' was specified more than once.")
        found[name] = value
    return found


def _flag(text: str | None) -> bool:
    if text is None or text.lower() in ("true", "false"):
        return text is not None and text.lower() == "true"
    raise QueryProblem(f"Invalid value '{text}' for $count query option found.")


def _top(text: str | None, max_top: int) -> int:
    if text is None:
        return min(DEFAULT_TOP, max_top)
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:9]) <= max_top or len(text) > 9:
        raise QueryProblem(f"Invalid page size specified: '{text[:20]}'. Must be between 1 and {max_top} inclusive.")
    return int(text)


def _select(text: str | None, entity: EntityType) -> tuple[str, ...] | None:
    if text is None or text.strip() == "*":
        return None
    found: list[str] = []
    for part in text.split(","):
        name = entity.find(part.strip())
        if name is None:
            raise QueryProblem(
                f"Could not find a property named '{part.strip()[:80]}' on type 'microsoft.graph.{entity.name}'.",
                unknown=True,
            )
        found.append(name)
    return tuple(found)


def _order(text: str | None, entity: EntityType) -> tuple[tuple[str, bool], ...]:
    found: list[tuple[str, bool]] = []
    for part in text.split(",") if text else ():
        words = part.split()
        name = entity.find(words[0]) if words else None
        if name is None or len(words) > 2 or (len(words) == 2 and words[1].lower() not in ("asc", "desc")):
            raise QueryProblem(f"Syntax error in $orderby: '{part.strip()[:80]}'.", unknown=True)
        if entity.kinds[name] not in ("String", "DateTimeOffset", "Boolean", "Int32", "Guid"):
            raise unsupported(f"Sorting by '{name}' is not supported.")
        found.append((name, len(words) == 2 and words[1].lower() == "desc"))
    return tuple(found)


def _check_advanced(tree: Node | None, order: tuple[tuple[str, bool], ...], *, advanced: bool) -> None:
    if advanced:
        return
    if tree is not None and (needs_advanced(tree) or order):
        raise unsupported(
            "Filter operator is not supported without the ConsistencyLevel: eventual header and $count=true."
        )
    if any(name not in ("displayName", "userPrincipalName") for name, _ in order):
        raise unsupported("Sorting not supported for current query.")


def _expansion(text: str | None, entity: EntityType) -> Expansion | None:
    if text is None:
        return None
    match = _EXPAND.fullmatch(text.strip())
    if match is None:
        raise unsupported("Only one $expand clause, with $select at most, is supported.")
    if match["name"] not in entity.expandable:
        raise QueryProblem(
            f"Could not find a property named '{match['name']}' on type 'microsoft.graph.{entity.name}'.", unknown=True
        )
    select = match["select"]
    return Expansion(match["name"], None if select is None else tuple(part.strip() for part in select.split(",")))
