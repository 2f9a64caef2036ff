"""Which owners of an application go."""

from enum import StrEnum


class Owners(StrEnum):
    """A parameter of actions that take owners away; planning tells whoever has it which owners are never taken."""

    ADDED_AFTER = "added-after"
    ALL = "all"
