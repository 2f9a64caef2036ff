"""What a search of mail found, as text and as JSON; never a value."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from azremediate.core.finding import Finding, NotAnalysed, Tier
from azremediate.core.json_value import Json, JsonObject
from azremediate.report.phrases import count

SCHEMA = "azremediate/scan/1"
_TIERS = {
    Tier.EXACT: "exact format",
    Tier.LABELLED: "named by a label",
    Tier.PROXIMITY: "near a telling word: for an analyst, never in a plan by itself",
}


@dataclass(slots=True)
class ScanSummary:
    """Counts of one search, gathered finding by finding."""

    messages: int = 0
    size: int = 0
    findings: int = 0
    engine: str = ""
    tiers: Counter[Tier] = field(default_factory=Counter)
    kinds: Counter[tuple[str, Tier]] = field(default_factory=Counter)
    fingerprints: set[str] = field(default_factory=set)
    missed: Counter[str] = field(default_factory=Counter)

    def find(self, finding: Finding) -> None:
        """Count a finding."""
        self.findings += 1
        self.tiers[finding.tier] += 1
        self.kinds[finding.kind, finding.tier] += 1
        self.fingerprints.add(finding.fingerprint[:32])

    def miss(self, one: NotAnalysed) -> None:
        """Count what was not analysed."""
        self.missed[one.reason] += 1


def summary_json(found: ScanSummary, sources: Sequence[JsonObject]) -> JsonObject:
    """The summary for a machine; sources: label, SHA-256 and size of each file."""
    kinds: dict[str, dict[str, Json]] = {}
    for (kind, tier), number in sorted(found.kinds.items()):
        kinds.setdefault(kind, {})[str(tier)] = number
    return {
        "schema": SCHEMA,
        "messages": found.messages,
        "bytes": found.size,
        "findings": found.findings,
        "credentials": len(found.fingerprints),
        "tiers": {str(tier): found.tiers[tier] for tier in Tier},
        "kinds": {**kinds},
        "not_analysed": dict(found.missed.most_common()),
        "engine": found.engine,
        "sources": list(sources),
    }


def summary_text(found: ScanSummary) -> Iterator[str]:
    """The counts for a person."""
    yield f"{count(found.messages, 'message')}, {found.size / 1e6:,.1f} MB searched"
    if not found.findings:
        yield "no secret found"
    else:
        distinct = count(len(found.fingerprints), "different value")
        yield f"{count(found.findings, 'finding')} ({distinct})"
        yield from (f"  {number:>6}  {tier}  {_TIERS[tier]}" for tier in Tier if (number := found.tiers[tier]))


def kind_rows(found: ScanSummary) -> list[tuple[str, str, str, str]]:
    """For each kind how many findings there are in each tier."""
    kinds = sorted({kind for kind, _ in found.kinds}, key=lambda kind: (-_all_of(found, kind), kind))
    return [(kind, *(str(found.kinds[kind, tier]) for tier in Tier)) for kind in kinds]  # type: ignore[misc]  # three tiers


def _all_of(found: ScanSummary, kind: str) -> int:
    return sum(found.kinds[kind, tier] for tier in Tier)


def missed_text(found: ScanSummary) -> Iterator[str]:
    """What was not analysed, by its reasons."""
    if found.missed:
        yield f"not analysed: {count(sum(found.missed.values()), 'part')}"
        yield from (f"  {number:>6}  {reason}" for reason, number in found.missed.most_common(12))
        if len(found.missed) > 12:
            yield f"          and {len(found.missed) - 12} more reasons"
