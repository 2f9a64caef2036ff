"""What an attacker could do with a credential that leaked in mail."""

from dataclasses import dataclass
from enum import IntEnum


class Rank(IntEnum):
    """How much is at stake; the lowest number first."""

    CRITICAL = 0
    HIGH = 1
    MEDIUM = 2
    LOW = 3
    NONE = 4


@dataclass(frozen=True, slots=True)
class FindingImpact:
    """Rank with its reasons. valid, used: `yes`, `no`, `not known`, with a word on why where that is needed."""

    rank: Rank
    valid: str
    used: str
    reasons: tuple[str, ...] = ()
