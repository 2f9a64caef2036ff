"""What an attacker leaves behind is found with who, when and evidence, and a plan can take it."""

import json
from datetime import timedelta
from typing import Any

import pytest

from azremediate.lab.application_sign_ins import add_sign_in
from azremediate.lab.clock import wire_time
from azremediate.lab.objects import JsonObject
from tests.end_to_end.console import Console


@pytest.fixture
def since(console: Console) -> str:
    """A day ago: after everything that the seed dates, before everything that a test does."""
    return wire_time(console.lab.store.clock.now() - timedelta(days=1))


def _audit(console: Console, activity: str, target: JsonObject, *modified: tuple[str, object]) -> str:
    """Leave an event of the application crm-connector; its id."""
    row = console.lab.store.audit(
        activity,
        category="ApplicationManagement",
        operation="Add",
        app_id=console.app_id("crm-connector"),
        targets=[
            {
                "id": target["id"],
                "displayName": target.get("displayName"),
                "type": "Other",
                "userPrincipalName": None,
                "groupType": None,
                "modifiedProperties": [
                    {"displayName": name, "oldValue": None, "newValue": json.dumps(value)} for name, value in modified
                ],
            }
        ],
    )
    return str(row["id"])


def _application(console: Console, name: str) -> JsonObject:
    return console.lab.store.applications[console.lab.store.named[name]]


def _add_secret(console: Console, name: str, key_id: str) -> None:
    now = console.lab.store.clock.now()
    _application(console, name)["passwordCredentials"].append(
        {
            "customKeyIdentifier": None,
            "displayName": "azr-looks-like-ours",
            "endDateTime": wire_time(now + timedelta(days=700)),
            "hint": "abc",
            "keyId": key_id,
            "secretText": None,
            "startDateTime": wire_time(now),
        }
    )


def _swept(console: Console, *arguments: str, code: int = 0) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    ran = console.run("sweep", *arguments, "--json")
    assert ran.code == code, ran.out + ran.err
    *findings, summary = [json.loads(line) for line in ran.out.splitlines()]
    return findings, summary


def test_a_quiet_tenant(console: Console, since: str) -> None:
    """No finding, but never an empty answer: where it was looked, and what it cannot tell."""
    sent = len(console.lab.writes)
    findings, summary = _swept(console, "--since", since)
    assert (findings, summary["failed"], summary["findings"]) == ([], [], 0)
    assert {"Conditional Access policies", "credentials of service principals"} <= set(summary["looked"])
    assert any("mailbox rules" in limit for limit in summary["limits"])
    assert any("no subscription is configured" in limit for limit in summary["limits"])
    assert len(console.lab.writes) == sent


def test_a_new_secret(console: Console, since: str) -> None:
    """Object and key id are the tenant's, who did it is the log's; a name like our own does not hide it."""
    key_id = "12345678-0000-4000-8000-000000000001"
    _add_secret(console, "payroll-api", key_id)
    application = _application(console, "payroll-api")
    event = _audit(console, "Update application \u2013 Certificates and secrets management ", application)
    ((finding,), _) = _swept(console, "--since", since)
    assert (finding["kind"], finding["severity"], finding["object_id"]) == (
        "credential-added",
        "high",
        application["id"],
    )
    assert finding["who"] == _application(console, "crm-connector")["displayName"]
    assert event in finding["evidence"]
    assert finding["listed"] == {"kind": "client-secret", "identity": application["appId"], "key_id": key_id}
    assert finding["proposes"] == "remove_app_secret"


def test_a_plan_takes_the_findings(console: Console, since: str) -> None:
    """The list that a sweep writes goes into a playbook as it is, and afterwards the sweep is quiet."""
    key_id = "12345678-0000-4000-8000-000000000002"
    _add_secret(console, "payroll-api", key_id)
    store = console.lab.store
    application = _application(console, "orders-api")
    store.federated_credentials[application["id"]] = [
        {
            "id": "12345678-0000-4000-8000-000000000003",
            "name": "ci-main",
            "issuer": "https://token.actions.githubusercontent.com",
            "subject": "repo:evil/x:ref:refs/heads/main",
            "audiences": ["api://AzureADTokenExchange"],
            "description": None,
        }
    ]
    _audit(console, "Update application", application, ("FederatedIdentityCredentials", "ci-main"))
    found = console.folder / "found.csv"
    findings, _ = _swept(console, "--since", since, "--credentials-out", str(found))
    assert {finding["kind"] for finding in findings} == {"credential-added", "federated-credential"}
    lines = found.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 3
    planned, plan = console.plan("respond-to-exposed-credentials", "--credentials", found)
    assert planned.code == 0, planned.err
    (change,) = [one for one in planned.json["changes"] if one["action"] == "rotate_app_secret"]
    assert change["work"]["replaces"] == [key_id]
    assert planned.json["unresolved"] == []
    assert console.apply(plan).code == 0
    left, summary = _swept(console, "--since", since)
    assert "credential-added" not in {finding["kind"] for finding in left}
    assert summary["own_events_left_out"] > 0
    shown, _ = _swept(console, "--since", since, "--include-own")
    assert "credential-added" in {finding["kind"] for finding in shown}


@pytest.mark.parametrize(
    ("activity", "kind", "severity"),
    [
        ("Add owner to application", "owner-added", "high"),
        ("Consent to application", "access-granted", "high"),
        ("Add member to role", "role-assigned", "critical"),
        ("Set federation settings on domain", "domain-changed", "critical"),
        ("Admin registered security info", "method-registered", "high"),
        ("Add named location", "policy-changed", "high"),
        ("Add member to group", "member-added", "low"),
    ],
)
def test_events(console: Console, since: str, activity: str, kind: str, severity: str) -> None:
    """What only the audit log dates."""
    event = _audit(console, activity, _application(console, "payroll-api"))
    ((finding,), _) = _swept(console, "--since", since)
    assert (finding["kind"], finding["severity"], finding["evidence"]) == (kind, severity, [event])


def test_what_the_tenant_dates(console: Console, since: str) -> None:
    """A new user, a new application, a changed policy and a new app role are found without the log."""
    store, now = console.lab.store, wire_time(console.lab.store.clock.now())
    store.users[store.named["ben.user"]]["createdDateTime"] = now
    _application(console, "payroll-api")["createdDateTime"] = now
    next(iter(store.ca_policies.values()))["modifiedDateTime"] = now
    next(iter(store.app_role_assignments.values()))["createdDateTime"] = now
    store.directory_audits.clear()
    findings, summary = _swept(console, "--since", since)
    kinds = sorted(finding["kind"] for finding in findings)
    assert kinds == ["access-granted", "policy-changed", "principal-created", "principal-created"]
    assert any("audit log is empty" in limit for limit in summary["limits"])


def test_somebody_misses_a_disabled_application(console: Console, since: str) -> None:
    """Its refused sign-ins propose to switch it on again; those of one that is on again do not."""
    app_id = console.app_id("legacy-export")
    confirm = ("--apply", "--yes", "--confirm-tenant", console.lab.store.tenant_id)
    assert console.run("run", "disable_service_principal", app_id, *confirm).code == 0
    for _ in range(3):
        add_sign_in(console.lab.store, app_id, error=7000112, reason="disabled")
    ((finding,), _) = _swept(console, "--since", since)
    assert (finding["kind"], finding["proposes"]) == ("disabled-application-sign-in", "enable_service_principal")
    assert finding["details"]["refused"] == 3
    assert f"azremediate run enable_service_principal {app_id}" in console.run("sweep", "--since", since).out
    assert console.run("run", "enable_service_principal", app_id, *confirm).code == 0
    assert _swept(console, "--since", since)[0] == []


def test_listed_identities(console: Console) -> None:
    """Only theirs count, since the exposure that the list names."""
    for number, name in enumerate(("payroll-api", "orders-api"), 1):
        _add_secret(console, name, f"12345678-0000-4000-8000-00000000000{number}")
    when = wire_time(console.lab.store.clock.now() - timedelta(days=1))
    leaked = console.folder / "leaked.csv"
    row = f"client-secret,{console.app_id('orders-api')},{when}"
    leaked.write_text(f"kind,identity,exposed_at\n{row}\n", encoding="utf-8")
    ((finding,), summary) = _swept(console, "--credentials", str(leaked))
    assert finding["object_id"] == _application(console, "orders-api")["id"]
    assert summary["since"][:19] == when[:19]


def test_exit_codes(console: Console, since: str) -> None:
    """11 from the severity on that was asked for, and only then."""
    _audit(console, "Add member to group", _application(console, "payroll-api"))
    assert console.run("sweep", "--since", since, "--fail-on", "low").code == 11
    assert console.run("sweep", "--since", since, "--fail-on", "medium").code == 0


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("directoryAudits", "the audit log could not be looked at"),
        ("signIns", "sign-ins of disabled applications could not be looked at"),
        ("policies", "Conditional Access policies could not be looked at"),
    ],
)
def test_a_place_that_cannot_be_looked_at(console: Console, since: str, path: str, said: str) -> None:
    """It is named, the rest is shown, and a job does not take it for a quiet tenant."""
    console.change_config("throttle: {", "throttle: {attempts: 1, ")
    fault = {"service": "graph", "method": "GET", "path": path, "kind": "status", "status": 403, "times": 50}
    console.lab.set_faults([fault])
    _, summary = _swept(console, "--since", since, code=3)
    assert any(said in gap for gap in summary["failed"]), summary["failed"]
    assert summary["looked"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "nobody said since when"),
        (("--since", "last week"), "no ISO 8601"),
        (("--since", "2024-01-19T10:00:00"), "has no zone"),
        (("--since", "2999-01-01"), "has not come yet"),
    ],
)
def test_usage(console: Console, arguments: tuple[str, ...], said: str) -> None:
    """What cannot be answered is said with the remedy."""
    ran = console.run("sweep", *arguments)
    assert (ran.code, said in ran.err) == (2, True), ran.err


def test_files(console: Console, since: str) -> None:
    """JSON Lines with a summary at the end; a hostile name acts on no terminal and in no spreadsheet."""
    application = _application(console, "payroll-api")
    application["displayName"] = "=cmd|' /C calc'!A0\x1b]0;owned\x07"
    _add_secret(console, "payroll-api", "12345678-0000-4000-8000-000000000009")
    out, found = console.folder / "findings.jsonl", console.folder / "found.csv"
    ran = console.run("sweep", "--since", since, "-o", out, "--credentials-out", found)
    assert ran.code == 0, ran.err
    assert "\x1b" not in ran.out + ran.err + found.read_text(encoding="utf-8")
    records = [json.loads(line)["record"] for line in out.read_text(encoding="utf-8").splitlines()]
    assert records == ["finding", "summary"]
    assert not any(cell.startswith("=") for cell in found.read_text(encoding="utf-8").split(","))


def test_azure_roles(console: Console, since: str) -> None:
    """A role that was assigned since, and who assigned it; at the root it is the worst."""
    store = console.lab.store
    subscription = store.named["subscription-production"]
    console.change_config("\nreconcile:", f"\nazure: {{subscriptions: [{subscription}]}}\nreconcile:")
    row = next(one for one in store.azure.role_assignments.values() if one["properties"]["scope"] == "/")
    row["properties"]["createdOn"] = wire_time(store.clock.now())
    ((finding,), _) = _swept(console, "--since", since)
    assert (finding["kind"], finding["severity"]) == ("azure-role-assigned", "critical")
    assert finding["who_id"] == store.named["alice.admin"]
