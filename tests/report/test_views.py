"""Every view shows everything, and nothing that a tenant chose acts on whoever reads it."""

from collections.abc import Mapping

import pytest

from azremediate.core.json_value import JsonObject
from azremediate.core.playbook import Playbook, Selector, Source, Step
from azremediate.core.result import ChangeStatus
from azremediate.core.verifier import Verification
from azremediate.core.write import StepRecord, StepState
from azremediate.report.audit_text import record_text
from azremediate.report.plan_text import plan_text
from azremediate.report.playbook_text import playbook_text
from azremediate.report.run_text import results_text, run_text
from azremediate.report.steps_text import steps_json, steps_text
from azremediate.report.verification_text import verdict, verification_json, verification_text
from tests.report.hostile import HOSTILE, hostile_plan, hostile_report

RECORD: JsonObject = {
    "seq": 7,
    "time": "2024-04-09T17:02:11.250Z",
    "event": HOSTILE,
    "outcome": HOSTILE,
    "step": HOSTILE,
    "reason": HOSTILE,
    "target": {"kind": HOSTILE, "id": HOSTILE, "display_name": HOSTILE},
    "api": {"method": "POST", "path": HOSTILE, "status": 204, "request_id": HOSTILE},
    "before": {HOSTILE: HOSTILE},
    "after": {HOSTILE: [HOSTILE]},
}
VERIFICATIONS = (
    Verification("c1", "revoke_sessions", HOSTILE, HOSTILE, True, True, ""),
    Verification("c2", "revoke_sessions", HOSTILE, HOSTILE, True, False, HOSTILE),
    Verification("c3", "revoke_sessions", HOSTILE, HOSTILE, True, None, HOSTILE),
    Verification("c4", "revoke_sessions", HOSTILE, HOSTILE, False, False, HOSTILE),
)
PLAYBOOK = Playbook(
    HOSTILE,
    HOSTILE,
    1,
    (Step(HOSTILE, parameters={HOSTILE: [HOSTILE]}), Step("b", Source.TENANT, Selector())),
    "0" * 64,
)


def _steps() -> dict[str, tuple[StepRecord, ...]]:
    first = hostile_plan().changes[0].change_id
    return {first: (StepRecord(HOSTILE, 2, StepState.UNKNOWN, {}, HOSTILE),)}


VIEWS: Mapping[str, str] = {
    "plan": plan_text(hostile_plan(), plan_file=HOSTILE),
    "applicable plan": plan_text(hostile_plan(applicable=True), plan_file=HOSTILE, width=20),
    "run": run_text(hostile_report()),
    "failed run": run_text(hostile_report(ChangeStatus.FAILED), width=20),
    "results": results_text(hostile_report(ChangeStatus.FAILED)),
    "steps": steps_text(hostile_report(), _steps()),
    "verification": verification_text(HOSTILE, VERIFICATIONS),
    "audit record": record_text(RECORD),
    "playbook": playbook_text(PLAYBOOK),
}


@pytest.mark.fault("X7")
@pytest.mark.parametrize("name", VIEWS)
def test_nothing_hostile_comes_through(name: str) -> None:
    """Each line is printable and no command; the hostile text is there, made visible."""
    lines = VIEWS[name].split("\n")
    assert [line for line in lines if not line.isprintable()] == []
    assert [line for line in lines if line.lstrip().startswith("::")] == []
    assert "##vso[" not in VIEWS[name]
    assert "##[" not in VIEWS[name]
    assert "\\u{1b}]0;owned" in VIEWS[name] or "width=20" in name or "…" in VIEWS[name]


def test_a_width_cuts_names_and_nothing_else() -> None:
    """Ids, reasons and evidence stay whole at a terminal."""
    cut = VIEWS["applicable plan"]
    assert "…" in cut
    assert hostile_plan().changes[0].target.id in cut
    assert "\\u{2066}" in cut


def test_steps_tell_attempts() -> None:
    """A write that was tried twice says so, in both forms."""
    assert "unknown (attempt 2)" in VIEWS["steps"]
    changes = steps_json(hostile_report(), _steps())["changes"]
    assert isinstance(changes, list)
    assert changes[0]["steps"][0]["attempt"] == 2


def test_verification_tells_lost_from_never_done() -> None:
    """Only what was done and does not provably hold is lost."""
    words = [line.split("  ")[0].strip() for line in VIEWS["verification"].splitlines()]
    assert words[:4] == ["holds", "LOST", "NOT READABLE", "not done"]
    assert verdict("R-1", VERIFICATIONS) == "1 of 3 changes of R-1 still hold; 2 no longer or not provably"
    assert verdict("R-1", VERIFICATIONS[:1]) == "1 of 1 change of R-1 still hold"
    assert verification_json("R-1", VERIFICATIONS)["holds"] is False
    assert verification_json("R-1", VERIFICATIONS[:1])["holds"] is True
