"""What an application or a user was granted, taken away and given back on the simulated tenant."""

from copy import deepcopy
from typing import Any

import pytest

from tests.end_to_end.console import Console, Ran

OTHER, RISKY, MILD, NEW, OLD = (f"99999999-0000-4000-8000-00000000000{number}" for number in range(5))


def _confirmed(console: Console) -> list[str]:
    return ["--apply", "--yes", "--confirm-tenant", console.lab.store.tenant_id, "--json"]


def _upn(console: Console, name: str) -> str:
    return f"{name}@{console.lab.store.domain}"


def _run(console: Console, action: str, target: str, *given: str) -> Ran:
    words = [word for one in given for word in ("--with", one)]
    return console.run("run", action, target, *words, *_confirmed(console))


def _undo(console: Console, run: str) -> Ran:
    """Plan the inverse of a run and apply it."""
    file = console.folder / f"undo-{run}.plan.json"
    planned = console.run("undo", run, "-o", file, "--json")
    assert planned.code == 0, planned.out + planned.err
    assert len(planned.json["changes"]) == 1, planned.out
    return console.apply(file)


def _consent(console: Console, row_id: str, client: str, user: str, scope: str) -> None:
    """A user's own consent."""
    store = console.lab.store
    store.permission_grants[row_id] = {
        "id": row_id,
        "clientId": store.named[client],
        "consentType": "Principal",
        "principalId": store.named[user],
        "resourceId": store.named["microsoft-graph"],
        "scope": scope,
    }


def _said(rows: dict[str, Any]) -> list[str]:
    """What the rows say, without their ids and times."""
    left_out = ("id", "createdDateTime", "name", "createdOn", "updatedOn", "createdBy", "updatedBy")
    return sorted(str(sorted(item for item in row.items() if item[0] not in left_out)) for row in rows.values())


def test_consent_of_an_application(console: Console) -> None:
    """It is gone, other grants stay; undo grants the same again, and that can be undone under the new id."""
    store = console.lab.store
    _consent(console, OTHER, "acme-backup", "ben.user", "User.Read")
    before = deepcopy(store.permission_grants)
    client = store.service_principals[store.named["globex-crm"]]
    ran = _run(console, "revoke_consent_grants", client["appId"])
    assert ran.code == 0, ran.out + ran.err
    assert list(store.permission_grants) == [OTHER]
    sent = len(console.lab.writes)
    assert _run(console, "revoke_consent_grants", client["appId"]).code == 0
    assert len(console.lab.writes) == sent
    given_back = _undo(console, ran.json["run_id"])
    assert given_back.code == 0, given_back.out + given_back.err
    assert _said(store.permission_grants) == _said(before)
    (old,) = set(before) - {OTHER}
    (new,) = set(store.permission_grants) - {OTHER}
    assert given_back.json["results"][0]["proof"] == {f"new id of {old}": new}
    assert new != old
    assert _undo(console, given_back.json["run_id"]).code == 0
    assert list(store.permission_grants) == [OTHER]
    assert console.run("audit", "verify").code == 0


def test_consent_of_a_user(console: Console) -> None:
    """Only the risky one of this user goes; what is for everybody, and other users', stay."""
    store = console.lab.store
    _consent(console, RISKY, "acme-backup", "ben.user", "User.Read Files.ReadWrite")
    _consent(console, MILD, "globex-crm", "ben.user", "User.Read openid")
    _consent(console, OTHER, "acme-backup", "kate.user", "Files.ReadWrite")
    before = set(store.permission_grants)
    ran = _run(console, "revoke_consent_grants", _upn(console, "ben.user"), "which=risky")
    assert ran.code == 0, ran.out + ran.err
    assert before - set(store.permission_grants) == {RISKY}


@pytest.mark.parametrize("when", ["after", "before"])
def test_lost_answer(console: Console, when: str) -> None:
    """A deletion whose answer is lost is settled by reading, and done once."""
    store = console.lab.store
    fault = {"method": "DELETE", "path": "/oauth2PermissionGrants/", "kind": "status", "status": 503, "times": 1}
    console.lab.set_faults([{**fault, "when": when}])
    client = store.service_principals[store.named["globex-crm"]]
    ran = _run(console, "revoke_consent_grants", client["appId"])
    assert ran.code == 0, ran.out + ran.err
    assert store.permission_grants == {}
    assert len(console.lab.effects) == 1


@pytest.mark.parametrize("when", ["after", "before"])
def test_lost_answer_of_an_undo(console: Console, when: str) -> None:
    """A grant whose answer is lost is found by what it says, and there is one."""
    store = console.lab.store
    client = store.service_principals[store.named["globex-crm"]]
    ran = _run(console, "revoke_consent_grants", client["appId"])
    fault = {"method": "POST", "path": "/oauth2PermissionGrants", "kind": "status", "status": 503, "times": 1}
    console.lab.set_faults([{**fault, "when": when}])
    assert _undo(console, ran.json["run_id"]).code == 0
    (grant,) = store.permission_grants.values()
    assert grant["scope"] == "User.Read Mail.Read"


def test_guards(console: Console) -> None:
    """Microsoft's own applications, protected ones and break-glass accounts are refused."""
    store = console.lab.store
    console.change_config("guards:", 'guards:\n  protected: ["Globex*"]')
    targets = [store.service_principals[store.named[name]]["appId"] for name in ("globex-crm", "azure-cli")]
    for target in (*targets, _upn(console, "break-glass-1")):
        assert _run(console, "revoke_consent_grants", target).code == 4
    assert console.lab.effects == []


def test_added_after(console: Console) -> None:
    """What came after the exposure goes; what was there before stays, as far as the audit log reaches back."""
    store = console.lab.store
    client = store.service_principals[store.named["acme-backup"]]
    _consent(console, OLD, "acme-backup", "ben.user", "User.Read")
    _consent(console, NEW, "acme-backup", "kate.user", "Mail.Read")
    resource = store.named["microsoft-graph"]
    changes = [
        {"displayName": "DelegatedPermissionGrant.Scope", "oldValue": "null", "newValue": '"Mail.Read"'},
        {"displayName": "ServicePrincipal.ObjectID", "oldValue": "null", "newValue": f'"{client["id"]}"'},
        {"displayName": "User.ObjectID", "oldValue": "null", "newValue": f'"{store.named["kate.user"]}"'},
    ]
    store.audit(
        "Add delegated permission grant",
        category="ApplicationManagement",
        operation="Add",
        app_id=store.applications[store.named["payroll-api"]]["appId"],
        service="Core Directory",
        targets=[{"id": resource, "displayName": "Microsoft Graph", "modifiedProperties": changes}],
    )
    file = console.folder / "leak.csv"
    file.write_text(
        "kind,identity,key_id,hint,exposed_at\n"
        f"client-secret,{client['appId']},{console.key_id('acme-backup:primary')},,2024-01-01\n",
        encoding="utf-8",
    )
    playbook = console.folder / "grants.yaml"
    playbook.write_text(
        "name: grants\ndescription: grants\nversion: 1\nsteps:\n"
        "  - action: revoke_consent_grants\n    with: {which: added-after}\n",
        encoding="utf-8",
    )
    planned, plan = console.plan(str(playbook), "--credentials", file)
    assert planned.code == 0, planned.out + planned.err
    (change,) = planned.json["changes"]
    assert any("1 more stay" in warning for warning in change["warnings"])
    assert console.apply(plan).code == 0
    assert NEW not in store.permission_grants
    assert OLD in store.permission_grants


def _principal(console: Console, name: str) -> dict[str, Any]:
    store = console.lab.store
    found = store.service_principals.by_alternate(console.app_id(name))
    assert found is not None
    return found


def _assign(console: Console, row_id: str, principal: str, value: str, created: str) -> None:
    """An app role of Graph for a principal, which the lab then has to let use it."""
    store = console.lab.store
    graph = store.service_principals[store.named["microsoft-graph"]]
    role = next(one["id"] for one in graph["appRoles"] if one["value"] == value)
    store.app_role_assignments[row_id] = {
        "id": row_id,
        "deletedDateTime": None,
        "appRoleId": role,
        "createdDateTime": created,
        "principalDisplayName": "somebody",
        "principalId": principal,
        "principalType": "ServicePrincipal",
        "resourceDisplayName": "Microsoft Graph",
        "resourceId": graph["id"],
    }


def test_application_permissions(console: Console) -> None:
    """The risky one goes, the other and everybody else's stay; undo assigns it again, and that can be undone."""
    store = console.lab.store
    payroll = _principal(console, "payroll-api")
    _assign(console, RISKY, payroll["id"], "Application.ReadWrite.All", "2024-01-01T00:00:00Z")
    before = deepcopy(store.app_role_assignments)
    ran = _run(console, "revoke_app_role_assignments", console.app_id("payroll-api"), "which=risky")
    assert ran.code == 0, ran.out + ran.err
    assert set(before) - set(store.app_role_assignments) == {RISKY}
    given_back = _undo(console, ran.json["run_id"])
    assert given_back.code == 0, given_back.out + given_back.err
    (new,) = set(store.app_role_assignments) - set(before)
    assert given_back.json["results"][0]["proof"] == {f"new id of {RISKY}": new}
    assert store.app_role_assignments[new]["appRoleId"] == before[RISKY]["appRoleId"]
    assert _undo(console, given_back.json["run_id"]).code == 0
    assert set(before) - set(store.app_role_assignments) == {RISKY}
    assert set(store.app_role_assignments) < set(before)


@pytest.mark.parametrize("when", ["after", "before"])
def test_lost_answer_about_a_permission(console: Console, when: str) -> None:
    """Settled by reading the list of what is left."""
    store = console.lab.store
    fault = {"method": "DELETE", "path": "/appRoleAssignments/", "kind": "status", "status": 503, "times": 1}
    console.lab.set_faults([{**fault, "when": when}])
    others = [
        key for key, row in store.app_role_assignments.items() if "payroll" not in row["principalDisplayName"].lower()
    ]
    assert _run(console, "revoke_app_role_assignments", console.app_id("payroll-api")).code == 0
    assert list(store.app_role_assignments) == others


def test_permissions_added_after(console: Console) -> None:
    """Assignments carry a date of their own: no audit log is needed."""
    store = console.lab.store
    payroll = _principal(console, "payroll-api")
    _assign(console, NEW, payroll["id"], "Mail.Read", "2024-03-02T00:00:00Z")
    _assign(console, OLD, payroll["id"], "Directory.Read.All", "2020-03-02T00:00:00Z")
    file = console.folder / "leak.csv"
    row = f"client-secret,{payroll['appId']},,,2024-03-01"
    file.write_text(f"kind,identity,key_id,hint,exposed_at\n{row}\n", encoding="utf-8")
    playbook = console.folder / "roles.yaml"
    step = "  - action: revoke_app_role_assignments\n    with: {which: added-after}\n"
    playbook.write_text(f"name: roles\ndescription: roles\nversion: 1\nsteps:\n{step}", encoding="utf-8")
    planned, plan = console.plan(str(playbook), "--credentials", file)
    assert planned.code == 0, planned.out + planned.err
    assert console.apply(plan).code == 0
    assert NEW not in store.app_role_assignments
    assert OLD in store.app_role_assignments


def test_nothing_granted(console: Console) -> None:
    """Nothing to do is said, and nothing is sent."""
    for action in ("revoke_consent_grants", "revoke_app_role_assignments"):
        ran = _run(console, action, _upn(console, "kate.user"))
        assert ran.code == 0, ran.out + ran.err
        assert "it has no" in ran.out
    assert console.lab.writes == []
