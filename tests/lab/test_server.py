"""The whole lab: four services on the demo tenant, looked at and changed from Python."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from ruamel.yaml import YAML

from azremediate.lab.files import LabFileError
from azremediate.lab.listener import LabStartError, bind
from azremediate.lab.server import Lab
from azremediate.lab.throttle import PROFILES
from tests.lab.responder import Client, any_user

CONTRACT = Path(__file__).parents[3] / "shared" / "graph-contract" / "graphcheck.py"


def test_write_is_in_the_ground_truth(lab: Lab, client: Client) -> None:
    """A write through Graph is in the log with who sent it and what came of it; a read is not."""
    path = f"/v1.0/users/{any_user(lab)}/revokeSignInSessions"
    assert client.graph("GET", "/v1.0/users?$top=1").status_code == 200
    assert client.graph("POST", path).status_code == 200
    (record,) = lab.writes
    responder = lab.store.responder
    assert responder is not None
    assert (record.service, record.method, record.path, record.status) == ("graph", "POST", path, 200)
    assert (record.app_id, record.effect) == (responder.app_id, True)
    assert lab.effects == [record]


def test_responder_may_use_vault_and_azure(lab: Lab, client: Client) -> None:
    """The tool's identity stores secrets and writes role assignments of its subscriptions, but none above."""
    version = {"api-version": "2022-04-01"}
    with httpx.Client(verify=client.trust, trust_env=False, params=version) as plain:
        token = client.sign_in(f"{lab.endpoints['vault']}/.default").json()["access_token"]
        headers = {"authorization": f"Bearer {token}"}
        address = f"{lab.endpoints['vault']}/secrets/test"
        assert plain.put(address, json={"value": "obviously-fake"}, headers=headers).status_code == 200
        assert plain.get(address, headers=headers).json()["value"] == "obviously-fake"
        token = client.sign_in("https://management.azure.com/.default").json()["access_token"]
        headers = {"authorization": f"Bearer {token}"}
        scope = f"/subscriptions/{lab.store.named['subscription-production']}"
        address = f"{lab.endpoints['arm']}{scope}/providers/Microsoft.Authorization/roleAssignments"
        assert len(plain.get(address, headers=headers).json()["value"]) > 3
        assert plain.delete(f"{address}/anything", headers=headers).status_code == 204
        above = f"{lab.endpoints['arm']}/providers/Microsoft.Authorization/roleAssignments"
        assert plain.delete(f"{above}/anything", headers=headers).status_code == 403
    assert [(record.service, record.effect) for record in lab.writes] == [
        ("vault", True),
        ("arm", False),
        ("arm", False),
    ]


def test_fault_before_the_service_is_no_effect(lab: Lab, client: Client) -> None:
    """A write that a fault swallowed is in the log without effect; one whose answer was lost has its effect."""
    path = f"/v1.0/users/{any_user(lab)}/revokeSignInSessions"
    lab.set_faults([{"kind": "reset", "method": "POST"}, {"kind": "reset", "method": "POST", "when": "after"}])
    for _ in range(2):
        with pytest.raises(httpx.ReadError):
            client.graph("POST", path)
    assert [(record.status, record.effect) for record in lab.writes] == [(0, False), (200, True)]


def test_fault_hits_one_step_of_a_batch(lab: Lab, client: Client) -> None:
    """A step is refused by itself, with its own Retry-After; its neighbour is answered."""
    lab.set_faults([{"kind": "status", "status": 429, "path": "/users$", "retry_after": 3}])
    steps = [{"id": name, "method": "GET", "url": f"/{name}?$top=1"} for name in ("users", "groups")]
    answers = client.graph("POST", "/v1.0/$batch", {"requests": steps}).json()["responses"]
    found = {answer["id"]: (answer["status"], answer["headers"].get("Retry-After")) for answer in answers}
    assert found == {"users": (429, "3"), "groups": (200, None)}


def test_reset_restores_the_tenant(lab: Lab, client: Client) -> None:
    """After a reset nothing is left of writes, faults and counts; a token stays good."""
    lab.reset()
    before = lab.store.to_json()
    user = any_user(lab)
    assert client.graph("POST", f"/v1.0/users/{user}/revokeSignInSessions").status_code == 200
    lab.set_faults([{"kind": "status"}])
    assert lab.store.to_json() != before
    lab.reset()
    assert lab.store.to_json() == before
    assert client.graph("POST", f"/v1.0/users/{user}/revokeSignInSessions").status_code == 200
    lab.reset()
    assert lab.store.to_json() == before
    assert (lab.writes, lab.fault_report(), lab.request_counts()) == ([], [], [])
    assert client.graph("GET", f"/v1.0/users/{user}").status_code == 200


def test_every_answer_has_one_date(lab: Lab, client: Client) -> None:
    """Services tell the tenant's time, once."""
    answers = [client.graph("GET", "/v1.0/organization"), client.sign_in()]
    assert [len(answer.headers.get_list("date")) for answer in answers] == [1, 1]


def test_recording_holds_no_secret(lab: Lab, client: Client, tmp_path: Path) -> None:
    """Neither the token nor a secret that Graph made is in the recording; the rest of the answer is."""
    made = make_exchanges(lab, client)
    text = (tmp_path / "exchanges.jsonl").read_text(encoding="utf-8")
    assert len(text.splitlines()) == 4
    assert made["keyId"] in text
    assert made["secretText"] not in text
    assert client.token not in text


@pytest.mark.skipif(not CONTRACT.exists(), reason="the contract checker is not beside this repository")
def test_recording_passes_the_contract(lab: Lab, client: Client, tmp_path: Path) -> None:
    """What was recorded is valid Graph."""
    make_exchanges(lab, client)
    run = subprocess.run(  # noqa: S603 - our own file
        [sys.executable, str(CONTRACT), str(tmp_path / "exchanges.jsonl")], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


def make_exchanges(lab: Lab, client: Client) -> dict[str, Any]:
    """Send four different requests, end the lab, and return the secret that one of them made."""
    application = next(iter(lab.store.applications))
    client.graph("GET", "/v1.0/applications?$select=id,appId,displayName,passwordCredentials&$top=5")
    client.graph("GET", f"/v1.0/users/{any_user(lab)}")
    path = f"/v1.0/applications/{application}/addPassword"
    made: dict[str, Any] = client.graph("POST", path, {"passwordCredential": {"displayName": "test"}}).json()
    steps = [{"id": "1", "method": "GET", "url": f"/applications/{application}"}]
    assert client.graph("POST", "/v1.0/$batch", {"requests": steps}).status_code == 200
    lab.close()
    return made


def test_configuration_has_everything_but_the_secret(lab: Lab, tmp_path: Path) -> None:
    """The file names endpoints, identity and guards; the secret lies beside it, for its owner only."""
    path = tmp_path / "config" / "config.yaml"
    lab.write_config(path)
    text = path.read_text(encoding="utf-8")
    responder = lab.store.responder
    assert responder is not None
    assert responder.secret not in text
    found = YAML(typ="safe").load(text)
    assert (found["tenant_id"], found["cloud"]) == (lab.store.tenant_id, "custom")
    assert found["endpoints"] == {**lab.endpoints, "ca_bundle": str(lab.ca_bundle)}
    assert found["auth"]["client_id"] == responder.app_id
    secret_file = Path(found["auth"]["client_secret_file"])
    assert secret_file.read_text(encoding="utf-8") == responder.secret
    assert len(found["guards"]["break_glass"]) == 2
    assert set(found["guards"]["break_glass"]) <= lab.store.users.keys()
    if os.name == "posix":
        assert secret_file.stat().st_mode & 0o777 == 0o600


def test_directory_keeps_no_private_key(lab: Lab, tmp_path: Path) -> None:
    """Only the CA's certificate is on disk."""
    texts = [path.read_text(encoding="utf-8") for path in tmp_path.rglob("*") if path.is_file()]
    assert any("BEGIN CERTIFICATE" in text for text in texts)
    assert not any("PRIVATE KEY" in text for text in texts)


def test_graph_behind_tls_with_latency_and_quotas(tmp_path: Path) -> None:
    """The options reach the wire."""
    with Lab(directory=tmp_path, tls=True, latency_ms=60, throttle=PROFILES["tight"]) as lab:
        assert lab.endpoints["graph"].startswith("https://127.0.0.1:")
        client = Client(lab)
        started = time.monotonic()
        answer = client.graph("GET", "/v1.0/organization")
        assert time.monotonic() - started >= 0.06
        assert answer.headers["x-ms-resource-unit"] == "1"


def test_stopping_leaves_nothing(tmp_path: Path) -> None:
    """A lab that was closed, twice even, has ended its thread."""
    others = set(threading.enumerate())  # a lab of other tests may be running
    lab = Lab(directory=tmp_path)
    lab.close()
    lab.close()
    assert "azremediate-lab" not in [thread.name for thread in set(threading.enumerate()) - others]


def test_taken_port_and_bad_fault_are_told(tmp_path: Path) -> None:
    """A lab that cannot start says why and leaves no socket open."""
    with bind(0) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(LabStartError, match=rf"cannot listen on 127\.0\.0\.1:{port}"):
            Lab(directory=tmp_path, port=port)
    with pytest.raises(LabFileError, match="rule 1: kind"):
        Lab(directory=tmp_path, faults=[{"kind": "x"}])


def test_fixed_ports_follow_each_other(tmp_path: Path) -> None:
    """With a port given the services stand in a row."""
    for _ in range(20):  # another program may hold one of the three ports after a free one
        with bind(0) as probe:
            port = probe.getsockname()[1]
        with contextlib.suppress(LabStartError), Lab(directory=tmp_path, port=port) as lab:
            ports = [int(address.rsplit(":", 1)[1]) for address in lab.endpoints.values()]
            assert ports == list(range(port, port + 4))
            return
    pytest.fail("no four free ports in a row")


def test_tenant_survives_a_file(lab: Lab, tmp_path: Path) -> None:
    """A lab started from the written state of another serves the same tenant."""
    written = json.loads(json.dumps(lab.store.to_json()))
    with Lab(type(lab.store).from_json(written), directory=tmp_path / "second") as second:
        assert second.store.to_json() == lab.store.to_json()
        assert Client(second).graph("GET", "/v1.0/users?$top=1").status_code == 200
