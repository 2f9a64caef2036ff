"""Applications deleted and restored on the simulated tenant, and the refusals."""

import pytest

from tests.end_to_end.app_client import AppClient
from tests.end_to_end.console import Console, Ran

ACTION = "delete_application"
APP = "payroll-api"
CLOUD_APPLICATION_ADMINISTRATOR = "158c047a-c907-4556-b7ef-446551a6b5f7"
GONE = 700016


def _run(console: Console, name: str = APP) -> Ran:
    confirm = ("--apply", "--yes", "--confirm-tenant", console.lab.store.tenant_id, "--json")
    return console.run("run", ACTION, console.app_id(name), *confirm)


def _sign_in(app: AppClient) -> int:
    return app.with_secret(app.console.lab.store.secrets[app.console.key_id(f"{APP}:primary")].value)


def _promote(console: Console) -> None:
    """The tool's own identity may restore applications."""
    store = console.lab.store
    assert store.responder is not None
    store.role_assignments["restorer"] = {
        "id": "restorer",
        "principalId": store.responder.service_principal_id,
        "roleDefinitionId": CLOUD_APPLICATION_ADMINISTRATOR,
        "directoryScopeId": "/",
    }


def _undo(console: Console, run: str) -> Ran:
    undo = console.folder / "undo.plan.json"
    planned = console.run("undo", run, "-o", undo, "--json")
    assert planned.code == 0, planned.out
    return console.apply(undo)


def test_deleted_and_restored(console: Console) -> None:
    """It is gone from this tenant, verified so, and both halves come back, with everything that was bound to them."""
    app = AppClient(console, APP)
    principal = console.lab.store.service_principals.by_alternate(app.app_id)
    assert principal is not None
    assert _sign_in(app) == 0
    ran = _run(console)
    assert ran.code == 0, ran.out
    assert _sign_in(app) == GONE
    assert console.lab.store.service_principals.by_alternate(app.app_id) is None
    assert "restorable until" in str(ran.json["results"][0]["proof"])
    assert console.run("verify").code == 0
    _promote(console)
    undone = _undo(console, ran.json["run_id"])
    assert undone.code == 0, undone.out
    assert undone.json["results"][0]["proof"] is None
    assert _sign_in(app) == 0
    assert console.lab.store.service_principals.by_alternate(app.app_id)["id"] == principal["id"]  # type: ignore[index]  # it is back
    assert console.run("audit", "verify").code == 0


def test_restoring_needs_a_directory_role(console: Console) -> None:
    """Without one of the four roles the restore is refused, and nothing is half done."""
    ran = _run(console)
    assert ran.code == 0, ran.out
    undone = _undo(console, ran.json["run_id"])
    assert undone.code != 0
    assert "403" in undone.out
    assert _id(console) in console.lab.store.deleted_items


def _id(console: Console) -> str:
    return console.lab.store.named[APP]


def test_purged(console: Console) -> None:
    """What somebody deleted for good cannot be undone, and the undo says so."""
    ran = _run(console)
    console.lab.store.deleted_items.clear()
    planned = console.run("undo", ran.json["run_id"], "-o", console.folder / "undo.plan.json", "--json")
    assert planned.json["changes"] == []
    assert "not as the run left it: /application" in planned.json["skips"][0]["reason"]


def test_never_deleted(console: Console) -> None:
    """What Microsoft disabled stays, and so does what people sign in to by SAML."""
    store = console.lab.store
    store.applications[_id(console)]["disabledByMicrosoftStatus"] = "DisabledDueToViolationOfServicesAgreement"
    for name, said in ((APP, "Microsoft disabled it"), ("saml-wiki", "SAML")):
        (left,) = _run(console, name).json["skips"]
        assert (left["done"], said in left["reason"]) == (False, True)
    assert console.lab.effects == []


def test_refused(console: Console) -> None:
    """Guards refuse it for a protected application and for the tool's own."""
    console.change_config("guards:", "guards:\n  protected: ['Payroll*']")
    assert _run(console).code == 4
    assert _run(console, "azremediate-responder").code == 4
    assert console.lab.effects == []


@pytest.mark.parametrize("when", ["after", "before"])
def test_unknown_outcome(console: Console, when: str) -> None:
    """A deletion and a restore whose answers were lost are looked up."""
    fault = {"service": "graph", "kind": "reset", "when": when, "times": 1}
    console.lab.set_faults([{**fault, "method": "DELETE", "path": "/applications/"}])
    ran = _run(console)
    assert ran.code == 0, ran.out
    assert _id(console) in console.lab.store.deleted_items
    _promote(console)
    console.lab.set_faults([{**fault, "method": "POST", "path": "/restore"}])
    undone = _undo(console, ran.json["run_id"])
    assert undone.code == 0, undone.out
    assert console.lab.store.deleted_items == {}
