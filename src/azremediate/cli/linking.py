"""Links findings to live objects: for a plan that takes them directly, and for the files that `scan --link` writes."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from azremediate.cli.output import Output, json_text
from azremediate.cli.session import Session, open_session
from azremediate.cli.settings import Settings
from azremediate.cli.whole_file import write_lines
from azremediate.core.codec import encode
from azremediate.core.credential import CredentialList
from azremediate.core.events import Progressed
from azremediate.core.finding import Link
from azremediate.core.finding_impact import FindingImpact
from azremediate.core.finding_list import FindingList, credentials_of
from azremediate.core.json_value import JsonObject
from azremediate.core.linked_credential import LeftOut, LinkedCredential, rows_of
from azremediate.intake.finding_file import read_findings
from azremediate.report.credential_csv import credential_lines
from azremediate.report.link_text import link_rows, links_json, links_text
from azremediate.report.phrases import count
from azremediate.resolve.finding_impact import ImpactReader
from azremediate.resolve.finding_link import FindingLinker

_MOST_NAMED = 10


async def link_findings(session: Session, found: FindingList) -> list[LinkedCredential]:
    """The credentials that the findings are, each with what it may mean in the tenant."""
    session.listener(Progressed("linking findings", 0, 0))
    return await FindingLinker(session.tenant).link(credentials_of(found.findings))


def with_findings(
    given: CredentialList | None, found: FindingList, linked: Sequence[LinkedCredential], accepted: Sequence[str]
) -> CredentialList:
    """The credential list with the rows that the findings become; its name and hash are those of both files."""
    rows = rows_of(linked, accepted)
    name, digest = found.name, found.sha256
    if accepted:
        digest = sha256("\n".join([digest, *sorted(accepted)]).encode()).hexdigest()
    if given is None:
        whole = CredentialList(name, digest, len(rows.credentials), rows.credentials, 0, ())
        return replace(whole, warnings=_warnings(rows.left_out))
    return replace(
        given,
        name=f"{given.name} and {name}",
        sha256=sha256(f"{given.sha256}\n{digest}".encode()).hexdigest(),
        rows=given.rows + len(rows.credentials),
        credentials=(*given.credentials, *rows.credentials),
        warnings=(*given.warnings, *_warnings(rows.left_out)),
    )


def _warnings(left_out: Sequence[LeftOut]) -> tuple[str, ...]:
    """What a plan says of findings that it leaves to an analyst: one line for each reason, with their ids."""
    by_reason: dict[str, list[str]] = {}
    for one in left_out:
        by_reason.setdefault(one.reason, []).append(one.found.best.finding_id)
    return tuple(
        f"{count(len(ids), 'finding')} left out: {reason}: {', '.join(ids[:_MOST_NAMED])}"
        + (f" and {len(ids) - _MOST_NAMED} more" if len(ids) > _MOST_NAMED else "")
        for reason, ids in by_reason.items()
    )


def left_out_text(linked: Sequence[LinkedCredential], accepted: Sequence[str]) -> str:
    """How many credentials the plan takes, and what it leaves to an analyst."""
    rows = rows_of(linked, accepted)
    used = len(linked) - len(rows.left_out)
    lines = [f"findings: {len(linked)} credentials = {used} used + {len(rows.left_out)} left out"]
    lines += [
        f"  left out: {one.found.best.finding_id} ({one.found.best.kind}): {one.reason}"
        for one in rows.left_out[:_MOST_NAMED]
    ]
    if len(rows.left_out) > _MOST_NAMED:
        lines.append(f"  and {len(rows.left_out) - _MOST_NAMED} more")
    return "\n".join(lines)


async def link_and_write(settings: Settings, shown: Output, findings: Path, credentials: Path) -> JsonObject:
    """Put links and confidence into the file of findings, write the credential list, and show what each can reach."""
    found = read_findings(findings)
    with shown.progress() as listener:
        async with open_session(settings, listener) as session:
            linked = await link_findings(session, found)
            impacts = await ImpactReader(session.tenant, session.now).impacts(linked)
    links = {one.found.best.fingerprint: one.best for one in linked}
    write_lines(findings, _relinked(found, links), "the findings")
    rows = rows_of(linked)
    number = write_lines(credentials, credential_lines(rows.credentials), "the credential list") - 1
    _show(shown, linked, impacts, credentials, number)
    return {"links": links_json(linked, impacts), "credentials": {"file": str(credentials), "rows": number}}


def _relinked(found: FindingList, links: dict[str, Link]) -> Iterator[str]:
    for one in found.findings:
        link = links[one.fingerprint]
        confidence = "known" if link.state.value == "confirmed" else "suspected"
        yield json_text(json.loads(json.dumps(encode(replace(one, link=link, confidence=confidence)))))


def _show(
    shown: Output, linked: Sequence[LinkedCredential], impacts: Sequence[FindingImpact], credentials: Path, number: int
) -> None:
    for line in links_text(linked):
        shown.text(line)
    shown.table(("RANK", "KIND", "OBJECT", "LINK", "VALID", "USED SINCE", "WHY"), link_rows(linked, impacts))
    shown.text(f"credential list: {credentials} ({number} rows)")
