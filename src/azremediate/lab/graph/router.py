"""From a request path to its route; what has no route is a loud refusal, never an empty answer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from azremediate.lab.graph.call import Key, Route, Version
from azremediate.lab.graph.errors import GraphError, unknown_method, unknown_segment

_KEYED: Final = re.compile(r"(?P<name>[\w.]+)\((?:(?P<key>\w+)=)?'(?P<value>(?:[^']|'')*)'\)")
_CAST: Final = "microsoft.graph."


@dataclass(frozen=True, slots=True)
class Match:
    """Where a path led: the route, the keys on the way, whether it ended in /$count, and a type it was cast to."""

    route: Route
    keys: tuple[Key, ...]
    counting: bool = False
    cast: str | None = None


@dataclass(slots=True)
class _Node:
    named: dict[str, _Node] = field(default_factory=dict)
    keyed: _Node | None = None
    routes: dict[str, Route] = field(default_factory=dict)


class Router:
    """The tree of all routes; segment names are compared without case, as Graph does."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Node()
        for route in routes:
            node = self._root
            for segment in route.path.strip("/").split("/"):
                if segment.startswith("{"):
                    node.keyed = node.keyed or _Node()
                    node = node.keyed
                else:
                    node = node.named.setdefault(segment.lower(), _Node())
            if route.method in node.routes:
                raise ValueError(f"two routes for {route.method} {route.path}")
            node.routes[route.method] = route

    def find(self, method: str, raw_path: str, version: Version) -> Match:
        """Return the route of an encoded path below the version; raises GraphError when there is none."""
        segments = split_path(raw_path)
        counting = bool(segments) and segments[-1] == "$count"
        if counting:
            segments = segments[:-1]
        cast = None
        found = self._walk(segments)
        last = segments[-1] if segments else ""
        if found is None and isinstance(last, str) and last.lower().startswith(_CAST):
            # POST: a bound action under its full name; GET: a collection cast to one type
            name = last[len(_CAST) :]
            cast = None if method == "POST" else name
            found = self._walk([*segments[:-1], name] if method == "POST" else segments[:-1])
        if found is None:
            raise unknown_segment(last if isinstance(last, str) else last.value)
        return self._match(found, method, version, counting, cast)

    @staticmethod
    def _match(
        found: tuple[_Node, tuple[Key, ...]], method: str, version: Version, counting: bool, cast: str | None
    ) -> Match:
        route = found[0].routes.get(method)
        if route is None:
            raise unknown_method()
        if route.beta_only and version != "beta":
            raise unknown_segment(route.path.rsplit("/", 1)[-1])
        if counting and method != "GET":
            raise unknown_method()
        return Match(route, found[1], counting, cast)

    def _walk(self, segments: list[str | Key]) -> tuple[_Node, tuple[Key, ...]] | None:
        node = self._root
        keys: list[Key] = []
        for segment in segments:
            named = node.named.get(segment.lower()) if isinstance(segment, str) else None
            if named is not None:
                node = named
            elif node.keyed is not None:
                keys.append(segment if isinstance(segment, Key) else Key(segment))
                node = node.keyed
            else:
                return None
        return (node, tuple(keys)) if node.routes else None


def split_path(raw_path: str) -> list[str | Key]:
    """Return the decoded segments of a path; `applications(appId='x')` gives a name and a Key."""
    found: list[str | Key] = []
    for raw in raw_path.strip("/").split("/"):
        segment = unquote(raw)
        match = _KEYED.fullmatch(segment)
        if match is None:
            found.append(segment)
        else:
            found += [match["name"], Key(match["value"].replace("''", "'"), match["key"])]
    if any(segment == "" for segment in found):
        raise GraphError(400, "BadRequest", "Empty path segment.", unknown=True)
    return found
