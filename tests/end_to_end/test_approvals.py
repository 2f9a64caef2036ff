"""Plans that others have to approve: refused without, applied with, and not with approvals of another plan."""

import json
from pathlib import Path

import pytest

from azremediate.core.json_value import digest
from tests.end_to_end.console import Console, Ran


def _approver(console: Console, name: str) -> str:
    made = console.run_bare("approve", "--new-key", console.folder / f"{name}.key", "--name", name, "--json")
    assert made.code == 0, made.err
    return str(made.json["approver"])


def _require(console: Console, *classes: str, names: tuple[str, ...] = ("alice", "bob")) -> None:
    approvers = ", ".join(json.dumps(_approver(console, name)) for name in names)
    section = f"guards:\n  approvals: {{required_for: [{', '.join(classes)}], approvers: [{approvers}]}}"
    console.change_config("guards:", section)


def _approve(console: Console, plan: Path, name: str, *more: str) -> Ran:
    plan_id = json.loads(plan.read_text(encoding="utf-8"))["plan_id"]
    key = console.folder / f"{name}.key"
    return console.run("approve", plan, "--key", key, "--plan-id", plan_id[:12], *more)


def _rotation(console: Console) -> Path:
    leaked = console.credentials(f"client-secret,{console.app_id('payroll-api')},,")
    planned, plan = console.plan("rotate-exposed-secrets", "--credentials", leaked)
    assert planned.code == 0, planned.out
    return plan


@pytest.mark.fault("C4")
def test_two_people_approve_exactly_this_plan(console: Console) -> None:
    """Refused with none and with one approval; an edited plan that was sealed again needs new ones; two do."""
    _require(console, "irreversible")
    plan = _rotation(console)
    assert "approvals: 1 irreversible need the approval of 2 of 2" in console.run("show", plan).out
    for name in (None, "alice"):
        if name:
            assert _approve(console, plan, name).code == 0
        refused = console.apply(plan)
        assert (refused.code, console.lab.effects) == (4, [])
        assert "bob" in refused.err + refused.out
    assert _approve(console, plan, "bob").code == 0
    original = plan.read_bytes()
    body = json.loads(original)
    body["warnings"] = ["altered"]
    del body["plan_id"]
    plan.write_text(json.dumps(body | {"plan_id": digest(body)}, sort_keys=True, separators=(",", ":")) + "\n")
    assert console.apply(plan).code == 4
    assert console.lab.effects == []
    plan.write_bytes(original)
    applied = console.apply(plan)
    assert applied.code == 0, applied.out + applied.err
    shown = console.run("audit", "show", "--json").out
    assert shown.count('"plan.approved"') == 2


def test_rejected(console: Console) -> None:
    """One no is enough."""
    _require(console, "irreversible", names=("alice", "bob", "carol"))
    plan = _rotation(console)
    for name in ("alice", "bob"):
        assert _approve(console, plan, name).code == 0
    assert _approve(console, plan, "carol", "--reject", "--comment", "wrong application").code == 0
    refused = console.apply(plan)
    assert refused.code == 4
    assert "carol rejected" in refused.err + refused.out


def test_wrong_id_and_wrong_key(console: Console) -> None:
    """Nothing is signed for a plan whose id was not read, nor by somebody whom the configuration does not name."""
    _require(console, "irreversible")
    plan = _rotation(console)
    assert console.run("approve", plan, "--key", console.folder / "alice.key", "--plan-id", "0" * 12).code == 4
    assert console.run("approve", plan, "--key", console.folder / "alice.key").code == 2
    _approver(console, "mallory")
    assert _approve(console, plan, "mallory").code == 4
    assert not (console.folder / "test.plan.approvals.jsonl").exists()


def test_removing_first(console: Console) -> None:
    """It always needs one approval; then the exposed secret is gone before the new one is there."""
    _require(console, names=("alice",))
    app_id = console.app_id("payroll-api")
    plan = console.folder / "evict.plan.json"
    asked = console.run("run", "rotate_app_secret", app_id, "--with", "order=evict-first", "-o", plan)
    assert asked.code == 0, asked.err
    now = ["run", "rotate_app_secret", app_id, "--with", "order=evict-first", "--apply", "--yes"]
    assert console.run(*now, "--confirm-tenant", console.lab.store.tenant_id).code == 4
    assert console.apply(plan).code == 4
    assert console.lab.effects == []
    assert _approve(console, plan, "alice").code == 0
    assert console.apply(plan).code == 0
    made = [one.path.rpartition("/")[2] for one in console.lab.effects if one.service == "graph"]
    assert made == ["removePassword", "addPassword"]
