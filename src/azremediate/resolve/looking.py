"""Where it was looked, and what could not be looked at: not knowing is not the same as nobody."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from azremediate.core.errors import FeatureMissing, TenantError


@dataclass(slots=True)
class Looking:
    """The places that were read, and the gaps, each in words with the reason; limits are what a place cannot tell."""

    looked: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)

    def gap(self, what: str, error: TenantError | FeatureMissing) -> None:
        """Keep that something could not be read, and why."""
        self.gaps.append(f"{what} could not be looked at: {error.message}")

    def with_all(self, parts: Iterable["Looking"]) -> "Looking":
        """The same with what was looked at beside it, in this order whatever came in first."""
        for part in parts:
            self.looked += part.looked
            self.gaps += part.gaps
        return self
