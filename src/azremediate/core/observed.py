"""What was seen of a target, and conditions on it that are checked again before a write."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from azremediate.core.json_value import Json, JsonObject, canonical, digest

_INDEX = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class State:
    """Facts about one target from one reading; JSON, no secret, the shape is the action's own."""

    facts: JsonObject

    @property
    def digest(self) -> str:
        """SHA-256 of the facts in canonical form."""
        return digest(self.facts)

    def overlaid(self, later: JsonObject) -> "State":
        """The same state after a planned change; `later` gives facts by name, unknown names are ignored."""
        known = {name: value for name, value in later.items() if name in self.facts}
        return State({**self.facts, **known}) if known else self


class Comparison(StrEnum):
    """How a fact is compared."""

    EQUALS = "equals"
    CONTAINS = "contains"
    LACKS = "lacks"


@dataclass(frozen=True, slots=True)
class Precondition:
    """A condition on one fact of the target, named by a JSON pointer (RFC 6901) into the facts."""

    pointer: str
    test: Comparison
    value: Json

    def broken_by(self, state: State) -> str | None:
        """None when it holds, else what is different now, in words."""
        found = _at(state.facts, self.pointer)
        if self.test is Comparison.EQUALS:
            return None if _equal(found, self.value) else f"{self.pointer} is {found!r}, was {self.value!r}"
        if isinstance(found, str) or not isinstance(found, Sequence):
            return f"{self.pointer} is no list any more"
        holds = any(_equal(item, self.value) for item in found)
        if self.test is Comparison.CONTAINS:
            return None if holds else f"{self.pointer} no longer has {self.value!r}"
        return f"{self.pointer} now has {self.value!r}" if holds else None


def _equal(one: Json, other: Json) -> bool:
    """Equal as JSON: true is not 1, and a tuple is a list."""
    return canonical(one) == canonical(other)


def _at(facts: Json, pointer: str) -> Json:
    at: Json = facts
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(at, Mapping):
            at = at.get(name)
        elif isinstance(at, Sequence) and not isinstance(at, str) and _INDEX.fullmatch(name) and int(name) < len(at):
            at = at[int(name)]
        else:
            return None
    return at
