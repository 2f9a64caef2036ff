"""The sign-in log: v1.0 shows interactive sign-ins of users alone, beta the other kinds to whoever asks for them."""

from __future__ import annotations

from datetime import timedelta

from azremediate.lab.application_sign_ins import add_sign_in
from azremediate.lab.clock import wire_time
from azremediate.lab.store import Store
from tests.lab.graph.caller import Caller, ContractClient

KIND = "signInEventTypes/any(t: t eq 'servicePrincipal')"
ANY = f"({KIND} or signInEventTypes/any(t: t eq 'interactiveUser'))"


def _app_id(store: Store, name: str) -> str:
    return str(store.applications[store.named[name]]["appId"])


def test_kinds(graph: ContractClient, store: Store) -> None:
    """An application's sign-in is shown to a beta request that names its kind, and to no other."""
    add_sign_in(store, _app_id(store, "payroll-api"))
    seen = {
        path: {row["isInteractive"] for row in graph.get(path).json["value"]}
        for path in (
            "auditLogs/signIns",
            "/beta/auditLogs/signIns",
            f"/beta/auditLogs/signIns?$filter={KIND}",
            f"/beta/auditLogs/signIns?$filter={ANY}",
        )
    }
    assert list(seen.values()) == [{True}, {True}, {False}, {True, False}]


def test_applications_since_a_time(graph: ContractClient, store: Store) -> None:
    """Several applications at once, with what became of each attempt; the oldest one by ordering."""
    payroll, billing = _app_id(store, "payroll-api"), _app_id(store, "billing-worker")
    old = wire_time(store.clock.now() - timedelta(days=40))
    add_sign_in(store, payroll, error=7000112, reason="disabled")
    add_sign_in(store, billing, when=old)
    since = wire_time(store.clock.now() - timedelta(days=30))
    wanted = f"createdDateTime ge {since} and {ANY} and (appId eq '{payroll}' or appId eq '{billing}')"
    rows = graph.get(f"/beta/auditLogs/signIns?$filter={wanted}").json["value"]
    assert [(row["appId"], row["status"]["errorCode"]) for row in rows] == [(payroll, 7000112)]
    first = graph.get(f"/beta/auditLogs/signIns?$filter={ANY}&$orderby=createdDateTime asc&$top=1").json["value"]
    assert [row["createdDateTime"] for row in first] == [old]


def test_who_is_unknown_leaves_no_row(store: Store) -> None:
    """The log is that of this tenant's service principals."""
    before = len(store.sign_ins)
    assert add_sign_in(store, "00000000-0000-4000-8000-000000000009") is None
    assert len(store.sign_ins) == before


def test_audit_events_of_an_application(graph: ContractClient, caller: Caller, store: Store) -> None:
    """Who wrote is found by appId."""
    assert graph.send("POST", f"users/{store.named['amira.user']}/revokeSignInSessions").status == 200
    path = "auditLogs/directoryAudits?$filter=initiatedBy/app/appId eq '{}'"
    assert len(graph.get(path.format(caller.app_id)).json["value"]) == 1
    assert graph.get(path.format(_app_id(store, "payroll-api"))).json["value"] == []


def test_provisioning_jobs(graph: ContractClient, caller: Caller, store: Store) -> None:
    """They are listed for their service principal, to whoever may read them."""
    principal = store.service_principals.by_alternate(_app_id(store, "payroll-api"))
    assert principal is not None
    path = f"servicePrincipals/{principal['id']}/synchronization/jobs"
    assert graph.get(path).json["value"] == []
    store.synchronization_jobs[principal["id"]] = [{"id": "scim.1", "templateId": "scim"}]
    assert graph.get(path).ids == ["scim.1"]
    caller.roles -= {"Synchronization.Read.All"}
    assert graph.get(path).status == 403
