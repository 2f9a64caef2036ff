"""The main job, end to end: a list becomes a plan, the plan becomes the tenant's state, and the state is proven."""

import pytest

from azremediate.lab.sign_in import SignInVerdict
from tests.end_to_end.console import Console


def _rows(console: Console) -> list[str]:
    return [
        f"client-secret,{console.app_id('payroll-api')},{console.key_id('payroll-api:primary')},",
        f"client-secret,{console.app_id('payroll-api').upper()},{console.key_id('payroll-api:primary')},",
        f"client-secret,{console.app_id('hr-sync')},{console.key_id('hr-sync:primary')},",
        f"client-secret,{console.app_id('hr-sync')},{console.key_id('hr-sync:on-principal')},",
        f"client-secret,{console.app_id('legacy-export')},{console.key_id('legacy-export:primary')},",
        "client-secret,Data Portal,,",
        "client-secret,0f0f0f0f-0000-4000-8000-000000000000,,",
        f"session,amira.user@{console.lab.store.domain},,",
        f"certificate,{console.app_id('cert-gateway')},,",
        "other,build server,,",
        "cookie,x,,",
    ]


@pytest.mark.fault("X1", "X9")
def test_plan_apply_verify(console: Console) -> None:
    """Everything listed is closed or accounted for, and what was read back is what the tenant holds."""
    store = console.lab.store
    old = {name: store.secrets[console.key_id(name)].value for name in ("payroll-api:primary", "hr-sync:on-principal")}
    leaked = console.credentials(*_rows(console))

    planned, plan = console.plan("respond-to-exposed-credentials", "--credentials", leaked)
    assert planned.code == 0, planned.err
    assert console.lab.writes == []
    body = planned.json
    assert [change["action"] for change in body["changes"]] == [
        "revoke_sessions",
        "disable_service_principal",
        "remove_app_secret",
        "rotate_app_secret",
        "rotate_app_secret",
        "rotate_app_certificate",
    ]
    counts = body["input"]
    assert (counts["rows"], counts["used"], counts["merged"], len(counts["rejected"])) == (11, 9, 1, 1)
    assert {row["why"] for row in body["unresolved"]} == {"ambiguous", "not-found"}
    assert {task["kind"] for task in body["manual_tasks"]} == {"other"}
    assert len(body["cases"]) == 9

    applied = console.apply(plan)
    assert applied.code == 0, applied.err
    assert {result["status"] for result in applied.json["results"]} == {"verified"}

    for name, value in old.items():
        app_id = console.app_id(name.partition(":")[0])
        assert store.check_secret(app_id, value) is SignInVerdict.wrong_secret
    for result in applied.json["results"]:
        if result["proof"]:
            version = next(
                one
                for one in store.vault[result["proof"]["vault_secret"]]
                if result["proof"]["vault_version"] in one["id"]
            )
            app_id = version["tags"]["azr-app"]
            assert result["proof"]["signed_in"] is True
            if "certificate" in result["proof"]["vault_secret"]:
                continue
            assert store.check_secret(app_id, version["value"]) is SignInVerdict.ok
    for name in ("payroll-api", "hr-sync"):
        application = store.applications[store.named[name]]
        assert len(application["passwordCredentials"]) == 1
    legacy = store.service_principals.by_alternate(console.app_id("legacy-export"))
    assert legacy is not None
    assert legacy["accountEnabled"] is False
    assert console.run("verify").code == 0
    assert console.run("audit", "verify").code == 0


def test_containment_comes_first(console: Console) -> None:
    """Sessions and unused applications are cut off before any secret is rotated."""
    leaked = console.credentials(*_rows(console))
    _, plan = console.plan("respond-to-exposed-credentials", "--credentials", leaked)
    assert console.apply(plan).code == 0
    paths = [write.path for write in console.lab.effects if write.service == "graph"]
    first_rotation = next(index for index, path in enumerate(paths) if path.endswith("addPassword"))
    last_containment = max(
        index
        for index, path in enumerate(paths)
        if path.endswith("revokeSignInSessions") or ("/servicePrincipals/" in path and path.count("/") == 3)
    )
    assert last_containment < first_rotation


@pytest.mark.fault("C5")
def test_second_apply_writes_nothing(console: Console) -> None:
    """A plan that was applied is not applied again, and says so with the same exit code."""
    leaked = console.credentials(*_rows(console))
    _, plan = console.plan("respond-to-exposed-credentials", "--credentials", leaked)
    first = console.apply(plan)
    before = len(console.lab.writes)
    second = console.apply(plan)
    assert second.code == first.code == 0
    assert second.json["already_applied"] is True
    assert second.json["results"] == first.json["results"]
    assert len(console.lab.writes) == before


def test_new_plan_after_apply_has_nothing_to_do(console: Console) -> None:
    """What is done is recognised in the tenant, not only in the journal."""
    leaked = console.credentials(*_rows(console)[:5])
    _, plan = console.plan("respond-to-exposed-credentials", "--credentials", leaked)
    assert console.apply(plan).code == 0
    again, _ = console.plan("respond-to-exposed-credentials", "--credentials", leaked, name="again.plan.json")
    assert again.json["changes"] == []
    assert {case["state"] for case in again.json["cases"]} == {"nothing-to-do"}


@pytest.mark.fault("N18")
def test_changed_target_is_left_alone(console: Console) -> None:
    """What somebody changed between plan and apply is not changed by the plan."""
    app_id = console.app_id("payroll-api")
    leaked = console.credentials(f"client-secret,{app_id},{console.key_id('payroll-api:primary')},")
    _, plan = console.plan("rotate-exposed-secrets", "--credentials", leaked)
    application = console.lab.store.applications[console.lab.store.named["payroll-api"]]
    application["passwordCredentials"].clear()
    applied = console.apply(plan)
    assert applied.code == 5
    assert applied.json["results"][0]["status"] == "drifted"
    assert console.lab.effects == []
