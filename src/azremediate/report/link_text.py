"""What found credentials mean in the tenant and what they can reach, ranked, as text and as JSON."""

from collections import Counter
from collections.abc import Iterator, Sequence

from azremediate.core.codec import encode
from azremediate.core.finding import LinkState
from azremediate.core.finding_impact import FindingImpact
from azremediate.core.json_value import Json
from azremediate.core.linked_credential import LinkedCredential
from azremediate.report.phrases import count

_STATES = {
    LinkState.CONFIRMED: "mean one object for sure",
    LinkState.PROBABLE: "probably mean one",
    LinkState.CANDIDATE: "may mean one: look at them",
    LinkState.NONE: "mean nothing that lives in this tenant",
}
MOST_SHOWN = 40


def links_text(linked: Sequence[LinkedCredential]) -> Iterator[str]:
    """How sure the links are."""
    states = Counter(one.best.state for one in linked)
    yield f"{count(len(linked), 'credential')} in the findings"
    yield from (f"  {states[state]:>6}  {words}" for state, words in _STATES.items() if states[state])


def link_rows(linked: Sequence[LinkedCredential], impacts: Sequence[FindingImpact]) -> list[tuple[str, ...]]:
    """The most dangerous first: rank, kind, object, link, whether it is valid, whether it was used, and why."""
    ordered = sorted(zip(linked, impacts, strict=True), key=lambda pair: pair[1].rank)
    return [
        (
            impact.rank.name.lower(),
            one.found.best.kind,
            one.best.display_name or one.best.identity or "-",
            one.best.state.value,
            impact.valid,
            impact.used,
            "; ".join(impact.reasons) or one.best.reason,
        )
        for one, impact in ordered[:MOST_SHOWN]
    ]


def links_json(linked: Sequence[LinkedCredential], impacts: Sequence[FindingImpact]) -> list[Json]:
    """Each credential with its links and its impact."""
    return [
        {
            "finding_ids": list(one.found.finding_ids),
            "messages": list(one.found.message_ids),
            "kind": one.found.best.kind,
            "tier": one.found.best.tier.value,
            "first_sent": one.found.first,
            "last_sent": one.found.last,
            "links": encode(one.links),
            "impact": {**_object(impact), "rank": impact.rank.name.lower()},
        }
        for one, impact in zip(linked, impacts, strict=True)
    ]


def _object(impact: FindingImpact) -> dict[str, Json]:
    return {"valid": impact.valid, "used_since": impact.used, "reasons": list(impact.reasons)}
