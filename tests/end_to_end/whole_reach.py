"""Uses every built-in playbook and action once, for tests that look at what was sent."""

from pathlib import Path

from tests.end_to_end.console import Console
from tests.end_to_end.privileged_people import age_policies, look_at_azure, register_everybody, signed_in

_GIVEN_BACK = (
    "revoke_consent_grants",
    "revoke_app_role_assignments",
    "remove_directory_role_assignment",
    "remove_azure_role_assignment",
    "remove_owners",
    "delete_application",
)


def use_everything(console: Console) -> None:
    """Plan, apply and verify with every playbook; run each action; ask the doctor."""
    store = console.lab.store
    look_at_azure(console)
    _may_restore(console)
    rows = [
        f"client-secret,{console.app_id('payroll-api')},{console.key_id('payroll-api:primary')},",
        f"client-secret,{console.app_id('hr-sync')},{console.key_id('hr-sync:on-principal')},",
        f"client-secret,{console.app_id('legacy-export')},{console.key_id('legacy-export:primary')},",
        f"session,amira.user@{store.domain},,",
        f"certificate,{console.app_id('cert-gateway')},,",
        f"federated-credential,{console.app_id('github-deploy')},github-main,",
        "client-secret,Orders API,,",
        f"storage-key,{store.named['contosoarchive']},key1,",
    ]
    leaked = console.credentials(*rows, name="everything.csv")
    for playbook, arguments in (
        ("respond-to-exposed-credentials", ("--credentials", leaked)),
        ("rotate-exposed-secrets", ("--credentials", leaked)),
        ("rotate-key-vault-exposed-secrets", ("--credentials", leaked)),
        ("contain-app-credential", ("--credentials", _contained(console))),
        ("revoke-exposed-sessions", ("--credentials", leaked)),
        ("disable-unused-service-principals", ()),
        ("enforce-privileged-mfa", ()),
        ("block-legacy-authentication", ()),
        ("harden-apps", ()),
    ):
        planned, plan = console.plan(playbook, *arguments, name=f"{playbook}.plan.json")
        assert planned.code == 0, (playbook, planned.out, planned.err)
        applied = console.apply(plan)
        assert applied.code == 0, (playbook, applied.out, applied.err)
        verified = console.run("verify", "--json")
        assert verified.code == 0, (playbook, verified.out, verified.err)
    confirm = ("--apply", "--yes", "--confirm-tenant", store.tenant_id)
    for action, target, *more in (
        ("disable_service_principal", console.app_id("team-app-01")),
        ("enable_service_principal", console.app_id("team-app-01")),
        ("remove_app_secret", console.app_id("team-app-02")),
        ("rotate_app_secret", console.app_id("team-app-03")),
        ("remove_app_credentials", console.app_id("team-app-04")),
        ("remove_federated_credentials", console.app_id("github-deploy"), "--with", "others=all"),
        ("rotate_app_certificate", console.app_id("team-app-05"), "--with", "always=true"),
        ("revoke_sessions", f"ben.user@{store.domain}"),
        ("reset_password", f"ben.user@{store.domain}"),
        ("disable_user", f"ben.user@{store.domain}"),
        ("enable_user", f"ben.user@{store.domain}"),
        ("remove_authentication_methods", f"lena.user@{store.domain}", "--with", "which=all"),
        ("confirm_user_compromised", f"ben.user@{store.domain}"),
        ("confirm_service_principal_compromised", console.app_id("team-app-06")),
        ("regenerate_storage_key", store.named["contosopayroll"]),
        ("deactivate_application", console.app_id("team-app-06")),
        ("reactivate_application", console.app_id("team-app-06")),
        ("lock_app_instance_properties", console.app_id("orders-api")),
        ("remove_owners", console.app_id("billing-worker"), "--with", "owners=all"),
        ("delete_application", console.app_id("team-app-07")),
        ("set_app_management_policy", store.domain, "--with", "password_lifetime=P200D"),
        ("revoke_consent_grants", "Globex CRM"),
        ("revoke_consent_grants", f"ben.user@{store.domain}"),
        ("revoke_app_role_assignments", console.app_id("payroll-api")),
        ("revoke_app_role_assignments", f"ben.user@{store.domain}"),
        ("remove_directory_role_assignment", f"frank.admin@{store.domain}"),
        ("remove_directory_role_assignment", f"amira.user@{store.domain}"),
        ("remove_directory_role_assignment", console.app_id("payroll-api")),
        ("remove_azure_role_assignment", f"hiro.user@{store.domain}"),
        ("remove_azure_role_assignment", console.app_id("payroll-api")),
    ):
        ran = console.run("run", action, target, *more, *confirm, "--json")
        assert ran.code == 0, (action, ran.out, ran.err)
        if action in _GIVEN_BACK and "run_id" in ran.json:
            _taken_back(console, ran.json["run_id"])
    _vendors(console)
    _people(console)
    planned, plan = console.plan("deactivate-unused-apps", name="unused.plan.json")
    assert planned.code == 0, planned.err
    assert console.apply(plan).code == 0
    _sweep(console)
    doctor = console.run("doctor", "--json")
    assert doctor.code == 0, doctor.out


def _sweep(console: Console) -> None:
    """Look at everything that a sweep looks at, also at a federated credential that somebody added."""
    store = console.lab.store
    application = store.applications[store.named["orders-api"]]
    target = {"id": application["id"], "type": "Application", "displayName": "x"}
    modified = {"displayName": "FederatedIdentityCredentials", "oldValue": None, "newValue": '"ci"'}
    store.audit(
        "Update application",
        category="ApplicationManagement",
        operation="Update",
        app_id=console.app_id("payroll-api"),
        targets=[{**target, "modifiedProperties": [modified]}],
    )
    swept = console.run("sweep", "--since", "2020-01-01", "--json")
    assert swept.code == 0, swept.out + swept.err


def _vendors(console: Console) -> None:
    """Applications of other tenants, contained in two ways."""
    store = console.lab.store
    for playbook, name in (("revoke-illicit-consent", "globex-crm"), ("contain-vendor-app", "acme-backup")):
        app_id = store.service_principals[store.named[name]]["appId"]
        leaked = console.credentials(f"client-secret,{app_id},,", name=f"{name}.csv")
        planned, plan = console.plan(playbook, "--credentials", leaked, name=f"{playbook}.plan.json")
        assert planned.code == 0, (playbook, planned.out, planned.err)
        applied = console.apply(plan)
        assert applied.code == 0, (playbook, applied.out, applied.err)


def _may_restore(console: Console) -> None:
    """azremediate's own identity holds the directory role that restoring asks for."""
    store = console.lab.store
    assert store.responder is not None
    row = {"id": "restorer", "directoryScopeId": "/", "principalId": store.responder.service_principal_id}
    store.role_assignments["restorer"] = {**row, "roleDefinitionId": "158c047a-c907-4556-b7ef-446551a6b5f7"}


def _taken_back(console: Console, run: str) -> None:
    """What was taken away is given back."""
    file = console.folder / "undo.plan.json"
    planned = console.run("undo", run, "-o", file, "--json")
    assert planned.code == 0, planned.out
    if planned.json["changes"]:
        applied = console.apply(file)
        assert applied.code == 0, (applied.out, applied.err)


def _contained(console: Console) -> Path:
    """A list with one application that has a secret and a certificate."""
    row = f"client-secret,{console.app_id('crm-connector')},{console.key_id('crm-connector:primary')},"
    return console.credentials(row, name="contained.csv")


def _people(console: Console) -> None:
    """What was report-only is measured and enabled, and security defaults replace it."""
    store = console.lab.store
    register_everybody(store)
    age_policies(store, 8)
    signed_in(store, "alice.admin", "reportOnlySuccess")
    planned, plan = console.plan("enable-privileged-mfa", name="enable.plan.json")
    assert len(planned.json["changes"]) == 3, planned.out
    assert console.apply(plan).code == 0
    store.ca_policies.clear()
    confirm = ("--apply", "--yes", "--confirm-tenant", store.tenant_id)
    ran = console.run("run", "enable_security_defaults", store.domain, *confirm, "--json")
    assert ran.code == 0, (ran.out, ran.err)
