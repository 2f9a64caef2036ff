"""Taking back a run: planned, reviewed and applied like anything else."""

import pytest

from tests.end_to_end.console import Console, Ran
from tests.one_policy import ONE_POLICY


def _undo(console: Console, *arguments: str) -> Ran:
    return console.run("undo", *arguments, "-o", console.folder / "undo.plan.json", "--json")


def _enabled(console: Console) -> dict[str, bool]:
    return {one["id"]: one["accountEnabled"] for one in console.lab.store.service_principals.values()}


def test_disabled_applications_are_enabled_again(console: Console) -> None:
    """Plan, apply, undo, apply: the tenant is as before, and verify holds; the undo can be undone."""
    before = _enabled(console)
    _, plan = console.plan("disable-unused-service-principals")
    run = console.apply(plan).json["run_id"]
    after = _enabled(console)
    assert after != before
    sent = len(console.lab.writes)
    planned = _undo(console)
    assert planned.code == 0, planned.err
    assert planned.json["origin"]["playbook"] == f"undo {run}"
    assert len(console.lab.writes) == sent
    assert "takes back disable_service_principal" in console.run("show", console.folder / "undo.plan.json").out
    applied = console.apply(console.folder / "undo.plan.json")
    assert applied.code == 0, applied.out + applied.err
    assert _enabled(console) == before
    assert console.run("verify").code == 0
    assert _undo(console, applied.json["run_id"]).code == 0
    assert console.apply(console.folder / "undo.plan.json").code == 0
    assert _enabled(console) == after
    assert console.run("audit", "verify").code == 0


def test_a_created_policy_is_disabled(console: Console) -> None:
    """Unless somebody changed it since."""
    _, plan = console.plan(ONE_POLICY)
    run = console.apply(plan).json["run_id"]
    policies = {one["id"]: one for one in console.lab.store.ca_policies.values()}
    (ours,) = [one for one in policies.values() if one["displayName"].startswith("azr-")]
    ours["state"] = "enabled"
    planned = _undo(console, run)
    assert (planned.code, planned.json["changes"]) == (0, [])
    assert f"/policies/{ours['id']}" in planned.json["skips"][0]["reason"]
    ours["state"] = "enabledForReportingButNotEnforced"
    assert _undo(console, run).code == 0
    applied = console.apply(console.folder / "undo.plan.json")
    assert applied.code == 0, applied.out + applied.err
    assert console.lab.store.ca_policies[ours["id"]]["state"] == "disabled"


def test_exposed_credentials_stay_gone(console: Console) -> None:
    """A rotation and a removal are not taken back: said, counted, and nothing to apply."""
    rows = [
        f"client-secret,{console.app_id('payroll-api')},{console.key_id('payroll-api:primary')},",
        f"session,kate.user@{console.lab.store.domain},,",
    ]
    _, plan = console.plan("respond-to-exposed-credentials", "--credentials", console.credentials(*rows))
    assert console.apply(plan).code == 0
    planned = _undo(console)
    assert (planned.code, planned.json["changes"]) == (0, [])
    assert {skip["action"] for skip in planned.json["skips"]} == {"revoke_sessions", "rotate_app_secret"}
    assert any("2 of the 2 changes" in warning for warning in planned.json["warnings"])


def test_an_expired_or_foreign_undo_is_refused(console: Console) -> None:
    """It is bound like any plan: other guards in the configuration need a new one."""
    _, plan = console.plan("disable-unused-service-principals")
    assert console.apply(plan).code == 0
    assert _undo(console).code == 0
    console.change_config("guards:", "guards:\n  max_changes: 7")
    sent = len(console.lab.writes)
    assert console.apply(console.folder / "undo.plan.json").code == 5
    assert len(console.lab.writes) == sent


@pytest.mark.parametrize(("run", "code"), [((), 2), (("R-none",), 2)], ids=["no run yet", "unknown run"])
def test_no_such_run(console: Console, run: tuple[str, ...], code: int) -> None:
    """A sentence with the remedy."""
    ran = console.run("undo", *run)
    assert (ran.code, "hint: " in ran.err) == (code, True)
