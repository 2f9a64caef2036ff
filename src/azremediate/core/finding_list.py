"""Findings as they were read from a file, and the credentials that they are: one for each value."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from azremediate.core.finding import Finding, Nearby, Tier

_MOST = 12


@dataclass(frozen=True, slots=True)
class FindingList:
    """A file of findings. rejected: line and reason of lines that cannot be used."""

    name: str
    sha256: str
    rows: int
    findings: tuple[Finding, ...]
    rejected: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FoundCredential:
    """One value with all messages that hold it; `best` is its surest finding, with what stands near any of them.

    first, last: the earliest and latest time of sending, ISO 8601, empty when no message says one.
    """

    best: Finding
    findings: tuple[Finding, ...]
    first: str = ""
    last: str = ""

    @property
    def finding_ids(self) -> tuple[str, ...]:
        """The ids of all its findings."""
        return tuple(one.finding_id for one in self.findings)

    @property
    def message_ids(self) -> tuple[str, ...]:
        """The messages that hold it, each once."""
        return tuple(dict.fromkeys(one.message_id or one.mime_sha256[:16] for one in self.findings))


def credentials_of(findings: Iterable[Finding]) -> tuple[FoundCredential, ...]:
    """Findings with the same fingerprint are one credential; in the order of their first finding."""
    groups: dict[str, list[Finding]] = {}
    for one in findings:
        groups.setdefault(one.fingerprint, []).append(one)
    return tuple(_credential(group) for group in groups.values())


def _credential(group: Sequence[Finding]) -> FoundCredential:
    ranks = {Tier.EXACT: 0, Tier.LABELLED: 1, Tier.PROXIMITY: 2}
    ordered = sorted(group, key=lambda one: ranks[one.tier])
    best = ordered[0]
    near = Nearby(
        _union(one.nearby.ids for one in ordered),
        _union(one.nearby.user_principal_names for one in ordered),
        _union(one.nearby.hosts for one in ordered),
    )
    claims = {name: text for one in reversed(ordered) for name, text in one.claims.items()}
    sent = sorted(one.sent for one in group if one.sent)
    first, last = (sent[0], sent[-1]) if sent else ("", "")
    return FoundCredential(replace(best, nearby=near, claims=claims), tuple(group), first, last)


def _union(parts: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for part in parts for text in part))[:_MOST]
