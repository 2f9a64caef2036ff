"""Owners taken away on the simulated tenant, given back, and refused where they have to stay."""

from datetime import timedelta

import pytest

from azremediate.lab.clock import wire_time
from tests.end_to_end.console import Console, Ran

ACTION = "remove_owners"
APP = "payroll-api"


def _run(console: Console, *params: str, app: str = APP) -> Ran:
    more = [word for param in params for word in ("--with", param)]
    confirm = ("--apply", "--yes", "--confirm-tenant", console.lab.store.tenant_id, "--json")
    return console.run("run", ACTION, console.app_id(app), *more, *confirm)


def _holders(console: Console, app: str = APP) -> tuple[str, str]:
    """The ids of the application and of its service principal."""
    principal = console.lab.store.service_principals.by_alternate(console.app_id(app))
    assert principal is not None
    return console.lab.store.named[app], principal["id"]


def _owners(console: Console) -> list[list[str]]:
    return [sorted(console.lab.store.owners.get(holder, [])) for holder in _holders(console)]


def _make_owner(console: Console, user: str, *, days_ago: float) -> str:
    """What an attacker did, and its event in a log that reaches back a month."""
    store = console.lab.store
    owner, application = store.named[user], store.named[APP]
    store.owners[application].append(owner)
    changed = {"displayName": "owners", "oldValue": "null", "newValue": f'"{owner}"'}
    for age, changes in ((29.0, []), (days_ago, [changed])):
        event = store.audit(
            "Add owner to application" if changes else "Update application",
            category="ApplicationManagement",
            operation="Add",
            app_id=None,
            targets=[{"id": application, "type": "Application", "modifiedProperties": changes}],
        )
        event["activityDateTime"] = wire_time(store.clock.now() - timedelta(days=age))
    return owner


def _since(console: Console, days: float) -> str:
    return f"since={wire_time(console.lab.store.clock.now() - timedelta(days=days))}"


def test_new_owner_goes_and_comes_back(console: Console) -> None:
    """Only who came after the exposure goes; a second run writes nothing; undo gives the same one back."""
    before = _owners(console)
    owner = _make_owner(console, "bob.admin", days_ago=2)
    with_attacker = _owners(console)
    ran = _run(console, _since(console, 5))
    assert ran.code == 0, ran.out
    assert _owners(console) == before
    sent = len(console.lab.writes)
    assert _run(console, _since(console, 5)).code == 0
    assert (len(console.lab.writes), console.run("verify").code) == (sent, 0)
    undo = console.folder / "undo.plan.json"
    assert console.run("undo", ran.json["run_id"], "-o", undo).code == 0
    applied = console.apply(undo)
    assert applied.code == 0, applied.out
    assert _owners(console) == with_attacker
    assert owner in _owners(console)[0]


def test_all(console: Console) -> None:
    """Everybody goes from both lists, and that nobody is left is said."""
    ran = _run(console, "owners=all")
    assert ran.code == 0, ran.out
    assert _owners(console) == [[], []]
    assert "left without owners" in ran.err


def test_unknown_ages(console: Console) -> None:
    """Without a time of exposure nobody goes, and everybody is named."""
    ran = _run(console)
    (left,) = ran.json["skips"]
    assert (left["done"], "no time of exposure" in left["reason"], "amira.user" in left["reason"]) == (
        False,
        True,
        True,
    )
    assert console.lab.effects == []


def test_own_identity_and_break_glass_stay(console: Console) -> None:
    """They are left, and asking for them by name takes nobody."""
    store = console.lab.store
    assert store.responder is not None
    own = store.service_principals.by_alternate(store.responder.app_id)
    assert own is not None
    spared = [own["id"], store.named["break-glass-1"]]
    store.owners[store.named[APP]] += spared
    assert _run(console, "owners=all").code == 0
    assert _owners(console) == [sorted(spared), []]
    sent = len(console.lab.writes)
    assert _run(console, f"only={','.join(spared)}").code == 0
    assert len(console.lab.writes) == sent


def test_protected(console: Console) -> None:
    """A guard refuses it like anything else on a protected application."""
    console.change_config("guards:", "guards:\n  protected: ['Payroll*']")
    assert _run(console, "owners=all").code == 4
    assert console.lab.effects == []


@pytest.mark.parametrize("when", ["after", "before"])
def test_unknown_outcome(console: Console, when: str) -> None:
    """A removal whose answer was lost is looked up."""
    fault = {"service": "graph", "method": "DELETE", "path": "/owners/", "kind": "reset", "when": when, "times": 1}
    console.lab.set_faults([fault])
    ran = _run(console, "owners=all")
    assert ran.code == 0, ran.out
    assert _owners(console) == [[], []]
