"""The control paths of a running lab."""

from __future__ import annotations

from typing import Any

import pytest

from azremediate.lab.server import Lab
from tests.lab.responder import Client


def test_control_paths_show_and_change(lab: Lab, client: Client) -> None:
    """Faults, clock, lag, permissions and the logs are reachable over HTTP."""
    assert client.control("GET", "health").json() == {"status": "ok"}
    armed = client.control("POST", "faults", [{"kind": "status", "status": 429, "path": "/users$"}]).json()["value"]
    assert (armed[0]["status"], armed[0]["fired"]) == (429, 0)
    assert client.graph("GET", "/v1.0/users").status_code == 429
    assert client.control("GET", "faults").json()["value"][0]["fired"] == 1
    before = lab.store.clock.now()
    client.control("POST", "clock", {"advance": 3600})
    assert (lab.store.clock.now() - before).total_seconds() >= 3600
    assert client.graph("GET", "/v1.0/users").status_code == 401
    assert client.control("POST", "lag", {"secret_delay": 5}).json() == {"secret_delay": 5, "read_lag": 0}
    counts = client.control("GET", "requests").json()["value"]
    assert {"service": "graph", "method": "GET", "path": "/v1.0/users", "count": 2} in counts
    assert client.control("POST", "reset").json() == {"status": "reset"}
    assert lab.store.lag.secret_delay == 0
    assert client.control("GET", "writes").json() == {"value": []}
    assert client.control("GET", "unknown").json() == {"value": []}


def test_permissions_can_be_taken_away(client: Client) -> None:
    """A new token lacks what was removed, and Graph then refuses."""
    left = client.control("POST", "permissions", {"remove": ["User.Read.All", "Directory.Read.All"]}).json()
    assert "User.Read.All" not in left["permissions"]
    client.token = client.sign_in().json()["access_token"]
    assert client.graph("GET", "/v1.0/users").status_code == 403


def test_state_has_no_secret(lab: Lab, client: Client) -> None:
    """The state shows the tenant, not the secrets' values."""
    text = client.control("GET", "state").text
    assert lab.store.domain in text
    assert not [record.key_id for record in lab.store.secrets.values() if record.value in text]


@pytest.mark.parametrize(
    ("name", "body", "message"),
    [
        ("faults", [{"kind": "x"}], "kind must be one of"),
        ("clock", {"advance": "x"}, "advance must be a number"),
        ("lag", {"read_lag": -1}, "read_lag must be a number"),
        ("permissions", {"grant": []}, "expected an object"),
    ],
)
def test_bad_control_request_is_explained(client: Client, name: str, body: Any, message: str) -> None:
    """A control request that makes no sense is a 400 with the reason."""
    answer = client.control("POST", name, body)
    assert answer.status_code == 400
    assert message in answer.json()["error"]


def test_control_paths_are_for_local_programs(client: Client) -> None:
    """A browser page, under another name or from another origin, gets nothing; unknown names list the known."""
    assert client.control("GET", "state", host="lab.evil.invalid").status_code == 403
    assert client.control("POST", "reset", origin="http://evil.invalid").status_code == 403
    assert "POST /_lab/reset" in client.control("GET", "nonsense").json()["known"]
