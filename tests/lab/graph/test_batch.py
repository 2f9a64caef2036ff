"""$batch: its limits, its order, its steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from azremediate.lab.objects import JsonObject
from azremediate.lab.store import Store
from tests.lab.graph.caller import ContractClient

GONE = "users/00000000-0000-4000-8000-000000000000"


def get(number: int, url: str = "organization", **more: Any) -> dict[str, Any]:
    """Return a step that reads."""
    return {"id": str(number), "method": "GET", "url": url, **more}


def send(graph: ContractClient, *steps: object) -> dict[str, Any]:
    """Send a batch and return its responses by id."""
    answer = graph.send("POST", "$batch", {"requests": list(steps)})
    assert answer.status == 200, answer.text
    return {row["id"]: row for row in answer.json["responses"]}


def test_steps(graph: ContractClient, store: Store) -> None:
    """Each step has its own status and body; urls may start with a slash."""
    found = send(graph, get(1, "/organization"), get(2, GONE), get(3, f"users/{store.named['amira.user']}?$select=id"))
    assert {key: row["status"] for key, row in found.items()} == {"1": 200, "2": 404, "3": 200}
    assert found["2"]["body"]["error"]["code"] == "Request_ResourceNotFound"
    assert found["3"]["body"]["id"] == store.named["amira.user"]


def test_writes_are_logged_singly(graph: ContractClient, store: Store) -> None:
    """A write in a batch takes effect and is in the ground truth under its own path."""
    user = store.named["amira.user"]
    found = send(graph, {"id": "1", "method": "POST", "url": f"/users/{user}/revokeSignInSessions"})
    assert found["1"]["status"] == 200
    assert [write.path for write in store.writes] == [f"/v1.0/users/{user}/revokeSignInSessions"]


def test_order_is_not_kept(graph: ContractClient) -> None:
    """Twenty answers come in another order than their requests."""
    answer = graph.send("POST", "$batch", {"requests": [get(number) for number in range(20)]})
    ids = [row["id"] for row in answer.json["responses"]]
    assert sorted(ids, key=int) == [str(number) for number in range(20)]
    assert ids != sorted(ids, key=int)


def test_dependencies(graph: ContractClient) -> None:
    """What depends on a failed step is not served; what depends on a good one is served after it."""
    found = send(graph, get(3, dependsOn=["2"]), get(2, GONE), get(4, dependsOn=["3"]), get(5, dependsOn=["1"]), get(1))
    assert {key: row["status"] for key, row in found.items()} == {"1": 200, "2": 404, "3": 424, "4": 424, "5": 200}
    ids = list(found)
    assert ids.index("1") < ids.index("5")


@pytest.mark.parametrize(
    "body",
    [
        {"requests": [get(number) for number in range(21)]},
        {"requests": [get(1), get(1)]},
        {"requests": [{**get(1), "id": "a"}, {**get(1), "id": "A"}]},
        {"requests": [get(1, "https://graph.microsoft.com/v1.0/users")]},
        {"requests": [get(1, "//attacker.example/v1.0/users")]},
        {"requests": [get(1, "/$batch")]},
        {"requests": [get(1, depends_on=["2"])]},
        {"requests": [get(1, dependsOn=["2"])]},
        {"requests": [get(1, dependsOn=["2"]), get(2, dependsOn=["1"])]},
        {"requests": [{"method": "GET", "url": "/users"}]},
        {"requests": [{"id": "1", "method": "PATCH", "url": "/users/x", "body": {}}]},
        {"requests": []},
        {"requests": "x"},
        {"requests": [get(1)], "more": 1},
        [],
        b"{",
    ],
)
def test_refusal(graph: ContractClient, store: Store, body: object) -> None:
    """A batch that breaks a rule is refused as a whole and leaves nothing behind."""
    assert graph.send("POST", "$batch", body).status == 400
    assert store.writes == []


def test_gate(connect: Callable[..., ContractClient], store: Store) -> None:
    """A gate can refuse a single step before it takes effect."""
    seen: list[tuple[str, str, str]] = []

    def gate(method: str, path: str, app_id: str) -> tuple[int, Mapping[str, str], JsonObject] | None:
        seen.append((method, path, app_id))
        return (
            (429, {"Retry-After": "7"}, {"error": {"code": "TooManyRequests", "message": "wait"}})
            if "zoe" in path
            else None
        )

    found = send(connect(gate), get(1), get(2, "users/zoe.user%40contoso.onmicrosoft.com"))
    assert found["1"]["status"] == 200
    assert (found["2"]["status"], found["2"]["headers"]["Retry-After"]) == (429, "7")
    assert store.responder is not None
    assert ("GET", "/v1.0/organization", store.responder.app_id) in seen


def test_beta(graph: ContractClient) -> None:
    """A batch sent to beta is served by beta."""
    answer = graph.send(
        "POST", "/beta/$batch", {"requests": [get(1, "reports/servicePrincipalSignInActivities?$top=1")]}
    )
    assert answer.json["responses"][0]["status"] == 200
    found = send(graph, get(1, "reports/servicePrincipalSignInActivities"))
    assert found["1"]["status"] == 400
    assert found["1"]["headers"]["x-lab-unknown"] == "1"
    graph.forget()
