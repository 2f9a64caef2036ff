"""Certificates rotated on the simulated tenant: under faults, refused by a guard, altered plans."""

import json
from typing import Any

import pytest

from azremediate.core.json_value import canonical, digest
from tests.end_to_end.app_client import AppClient, Stolen
from tests.end_to_end.console import Console, Ran

APP = "cert-gateway"
RESET: dict[str, Any] = {"kind": "reset", "times": 1}


class Leak:
    """An application whose certificate an attacker has."""

    def __init__(self, console: Console) -> None:
        self.console = console
        store = console.lab.store
        self.application = store.applications[store.named[APP]]
        self.stolen, self.kept = Stolen(), Stolen()
        self.application["keyCredentials"] = [self.stolen.as_credential(), self.kept.as_credential()]
        self.client = AppClient(console, APP)
        playbook = console.folder / "certificates.yaml"
        step = "  - action: rotate_app_certificate\n    for: {kind: [certificate]}\n"
        text = f"name: certificates\ndescription: certificates\nversion: 1\nsteps:\n{step}"
        playbook.write_text(text, encoding="utf-8")
        thumbprint = self.stolen.as_credential()["customKeyIdentifier"]
        row = f"certificate,{console.app_id(APP)},,{thumbprint}"
        self.planned, self.plan = console.plan(str(playbook), "--credentials", console.credentials(row))
        assert self.planned.code == 0, self.planned.err

    def answers(self) -> list[int]:
        """What the stolen and the kept certificate get."""
        return [self.client.with_key(one.key, one.certificate) for one in (self.stolen, self.kept)]

    def assert_rotated(self, applied: Ran) -> None:
        """One new certificate that signs in from the vault, the stolen one refused, the other kept."""
        assert applied.code == 0, applied.out + applied.err
        assert self.answers() == [700027, 0]
        assert len(self.application["keyCredentials"]) == 2
        versions = self.console.lab.store.vault[f"app-{self.client.app_id}-certificate"]
        assert len(versions) == 1
        assert self.client.with_pem(versions[0]["value"]) == 0
        assert self.console.run("verify").code == 0
        assert self.console.run("audit", "verify").code == 0


def test_rotated_and_proven(console: Console) -> None:
    """By thumbprint; signing in with what the vault gives back is the proof."""
    leak = Leak(console)
    assert leak.answers() == [0, 0]
    applied = console.apply(leak.plan)
    leak.assert_rotated(applied)
    assert applied.json["results"][0]["proof"]["proof"] == "sign-in"
    sent = len(console.lab.writes)
    assert (console.apply(leak.plan).code, len(console.lab.writes)) == (0, sent)
    undone = console.run("undo", "-o", console.folder / "undo.plan.json", "--json")
    assert undone.json["changes"] == []


@pytest.mark.parametrize("when", ["after", "before"])
@pytest.mark.parametrize(
    ("service", "method", "path"),
    [("graph", "PATCH", "/applications/"), ("vault", "PUT", "/secrets/")],
    ids=["registering", "storing"],
)
def test_unknown_outcome(console: Console, service: str, method: str, path: str, when: str) -> None:
    """A write whose answer was lost is looked up; there is one new certificate and one version in the end."""
    leak = Leak(console)
    console.lab.set_faults([{**RESET, "service": service, "method": method, "path": path, "when": when}])
    leak.assert_rotated(console.apply(leak.plan))


def test_throttled_and_in_conflict(console: Console) -> None:
    """Both are waited out."""
    leak = Leak(console)
    fault = {"service": "graph", "method": "PATCH", "path": "/applications/", "kind": "status", "times": 1}
    console.lab.set_faults([{**fault, "status": 409, "code": "Directory_ConcurrencyViolation"}])
    leak.assert_rotated(console.apply(leak.plan))


def test_vault_that_refuses(console: Console) -> None:
    """Without a place for the private key nothing is registered."""
    leak = Leak(console)
    fault = {"service": "vault", "method": "PUT", "path": "/secrets/", "kind": "status", "status": 403, "times": None}
    console.lab.set_faults([fault])
    assert console.apply(leak.plan).code in (3, 9)
    assert leak.answers() == [0, 0]
    assert len(leak.application["keyCredentials"]) == 2


def test_protected(console: Console) -> None:
    """A guard refuses it."""
    console.change_config("guards:", "guards:\n  protected: ['Certificate*']")
    leak = Leak(console)
    assert leak.planned.json["changes"] == []
    assert leak.planned.json["refused"]
    assert console.lab.effects == []


def test_altered_plan(console: Console) -> None:
    """A plan that was altered to touch another application writes nothing."""
    leak = Leak(console)
    other = console.lab.store.named["payroll-api"]
    plan = json.loads(leak.plan.read_bytes())
    plan["changes"][0]["work"]["holder_id"] = other
    plan["plan_id"] = digest({name: value for name, value in plan.items() if name != "plan_id"})
    leak.plan.write_bytes(canonical(plan) + b"\n")
    assert console.apply(leak.plan).code == 3
    assert console.lab.effects == []


def test_nothing_to_rotate(console: Console) -> None:
    """An application without an exposed certificate needs nothing."""
    ran = console.run("run", "rotate_app_certificate", console.app_id("payroll-api"), "--json")
    assert ran.code == 0
    assert "no live certificate" in ran.out
