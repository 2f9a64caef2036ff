"""What a sweep found, as text, as JSON Lines, and as a credential list that a plan can take."""

import csv
from collections import Counter
from collections.abc import Iterator
from io import StringIO

from azremediate.core.codec import encode
from azremediate.core.foothold import Foothold, Severity, Swept
from azremediate.core.json_value import JsonObject, object_of
from azremediate.report import escape
from azremediate.report.escape import terminal
from azremediate.report.phrases import count, moment

SOURCE = "azremediate sweep"
_COLUMNS = ("kind", "identity", "key_id", "hint", "exposed_at", "confidence", "source", "note")


def footholds_json(swept: Swept) -> Iterator[JsonObject]:
    """One object for each finding and one at the end that says where it was looked: never nothing at all."""
    for finding in swept.findings:
        yield {"record": "finding", **object_of(encode(finding), "a finding")}
    yield {
        "record": "summary",
        "since": encode(swept.since),
        "findings": len(swept.findings),
        "severities": dict(_counted(swept)),
        "looked": list(swept.looked),
        "failed": list(swept.failed),
        "limits": list(swept.limits),
        "own_events_left_out": swept.own,
    }


def footholds_text(swept: Swept) -> str:
    """The findings, the most serious first, and what was and was not looked at."""
    return "\n".join(_lines(swept))


def _lines(swept: Swept) -> Iterator[str]:
    counted = ", ".join(f"{number} {severity}" for severity, number in _counted(swept).items() if number)
    yield f"{count(len(swept.findings), 'finding')} since {moment(swept.since)}{': ' + counted if counted else ''}"
    for finding in swept.findings:
        yield ""
        yield f"{finding.severity.upper():<8} {finding.kind}: {terminal(finding.summary)}"
        yield from (f"         {line}" for line in _details(finding))
    yield from _section("Looked at", swept.looked)
    yield from _section("COULD NOT BE LOOKED AT", swept.failed)
    yield from _section("What this does not show", swept.limits)
    if swept.own:
        yield ""
        yield f"{swept.own} of azremediate's own changes are left out (--include-own shows them)."


def _details(finding: Foothold) -> Iterator[str]:
    who = f"{terminal(finding.who)} {terminal(finding.who_id)}".strip() or "not known"
    yield f"{terminal(finding.object_kind)} {terminal(finding.object_id)}  when {finding.when or 'not known'}  by {who}"
    yield f"evidence: {', '.join(map(terminal, finding.evidence))}"
    if finding.proposes:
        app_id = finding.details.get("appId")
        target = app_id if isinstance(app_id, str) and app_id else finding.object_id
        key = f" --key-id {finding.listed.key_id}" if finding.listed is not None and finding.listed.key_id else ""
        yield f"proposed: azremediate run {finding.proposes} {terminal(target)}{terminal(key)}"


def _section(title: str, lines: tuple[str, ...]) -> Iterator[str]:
    if lines:
        yield ""
        yield f"{title}:"
        yield from (f"  - {terminal(line)}" for line in lines)


def _counted(swept: Swept) -> dict[str, int]:
    """How many findings there are of each severity, the highest first."""
    counted = Counter(finding.severity for finding in swept.findings)
    return {severity.value: counted[severity] for severity in sorted(Severity, key=lambda one: -one.order)}


def credential_rows(swept: Swept) -> Iterator[str]:
    """The findings that a credential list has a kind for, as CSV with its header; each credential once."""
    yield ",".join(_COLUMNS)
    seen = set()
    for finding in swept.findings:
        listed = finding.listed
        if listed is None or not listed.identity or (listed.kind, listed.identity, listed.key_id) in seen:
            continue
        seen.add((listed.kind, listed.identity, listed.key_id))
        named = (escape.csv(text) for text in (listed.identity, listed.key_id))
        cells = (listed.kind.value, *named, "", finding.when, "suspected", SOURCE)
        row = StringIO()
        note = escape.csv(f"{finding.kind}: {finding.summary}")
        csv.writer(row, lineterminator="").writerow((*cells, note))
        yield row.getvalue()
