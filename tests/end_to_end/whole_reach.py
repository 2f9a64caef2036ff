"""Uses every built-in playbook and action once, for tests that look at what was sent."""

from tests.end_to_end.console import Console
from tests.end_to_end.privileged_people import age_policies, look_at_azure, register_everybody, signed_in

_GIVEN_BACK = (
    "revoke_consent_grants",
    "revoke_app_role_assignments",
    "remove_directory_role_assignment",
    "remove_azure_role_assignment",
)


def use_everything(console: Console) -> None:
    """Plan, apply and verify with every playbook; run each action; ask the doctor."""
    store = console.lab.store
    look_at_azure(console)
    rows = [
        f"client-secret,{console.app_id('payroll-api')},{console.key_id('payroll-api:primary')},",
        f"client-secret,{console.app_id('hr-sync')},{console.key_id('hr-sync:on-principal')},",
        f"client-secret,{console.app_id('legacy-export')},{console.key_id('legacy-export:primary')},",
        f"session,amira.user@{store.domain},,",
        f"certificate,{console.app_id('cert-gateway')},,",
        "client-secret,Orders API,,",
    ]
    leaked = console.credentials(*rows, name="everything.csv")
    for playbook, arguments in (
        ("respond-to-exposed-credentials", ("--credentials", leaked)),
        ("rotate-exposed-secrets", ("--credentials", leaked)),
        ("revoke-exposed-sessions", ("--credentials", leaked)),
        ("disable-unused-service-principals", ()),
        ("enforce-privileged-mfa", ()),
        ("block-legacy-authentication", ()),
    ):
        planned, plan = console.plan(playbook, *arguments, name=f"{playbook}.plan.json")
        assert planned.code == 0, (playbook, planned.out, planned.err)
        applied = console.apply(plan)
        assert applied.code == 0, (playbook, applied.out, applied.err)
        verified = console.run("verify", "--json")
        assert verified.code == 0, (playbook, verified.out, verified.err)
    confirm = ("--apply", "--yes", "--confirm-tenant", store.tenant_id)
    for action, target in (
        ("disable_service_principal", console.app_id("team-app-01")),
        ("enable_service_principal", console.app_id("team-app-01")),
        ("remove_app_secret", console.app_id("team-app-02")),
        ("rotate_app_secret", console.app_id("team-app-03")),
        ("revoke_sessions", f"ben.user@{store.domain}"),
        ("reset_password", f"ben.user@{store.domain}"),
        ("disable_user", f"ben.user@{store.domain}"),
        ("enable_user", f"ben.user@{store.domain}"),
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
        ran = console.run("run", action, target, *confirm, "--json")
        assert ran.code == 0, (action, ran.out, ran.err)
        if action in _GIVEN_BACK and "run_id" in ran.json:
            _taken_back(console, ran.json["run_id"])
    _vendors(console)
    _people(console)
    doctor = console.run("doctor", "--json")
    assert doctor.code == 0, doctor.out


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


def _taken_back(console: Console, run: str) -> None:
    """What was taken away is given back."""
    file = console.folder / "undo.plan.json"
    planned = console.run("undo", run, "-o", file, "--json")
    assert planned.code == 0, planned.out
    if planned.json["changes"]:
        applied = console.apply(file)
        assert applied.code == 0, (applied.out, applied.err)


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
