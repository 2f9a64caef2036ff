"""What a type of the simulated Graph consists of: its properties, which of them can be set, and which a read shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

Kinds = dict[str, str]

NO_NAMES: Final[frozenset[str]] = frozenset()


def parse_kinds(table: str) -> Kinds:
    """Read `name:Kind name:[Kind]` pairs; a kind is an Edm name without its prefix, a complex type or an enum."""
    return dict(pair.split(":", 1) for pair in table.split())


@dataclass(frozen=True, slots=True)
class EntityType:
    """One entity type, named without `microsoft.graph`.

    `default` names what a read without $select returns (None: everything but `hidden`); `hidden` comes only when it is
    selected; `directory` types follow the rules of advanced queries.
    """

    name: str
    kinds: Kinds
    read_only: frozenset[str] = NO_NAMES
    default: frozenset[str] | None = None
    hidden: frozenset[str] = NO_NAMES
    unfilterable: frozenset[str] = NO_NAMES
    expandable: frozenset[str] = NO_NAMES
    directory: bool = False
    blank: dict[str, object] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        shown = [n for n in self.kinds if (n in self.default if self.default is not None else n not in self.hidden)]
        object.__setattr__(self, "blank", {n: empty_value(self.kinds[n]) for n in shown})

    def find(self, name: str) -> str | None:
        """Return the property's name in its own spelling, whatever the case it was asked for in."""
        if name in self.kinds:
            return name
        wanted = name.lower()
        return next((known for known in self.kinds if known.lower() == wanted), None)


def entity(
    name: str,
    table: str,
    *,
    read_only: str = "",
    default: str | None = None,
    hidden: str = "",
    unfilterable: str = "",
    expandable: str = "",
    directory: bool = False,
) -> EntityType:
    """Build a type from tables of words; `id` comes first and directory objects have deletedDateTime."""
    head = "id:String deletedDateTime:DateTimeOffset " if directory else "id:String "
    return EntityType(
        name,
        parse_kinds(head + table),
        frozenset(read_only.split()) | {"id", "deletedDateTime"},
        None if default is None else frozenset(default.split()) | {"id"},
        frozenset(hidden.split()),
        frozenset(unfilterable.split()),
        frozenset(expandable.split()),
        directory,
    )


def empty_value(kind: str) -> list[object] | None:
    """Return what Graph shows for a property that was never set."""
    return [] if kind.startswith("[") else None
