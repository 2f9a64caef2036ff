"""Shows the value of one finding to a person at a terminal, after the audit log has said so."""

import platform
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from azremediate.cli.case_key import case_key
from azremediate.cli.configuration import configuration
from azremediate.cli.os_account import os_user
from azremediate.cli.output import Output
from azremediate.cli.settings import Settings
from azremediate.cli.system_clock import SystemClock
from azremediate.core.errors import InputInvalid
from azremediate.core.finding import Finding, NotAnalysed
from azremediate.core.record import Actor
from azremediate.core.secret import Secret
from azremediate.intake.finding_file import read_findings
from azremediate.mail.analysis import Analyst
from azremediate.mail.limits import Limits
from azremediate.mail.piece_search import opened
from azremediate.mail.source import find_sources, raw_messages
from azremediate.report.escape import terminal


async def reveal_value(
    settings: Settings, shown: Output, finding_id: str, findings: Path, key_file: Path | None, engine: str
) -> None:
    """Read the source again, ask, record it in the audit log, and print the value; it is written nowhere else.

    Raises `InputInvalid` without a terminal, for an unknown finding, and when the source is gone or has changed;
    `ConfigInvalid` when no configuration names the audit log.
    """
    if not shown.interactive or not sys.stdout.isatty():
        raise InputInvalid("a value is shown at a terminal only", hint="run it in a terminal, without a pipe")
    config = configuration(settings)
    finding = _the_finding(finding_id, findings)
    analyst = Analyst(case_key(key_file, findings), engine=engine)
    if finding.source.startswith("mailbox:"):
        from azremediate.cli.mailbox_scan import fetch_again

        raws = await fetch_again(settings, shown, finding)
        value = _value_in([(finding.source, raw) for raw in raws], finding, analyst)
    else:
        value = _value(finding, analyst)
    about = f"{finding.kind} in {terminal(finding.source)}, message {terminal(finding.message_id or '(no id)')}"
    typed = shown.ask(f"Type {finding_id} to show the value", about)
    if typed != finding_id:
        raise InputInvalid("not shown: something else was typed")
    from azremediate.journal.run_journal import open_journal

    actor = Actor(config.tenant_id, "", "", os_user=os_user(), host=platform.node())
    async with open_journal(
        Path(config.state_path),
        SystemClock(),
        operation="reveal",
        audit_settings=config.audit,
        network=config.state_network,
    ) as journal:
        facts = {"finding_id": finding.finding_id, "kind": finding.kind, "mime_sha256": finding.mime_sha256}
        await journal.record_reveal(actor, {**facts, "message_id": finding.message_id, "source": finding.source})
    value.use(_printed(shown))


def _printed(shown: Output) -> Callable[[str], None]:
    return lambda text: shown.text(text, folded=False)


def _the_finding(finding_id: str, file: Path) -> Finding:
    for finding in read_findings(file).findings:
        if finding.finding_id == finding_id:
            return finding
    raise InputInvalid(f"there is no finding {finding_id}", file=str(file), hint="the ids stand in finding_id")


def _value(finding: Finding, analyst: Analyst) -> Secret:
    path = _existing(Path(finding.source))
    ignored: list[NotAnalysed] = []
    with tempfile.TemporaryDirectory(prefix="azremediate-scan-") as scratch:
        pieces = find_sources([path], Path(scratch)).pieces
        raws = (one for piece in pieces for one in raw_messages(piece, Limits(), ignored.append))
        return _value_in(raws, finding, analyst)


def _value_in(messages: Iterable[tuple[str, bytes]], finding: Finding, analyst: Analyst) -> Secret:
    """The value in one of (label, raw message)."""
    for label, raw in messages:
        if label != finding.source:
            continue
        taken = opened(raw, label, Limits())
        if not isinstance(taken, NotAnalysed) and taken.head.mime_sha256 == finding.mime_sha256:
            value = analyst.reveal(taken, finding.finding_id)
            if value is not None:
                return value
    hint = "the same file, under the same path from the same folder, and the case key of the search are needed"
    raise InputInvalid("the value is not there any more", file=finding.source, hint=hint)


def _existing(path: Path) -> Path:
    """The file itself, or the archive that it stood in."""
    for candidate in (path, *path.parents):
        if candidate.is_file():
            return candidate
    raise InputInvalid("the source does not exist", file=str(path), hint="run it from the folder of the search")
