"""Findings of a sweep in each form, with names that would act on a terminal or in a spreadsheet."""

import csv
import json

from azremediate.core.credential import CredentialKind
from azremediate.core.foothold import Foothold, Listed, Severity, Swept, at_least
from azremediate.report.footholds import credential_rows, footholds_json, footholds_text
from tests.core.plans import NOW
from tests.report.hostile import HOSTILE

SECRET = Foothold(
    kind="credential-added",
    severity=Severity.HIGH,
    object_kind="application",
    object_id="o1",
    display_name=HOSTILE,
    summary=f"={HOSTILE}",
    who=HOSTILE,
    evidence=(HOSTILE,),
    proposes="remove_app_secret",
    listed=Listed(CredentialKind.CLIENT_SECRET, "app-1", "key-1"),
    details={"appId": "app-1"},
)
GROUP = Foothold("member-added", Severity.LOW, "Group", "o2", "x", "x")
SWEPT = Swept(NOW, (SECRET, SECRET, GROUP), ("the audit log",), (HOSTILE,), ("mailboxes",), own=2)


def test_text() -> None:
    """What was found, looked at, failed and left out is all there, and nothing acts."""
    text = footholds_text(SWEPT)
    for said in ("3 findings", "2 high", "1 low", "the audit log", "COULD NOT", "mailboxes", "2 of azremediate's own"):
        assert said in text
    assert "azremediate run remove_app_secret app-1 --key-id key-1" in text
    assert "\x1b" not in text
    assert all(line.isprintable() for line in text.split("\n"))


def test_json_always_ends_with_a_summary() -> None:
    """Also when nothing was found: an empty answer would look like a quiet tenant."""
    (only,) = footholds_json(Swept(NOW, (), (), ("x",), ()))
    assert (only["record"], only["failed"]) == ("summary", ["x"])
    *findings, summary = [json.loads(json.dumps(one)) for one in footholds_json(SWEPT)]
    assert [one["kind"] for one in findings] == ["credential-added", "credential-added", "member-added"]
    assert summary["severities"] == {"critical": 0, "high": 2, "medium": 0, "low": 1}


def test_credential_list() -> None:
    """Each credential once, what has no kind is left out, and no cell is a formula."""
    header, *rows = list(csv.reader(credential_rows(SWEPT)))
    assert header[:3] == ["kind", "identity", "key_id"]
    assert [row[:3] for row in rows] == [["client-secret", "app-1", "key-1"]]
    assert not any(cell.startswith("=") for row in rows for cell in row)


def test_severities() -> None:
    """From the one that was asked for upwards."""
    assert [at_least(SWEPT.findings, severity) for severity in Severity] == [3, 2, 2, 0]
