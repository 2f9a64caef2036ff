"""What goes wrong gives a sentence with the remedy and the documented exit code, and never a traceback."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.console import Console, Ran


def _wrong_option(console: Console) -> Ran:
    return console.run("plan", "rotate-exposed-secrets", "--credential", "x")


def _wrong_command(console: Console) -> Ran:
    return console.run("aply", "x")


def _wrong_playbook(console: Console) -> Ran:
    return console.run("plan", "rotate-exposed-secret")


def _no_credentials(console: Console) -> Ran:
    return console.run("plan", "rotate-exposed-secrets")


def _missing_list(console: Console) -> Ran:
    return console.run("plan", "rotate-exposed-secrets", "--credentials", "missing.csv")


def _missing_plan(console: Console) -> Ran:
    return console.run("apply", "missing.plan.json")


def _missing_config(console: Console) -> Ran:
    return console.run_bare("--config", "missing.yaml", "plan", "enforce-privileged-mfa")


def _broken_yaml(console: Console) -> Ran:
    console.config.write_text("tenant_id: x\nguards: [1,\n", encoding="utf-8")
    return console.run("plan", "enforce-privileged-mfa")


def _unreachable(console: Console) -> Ran:
    console.change_config(console.lab.endpoints["login"], "https://127.0.0.1:9")
    return console.run("plan", "enforce-privileged-mfa")


def _unreachable_graph(console: Console) -> Ran:
    console.change_config(console.lab.endpoints["graph"], "http://127.0.0.1:9")
    console.change_config("throttle: {", "throttle: {attempts: 1, ")
    return console.run("plan", "enforce-privileged-mfa")


def _wrong_secret(console: Console) -> Ran:
    for file in console.folder.glob("*.secret"):
        file.write_text("obviously-wrong", encoding="utf-8")
    return console.run("plan", "enforce-privileged-mfa")


def _missing_permission(console: Console) -> Ran:
    console.lab.store.app_permissions[console.lab.store.responder.app_id].discard("Policy.Read.All")  # type: ignore[union-attr]  # the demo tenant has one
    return console.run("plan", "enforce-privileged-mfa")


def _no_terminal(console: Console) -> Ran:
    app_id = console.app_id("payroll-api")
    _, plan = console.plan("rotate-exposed-secrets", "--credentials", console.credentials(f"client-secret,{app_id},,"))
    return console.run("apply", plan)


def _wrong_tenant(console: Console) -> Ran:
    app_id = console.app_id("payroll-api")
    _, plan = console.plan("rotate-exposed-secrets", "--credentials", console.credentials(f"client-secret,{app_id},,"))
    return console.run("apply", plan, "--yes", "--confirm-tenant", "0f0f0f0f-0000-4000-8000-000000000000")


def _altered_plan(console: Console) -> Ran:
    app_id = console.app_id("payroll-api")
    _, plan = console.plan("rotate-exposed-secrets", "--credentials", console.credentials(f"client-secret,{app_id},,"))
    plan.write_bytes(plan.read_bytes().replace(b'"applicable":true', b'"applicable":false'))
    return console.apply(plan)


def _changed_guards(console: Console) -> Ran:
    app_id = console.app_id("payroll-api")
    _, plan = console.plan("rotate-exposed-secrets", "--credentials", console.credentials(f"client-secret,{app_id},,"))
    console.change_config("guards:", "guards:\n  max_changes: 7")
    return console.apply(plan)


def _unknown_action(console: Console) -> Ran:
    return console.run("run", "rotate_secret", "x")


def _unknown_target(console: Console) -> Ran:
    return console.run("run", "rotate_app_secret", "no-such-application")


def _ambiguous_target(console: Console) -> Ran:
    return console.run("run", "rotate_app_secret", "Data Portal")


def _own_identity(console: Console) -> Ran:
    assert console.lab.store.responder is not None
    return console.run("run", "rotate_app_secret", console.lab.store.responder.app_id)


def _no_run_yet(console: Console) -> Ran:
    return console.run("verify")


FAILURES: dict[str, tuple[Callable[[Console], Ran], int, str]] = {
    "wrong option": (_wrong_option, 2, "--credentials"),
    "wrong command": (_wrong_command, 2, "apply"),
    "wrong playbook": (_wrong_playbook, 2, "rotate-exposed-secrets"),
    "no credentials": (_no_credentials, 2, "--credentials"),
    "missing list": (_missing_list, 2, "missing.csv"),
    "missing plan": (_missing_plan, 2, "missing.plan.json"),
    "missing configuration": (_missing_config, 2, "config.example.yaml"),
    "broken YAML": (_broken_yaml, 2, "config.yaml:3"),
    "unreachable sign-in": (_unreachable, 9, "127.0.0.1"),
    "unreachable Graph": (_unreachable_graph, 1, "hint"),
    "wrong secret": (_wrong_secret, 9, "AADSTS7000215"),
    "missing permission": (_missing_permission, 9, "doctor"),
    "no terminal": (_no_terminal, 2, "--confirm-tenant"),
    "wrong tenant": (_wrong_tenant, 4, "--confirm-tenant"),
    "altered plan": (_altered_plan, 5, "altered"),
    "changed guards": (_changed_guards, 5, "plan"),
    "unknown action": (_unknown_action, 2, "rotate_app_secret"),
    "unknown target": (_unknown_target, 2, "no-such-application"),
    "ambiguous target": (_ambiguous_target, 2, "appId"),
    "own identity": (_own_identity, 4, "own identity"),
    "no run yet": (_no_run_yet, 2, "apply"),
}


@pytest.mark.fault("C9", "G1", "G8", "N1", "X9")
@pytest.mark.parametrize("name", FAILURES)
def test_failure(console: Console, name: str) -> None:
    """One sentence, the remedy, the exit code; nothing was written to the tenant."""
    fail, code, says = FAILURES[name]
    ran = fail(console)
    said = ran.out + ran.err
    assert (ran.code, says in said, "Traceback" in said) == (code, True, False), said
    assert console.lab.effects == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_full_disk_for_output(console: Console) -> None:
    """A disk that is full when the plan is printed gives a sentence."""
    command = [sys.executable, "-m", "azremediate", "--config", str(console.config), "playbooks", "list"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S603 - our own command
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "error:" in done.stderr


@pytest.mark.fault("D1")
@pytest.mark.skipif(os.name == "nt", reason="file size limits are a matter of POSIX")
def test_full_disk_for_the_journal(console: Console) -> None:
    """When the journal cannot be written nothing is sent to the tenant."""
    app_id = console.app_id("payroll-api")
    _, plan = console.plan("rotate-exposed-secrets", "--credentials", console.credentials(f"client-secret,{app_id},,"))
    limited = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096));"
        "from azremediate.cli.main import run_command; sys.exit(run_command(sys.argv[1:]))"
    )
    arguments = ["--config", console.config, "apply", plan, "--yes", "--confirm-tenant", console.lab.store.tenant_id]
    command = [sys.executable, "-B", "-c", limited, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    assert done.returncode == 7, done.stderr
    assert "Traceback" not in done.stderr
    assert console.lab.effects == []


def test_demo_without_the_lab(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra the demo says how to install it."""
    monkeypatch.setitem(sys.modules, "trustme", None)
    ran = console.run_bare("demo", "--directory", console.folder / "demo")
    assert ran.code == 1
    assert "azremediate[lab]" in ran.err
