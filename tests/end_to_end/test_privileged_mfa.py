"""Privileged people get a stronger sign-in in two reviewed steps, and nobody is locked out by surprise."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.console import Console
from tests.end_to_end.privileged_people import (
    age_policies,
    look_at_azure,
    register_everybody,
    report_for_a_week,
    signed_in,
)

ROLES, AZURE, MANAGEMENT = (
    "require_phishing_resistant_mfa",
    "require_mfa_for_azure_roles",
    "require_mfa_for_azure_management",
)
REPORT_ONLY = "enabledForReportingButNotEnforced"


def _ours(console: Console) -> list[dict[str, Any]]:
    policies = console.lab.store.ca_policies.values()
    return [policy for policy in policies if policy["displayName"].startswith("azr-")]


def _group(console: Console) -> dict[str, Any]:
    store = console.lab.store
    (group,) = (one for one in store.groups.values() if one["mailNickname"] == "azremediate-azure-administrators")
    return dict(group)


def _skipped(planned: Any) -> dict[str, str]:
    return {skip["action"]: skip["reason"] for skip in planned.json["skips"]}


@pytest.mark.fault("G4")
def test_policies_report_only_and_leave_emergency_accounts_out(console: Console) -> None:
    """One for the fifteen roles, one for everybody at Azure's management, both without the break-glass accounts."""
    store = console.lab.store
    _, plan = console.plan("enforce-privileged-mfa")
    assert console.apply(plan).code == 0
    by_size = sorted(_ours(console), key=lambda policy: len(policy["conditions"]["users"]["includeRoles"]))
    management, roles = by_size
    assert {policy["state"] for policy in by_size} == {REPORT_ONLY}
    assert len(roles["conditions"]["users"]["includeRoles"]) == 15
    assert "d29b2b05-8046-44ba-8758-1e26182fcf32" not in roles["conditions"]["users"]["includeRoles"]
    assert roles["conditions"]["applications"]["includeApplications"] == ["All"]
    assert roles["grantControls"]["authenticationStrength"]["id"].endswith("0004")
    assert management["conditions"]["users"]["includeUsers"] == ["All"]
    assert management["conditions"]["applications"]["includeApplications"] == ["797f4846-ba00-4fd7-ba43-dac1f8f63013"]
    assert management["grantControls"]["builtInControls"] == ["mfa"]
    glass = {store.named["break-glass-1"], store.named["break-glass-2"]}
    assert all(glass <= set(policy["conditions"]["users"]["excludeUsers"]) for policy in by_size)
    again, _ = console.plan("enforce-privileged-mfa", name="again.plan.json")
    assert again.json["changes"] == []


@pytest.mark.fault("G4")
@pytest.mark.parametrize("playbook", ["enforce-privileged-mfa", "block-legacy-authentication"])
def test_policies_need_emergency_accounts(console: Console, playbook: str) -> None:
    """Without two usable break-glass accounts no policy is planned, and the exit code says that a guard refused."""
    store = console.lab.store
    store.users[store.named["break-glass-1"]]["accountEnabled"] = False
    planned, plan = console.plan(playbook)
    assert planned.code == 4
    assert planned.json["changes"] == []
    assert console.apply(plan).code == 4


def test_the_plan_lists_who_is_privileged_and_who_would_be_locked_out(console: Console) -> None:
    """Everybody by road and by method; who has no method is named and not left out of the policy."""
    look_at_azure(console)
    planned, plan = console.plan("enforce-privileged-mfa")
    change = next(one for one in planned.json["changes"] if one["action"] == ROLES)
    people = {person["name"].partition("@")[0]: person for person in change["target"]["readiness"]["people"]}
    assert people["alice.admin"]["resistant"] is True
    assert len(people["alice.admin"]["roads"]) == 3
    assert people["frank.admin"]["resistant"] is False
    assert (people["chen.user"]["azure"], people["chen.user"]["roles"]) == (True, [])
    assert not any("not covered (" in one for one in change["warnings"])
    assert not {"break-glass-1", "break-glass-2", "kate.user"} & people.keys()
    (warning,) = (one for one in change["warnings"] if "lock out" in one)
    assert "frank.admin@" in warning
    assert "alice.admin@" not in warning
    users = console.lab.store.named
    assert users["frank.admin"] not in change["target"]["exempt"]
    shown = console.run("show", plan).out
    assert "frank.admin@contoso.onmicrosoft.com: NO second factor" in shown
    assert "alice.admin@contoso.onmicrosoft.com: phishing-resistant" in shown


def test_whom_no_policy_covers(console: Console) -> None:
    """A role of an administrative unit is unknown to Conditional Access: its holder is named, and not counted on."""
    store = console.lab.store
    row = next(iter(store.role_assignments.values()))
    unit = {"id": "unit", "principalId": store.named["kate.user"], "directoryScopeId": "/administrativeUnits/one"}
    store.role_assignments["unit"] = {**row, **unit}
    planned, _ = console.plan("enforce-privileged-mfa")
    change = next(one for one in planned.json["changes"] if one["action"] == ROLES)
    assert f"privileged and not covered (1): kate.user@{store.domain}" in change["warnings"]
    assert "kate.user" not in next(one for one in change["warnings"] if "lock out" in one)


def test_azure_holders_are_put_into_a_group_that_the_policy_is_for(console: Console) -> None:
    """Direct, by group and by nested group; who gets a role later is added by the next plan."""
    look_at_azure(console)
    store = console.lab.store
    _, plan = console.plan("enforce-privileged-mfa")
    applied = console.apply(plan)
    assert applied.code == 0, applied.out
    group = _group(console)
    names = {"alice.admin", "hiro.user", "ines.user", "ben.user", "chen.user", "diego.user"}
    assert set(store.group_members[group["id"]]) == {store.named[name] for name in names}
    (policy,) = (one for one in _ours(console) if one["conditions"]["users"]["includeGroups"])
    assert policy["conditions"]["users"]["includeGroups"] == [group["id"]]
    store.group_members[store.named["cloud-team"]].append(store.named["zoe.user"])
    again, plan = console.plan("enforce-privileged-mfa", name="again.plan.json")
    (change,) = again.json["changes"]
    assert change["before"] == {"missing": [f"zoe.user@{store.domain}"]}
    assert console.apply(plan).code == 0
    assert store.named["zoe.user"] in store.group_members[group["id"]]
    assert console.run("verify").code == 0


def test_a_group_with_owners_is_not_used(console: Console) -> None:
    """Its owners could take people out of it."""
    look_at_azure(console)
    _, plan = console.plan("enforce-privileged-mfa")
    assert console.apply(plan).code == 0
    console.lab.store.owners[_group(console)["id"]] = [console.lab.store.named["zoe.user"]]
    again, _ = console.plan("enforce-privileged-mfa", name="again.plan.json")
    assert "owners" in _skipped(again)[AZURE]


def test_nobody_gets_into_the_group_by_an_altered_plan(console: Console) -> None:
    """A guard looks whether everybody whom the plan calls privileged is."""
    from azremediate.core.json_value import canonical, digest

    look_at_azure(console)
    _, file = console.plan("enforce-privileged-mfa")
    plan = json.loads(Path(file).read_bytes())
    stranger = console.lab.store.named["kate.user"]
    for change in plan["changes"]:
        for person in change["target"]["readiness"]["people"]:
            if person["name"].startswith("hiro."):
                person["id"] = stranger
        if change["action"] == AZURE:
            people = change["target"]["readiness"]["people"]
            change["work"]["members"] = sorted(person["id"] for person in people if person["azure"])
    plan["plan_id"] = digest({name: value for name, value in plan.items() if name != "plan_id"})
    Path(file).write_bytes(canonical(plan) + b"\n")
    assert console.apply(file).code == 4
    assert console.lab.effects == []


def test_enabled_in_a_second_plan_once_measured(console: Console) -> None:
    """Report-only, a week, everybody registered, nobody refused: then the policies are enabled, and undone again."""
    look_at_azure(console)
    report_for_a_week(console)
    planned, plan = console.plan("enable-privileged-mfa")
    assert {change["work"]["state"] for change in planned.json["changes"]} == {"enabled"}
    assert len(planned.json["changes"]) == 3
    assert "8 days, 1 sign-ins judged, 0 people refused" in planned.json["changes"][0]["before"]["measured"]
    assert "Measured report-only policies (3)" in console.run("show", plan).out
    applied = console.apply(plan)
    assert applied.code == 0, applied.out
    assert {policy["state"] for policy in _ours(console)} == {"enabled"}
    assert console.run("verify").code == 0
    undone = console.run("undo", applied.json["run_id"], "-o", console.folder / "undo.plan.json", "--json")
    assert undone.code == 0, undone.err
    assert console.apply(console.folder / "undo.plan.json").code == 0
    assert {policy["state"] for policy in _ours(console)} == {REPORT_ONLY}


@pytest.mark.parametrize(
    ("case", "says"),
    [
        ("nobody registered", "would lock out"),
        ("not in the report", "does not have this person"),
        ("too young", "has reported for 2 days"),
        ("refused", "would have refused sign-ins of bob.admin@"),
        ("no sign-in", "has not judged a single sign-in"),
        ("no policy", "nothing was measured"),
        ("no report", "could not be read"),
    ],
)
def test_not_enabled(console: Console, case: str, says: str) -> None:
    """What is not shown is not enabled; the reason names who or what is missing."""
    store = console.lab.store
    if case == "no policy":
        register_everybody(store)
    else:
        report_for_a_week(console)
    frank = store.named["frank.admin"]
    if case == "nobody registered":
        store.authentication_methods[frank] = []
    elif case == "not in the report":
        path = f"/userRegistrationDetails/{frank}$"
        store.role_assignments = {
            key: row for key, row in store.role_assignments.items() if row["principalId"] != frank
        }
        row = next(iter(store.role_eligibility.values()))
        store.role_eligibility["frank"] = {**row, "id": "frank", "principalId": frank}
        console.lab.set_faults([{"method": "GET", "path": path, "kind": "status", "status": 404, "times": None}])
    elif case == "too young":
        age_policies(store, 2)
    elif case == "refused":
        signed_in(store, "bob.admin", "reportOnlyFailure")
    elif case == "no sign-in":
        store.sign_ins.clear()
    elif case == "no report":
        path = "/userRegistrationDetails"
        console.lab.set_faults([{"method": "GET", "path": path, "kind": "status", "status": 400, "times": None}])
    planned, _ = console.plan("enable-privileged-mfa")
    assert planned.json["changes"] == [], planned.out
    reason = _skipped(planned)[ROLES]
    if case != "no report":
        assert says in reason
    assert "lock_out: accept" in reason
    assert len(_ours(console)) == (0 if case == "no policy" else 2)


def test_somebody_may_accept_the_lock_out(console: Console) -> None:
    """Then it is enabled, and the plan still names who is locked out."""
    domain = console.lab.store.domain
    report_for_a_week(console)
    console.lab.store.authentication_methods[console.lab.store.named["frank.admin"]] = []
    ran = console.run("run", ROLES, domain, "--with", "state=enabled", "--with", "lock_out=accept", "--json")
    (change,) = ran.json["changes"]
    assert "frank.admin@" in " ".join(change["warnings"])


def test_legacy_authentication(console: Console) -> None:
    """Report-only first; a legacy sign-in that it would stop keeps it from being enabled."""
    store = console.lab.store
    _, plan = console.plan("block-legacy-authentication")
    assert console.apply(plan).code == 0
    (policy,) = _ours(console)
    assert policy["conditions"]["clientAppTypes"] == ["exchangeActiveSync", "other"]
    assert policy["grantControls"]["builtInControls"] == ["block"]
    assert policy["conditions"]["users"]["includeUsers"] == ["All"]
    age_policies(store, 8)
    order = ("run", "block_legacy_authentication", store.domain, "--with", "state=enabled", "--json")
    assert len(console.run(*order).json["changes"]) == 1
    signed_in(store, "kate.user", "reportOnlyFailure")
    store.sign_ins[-1]["clientAppUsed"] = "IMAP4"
    refused = console.run(*order)
    assert refused.json["changes"] == []
    assert "kate.user@" in refused.json["skips"][0]["reason"]


def test_security_defaults(console: Console) -> None:
    """Refused beside Conditional Access, turned on without it, and undone."""
    store = console.lab.store
    order = ("run", "enable_security_defaults", store.domain, "--json")
    refused = console.run(*order)
    assert "Conditional Access policies are on" in refused.json["skips"][0]["reason"]
    store.ca_policies.clear()
    applied = console.run(*order, "--apply", "--yes", "--confirm-tenant", store.tenant_id)
    assert applied.code == 0, applied.out
    assert store.policies["securityDefaults"]["isEnabled"] is True
    assert console.run(*order).json["skips"][0]["done"] is True
    undone = console.run("undo", "-o", console.folder / "undo.plan.json", "--json")
    assert undone.code == 0, undone.err
    assert console.apply(console.folder / "undo.plan.json").code == 0
    assert store.policies["securityDefaults"]["isEnabled"] is False
