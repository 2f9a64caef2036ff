"""Each built-in playbook, run whole: nothing is written before apply, and nothing twice."""

from copy import deepcopy

import pytest

from azremediate.intake.builtin_playbooks import builtin_bytes, builtin_playbooks
from azremediate.lab.application_sign_ins import add_sign_in
from tests.end_to_end.console import Console
from tests.end_to_end.privileged_people import report_for_a_week

KEPT = "99999999-0000-4000-8000-000000000001"
# deactivate-unused-apps changes nothing before its notices were sent: see test_unused.py
NAMES = [name for name, _ in builtin_playbooks() if name != "deactivate-unused-apps"]


def _leaked(console: Console) -> list[str]:
    rows = [
        f"client-secret,{console.app_id('payroll-api')},{console.key_id('payroll-api:primary')},",
        f"client-secret,{console.app_id('legacy-export')},{console.key_id('legacy-export:primary')},",
        f"certificate,{console.app_id('cert-gateway')},,",
        f"federated-credential,{console.app_id('github-deploy')},github-main,",
        f"session,kate.user@{console.lab.store.domain},,",
        f"session,left.user@{console.lab.store.domain},,",
        f"storage-key,{console.lab.store.named['contosopayroll']},,",
    ]
    return ["--credentials", str(console.credentials(*rows))]


def _switched_off(console: Console) -> list[str]:
    """Applications that cannot sign in, one of them in this tenant only, and one that can."""
    names = ("paused-app", "deactivated-app", "payroll-api")
    return ["--credentials", str(console.credentials(*(f"client-secret,{console.app_id(name)},," for name in names)))]


def _impatient(console: Console, playbook: str) -> str:
    """The playbook itself, or where it waits for old credentials to run out a copy that hardly does."""
    text = builtin_bytes(playbook).decode()
    if "overlap: PT30M" not in text:
        return playbook
    copy = console.folder / f"{playbook}.yaml"
    copy.write_text(text.replace("overlap: PT30M", "overlap: PT0.1S"), encoding="utf-8")
    return str(copy)


@pytest.mark.parametrize("playbook", NAMES)
def test_playbook(console: Console, playbook: str) -> None:
    """Plan, apply, verify; the second apply writes nothing."""
    shown = console.run("playbooks", "show", playbook)
    arguments = [] if "from: tenant" in shown.out else _leaked(console)
    if playbook == "restore-applications":
        arguments = _switched_off(console)
    if playbook == "enable-privileged-mfa":
        report_for_a_week(console)
    sent = len(console.lab.writes)
    planned, plan = console.plan(_impatient(console, playbook), *arguments)
    assert planned.code == 0, planned.out + planned.err
    assert planned.json["changes"]
    assert len(console.lab.writes) == sent
    applied = console.apply(plan)
    assert applied.code == 0, applied.out + applied.err
    assert {result["status"] for result in applied.json["results"]} == {"verified"}
    before = len(console.lab.writes)
    assert before > sent
    assert console.apply(plan).code == 0
    assert len(console.lab.writes) == before
    assert console.run("verify").code == 0
    assert console.run("audit", "verify").code == 0


def test_only_proven_unused_applications_are_disabled(console: Console) -> None:
    """Unused and never used ones go; used, used by others, too young, unknown, Microsoft's and managed ones stay."""
    store = console.lab.store
    before = {one["id"]: one["accountEnabled"] for one in store.service_principals.values()}
    _, plan = console.plan("disable-unused-service-principals")
    assert console.apply(plan).code == 0
    switched = {one["appId"] for one in store.service_principals.values() if one["accountEnabled"] != before[one["id"]]}
    expected = {console.app_id(name) for name in ("legacy-export", "old-intranet", "invoice-archive", "batch-reports")}
    assert expected <= switched
    kept = ("payroll-api", "orders-api", "saml-wiki", "fresh-bot", "nightly-etl")
    assert not switched & {console.app_id(name) for name in kept}
    assert not {
        one["servicePrincipalType"] for one in store.service_principals.values() if one["appId"] in switched
    } - {"Application"}
    assert store.responder is not None
    assert store.responder.app_id not in switched


@pytest.mark.fault("G5")
def test_too_many_at_once_is_refused(console: Console) -> None:
    """A playbook that would disable more than the limit makes a plan that cannot be applied."""
    console.change_config("guards:", "guards:\n  max_percent: 1")
    planned, plan = console.plan("disable-unused-service-principals")
    assert planned.code == 4
    assert planned.json["applicable"] is False
    assert console.apply(plan).code == 4
    assert console.lab.effects == []


def test_detailed_exit_code(console: Console) -> None:
    """A job learns from the exit code that changes are pending."""
    ran = console.run("plan", "revoke-exposed-sessions", *_leaked(console), "--detailed-exitcode", "--json")
    assert ran.code == 10


def test_strict(console: Console) -> None:
    """With --strict a row that cannot be used stops the plan; without, it is counted."""
    leaked = console.credentials("cookie,x,,", f"session,kate.user@{console.lab.store.domain},,")
    arguments = ("plan", "revoke-exposed-sessions", "--credentials", leaked)
    assert console.run(*arguments).code == 0
    assert console.run(*arguments, "--strict").code == 2


def test_what_logs_and_settings_say_against_the_report(console: Console) -> None:
    """An application that the report calls unused stays when it signed in since, provisions, or is SAML sign-on."""
    store = console.lab.store
    names = ("legacy-export", "old-intranet", "invoice-archive", "batch-reports")
    principals = {name: store.service_principals.by_alternate(console.app_id(name)) for name in names}
    add_sign_in(store, console.app_id("legacy-export"))
    add_sign_in(store, console.app_id("batch-reports"), error=7000215, reason="Invalid client secret.")
    for name, principal in principals.items():
        assert principal is not None
        if name == "old-intranet":
            principal["preferredSingleSignOnMode"] = "saml"
        if name == "invoice-archive":
            store.synchronization_jobs[principal["id"]] = [{"id": "scim.1", "templateId": "scim"}]
    planned, _ = console.plan("disable-unused-service-principals")
    evidence = {change["target"]["app_id"]: " ".join(change["evidence"]) for change in planned.json["changes"]}
    assert not set(evidence) & {console.app_id(name) for name in names[:3]}
    said = evidence[console.app_id("batch-reports")]
    assert "weak evidence" in said
    assert "refused with AADSTS7000215" in said
    assert "nobody owns it" in said


def _vendors(console: Console, *names: str) -> list[str]:
    store = console.lab.store
    rows = [f"client-secret,{store.service_principals[store.named[name]]['appId']},," for name in names]
    return ["--credentials", str(console.credentials(*rows, f"session,kate.user@{store.domain},,", name="vendors.csv"))]


@pytest.mark.parametrize("playbook", ["revoke-illicit-consent", "contain-vendor-app"])
def test_an_application_of_another_tenant(console: Console, playbook: str) -> None:
    """It is disabled and loses what it was granted; its owner is told; undo gives back all but removed secrets."""
    store = console.lab.store
    names = ("globex-crm", "umbrella-sso")
    granted, assigned = deepcopy(store.permission_grants), deepcopy(store.app_role_assignments)
    kept = {**next(iter(granted.values())), "id": KEPT, "clientId": store.named["hooli-analytics"]}
    store.permission_grants[KEPT] = kept
    planned, plan = console.plan(playbook, *_vendors(console, *names))
    assert planned.code == 0, planned.out + planned.err
    tasks = {task["identity"] for task in planned.json["manual_tasks"] if task["kind"] == "external_action_needed"}
    assert tasks == {store.service_principals[store.named[name]]["appId"] for name in names}
    applied = console.apply(plan)
    assert applied.code == 0, applied.out + applied.err
    assert list(store.permission_grants) == [KEPT]
    assert store.app_role_assignments == assigned
    for name in names:
        assert store.service_principals[store.named[name]]["accountEnabled"] is False
    file = console.folder / "undo.plan.json"
    assert console.run("undo", "-o", file).code == 0
    undone = console.apply(file)
    assert undone.code == 0, undone.out + undone.err
    assert store.service_principals[store.named["globex-crm"]]["accountEnabled"] is True
    (back,) = [row for key, row in store.permission_grants.items() if key != KEPT]
    assert back["scope"] == "User.Read Mail.Read"
    secrets = store.service_principals[store.named["globex-crm"]]["passwordCredentials"]
    assert bool(secrets) is (playbook == "revoke-illicit-consent")


def test_other_playbooks_leave_foreign_applications_to_their_vendor(console: Console) -> None:
    """Where a credential is meant and not the application, one that is not here is not found here."""
    planned, _ = console.plan("respond-to-exposed-credentials", *_vendors(console, "umbrella-sso"))
    assert [row["why"] for row in planned.json["unresolved"]] == ["other-tenant"]
