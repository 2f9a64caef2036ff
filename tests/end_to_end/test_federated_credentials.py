"""Federated credentials removed on the simulated tenant: the old job is refused, the allowed one goes on."""

from datetime import timedelta
from typing import Any

import pytest

from azremediate.lab.clock import wire_time
from tests.end_to_end.app_client import AUDIENCE, GITHUB, AppClient
from tests.end_to_end.console import Console, Ran

MAIN, RELEASE = (f"repo:contoso/deploy:ref:refs/heads/{branch}" for branch in ("main", "release"))
EVIL = "repo:attacker/tools:ref:refs/heads/main"
ACTION = "remove_federated_credentials"


def _add(console: Console, subject: str, *, days_ago: float) -> str:
    """What an attacker did: another credential, and its event in the log."""
    store = console.lab.store
    application = store.applications[store.named["github-deploy"]]
    row = {"id": f"fccccccc-0000-4000-8000-{len(store.directory_audits):012d}", "name": "ci-cache", "issuer": GITHUB}
    store.federated_credentials[application["id"]].append(
        {**row, "subject": subject, "description": None, "audiences": [AUDIENCE]}
    )
    changed = {"displayName": "FederatedIdentityCredentials", "oldValue": "null", "newValue": '"ci-cache"'}
    for age, changes in ((29.0, []), (days_ago, [changed])):
        target = {"id": application["id"], "type": "Application", "modifiedProperties": changes}
        event = store.audit(
            "Update application", category="ApplicationManagement", operation="Update", app_id=None, targets=[target]
        )
        event["activityDateTime"] = wire_time(store.clock.now() - timedelta(days=age))
    return row["id"]


def _plan(console: Console, key_id: str, *, exposed_days: float, params: str = "{}") -> tuple[Ran, Any]:
    playbook = console.folder / "federated.yaml"
    steps = f"steps:\n  - action: {ACTION}\n    with: {params}\n"
    playbook.write_text(f"name: federated\ndescription: federated\nversion: 1\n{steps}", encoding="utf-8")
    since = wire_time(console.lab.store.clock.now() - timedelta(days=exposed_days))
    file = console.folder / "federated.csv"
    row = f"federated-credential,{console.app_id('github-deploy')},{key_id},{since}"
    file.write_text(f"kind,identity,key_id,exposed_at\n{row}\n", encoding="utf-8")
    return console.plan(str(playbook), "--credentials", file)


def test_old_job_is_refused(console: Console) -> None:
    """The listed one and the attacker's own go, the allowed one signs in; a second apply and an undo are true."""
    app = AppClient(console, "github-deploy")
    _add(console, EVIL, days_ago=3)
    assert [app.as_job(subject) for subject in (MAIN, RELEASE, EVIL)] == [0, 0, 0]
    planned, plan = _plan(console, "github-main", exposed_days=10)
    assert planned.code == 0, planned.err
    assert "'github-release'" in str(planned.json["changes"][0]["warnings"])
    assert planned.json["cases"][0]["state"] == "changes"
    applied = console.apply(plan)
    assert applied.code == 0, applied.out + applied.err
    assert [app.as_job(subject) for subject in (MAIN, RELEASE, EVIL)] == [700213, 0, 700213]
    sent = len(console.lab.writes)
    assert (console.apply(plan).code, console.run("verify").code, len(console.lab.writes)) == (0, 0, sent)
    undo = console.folder / "undo.plan.json"
    assert console.run("undo", "-o", undo, "--json").code == 0
    assert console.apply(undo).code == 0
    assert [app.as_job(subject) for subject in (MAIN, RELEASE, EVIL)] == [700213, 0, 0]


def test_exposed_one_stays_gone(console: Console) -> None:
    """Undo refuses to put it back, and says so."""
    _, plan = _plan(console, "github-main", exposed_days=1, params="{others: none}")
    assert console.apply(plan).code == 0
    undone = console.run("undo", "-o", console.folder / "undo.plan.json", "--json")
    assert undone.json["changes"] == []
    assert "refused by design" in undone.json["skips"][0]["reason"]


def test_allow_list(console: Console) -> None:
    """With a list of what is allowed, everything else goes, whatever its age."""
    app = AppClient(console, "github-deploy")
    _add(console, EVIL, days_ago=28)
    keep = f"{{keep: ['{GITHUB}|repo:contoso/deploy:*'], others: all}}"
    planned, plan = _plan(console, "no-such-name", exposed_days=10, params=keep)
    assert planned.code == 0, planned.err
    assert console.apply(plan).code == 0
    assert [app.as_job(subject) for subject in (MAIN, RELEASE, EVIL)] == [0, 0, 700213]


def test_nothing_due_and_unknown(console: Console) -> None:
    """A name that is not there leaves nothing to do by the log; ages that nobody knows are left to a person."""
    ran, _ = _plan(console, "no-such-name", exposed_days=300)
    assert ran.code == 0
    (left,) = ran.json["skips"]
    assert (left["done"], "person to judge" in left["reason"]) == (False, True)
    assert ran.json["cases"][0]["state"] == "left-out"


def test_bad_pattern(console: Console) -> None:
    """What is no pair of issuer and subject is refused with the remedy before anything is read."""
    ran, _ = _plan(console, "github-main", exposed_days=1, params="{keep: ['no pair']}")
    assert ran.code == 2
    assert "issuer|subject" in ran.out


def test_protected(console: Console) -> None:
    """A guard refuses it like anything else on a protected application."""
    console.change_config("guards:", "guards:\n  protected: ['GitHub*']")
    confirm = ("--apply", "--yes", "--confirm-tenant", console.lab.store.tenant_id)
    ran = console.run("run", ACTION, console.app_id("github-deploy"), "--with", "others=all", *confirm)
    assert ran.code == 4
    assert console.lab.effects == []


@pytest.mark.parametrize("when", ["after", "before"])
def test_unknown_outcome(console: Console, when: str) -> None:
    """A deletion whose answer was lost is looked up."""
    _, plan = _plan(console, "github-main", exposed_days=1, params="{others: none}")
    fault = {"service": "graph", "method": "DELETE", "path": "/federatedIdentityCredentials/", "kind": "reset"}
    console.lab.set_faults([{**fault, "when": when, "times": 1}])
    applied = console.apply(plan)
    assert applied.code == 0, applied.out + applied.err
    assert AppClient(console, "github-deploy").as_job(MAIN) == 700213
