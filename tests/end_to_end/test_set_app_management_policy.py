"""The app management policy set on the simulated tenant: it refuses what it should, and is put back exactly."""

from copy import deepcopy
from typing import Any

import pytest

from tests.end_to_end.console import Console, Ran

ACTION = "set_app_management_policy"


def _policy(console: Console) -> dict[str, Any]:
    return console.lab.store.policies["defaultAppManagementPolicy"]


def _run(console: Console, *params: str) -> Ran:
    store = console.lab.store
    more = [word for param in params for word in ("--with", param)]
    confirm = ("--apply", "--yes", "--confirm-tenant", store.tenant_id, "--json")
    return console.run("run", ACTION, store.domain, *more, *confirm)


def _rotation(console: Console) -> Ran:
    row = f"client-secret,{console.app_id('payroll-api')},{console.key_id('payroll-api:primary')},"
    return console.plan("rotate-exposed-secrets", "--credentials", console.credentials(row))[0]


def test_set_and_put_back(console: Console) -> None:
    """Rotation is forbidden with it and works again without; a second run writes nothing."""
    before = deepcopy(_policy(console))
    shown = console.run("run", ACTION, console.lab.store.domain, "--with", "block_passwords=true", "--json")
    ran = _run(console, "block_passwords=true")
    assert ran.code == 0, ran.out
    assert "ALSO NOT BY rotate_app_secret" in shown.out
    assert "forbid" in _rotation(console).json["skips"][0]["reason"]
    sent = len(console.lab.writes)
    assert _run(console, "block_passwords=true").code == 0
    assert len(console.lab.writes) == sent
    undo = console.folder / "undo.plan.json"
    assert console.run("undo", ran.json["run_id"], "-o", undo).code == 0
    assert console.apply(undo).code == 0
    assert _policy(console) == before
    assert _rotation(console).json["changes"]


def test_lifetimes_leave_rotation_alone(console: Console) -> None:
    """The default values are those of CISA's baseline; a new secret of azremediate's fits in."""
    assert _run(console).code == 0
    planned = _rotation(console)
    assert planned.json["changes"], planned.out
    applied = console.apply(console.folder / "test.plan.json")
    assert applied.code == 0, applied.out


@pytest.mark.parametrize("when", ["after", "before"])
def test_unknown_outcome(console: Console, when: str) -> None:
    """A write whose answer was lost is looked up."""
    fault = {"service": "graph", "method": "PATCH", "path": "/policies/", "kind": "reset", "when": when, "times": 1}
    console.lab.set_faults([fault])
    ran = _run(console)
    assert ran.code == 0, ran.out
    assert _policy(console)["isEnabled"] is True


def test_refused_without_break_glass(console: Console) -> None:
    """A change to the whole tenant needs accounts that can get in whatever happens."""
    (spare,) = [one for name, one in console.lab.store.named.items() if name == "break-glass-2"]
    console.change_config(f'    - "{spare}"\n', "")
    assert _run(console).code == 4
    assert console.lab.effects == []


def test_not_permitted(console: Console) -> None:
    """Without the permission nothing is planned, and the missing one is named."""
    responder = console.lab.store.responder
    assert responder is not None
    console.lab.store.app_permissions[responder.app_id] -= {"Policy.ReadWrite.ApplicationConfiguration"}
    ran = _run(console)
    assert ran.code != 0
    assert console.lab.effects == []
