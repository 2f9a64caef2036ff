"""Groups are made without owners, and get members by reference."""

import pytest

from azremediate.lab.store import Store
from tests.lab.graph.caller import Caller, ContractClient

BODY = {"displayName": "New", "mailEnabled": False, "mailNickname": "new", "securityEnabled": True}


def test_create_and_add(graph: ContractClient, store: Store, caller: Caller) -> None:
    """Both leave an audit record; the same member twice is refused."""
    caller.roles |= {"Group.Create", "GroupMember.ReadWrite.All"}
    created = graph.send("POST", "groups", BODY)
    assert created.status == 201
    group = created.json["id"]
    reference = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{store.named['kate.user']}"}
    assert graph.send("POST", f"groups/{group}/members/$ref", reference).status == 204
    assert graph.send("POST", f"groups/{group}/members/$ref", reference).status == 400
    assert graph.get(f"groups/{group}/members").json["value"][0]["id"] == store.named["kate.user"]
    assert graph.get(f"groups/{group}/owners").json["value"] == []
    activities = [row["activityDisplayName"] for row in store.directory_audits[-2:]]
    assert activities == ["Add group", "Add member to group"]


@pytest.mark.parametrize(
    "body",
    [
        {**BODY, "displayName": None},
        {**BODY, "mailNickname": "a b"},
        {**BODY, "nonsense": 1},
        {name: value for name, value in BODY.items() if name != "securityEnabled"},
    ],
)
def test_refused(graph: ContractClient, store: Store, caller: Caller, body: dict[str, object]) -> None:
    """What is missing, wrong or unknown is refused, and nothing is made."""
    caller.roles.add("Group.Create")
    known = len(list(store.groups))
    assert graph.send("POST", "groups", body).status == 400
    assert len(list(store.groups)) == known


def test_role_assignable_needs_more(graph: ContractClient, store: Store, caller: Caller) -> None:
    """A group that can hold roles, and its members, need the right to manage roles."""
    caller.roles.remove("RoleManagement.ReadWrite.Directory")
    caller.roles |= {"Group.Create", "GroupMember.ReadWrite.All"}
    assert graph.send("POST", "groups", {**BODY, "isAssignableToRole": True}).status == 403
    reference = {"@odata.id": f"https://graph.microsoft.com/v1.0/users/{store.named['kate.user']}"}
    assert graph.send("POST", f"groups/{store.named['tier-0-admins']}/members/$ref", reference).status == 403
    assert graph.send("POST", f"groups/{store.named['cloud-team']}/members/$ref", {"@odata.id": "x"}).status == 400
