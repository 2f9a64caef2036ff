"""The doctor says what works, what is missing, and how to get it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from azremediate.lab.clock import wire_time
from azremediate.lab.server import Lab
from tests.end_to_end.console import Console

STRAY = "eeeeeeee-0000-4000-8000-00000000000f"


def _checks(console: Console, *arguments: str) -> tuple[int, dict[str, dict[str, str]]]:
    ran = console.run("doctor", *arguments, "--json")
    return ran.code, {check["name"]: check for check in ran.json["checks"]}


def test_healthy(console: Console) -> None:
    """In the demo tenant everything is there; looking writes nothing."""
    code, checks = _checks(console)
    assert code == 0
    assert {check["health"] for check in checks.values()} == {"OK"}
    assert console.lab.writes == []


def test_roster(console: Console) -> None:
    """Who is privileged is listed with each road: roles, eligible roles, groups, and Azure by nested groups."""
    store = console.lab.store
    store.owners[store.named["tier-0-admins"]] = [store.named["zoe.user"]]
    store.group_eligibility["1"] = {
        "id": "1",
        "groupId": store.named["tier-0-admins"],
        "principalId": store.named["yusuf.user"],
        "accessId": "member",
        "memberType": "direct",
        "eligibilityScheduleId": "1",
        "startDateTime": None,
        "endDateTime": None,
    }
    owner = next(row for row in store.azure.role_assignments.values())
    eligible = {**owner["properties"], "principalId": store.named["xenia.user"], "principalType": "User"}
    store.azure.role_eligibilities["1"] = {**owner, "properties": eligible}
    subscription = store.named["subscription-production"]
    console.change_config("guards:", f"azure: {{subscriptions: [{subscription}]}}\nguards:")
    found = console.run("doctor", "--json").json["checks"]
    (privilege,) = (check for check in found if check["name"] == "privilege")
    assert privilege["health"] == "OK", privilege["cure"]
    roads = {(entry["name"].partition("@")[0], entry["hold"], entry["link"]) for entry in privilege["roster"]}
    assert {
        ("alice.admin", "active", "direct"),
        ("dave.admin", "eligible", "direct"),
        ("erin.admin", "active", "member"),
        ("chen.user", "active", "member"),
        ("zoe.user", "active", "owner"),
        ("yusuf.user", "active", "eligible member"),
        ("xenia.user", "eligible", "direct"),
    } <= roads
    assert not any(name == "kate.user" for name, _, _ in roads)
    shown = console.run("doctor", "--verbose").out
    line = next(line for line in shown.splitlines() if "zoe.user" in line)
    assert f"Application Administrator, owner of the group {store.named['tier-0-admins']}" in line


def test_missing_permission_and_its_cure(console: Console) -> None:
    """A missing permission is named with who needs it and a command that grants it in this tenant."""
    responder = console.lab.store.responder
    assert responder is not None
    console.lab.store.app_permissions[responder.app_id].discard("User.RevokeSessions.All")
    code, checks = _checks(console)
    assert code == 9
    missing = checks["User.RevokeSessions.All"]
    assert missing["health"] == "FAIL"
    assert "revoke_sessions" in missing["found"]
    assert responder.service_principal_id in missing["cure"]
    assert "appRoleAssignments" in missing["cure"] or "admin consent" in missing["cure"]


def test_only_what_one_playbook_needs(console: Console) -> None:
    """What another playbook would need is not asked for."""
    responder = console.lab.store.responder
    assert responder is not None
    console.lab.store.app_permissions[responder.app_id].discard("User.RevokeSessions.All")
    code, checks = _checks(console, "--for", "rotate-exposed-secrets")
    assert code == 0
    assert "User.RevokeSessions.All" not in checks


def test_break_glass_accounts(console: Console) -> None:
    """Fewer than two usable emergency accounts are a warning with its consequence."""
    store = console.lab.store
    store.users[store.named["break-glass-1"]]["accountEnabled"] = False
    code, checks = _checks(console)
    assert code == 0
    assert checks["break-glass accounts"]["health"] == "WARN"
    assert "guards.break_glass" in checks["break-glass accounts"]["cure"]


def test_no_licence(console: Console) -> None:
    """Without P1 the doctor says what will not work, instead of failing."""
    console.lab.store.premium = False
    _, checks = _checks(console)
    assert checks["licence"]["health"] == "WARN"


def test_vault_that_refuses(console: Console) -> None:
    """No access to the vault is a failure with the role that is missing."""
    console.lab.set_faults([{"service": "vault", "kind": "status", "status": 403, "times": None, "path": "."}])
    code, checks = _checks(console)
    assert code == 9
    assert checks["Key Vault"]["health"] == "FAIL"
    assert checks["Key Vault"]["cure"]


def test_wrong_secret(console: Console) -> None:
    """When nobody is signed in the rest is not looked at."""
    for file in console.folder.glob("*.secret"):
        file.write_text("obviously-wrong", encoding="utf-8")
    code, checks = _checks(console)
    assert code == 9
    assert checks["sign-in"]["health"] == "FAIL"
    assert "tenant" not in checks


@pytest.fixture
def tls_lab(tmp_path: Path) -> Iterator[Lab]:
    """A tenant whose Graph is behind TLS too, as the real one is."""
    with Lab(directory=tmp_path / "tls-lab", tls=True) as lab:
        yield lab


def test_everything_over_tls(
    tls_lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same works with Graph over https, with the lab's own certificate authority."""
    monkeypatch.chdir(tmp_path)
    console = Console(tls_lab, tmp_path, capsys)
    assert tls_lab.endpoints["graph"].startswith("https://")
    code, checks = _checks(console)
    assert code == 0, checks
    ran = console.run("run", "revoke_sessions", f"kate.user@{tls_lab.store.domain}", "--json")
    assert ran.code == 0


def _stray(console: Console, name: str = "payroll-api") -> None:
    application = console.lab.store.applications[console.lab.store.named[name]]
    now = wire_time(console.lab.store.clock.now())
    stray = {
        **application["passwordCredentials"][0],
        "keyId": STRAY,
        "displayName": "azr-0123abcd-1",
        "startDateTime": now,
    }
    application["passwordCredentials"].append(stray)


def test_secret_that_no_run_knows(console: Console) -> None:
    """One with our tag that this journal does not know is named with what to do; those of our own runs are not."""
    app_id = console.app_id("hr-sync")
    confirm = ("--apply", "--yes", "--confirm-tenant", console.lab.store.tenant_id)
    assert console.run("run", "rotate_app_secret", app_id, *confirm).code == 0
    assert "1 in the tenant, each in this journal" in console.run("doctor").out
    _stray(console)
    found = console.run("doctor", "--json")
    (check,) = [one for one in found.json["checks"] if one["name"] == "secrets with our tag"]
    assert check["health"] == "WARN"
    assert STRAY in check["cure"]


@pytest.mark.fault("P8")
def test_run_from_another_state_directory(console: Console) -> None:
    """A secret that another machine put there in the last hour stops a run before it writes, when that is asked for."""
    row = f"client-secret,{console.app_id('payroll-api')},{console.key_id('payroll-api:primary')},"
    console.change_config("guards:", "guards:\n  other_runs: PT1H")
    _, plan = console.plan("rotate-exposed-secrets", "--credentials", console.credentials(row))
    _stray(console)
    refused = console.apply(plan)
    assert refused.code == 6
    assert "azr-0123abcd-1" in refused.err + refused.out
    assert console.lab.effects == []
    application = console.lab.store.applications[console.lab.store.named["payroll-api"]]
    application["passwordCredentials"].pop()
    assert console.apply(plan).code == 0
    elsewhere = console.folder / "elsewhere"
    console.change_config("state:\n  path:", f"state:\n  path: {elsewhere}\n#")
    row = f"client-secret,{console.app_id('payroll-api')},,"
    _, second = console.plan("rotate-exposed-secrets", "--credentials", console.credentials(row), name="2.plan.json")
    assert console.apply(second).code == 6
