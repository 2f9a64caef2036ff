"""Users: sessions, what may be changed by whom, memberships."""

from __future__ import annotations

import secrets

import pytest

from azremediate.lab.clock import parse_time
from azremediate.lab.store import Store
from tests.lab.graph.caller import Caller, ContractClient


def path(store: Store, name: str) -> str:
    """Return the path of a named user."""
    return f"users/{store.named[name]}"


def test_addressing(graph: ContractClient, store: Store) -> None:
    """A user answers to id and user principal name, also when it has a # in it."""
    assert graph.get(path(store, "amira.user")).json["displayName"] == "Amira User"
    assert graph.get("users/AMIRA.user%40contoso.onmicrosoft.com").json["id"] == store.named["amira.user"]
    guest = store.users[store.named["gina.guest"]]["userPrincipalName"].replace("#", "%23").replace("@", "%40")
    assert graph.get(f"users/{guest}").json["id"] == store.named["gina.guest"]
    assert graph.get("users/nobody%40contoso.onmicrosoft.com").code == "Request_ResourceNotFound"


def test_default_properties(graph: ContractClient, store: Store) -> None:
    """Without $select only the basic set is shown, with it exactly what was asked for."""
    shown = graph.get(path(store, "hana.hybrid")).json
    assert "accountEnabled" not in shown
    select = graph.get(f"{path(store, 'hana.hybrid')}?$select=id,onPremisesSyncEnabled,accountEnabled").json
    assert set(select) == {"@odata.context", "id", "onPremisesSyncEnabled", "accountEnabled"}
    assert select["onPremisesSyncEnabled"] is True


def test_revoke(graph: ContractClient, store: Store) -> None:
    """revokeSignInSessions moves the time from which sessions are valid to now; it takes no body."""
    before = store.clock.now().replace(microsecond=0)
    answer = graph.send("POST", f"{path(store, 'amira.user')}/revokeSignInSessions")
    assert (answer.status, answer.json["value"]) == (200, True)
    assert answer.json["@odata.context"].endswith("$metadata#Edm.Boolean")
    shown = graph.get(f"{path(store, 'amira.user')}?$select=signInSessionsValidFromDateTime").json
    assert parse_time(shown["signInSessionsValidFromDateTime"]) >= before
    assert graph.send("POST", f"{path(store, 'ben.user')}/revokeSignInSessions", {"x": 1}).status == 400
    full = graph.send("POST", f"{path(store, 'ben.user')}/microsoft.graph.revokeSignInSessions")
    assert full.status == 200


def test_disable(graph: ContractClient, store: Store, caller: Caller) -> None:
    """Disabling needs its own permission; a synced user has to be disabled on premises."""
    body = {"accountEnabled": False}
    caller.roles.discard("User.EnableDisableAccount.All")
    assert graph.send("PATCH", path(store, "amira.user"), body).code == "Authorization_RequestDenied"
    caller.roles.add("User.EnableDisableAccount.All")
    assert graph.send("PATCH", path(store, "amira.user"), body).status == 204
    assert graph.get(f"{path(store, 'amira.user')}?$select=accountEnabled").json["accountEnabled"] is False
    assert graph.send("PATCH", path(store, "amira.user"), {"jobTitle": "x"}).status == 403
    synced = graph.send("PATCH", path(store, "hana.hybrid"), body)
    assert (synced.status, synced.code) == (400, "Request_BadRequest")


def test_admin_target(graph: ContractClient, store: Store, caller: Caller) -> None:
    """An administrator's account is out of reach for an application without a high role, also through a group."""
    caller.roles.add("User.ReadWrite.All")
    for name in ("alice.admin", "erin.admin"):
        assert graph.send("PATCH", path(store, name), {"accountEnabled": False}).status == 403
    store.role_assignments["x"] = {
        "id": "x",
        "principalId": caller.object_id,
        "roleDefinitionId": "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
        "directoryScopeId": "/",
    }
    assert graph.send("PATCH", path(store, "alice.admin"), {"accountEnabled": False}).status == 204


def test_password(graph: ContractClient, store: Store, caller: Caller) -> None:
    """A password is set and never shown: not in the object, not in the trail, not in the ground truth."""
    caller.roles.add("User-PasswordProfile.ReadWrite.All")
    text = f"Aa1-{secrets.token_urlsafe(16)}"
    body = {"passwordProfile": {"password": text, "forceChangePasswordNextSignIn": True}}
    assert graph.send("PATCH", path(store, "amira.user"), body).status == 204
    for where in (f"{path(store, 'amira.user')}?$select=passwordProfile", "auditLogs/directoryAudits"):
        answer = graph.get(where)
        assert answer.status == 200
        assert text not in answer.text
    assert text not in repr(store.writes) + repr(store.to_json())


def test_rename(graph: ContractClient, store: Store, caller: Caller) -> None:
    """A renamed user is found under the new name only."""
    caller.roles.add("User.ReadWrite.All")
    assert (
        graph.send("PATCH", path(store, "zoe.user"), {"userPrincipalName": "z@contoso.onmicrosoft.com"}).status == 204
    )
    assert graph.get("users/z%40contoso.onmicrosoft.com").status == 200
    assert graph.get("users/zoe.user%40contoso.onmicrosoft.com").status == 404


def test_memberships(graph: ContractClient, store: Store) -> None:
    """memberOf is direct, transitiveMemberOf goes through nested groups, and both show roles."""
    alice = graph.get(f"{path(store, 'alice.admin')}/memberOf").json["value"]
    assert [row["displayName"] for row in alice] == ["Global Administrator"]
    assert graph.get(f"{path(store, 'chen.user')}/memberOf").names == ["Cloud Team"]
    assert sorted(graph.get(f"{path(store, 'chen.user')}/transitiveMemberOf").names) == ["Azure Owners", "Cloud Team"]
    erin = f"{path(store, 'erin.admin')}/transitiveMemberOf/microsoft.graph.directoryRole"
    assert graph.get(erin).names == ["Application Administrator"]


def test_group_members(graph: ContractClient, store: Store) -> None:
    """members shows the nested group, transitiveMembers what is in it; a cast keeps one type."""
    group = f"groups/{store.named['azure-owners']}"
    assert graph.get(f"{group}/members").names == ["Ben User", "Cloud Team"]
    assert graph.get(f"{group}/members/microsoft.graph.user").names == ["Ben User"]
    assert sorted(graph.get(f"{group}/transitiveMembers?$select=displayName,id").names) == [
        *("Ben User", "Chen User", "Cloud Team", "Diego User"),
    ]
    assert graph.get("groups?$filter=isAssignableToRole eq true").names == ["Tier 0 Administrators"]


@pytest.mark.parametrize(
    ("premium", "permission", "status"), [(True, True, 200), (False, True, 403), (True, False, 403)]
)
def test_sign_in_activity(
    graph: ContractClient, store: Store, caller: Caller, premium: bool, permission: bool, status: int
) -> None:
    """signInActivity needs a permission of its own and a premium licence."""
    store.premium = premium
    if not permission:
        caller.roles.remove("AuditLog.Read.All")
    assert graph.get("users?$select=id,signInActivity").status == status


def test_get_by_ids(graph: ContractClient, store: Store) -> None:
    """getByIds answers with what exists, with its type, and is no write."""
    ids = [store.named["amira.user"], store.named["cloud-team"], "00000000-0000-4000-8000-000000000000"]
    answer = graph.send("POST", "directoryObjects/getByIds", {"ids": ids, "types": ["user", "group"]})
    assert answer.ids == ids[:2]
    assert graph.send("POST", "directoryObjects/getByIds", {"ids": ids, "types": ["user"]}).ids == ids[:1]
    assert graph.send("POST", "directoryObjects/getByIds", {"ids": []}).status == 400
    assert not any(write.effect for write in store.writes)
