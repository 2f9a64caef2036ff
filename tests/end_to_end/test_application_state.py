"""Applications deactivated, activated and locked on the simulated tenant, with its refusals."""

from copy import deepcopy
from typing import Any

import pytest

from tests.end_to_end.app_client import AppClient
from tests.end_to_end.console import Console, Ran

APP = "payroll-api"
DISABLED = 7000112


def _run(console: Console, action: str, name: str = APP) -> Ran:
    confirm = ("--apply", "--yes", "--confirm-tenant", console.lab.store.tenant_id, "--json")
    return console.run("run", action, console.app_id(name), *confirm)


def _sign_in(console: Console, name: str = APP) -> int:
    return AppClient(console, name).with_secret(console.lab.store.secrets[console.key_id(f"{name}:primary")].value)


def _application(console: Console, name: str) -> dict[str, Any]:
    return console.lab.store.applications[console.lab.store.named[name]]


def test_deactivated_application_gets_no_token(console: Console) -> None:
    """It stops, though its service principal stays enabled; undo lets it in again, and the log names the property."""
    assert _sign_in(console) == 0
    ran = _run(console, "deactivate_application")
    assert ran.code == 0, ran.out
    assert _sign_in(console) == DISABLED
    principal = console.lab.store.service_principals.by_alternate(console.app_id(APP))
    assert principal is not None
    assert principal["accountEnabled"] is True
    changed = console.lab.store.directory_audits[-1]["targetResources"][0]["modifiedProperties"]
    assert [one["displayName"] for one in changed] == ["isDisabled"]
    sent = len(console.lab.writes)
    assert _run(console, "deactivate_application").code == 0
    assert len(console.lab.writes) == sent
    undo = console.folder / "undo.plan.json"
    planned = console.run("undo", ran.json["run_id"], "-o", undo, "--json")
    assert [change["action"] for change in planned.json["changes"]] == ["reactivate_application"]
    assert console.apply(undo).code == 0
    assert _sign_in(console) == 0


def test_activated_again(console: Console) -> None:
    """What somebody deactivated before is activated, and who is active needs nothing."""
    assert _sign_in(console, "deactivated-app") == DISABLED
    assert _run(console, "reactivate_application", "deactivated-app").code == 0
    assert _sign_in(console, "deactivated-app") == 0
    sent = len(console.lab.writes)
    assert _run(console, "reactivate_application", "deactivated-app").code == 0
    assert len(console.lab.writes) == sent


@pytest.mark.parametrize("action", ["deactivate_application", "lock_app_instance_properties"])
def test_refused(console: Console, action: str) -> None:
    """Neither the tool's own application nor a protected one, nor one that is registered elsewhere."""
    console.change_config("guards:", "guards:\n  protected: ['Orders*']")
    assert _run(console, action, "orders-api").code == 4
    store = console.lab.store
    assert store.responder is not None
    confirm = ("--apply", "--yes", "--confirm-tenant", store.tenant_id, "--json")
    assert console.run("run", action, store.responder.app_id, *confirm).code == 4
    foreign = store.service_principals[store.named["globex-crm"]]["appId"]
    (left,) = console.run("run", action, foreign, *confirm).json["skips"]
    assert left["done"] is False
    assert console.lab.effects == []


def test_deactivating_too_many_is_refused(console: Console) -> None:
    """One plan may switch off so many applications and no more."""
    console.change_config("guards:", "guards:\n  max_percent: 1")
    playbook = console.folder / "many.yaml"
    steps = "steps:\n  - action: deactivate_application\n"
    playbook.write_text(f"name: many\ndescription: many\nversion: 1\n{steps}", encoding="utf-8")
    names = [f"team-app-{number:02d}" for number in range(1, 9)]
    rows = [f"client-secret,{console.app_id(name)},," for name in names]
    planned, plan = console.plan(str(playbook), "--credentials", console.credentials(*rows))
    assert planned.code == 4, planned.out
    assert console.apply(plan).code == 4
    assert console.lab.effects == []


@pytest.mark.parametrize("when", ["after", "before"])
@pytest.mark.parametrize("action", ["deactivate_application", "lock_app_instance_properties"])
def test_unknown_outcome(console: Console, action: str, when: str) -> None:
    """A write whose answer was lost is looked up."""
    fault = {"service": "graph", "method": "PATCH", "path": "/applications/", "kind": "reset"}
    console.lab.set_faults([{**fault, "when": when, "times": 1}])
    ran = _run(console, action, "orders-api")
    assert ran.code == 0, ran.out
    application = _application(console, "orders-api")
    assert bool(application["isDisabled"]) is (action == "deactivate_application")
    assert bool(application.get("servicePrincipalLockConfiguration")) is (action == "lock_app_instance_properties")


def test_locked_and_put_back(console: Console) -> None:
    """An application that others use is locked; one that they do not is left alone; undo puts back what was there."""
    ran = _run(console, "lock_app_instance_properties", "orders-api")
    assert ran.code == 0, ran.out
    lock = _application(console, "orders-api")["servicePrincipalLockConfiguration"]
    assert (lock["isEnabled"], lock["allProperties"]) == (True, True)
    sent = len(console.lab.writes)
    assert _run(console, "lock_app_instance_properties").code == 0
    assert len(console.lab.writes) == sent
    undo = console.folder / "undo.plan.json"
    assert console.run("undo", ran.json["run_id"], "-o", undo).code == 0
    assert console.apply(undo).code == 0
    assert _application(console, "orders-api")["servicePrincipalLockConfiguration"]["isEnabled"] is False


def test_harden_and_undo(console: Console) -> None:
    """The application that others use is locked and new credentials are limited; undo puts back both."""
    policy = deepcopy(console.lab.store.policies["defaultAppManagementPolicy"])
    planned, plan = console.plan("harden-apps")
    assert {change["target"]["display_name"] for change in planned.json["changes"]} >= {"Orders API"}
    assert len(planned.json["changes"]) == 2
    assert console.apply(plan).code == 0
    assert _application(console, "orders-api")["servicePrincipalLockConfiguration"]["allProperties"] is True
    assert console.lab.store.policies["defaultAppManagementPolicy"]["isEnabled"] is True
    undo = console.folder / "undo.plan.json"
    assert console.run("undo", "-o", undo).code == 0
    undone = console.apply(undo)
    assert undone.code == 0, undone.out
    assert _application(console, "orders-api")["servicePrincipalLockConfiguration"]["isEnabled"] is False
    assert console.lab.store.policies["defaultAppManagementPolicy"] == policy


def test_restore(console: Console) -> None:
    """What was disabled or deactivated may sign in again; what was on is left alone; undo switches off again."""
    names = ("paused-app", "deactivated-app", "payroll-api")
    rows = [f"client-secret,{console.app_id(name)},," for name in names]
    planned, plan = console.plan("restore-applications", "--credentials", console.credentials(*rows))
    actions = sorted(change["action"] for change in planned.json["changes"])
    assert actions == ["enable_service_principal", "reactivate_application"]
    assert console.apply(plan).code == 0
    assert [_sign_in(console, name) for name in names] == [0, 0, 0]
    undo = console.folder / "undo.plan.json"
    assert console.run("undo", "-o", undo).code == 0
    assert console.apply(undo).code == 0
    assert [_sign_in(console, name) for name in names] == [DISABLED, DISABLED, 0]


def test_unused_applications_are_deactivated_and_watched(console: Console) -> None:
    """The whole tenant is a source, as for service principals; what is registered elsewhere is left out."""
    playbook = console.folder / "unused.yaml"
    chosen = "from: tenant\n    for: {usage: [unused, never_used]}\n    scream_test: P30D"
    step = f"action: deactivate_application\n    {chosen}"
    playbook.write_text(f"name: unused\ndescription: x\nversion: 1\nsteps:\n  - {step}\n", encoding="utf-8")
    console.change_config("guards:", "guards:\n  max_percent: 60")
    planned, plan = console.plan(str(playbook))
    assert planned.code == 0, planned.out
    changed = {change["target"]["app_id"] for change in planned.json["changes"]}
    assert console.app_id("legacy-export") in changed
    assert console.app_id("payroll-api") not in changed
    elsewhere = [left for left in planned.json["skips"] if "no application in this tenant" in left["reason"]]
    assert all(left["done"] is False for left in elsewhere)
    assert console.apply(plan).code == 0
    assert _application(console, "legacy-export")["isDisabled"] is True
    due = console.run("runs", "due", "--all", "--json").json["due"]
    assert len([one for one in due if one["kind"] != "task" and not one["ripe"]]) == len(changed)
