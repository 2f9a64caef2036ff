"""Whoever attaches a telemetry exporter learns nothing that must not leave: no body, no header, no secret."""

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests.faults.conftest import Play
from tests.faults.scene import Scene

NAMES: Final = {
    *("http.request.method", "url.scheme", "server.address", "server.port", "http.port", "network.protocol.name"),
    *("http.request.header.content-type", "http.response.header.content-type", "user_agent.original"),
    *("http.request.body.size", "http.response.body.size", "http.response.status_code", "error.type"),
    *("url.full", "az.client_request_id", "az.service_request_id"),
}
"""All that a span may hold of a request: sizes and types; of the vault's also its address and the ids of requests."""


def _watched(scene: Scene, *arguments: Any) -> int:
    """One command in a process of its own, under an exporter; Azure's own SDKs are told to trace as well."""
    spans = scene.produced / "spans.jsonl"
    return scene.run(*arguments, spans=str(spans), environment={"AZURE_TRACING_ENABLED": "true"}).code


def _secrets(scene: Scene) -> set[str]:
    store = scene.lab.store
    values = {record.value for record in store.secrets.values()}
    return values | {version["value"] for versions in store.vault.values() for version in versions}


def _held(span: Any) -> Iterator[str]:
    """The names of what a span and its events hold."""
    yield from span["attributes"]
    for event in span["events"]:
        yield from event["attributes"]


@pytest.mark.fault("S5")
def test_spans_hold_no_body_and_no_header(play: Play) -> None:
    """A disturbed run, its check, undo and the doctor: no span has a secret, a token, a header or a body."""
    scene = play("whole playbook")
    scene.begin()
    cut = {"kind": "truncate", "bytes": 300, "method": "POST", "path": "/addPassword$", "times": 1}
    failed = {"kind": "status", "status": 503, "when": "after", "path": "/revokeSignInSessions$", "times": 1}
    scene.lab.set_faults([cut, failed])
    assert _watched(scene, *scene.applying) == 0
    assert _watched(scene, "verify", "--json") == 0
    assert _watched(scene, "undo", "-o", scene.folder / "undo.plan.json", "--json") in (0, 4)
    assert _watched(scene, "doctor", "--json") in (0, 3, 9)
    text = (scene.produced / "spans.jsonl").read_text(encoding="utf-8")
    spans = [json.loads(line) for line in text.splitlines()]
    assert len(spans) > 50, "the SDK traces its requests; without spans this test proves nothing"
    secrets = _secrets(scene)
    assert len(secrets) > 40
    assert [value for value in secrets if value in text] == []
    assert "Bearer" not in text
    assert "eyJ" not in text
    assert {name for span in spans for name in _held(span)} <= NAMES
    queries = {str(span["attributes"].get("url.full", "")).partition("?")[2].partition("=")[0] for span in spans}
    assert queries <= {"", "api-version"}
    said = {str(span["status"].get("description", "")) for span in spans}
    assert said <= {""}
