"""A filter tree, checked against a type and made into a function that tells which objects match."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from typing import Any, Final

from azremediate.lab.clock import parse_time
from azremediate.lab.odata.problem import QueryProblem, unsupported
from azremediate.lab.odata.syntax import Among, AnyOf, Call, Compare, Constant, Join, Node, Not, Truth
from azremediate.lab.schema.complex import COMPLEX
from azremediate.lab.schema.entity import EntityType, Kinds
from azremediate.lab.schema.enums import ENUMS
from azremediate.lab.schema.validation import is_guid

Predicate = Callable[[Any], bool]
Getter = Callable[[Any], Any]

# Graph: "Too many child clauses specified in search filter expression containing 'OR' operators"
MAX_ALTERNATIVES: Final = 15

_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}


def compile_filter(node: Node, entity: EntityType) -> Predicate:
    """Return the predicate of a tree; raises QueryProblem for properties or values that do not fit the type."""
    if entity.directory and _alternatives(node) > MAX_ALTERNATIVES:
        raise unsupported(
            "Too many child clauses specified in search filter expression containing 'OR' operators: "
            f"{_alternatives(node)}. Max allowed: {MAX_ALTERNATIVES}."
        )
    return _Compiler(entity).build(node)


def needs_advanced(node: Node) -> bool:
    """Return whether Graph serves this filter on directory objects only as an advanced query."""
    if isinstance(node, Not):
        return True
    if isinstance(node, Join):
        return any(needs_advanced(part) for part in node.parts)
    if isinstance(node, AnyOf):
        return node.inner is not None and needs_advanced(node.inner)
    if isinstance(node, Compare):
        return node.operator == "ne" or node.path[-1] == "$count"
    return isinstance(node, Call) and node.function == "endswith"


def keys(node: Node, names: Collection[str]) -> list[tuple[str, str]] | None:
    """Return (name, value) pairs of which every match has at least one, or None when the filter does not say so."""
    if isinstance(node, Compare) and node.operator == "eq" and len(node.path) == 1 and node.path[0] in names:
        return [(node.path[0], str(node.literal.value))]
    if isinstance(node, Among) and len(node.path) == 1 and node.path[0] in names:
        return [(node.path[0], str(literal.value)) for literal in node.literals]
    if isinstance(node, Join):
        found = [keys(part, names) for part in node.parts]
        known = [pairs for pairs in found if pairs is not None]
        if node.word == "and":
            return known[0] if known else None
        return [pair for pairs in known for pair in pairs] if len(known) == len(found) else None
    return None


def _alternatives(node: Node) -> int:
    if isinstance(node, Among):
        return len(node.literals)
    if isinstance(node, Join):
        counts = [_alternatives(part) for part in node.parts]
        return sum(counts) if node.word == "or" else max(counts)
    return _alternatives(node.inner) if isinstance(node, Not) else 1


class _Compiler:
    def __init__(self, entity: EntityType) -> None:
        self._entity = entity
        self._scope: dict[str, str] = {}

    def build(self, node: Node) -> Predicate:
        if isinstance(node, Join):
            parts = [self.build(part) for part in node.parts]
            if node.word == "and":
                return lambda item: all(part(item) for part in parts)
            return lambda item: any(part(item) for part in parts)
        if isinstance(node, Not):
            inner = self.build(node.inner)
            return lambda item: not inner(item)
        if isinstance(node, AnyOf):
            return self._any(node)
        return self._leaf(node)

    def _leaf(self, node: Compare | Among | Call | Truth) -> Predicate:
        getter, kind = self._path(node.path)
        if isinstance(node, Truth):
            if kind != "Boolean":
                raise QueryProblem("The filter is no condition.")
            return lambda item: getter(item) is True
        if isinstance(node, Call):
            return self._call(node, getter, kind)
        if isinstance(node, Among):
            wanted = {_key(_literal(literal, kind, node.path)) for literal in node.literals}
            return lambda item: _key(_normal(getter(item), kind)) in wanted
        value = _key(_literal(node.literal, kind, node.path))
        if node.operator == "eq":
            return lambda item: bool(_key(_normal(getter(item), kind)) == value)
        if node.operator == "ne":
            return lambda item: bool(_key(_normal(getter(item), kind)) != value)
        return _ordered(_COMPARE[node.operator], getter, kind, value)

    def _call(self, node: Call, getter: Getter, kind: str) -> Predicate:
        if kind != "String" or not isinstance(node.literal.value, str) or not node.literal.quoted:
            raise QueryProblem(f"{node.function} compares a string property with a string.")
        if node.function == "contains" and self._entity.directory:
            raise unsupported("Unsupported Query.")
        text = node.literal.value.casefold()
        method: Callable[[str, str], bool] = {
            "startswith": str.startswith,
            "endswith": str.endswith,
            "contains": str.__contains__,
        }[node.function]
        return lambda item: method((getter(item) or "").casefold(), text)

    def _any(self, node: AnyOf) -> Predicate:
        getter, kind = self._path(node.path)
        if not kind.startswith("["):
            raise QueryProblem(f"'{'/'.join(node.path)}' is no collection.")
        if node.inner is None or node.variable is None:
            return lambda item: bool(getter(item))
        if node.variable in self._scope:
            raise QueryProblem(f"The range variable '{node.variable}' is declared twice.")
        self._scope[node.variable] = kind[1:-1]
        inner = self.build(node.inner)
        del self._scope[node.variable]
        variable = node.variable
        return lambda item: any(inner({**_outer(item), variable: element}) for element in getter(item) or ())

    def _path(self, path: tuple[str, ...]) -> tuple[Getter, str]:
        head, *rest = path
        if head in self._scope:
            kind, names = self._scope[head], [head]
        else:
            found = self._entity.find(head)
            if found is None:
                raise _no_property(head, self._entity.name)
            if found in self._entity.unfilterable:
                raise unsupported(f"Unsupported or invalid query filter clause specified for property '{found}'.")
            kind, names = self._entity.kinds[found], [found]
        for part in rest:
            kind, name = _step(kind, part)
            names.append(name)
        return _getter(names), kind


def _literal(literal: Constant, kind: str, path: tuple[str, ...]) -> Any:
    value = literal.value
    if value is None:
        return None
    accepts = _ACCEPTED.get("String" if kind in ENUMS else kind)
    if accepts is None or not accepts(literal):
        raise QueryProblem(f"A binary operator with incompatible types was detected for '{'/'.join(path)}'.")
    return value


def _is_number(literal: Constant) -> bool:
    return isinstance(literal.value, (int, float)) and not isinstance(literal.value, bool)


_ACCEPTED: Final[dict[str, Callable[[Constant], bool]]] = {
    "String": lambda literal: literal.quoted,
    "Guid": lambda literal: is_guid(literal.value),
    "DateTimeOffset": lambda literal: isinstance(literal.value, datetime),
    "Boolean": lambda literal: isinstance(literal.value, bool),
    "Int32": _is_number,
    "Int64": _is_number,
    "Double": _is_number,
}


def _ordered(compare: Callable[[Any, Any], bool], getter: Getter, kind: str, value: Any) -> Predicate:
    def matches(item: Any) -> bool:
        own = _key(_normal(getter(item), kind))
        return own is not None and value is not None and compare(own, value)

    return matches


def _outer(item: Any) -> dict[str, Any]:
    return item if isinstance(item, dict) else {}


def _key(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _normal(value: Any, kind: str) -> Any:
    return parse_time(value) if kind == "DateTimeOffset" and isinstance(value, str) else value


def _step(kind: str, part: str) -> tuple[str, str]:
    if part == "$count" and kind.startswith("["):
        return "Int64", part
    kinds: Kinds = COMPLEX.get(kind, {})
    for name, inner in kinds.items():
        if name.lower() == part.lower():
            return inner, name
    raise _no_property(part, kind)


def _getter(names: list[str]) -> Getter:
    if len(names) == 1:
        only = names[0]
        return lambda item: item.get(only)

    def walk(item: Any) -> Any:
        for name in names:
            if item is None:
                return None
            item = len(item) if name == "$count" else item.get(name)
        return item

    return walk


def _no_property(name: str, type_name: str) -> QueryProblem:
    message = f"Could not find a property named '{name}' on type 'microsoft.graph.{type_name}'."
    return QueryProblem(message, unknown=True)


def walk_paths(node: Node) -> Iterator[tuple[str, ...]]:
    """Yield every property path a filter names."""
    if isinstance(node, Join):
        for part in node.parts:
            yield from walk_paths(part)
    elif isinstance(node, Not):
        yield from walk_paths(node.inner)
    else:
        yield node.path
