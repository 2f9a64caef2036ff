"""Service principals: disabling, their own secrets, and the ones nobody may touch."""

from __future__ import annotations

import pytest

from azremediate.lab.sign_in import SignInVerdict
from azremediate.lab.store import Store
from tests.lab.graph.caller import Caller, ContractClient


def principal(store: Store, name: str) -> str:
    """Return the path of the service principal behind a named application or of a named one."""
    object_id = store.named[name]
    if object_id in store.applications:
        found = store.service_principals.by_alternate(store.applications[object_id]["appId"])
        assert found is not None
        object_id = found["id"]
    return f"servicePrincipals/{object_id}"


def test_disable_and_enable(graph: ContractClient, store: Store) -> None:
    """accountEnabled decides whether the application signs in, and each change is in the trail."""
    path, secret = principal(store, "payroll-api"), store.secrets[store.named["payroll-api:primary"]].value
    client = graph.get(path).json["appId"]
    assert graph.send("PATCH", path, {"accountEnabled": False}).status == 204
    assert store.check_secret(client, secret) is SignInVerdict.sp_disabled
    assert graph.send("PATCH", path, {"accountEnabled": True}).status == 204
    assert store.check_secret(client, secret) is SignInVerdict.ok
    activities = [row["activityDisplayName"] for row in graph.get("auditLogs/directoryAudits").json["value"]]
    assert activities == ["Enable service principal", "Disable service principal"]


def test_vendor_secret(graph: ContractClient, store: Store) -> None:
    """A multi-tenant application has its secret on the service principal, and signs in without an application here."""
    path = principal(store, "acme-backup")
    shown = graph.get(path).json
    old = store.secrets[store.named["acme-backup:primary"]].value
    assert shown["appOwnerOrganizationId"] != store.tenant_id
    assert store.check_secret(shown["appId"], old) is SignInVerdict.ok
    new = graph.send("POST", f"{path}/addPassword", {"passwordCredential": {"displayName": "new"}}).json
    removed = graph.send("POST", f"{path}/removePassword", {"keyId": store.named["acme-backup:primary"]})
    assert removed.status == 204
    assert store.check_secret(shown["appId"], old) is SignInVerdict.wrong_secret
    assert store.check_secret(shown["appId"], new["secretText"]) is SignInVerdict.ok


def test_secrets_in_two_places(graph: ContractClient, store: Store) -> None:
    """Removing the application's secret leaves the one on its service principal in force."""
    application = store.applications[store.named["hr-sync"]]
    on_principal = store.secrets[store.named["hr-sync:on-principal"]].value
    body = {"keyId": store.named["hr-sync:primary"]}
    assert graph.send("POST", f"applications/{application['id']}/removePassword", body).status == 204
    assert store.check_secret(application["appId"], on_principal) is SignInVerdict.ok


@pytest.mark.parametrize(
    ("name", "method", "action", "body"),
    [
        ("microsoft-graph", "PATCH", "", {"accountEnabled": False}),
        ("microsoft-graph", "POST", "/addPassword", {}),
        ("microsoft-graph", "DELETE", "", None),
        ("vm-payroll", "POST", "/addPassword", {}),
    ],
)
def test_untouchable(graph: ContractClient, store: Store, name: str, method: str, action: str, body: object) -> None:
    """Microsoft's own service principals take no write, managed identities no secret."""
    answer = graph.send(method, f"{principal(store, name)}{action}", body)
    assert (answer.status, answer.code) == (403, "Authorization_RequestDenied")
    assert not store.writes[-1].effect


@pytest.mark.parametrize("name", ["isDisabled", "appOwnerOrganizationId", "servicePrincipalType"])
def test_read_only(graph: ContractClient, store: Store, name: str) -> None:
    """What belongs to the application or to the service cannot be set on the service principal."""
    assert graph.send("PATCH", principal(store, "payroll-api"), {name: None}).status == 400


def test_grants(graph: ContractClient, store: Store, caller: Caller) -> None:
    """App role assignments show on both sides and can be deleted once; so can delegated grants."""
    path, resource = principal(store, "payroll-api"), principal(store, "microsoft-graph")
    (held,) = graph.get(f"{path}/appRoleAssignments").json["value"]
    assert held["id"] in graph.get(f"{resource}/appRoleAssignedTo").ids
    assert graph.send("DELETE", f"{principal(store, 'crm-connector')}/appRoleAssignments/{held['id']}").status == 404
    assert graph.send("DELETE", f"{path}/appRoleAssignments/{held['id']}").status == 204
    assert graph.send("DELETE", f"{path}/appRoleAssignments/{held['id']}").status == 404
    caller.roles.add("DelegatedPermissionGrant.ReadWrite.All")
    (grant,) = graph.get(f"oauth2PermissionGrants?$filter=clientId eq '{store.named['globex-crm']}'").json["value"]
    assert graph.get(f"{principal(store, 'globex-crm')}/oauth2PermissionGrants").ids == [grant["id"]]
    assert graph.send("DELETE", f"oauth2PermissionGrants/{grant['id']}").status == 204
    assert graph.get(f"oauth2PermissionGrants/{grant['id']}").status == 404
