"""A run whose first change fails stops there when canaries are configured, and `resume` makes the rest."""

import pytest

from tests.end_to_end.console import Console
from tests.end_to_end.test_resume import disturbed_lab, lab

__all__ = ["disturbed_lab", "lab"]


def test_a_failing_canary_spares_the_rest(console: Console) -> None:
    """One refused write: exit 3, nothing else was touched, and going on is said."""
    console.change_config("guards:", "guards:\n  canary: [1]\n  breaker: {consecutive: 3, percent: 10}")
    planned, plan = console.plan("disable-unused-service-principals")
    number = len(planned.json["changes"])
    assert number > 2
    refusal = {"method": "PATCH", "path": "/servicePrincipals/", "kind": "status", "status": 400, "times": 1}
    console.lab.set_faults([refusal])
    applied = console.apply(plan)
    statuses = [result["status"] for result in applied.json["results"]]
    assert (applied.code, statuses) == (3, ["failed", *["not_started"] * (number - 1)])
    assert "guards.canary" in applied.json["results"][1]["reason"]
    assert console.lab.effects == []
    resumed = console.run("resume", "--yes", "--confirm-tenant", console.lab.store.tenant_id, "--json")
    statuses = [result["status"] for result in resumed.json["results"]]
    assert statuses == ["failed", *["verified"] * (number - 1)]
    assert "breaker.tripped" in console.run("audit", "show").out


def test_limit_for_what_cannot_be_undone(console: Console) -> None:
    """A plan with more irreversible changes than allowed cannot be applied, and says why."""
    console.change_config("guards:", "guards:\n  max_irreversible: 0")
    row = f"client-secret,{console.app_id('payroll-api')},{console.key_id('payroll-api:primary')},"
    planned, plan = console.plan("rotate-exposed-secrets", "--credentials", console.credentials(row))
    assert (planned.code, planned.json["applicable"]) == (4, False)
    assert console.apply(plan).code == 4
    assert console.lab.effects == []


@pytest.mark.fault("N17")
def test_permission_that_goes_away_in_the_middle(console: Console) -> None:
    """Three refusals in a row: what is left of that action is not begun, nothing is half done, and resume goes on."""
    text = console.config.read_text(encoding="utf-8")
    console.config.write_text(text.replace("throttle: {", "throttle: {write_concurrency: 1, "), encoding="utf-8")
    names = ("amira", "ben", "chen", "diego", "elif", "fatou", "george", "hiro", "ines", "jonas", "kate", "lena")
    rows = [f"session,{name}.user@{console.lab.store.domain},," for name in names]
    _, plan = console.plan("revoke-exposed-sessions", "--credentials", console.credentials(*rows))
    console.lab.set_faults(
        [
            {
                "method": "POST",
                "path": "/revokeSignInSessions$",
                "kind": "status",
                "status": 403,
                "after": 2,
                "times": None,
            }
        ]
    )
    applied = console.apply(plan)
    statuses = [result["status"] for result in applied.json["results"]]
    assert applied.code == 9
    assert (statuses.count("verified"), "failed" in statuses, "not_started" in statuses) == (2, True, True)
    assert set(statuses) == {"verified", "failed", "not_started"}
    asked = [one for one in console.lab.writes if one.path.endswith("/revokeSignInSessions")]
    assert len(asked) == len(statuses) - statuses.count("not_started")
    console.lab.set_faults([])
    resumed = console.run("resume", "--yes", "--confirm-tenant", console.lab.store.tenant_id, "--json")
    assert {result["status"] for result in resumed.json["results"]} == {"verified", "failed"}
