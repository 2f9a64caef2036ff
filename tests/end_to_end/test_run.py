"""Single actions: shown first, applied on request, and refused or not found with the documented exit codes."""

import pytest

from tests.end_to_end.console import Console


def _confirmed(console: Console) -> list[str]:
    return ["--apply", "--yes", "--confirm-tenant", console.lab.store.tenant_id, "--json"]


@pytest.mark.fault("G7")
def test_shown_only(console: Console) -> None:
    """Without --apply the change is shown and nothing is written."""
    ran = console.run("run", "revoke_sessions", f"amira.user@{console.lab.store.domain}", "--json")
    assert ran.code == 0
    assert [change["action"] for change in ran.json["changes"]] == ["revoke_sessions"]
    assert console.lab.writes == []


def test_applied(console: Console) -> None:
    """With --apply it is made, verified and in the audit log."""
    ran = console.run("run", "revoke_sessions", f"amira.user@{console.lab.store.domain}", *_confirmed(console))
    assert ran.code == 0
    assert [result["status"] for result in ran.json["results"]] == ["verified"]
    assert len(console.lab.effects) == 1
    assert console.run("audit", "verify").code == 0


def test_nothing_to_do(console: Console) -> None:
    """What is so already needs no write and is no error."""
    ran = console.run("run", "disable_service_principal", console.app_id("paused-app"), *_confirmed(console))
    assert ran.code == 0
    assert ran.json["changes"] == []
    assert console.lab.effects == []


def test_vendor_application_is_contained_here(console: Console) -> None:
    """A vendor's application has no secret of ours, but its service principal in this tenant can be disabled."""
    principal = console.lab.store.service_principals[console.lab.store.named["acme-backup"]]
    ran = console.run("run", "disable_service_principal", principal["appId"], *_confirmed(console))
    assert ran.code == 0, ran.out
    assert console.lab.store.service_principals[principal["id"]]["accountEnabled"] is False


def test_disable_then_enable(console: Console) -> None:
    """The two are each other's inverse."""
    app_id = console.app_id("team-app-05")
    assert console.run("run", "disable_service_principal", app_id, *_confirmed(console)).code == 0
    assert console.run("run", "enable_service_principal", app_id, *_confirmed(console)).code == 0
    principal = console.lab.store.service_principals.by_alternate(app_id)
    assert principal is not None
    assert principal["accountEnabled"] is True


def test_one_of_two_secrets(console: Console) -> None:
    """--key-id narrows the action to one secret; the other one stays."""
    key_id = console.key_id("billing-worker:primary")
    ran = console.run(
        "run", "remove_app_secret", console.app_id("billing-worker"), "--key-id", key_id, *_confirmed(console)
    )
    assert ran.code == 0
    application = console.lab.store.applications[console.lab.store.named["billing-worker"]]
    assert [secret["keyId"] for secret in application["passwordCredentials"]] == [
        console.key_id("billing-worker:secondary")
    ]


def _microsoft(console: Console) -> str:
    return "00000003-0000-0000-c000-000000000000"


def _managed_identity(console: Console) -> str:
    store = console.lab.store
    return str(store.service_principals[store.named["vm-payroll"]]["appId"])


def _own(console: Console) -> str:
    assert console.lab.store.responder is not None
    return console.lab.store.responder.service_principal_id


def _protected(console: Console) -> str:
    console.change_config("guards:", 'guards:\n  protected: ["Payroll*"]')
    return console.app_id("payroll-api")


@pytest.mark.fault("G1")
@pytest.mark.parametrize("target", [_microsoft, _managed_identity, _own, _protected], ids=lambda one: one.__name__)
def test_guards_refuse(console: Console, target: object) -> None:
    """A guarded target is refused with exit 4 before anything else is said, and nothing is written."""
    assert callable(target)
    ran = console.run("run", "disable_service_principal", target(console), *_confirmed(console))
    assert ran.code == 4, ran.out + ran.err
    assert ran.json["refused"]
    assert console.lab.effects == []


@pytest.mark.fault("G1")
@pytest.mark.parametrize("form", ["app_id", "application_id", "service_principal_id", "display_name"])
@pytest.mark.parametrize("action", ["rotate_app_secret", "remove_directory_role_assignment", "revoke_consent_grants"])
def test_own_identity_is_refused_by_every_id(console: Console, action: str, form: str) -> None:
    """By application id, both object ids and the name, whatever the action."""
    store = console.lab.store
    responder = store.responder
    assert responder is not None
    name = str(store.applications[responder.application_id]["displayName"])
    target = name if form == "display_name" else str(getattr(responder, form))
    ran = console.run("run", action, target.upper() if form == "app_id" else target, *_confirmed(console))
    assert ran.code == 4, ran.out + ran.err
    assert "it is azremediate's own identity" in ran.out
    assert console.lab.effects == []


@pytest.mark.fault("G2")
def test_break_glass_account_is_refused(console: Console) -> None:
    """The emergency accounts are never touched."""
    ran = console.run("run", "revoke_sessions", f"break-glass-1@{console.lab.store.domain}", *_confirmed(console))
    assert ran.code == 4
    assert console.lab.effects == []


def test_administrator_needs_break_glass_accounts(console: Console) -> None:
    """With fewer than two usable emergency accounts an administrator, active or eligible, is left alone."""
    store = console.lab.store
    store.users[store.named["break-glass-2"]]["accountEnabled"] = False
    for name in ("alice.admin", "dave.admin", "amira.user"):
        assert console.run("run", "revoke_sessions", f"{name}@{store.domain}", *_confirmed(console)).code == 4
    assert console.lab.effects == []
    assert console.run("run", "revoke_sessions", f"kate.user@{store.domain}", *_confirmed(console)).code == 0


def test_wrong_kind_of_target(console: Console) -> None:
    """A user has no service principal to disable."""
    target = f"amira.user@{console.lab.store.domain}"
    ran = console.run("run", "disable_service_principal", target, *_confirmed(console))
    assert ran.code == 2


def test_action_on_the_tenant_names_it(console: Console) -> None:
    """A policy for everybody is made only for the tenant that was named."""
    wrong = console.run("run", "require_phishing_resistant_mfa", "fabrikam.com", *_confirmed(console))
    assert wrong.code == 2
    right = console.run("run", "require_phishing_resistant_mfa", console.lab.store.domain, "--json")
    assert right.code == 0, right.out
    assert console.lab.effects == []


def test_owner_of_a_subscription_is_an_administrator(console: Console) -> None:
    """With azure.subscriptions configured, who owns Azure counts as an administrator too."""
    store = console.lab.store
    store.users[store.named["break-glass-2"]]["accountEnabled"] = False
    arguments = ("run", "revoke_sessions", f"hiro.user@{store.domain}")
    assert console.run(*arguments).code == 0
    subscription = store.named["subscription-development"]
    console.config.write_text(
        f"{console.config.read_text(encoding='utf-8')}\nazure: {{subscriptions: [{subscription}]}}\n", encoding="utf-8"
    )
    assert console.run(*arguments).code == 4


def test_last_administrators_stay(console: Console) -> None:
    """An application that holds Global Administrator is disabled only while two people can sign in as one."""
    store = console.lab.store
    app_id = console.app_id("team-app-05")
    principal = store.service_principals.by_alternate(app_id)
    assert principal is not None
    role = "62e90394-69f5-4237-9190-012177145e10"
    row = next(row for row in store.role_assignments.values() if row["roleDefinitionId"] == role)
    store.role_assignments["app"] = {**row, "id": "app", "principalId": principal["id"]}
    assert console.run("run", "disable_service_principal", app_id).code == 0
    kept = {store.named["break-glass-1"], store.named["break-glass-2"]}
    for user in store.users.values():
        user["accountEnabled"] = user["id"] in kept
    assert console.run("run", "disable_service_principal", app_id).code == 0
    glass = store.named["break-glass-2"]
    for assigned in list(store.role_assignments):
        if store.role_assignments[assigned]["principalId"] == glass:
            del store.role_assignments[assigned]
    ran = console.run("run", "disable_service_principal", app_id, *_confirmed(console))
    assert ran.code == 4, ran.out + ran.err
    assert "last-administrator" in ran.out
    assert console.lab.effects == []
