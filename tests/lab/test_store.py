"""The tenant's state: shelves, snapshots, who is in which group."""

from __future__ import annotations

import json
from typing import Any

import pytest

from azremediate.lab.objects import Shelf
from azremediate.lab.seed import demo_store
from azremediate.lab.store import Store


def test_shelf_index() -> None:
    """The index follows when an object is added, changed and put back, replaced, and removed."""
    shelf = Shelf("appId")
    first = shelf.add({"id": "1", "appId": "A"})
    assert shelf.by_alternate("a") is first
    first["appId"] = "B"
    shelf.add(first)
    assert shelf.by_alternate("a") is None
    assert shelf.by_alternate("b") is first
    second = shelf.add({"id": "2", "appId": "B"})
    assert shelf.by_alternate("b") is second
    del shelf["1"]
    assert shelf.by_alternate("b") is second
    assert shelf.take("2") is second
    assert shelf.by_alternate("b") is None
    assert list(shelf) == []


def test_snapshot() -> None:
    """A tenant survives the way through JSON, its secrets included, and the copy is independent."""
    store = demo_store()
    store.vault["name"] = [{"id": "x", "value": "fake"}]
    value = json.loads(json.dumps(store.to_json()))
    copy = Store.from_json(value)
    assert copy.to_json() == value
    assert copy.responder == store.responder
    key_id = store.named["payroll-api:primary"]
    app_id = store.applications[store.named["payroll-api"]]["appId"]
    assert copy.check_secret(app_id, store.secrets[key_id].value) is store.check_secret(
        app_id, store.secrets[key_id].value
    )
    next(iter(copy.applications.values()))["displayName"] = "changed"
    assert "changed" not in json.dumps(store.to_json())


def test_snapshot_without_secrets() -> None:
    """The state that is shown holds no secret."""
    store = demo_store()
    store.vault["name"] = [{"id": "x", "value": "fake-value-in-the-vault"}]
    text = json.dumps(store.to_json(secrets=False))
    assert "fake-value-in-the-vault" not in text
    assert not [record.key_id for record in store.secrets.values() if record.value in text]


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ([], "object"),
        ({}, "tenant_id"),
        ({"tenant_id": "x", "domain": "y", "display_name": 5}, "display_name"),
        ({"nothing": 1}, "nothing"),
        ({"applications": {}}, "applications"),
        ({"applications": [{"appId": "x"}]}, "applications"),
        ({"owners": []}, "owners"),
        ({"azure": {"subscriptions": []}}, "subscriptions"),
        ({"secrets": [{"key_id": "x"}]}, "secrets"),
        ({"responder": {"app_id": "x"}}, "responder"),
        ({"created": "yesterday"}, "created"),
    ],
)
def test_no_tenant(value: Any, named: str) -> None:
    """A value that is no tenant is refused with the name of the member that is wrong."""
    if isinstance(value, dict) and value and "tenant_id" not in value:
        value = {"tenant_id": "x", "domain": "y", "display_name": "z", **value}
    with pytest.raises(ValueError, match=named):
        Store.from_json(value)


def test_nested_groups() -> None:
    """Membership goes through nested groups, also when they form a circle."""
    store = Store("t", "d", "n")
    store.group_members = {"a": ["b", "user"], "b": ["c"], "c": ["a"]}
    assert sorted(store.groups_of("user")) == ["a", "b", "c"]
    store.role_assignments["1"] = {"id": "1", "principalId": "c", "roleDefinitionId": "r"}
    assert store.directory_roles_of("user") == {"r"}
    assert store.role_holders() == {"a", "b", "c", "user"}
