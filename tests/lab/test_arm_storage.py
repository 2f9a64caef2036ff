"""Storage accounts of the lab refuse what Azure refuses, and forget a regenerated key."""

from __future__ import annotations

from typing import Any

import pytest

from azremediate.lab.arm_storage import accepts_key
from azremediate.lab.server import Lab
from tests.lab.responder import Client

VERSION = "?api-version=2024-01-01"


def _account(lab: Lab) -> str:
    return lab.store.named["contosopayroll"]


def _keys(client: Client, lab: Lab) -> dict[str, str]:
    answer = client.arm("POST", f"{_account(lab)}/listKeys{VERSION}")
    assert answer.status_code == 200
    return {row["keyName"]: row["value"] for row in answer.json()["keys"]}


def test_regenerating(lab: Lab, client: Client) -> None:
    """One key changes, the other stays, and the old value opens nothing."""
    before = _keys(client, lab)
    assert accepts_key(lab.store, _account(lab), before["key1"])
    answer = client.arm("POST", f"{_account(lab)}/regenerateKey{VERSION}", {"keyName": "key1"})
    assert answer.status_code == 200
    after = _keys(client, lab)
    assert (before["key1"] == after["key1"], before["key2"] == after["key2"]) == (False, True)
    assert not accepts_key(lab.store, _account(lab), before["key1"])
    assert accepts_key(lab.store, _account(lab), after["key1"])


def test_reading(lab: Lab, client: Client) -> None:
    """The account shows when its keys were made and no key."""
    answer = client.arm("GET", f"{_account(lab).upper()}{VERSION}")
    assert set(answer.json()["properties"]["keyCreationTime"]) == {"key1", "key2"}
    assert not any(value in answer.text for value in _keys(client, lab).values())


@pytest.mark.parametrize(
    ("method", "suffix", "body", "refusal"),
    [
        ("POST", "/regenerateKey", {"keyName": "key9"}, (400, "KeyNotFound")),
        ("POST", "/regenerateKey", {}, (400, "InvalidRequestContent")),
        ("POST", "/regenerateKey", {"keyName": "key1", "x": 1}, (400, "InvalidRequestContent")),
        ("GET", "/listKeys", None, (405, "MethodNotAllowed")),
        ("DELETE", "", None, (405, "MethodNotAllowed")),
        ("GET", "x", None, (404, "ResourceNotFound")),
    ],
)
def test_refused(lab: Lab, client: Client, method: str, suffix: str, body: Any, refusal: tuple[int, str]) -> None:
    """Wrong requests change nothing."""
    before = _keys(client, lab)
    answer = client.arm(method, f"{_account(lab)}{suffix}{VERSION}", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == refusal
    assert _keys(client, lab) == before


def test_roles(lab: Lab, client: Client) -> None:
    """Reader shows the account and not its keys; without a role nothing is shown."""
    rows = lab.store.azure.role_assignments
    for key in [key for key in rows if "storageAccounts" in key]:
        del rows[key]
    assert client.arm("GET", f"{_account(lab)}{VERSION}").status_code == 200
    assert client.arm("POST", f"{_account(lab)}/listKeys{VERSION}").status_code == 403
    assert client.arm("POST", f"{_account(lab)}/regenerateKey{VERSION}", {"keyName": "key1"}).status_code == 403
    rows.clear()
    assert client.arm("GET", f"{_account(lab)}{VERSION}").status_code == 403


def test_snapshot_without_secrets(lab: Lab, client: Client) -> None:
    """Keys are secrets: a snapshot without secrets has none."""
    value = _keys(client, lab)["key1"]
    assert value not in str(lab.store.to_json(secrets=False))
    assert value in str(lab.store.to_json())
