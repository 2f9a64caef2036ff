"""Applications, their secrets and certificates."""

from __future__ import annotations

import base64
import secrets

import pytest

from azremediate.lab.sign_in import SignInVerdict
from azremediate.lab.store import Store
from tests.lab.graph.caller import Caller, ContractClient

CLOUD_APPLICATION_ADMINISTRATOR = "158c047a-c907-4556-b7ef-446551a6b5f7"


@pytest.fixture
def path(store: Store) -> str:
    """The path of one application."""
    return f"applications/{store.named['payroll-api']}"


def app_id(store: Store, name: str) -> str:
    """Return the appId of a named application."""
    return str(store.applications[store.named[name]]["appId"])


def test_addressing(graph: ContractClient, store: Store, path: str) -> None:
    """An application answers to its id and to its appId, in any case of the segment."""
    first = graph.get(path)
    assert first.status == 200
    assert first.json["displayName"] == "Payroll API"
    assert graph.get(f"Applications(appId='{app_id(store, 'payroll-api')}')").json["id"] == first.json["id"]
    assert graph.get(f"applications('{store.named['payroll-api']}')").json["id"] == first.json["id"]
    assert graph.get("applications/00000000-0000-4000-8000-000000000000").code == "Request_ResourceNotFound"


def test_new_secret(graph: ContractClient, store: Store, path: str) -> None:
    """addPassword gives the text once; it signs in, and a read shows its first three characters only."""
    answer = graph.send("POST", f"{path}/addPassword", {"passwordCredential": {"displayName": "new"}})
    assert answer.status == 200
    text = answer.json["secretText"]
    assert store.check_secret(app_id(store, "payroll-api"), text) is SignInVerdict.ok
    read = graph.get(path)
    assert [row["displayName"] for row in read.json["passwordCredentials"]] == ["primary", "new"]
    assert read.json["passwordCredentials"][1]["hint"] == text[:3]
    assert text not in read.text


def test_removed_secret(graph: ContractClient, store: Store, path: str) -> None:
    """A removed secret does not sign in any more; removing it again is an error."""
    key_id = store.named["payroll-api:primary"]
    old = store.secrets[key_id].value
    assert store.check_secret(app_id(store, "payroll-api"), old) is SignInVerdict.ok
    assert graph.send("POST", f"{path}/removePassword", {"keyId": key_id.upper()}).status == 204
    assert store.check_secret(app_id(store, "payroll-api"), old) is SignInVerdict.wrong_secret
    again = graph.send("POST", f"{path}/removePassword", {"keyId": key_id})
    assert (again.status, again.code) == (400, "Request_BadRequest")


@pytest.mark.parametrize(
    "body",
    [
        {"passwordCredential": {"secretText": "x"}},
        {"passwordCredential": {"nothing": "x"}},
        {"passwordCredential": {"endDateTime": "soon"}},
        {"passwordCredential": {"endDateTime": "2001-01-01T00:00:00Z"}},
        {"displayName": "x"},
        [],
    ],
)
def test_refused_secret(graph: ContractClient, store: Store, path: str, body: object) -> None:
    """A secret cannot be chosen, nor dated into the past, nor given under another name."""
    before = list(store.secrets)
    assert graph.send("POST", f"{path}/addPassword", body).status == 400
    assert list(store.secrets) == before
    assert not store.writes[-1].effect


def test_secret_delay(graph: ContractClient, store: Store, path: str) -> None:
    """With a delay a new secret is shown at once but signs in later."""
    store.lag.secret_delay = 15
    text = graph.send("POST", f"{path}/addPassword", {}).json["secretText"]
    assert store.check_secret(app_id(store, "payroll-api"), text) is SignInVerdict.not_yet
    store.clock.advance(16)
    assert store.check_secret(app_id(store, "payroll-api"), text) is SignInVerdict.ok


def test_read_lag(graph: ContractClient, store: Store, path: str) -> None:
    """With a lag each read shows the secrets as they were that long ago."""
    store.lag.read_lag = 10
    graph.send("POST", f"{path}/addPassword", {})
    store.clock.advance(5)
    graph.send("POST", f"{path}/addPassword", {})

    def shown() -> int:
        return len(graph.get(f"{path}?$select=passwordCredentials").json["passwordCredentials"])

    assert shown() == 1
    store.clock.advance(6)
    assert shown() == 2
    store.clock.advance(5)
    assert shown() == 3


def test_app_management_policy(graph: ContractClient, store: Store, path: str) -> None:
    """The tenant's policy can forbid new secrets, or long ones."""
    policy = store.policies["defaultAppManagementPolicy"]
    policy["isEnabled"] = True
    rules = policy["applicationRestrictions"]["passwordCredentials"]
    rules.append({"restrictionType": "passwordLifetime", "maxLifetime": "P30D", "state": "enabled"})
    assert graph.send("POST", f"{path}/addPassword", {}).code == "CredentialInvalidLifetimeAsPerAppPolicy"
    rules.append({"restrictionType": "passwordAddition", "state": "enabled"})
    assert graph.send("POST", f"{path}/addPassword", {}).code in {
        "CredentialInvalidLifetimeAsPerAppPolicy",
        "CredentialTypeNotAllowedAsPerAppPolicy",
    }
    rules[0]["state"] = "disabled"
    assert graph.send("POST", f"{path}/addPassword", {}).code == "CredentialTypeNotAllowedAsPerAppPolicy"


@pytest.mark.parametrize(
    ("body", "unknown"),
    [
        ({"nothing": 1}, True),
        ({"appId": "x"}, False),
        ({"displayName": 5}, False),
        ({"web": {"nothing": 1}}, True),
        ({"passwordCredentials": [{"displayName": "x"}]}, False),
        ({"keyCredentials": [{"type": "x"}]}, False),
        ({"tags": "x"}, False),
    ],
)
def test_refused_update(graph: ContractClient, store: Store, path: str, body: object, unknown: bool) -> None:
    """Unknown, read-only and ill-typed properties are refused, unknown ones loudly."""
    answer = graph.send("PATCH", path, body)
    assert (answer.status, answer.code) == (400, "Request_BadRequest")
    assert ("x-lab-unknown" in answer.headers) is unknown
    assert len(store.unknown_requests) == int(unknown)


def test_update(graph: ContractClient, store: Store, path: str) -> None:
    """isDisabled is set on the application and shows on its service principal; the sign-in stops."""
    assert graph.send("PATCH", path, {"isDisabled": True, "notes": "contained"}).status == 204
    principal = graph.get(f"servicePrincipals(appId='{app_id(store, 'payroll-api')}')")
    assert principal.json["isDisabled"] is True
    secret = store.secrets[store.named["payroll-api:primary"]].value
    assert store.check_secret(app_id(store, "payroll-api"), secret) is SignInVerdict.app_disabled


def test_key_credentials(graph: ContractClient, store: Store) -> None:
    """A PATCH replaces the certificates; `key` is null unless it is selected."""
    path = f"applications/{store.named['crm-connector']}"
    assert graph.get(path).json["keyCredentials"][0]["key"] is None
    old = graph.get(f"{path}?$select=keyCredentials").json["keyCredentials"]
    assert base64.b64decode(old[0]["key"])
    new = {"type": "AsymmetricX509Cert", "usage": "Verify", "key": base64.b64encode(secrets.token_bytes(40)).decode()}
    assert graph.send("PATCH", path, {"keyCredentials": [*old, new]}).status == 204
    assert len(store.applications[store.named["crm-connector"]]["keyCredentials"]) == 2
    assert graph.send("PATCH", path, {"keyCredentials": []}).status == 204
    assert graph.get(path).json["keyCredentials"] == []


def test_delete_and_restore(graph: ContractClient, store: Store, caller: Caller, path: str) -> None:
    """A deleted application takes its service principal with it, cannot sign in; an administrator brings it back."""
    object_id = store.named["payroll-api"]
    secret = store.secrets[store.named["payroll-api:primary"]].value
    client = app_id(store, "payroll-api")
    assert graph.send("DELETE", path).status == 204
    assert graph.send("DELETE", path).code == "Request_ResourceNotFound"
    assert store.check_secret(client, secret) is SignInVerdict.app_not_found
    assert graph.get("directory/deletedItems/microsoft.graph.application").ids == [object_id]
    assert graph.send("POST", f"directory/deletedItems/{object_id}/restore").code == "Authorization_RequestDenied"
    row = {"id": "x", "principalId": caller.object_id, "roleDefinitionId": CLOUD_APPLICATION_ADMINISTRATOR}
    store.role_assignments["x"] = {**row, "directoryScopeId": "/"}
    assert graph.send("POST", f"directory/deletedItems/{object_id}/restore").status == 200
    assert store.check_secret(client, secret) is SignInVerdict.sp_missing
    deleted = graph.get("directory/deletedItems/microsoft.graph.servicePrincipal").ids
    assert graph.send("POST", f"directory/deletedItems/{deleted[0]}/restore").status == 200
    assert store.check_secret(client, secret) is SignInVerdict.ok
    assert graph.get(path).json["deletedDateTime"] is None


def test_owned_only(graph: ContractClient, store: Store, caller: Caller, path: str) -> None:
    """With OwnedBy alone only what the caller owns can be written."""
    caller.roles = {"Application.ReadWrite.OwnedBy"}
    assert graph.send("POST", f"{path}/addPassword", {}).code == "Authorization_RequestDenied"
    store.owners[store.named["payroll-api"]].append(caller.object_id)
    assert graph.send("POST", f"{path}/addPassword", {}).status == 200


def test_owners(graph: ContractClient, store: Store, path: str) -> None:
    """Owners are listed with their types, cast to one, added and removed by reference."""
    crm = f"applications/{store.named['crm-connector']}"
    kinds = [row["@odata.type"] for row in graph.get(f"{crm}/owners").json["value"]]
    assert kinds == ["#microsoft.graph.user", "#microsoft.graph.servicePrincipal"]
    assert len(graph.get(f"{crm}/owners/microsoft.graph.user").json["value"]) == 1
    owner = store.named["zoe.user"]
    reference = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{owner}"}
    assert graph.send("POST", f"{path}/owners/$ref", reference).status == 204
    assert graph.send("POST", f"{path}/owners/$ref", reference).status == 400
    assert owner in graph.get(f"{path}/owners?$select=id").ids
    assert graph.send("DELETE", f"{path}/owners/{owner}/$ref").status == 204
    assert graph.send("DELETE", f"{path}/owners/{owner}/$ref").status == 404
    assert [row["id"] for row in graph.get(f"{path}?$expand=owners($select=id)").json["owners"]] == store.owners[
        store.named["payroll-api"]
    ]


def test_federated_credentials(graph: ContractClient, store: Store) -> None:
    """Federated credentials are found by id and by name, checked, and live on their application only."""
    path = f"applications/{store.named['github-deploy']}/federatedIdentityCredentials"
    assert [row["name"] for row in graph.get(path).json["value"]] == ["github-main", "github-release"]
    body = {"name": "third", "issuer": "https://x", "subject": "s", "audiences": ["api://AzureADTokenExchange"]}
    assert graph.send("POST", path, body).status == 201
    assert graph.send("POST", path, body).status == 409
    assert graph.send("POST", path, {**body, "name": "fourth", "audiences": []}).status == 400
    assert graph.send("PATCH", f"{path}/third", {"subject": "other"}).status == 204
    assert graph.get(f"{path}/third").json["subject"] == "other"
    assert graph.send("DELETE", f"{path}/third").status == 204
    assert graph.get(f"{path}/third").status == 404


def test_trail(graph: ContractClient, store: Store, caller: Caller, path: str) -> None:
    """A write leaves one audit row and one entry in the ground truth; a read leaves neither."""
    graph.get(path)
    assert store.writes == []
    key_id = graph.send("POST", f"{path}/addPassword", {}).json["keyId"]
    (row,) = graph.get(f"auditLogs/directoryAudits?$filter=initiatedBy/app/appId eq '{caller.app_id}'").json["value"]
    assert row["targetResources"][0]["id"] == store.named["payroll-api"]
    assert key_id in row["targetResources"][0]["modifiedProperties"][0]["newValue"]
    assert graph.get(f"auditLogs/directoryAudits/{row['id']}").json["result"] == "success"
    (write,) = store.writes
    assert (write.method, write.status, write.effect, write.app_id) == ("POST", 200, True, caller.app_id)
    assert key_id in write.summary
