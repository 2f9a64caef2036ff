"""contain-app-credential and rotate-app-credential: afterwards no old credential signs in, and each new one does."""

import re
from pathlib import Path
from typing import Any

import pytest

from azremediate.intake.builtin_playbooks import builtin_bytes
from tests.end_to_end.app_client import AUDIENCE, GITHUB, AppClient, Stolen
from tests.end_to_end.console import Console

APP = "billing-worker"
JOB = "repo:attacker/tools:ref:refs/heads/main"
NO_SECRET, NO_CERTIFICATE, NO_JOB = 7000215, 700027, 700213


class Incident:
    """An application with every kind of credential, on both of its objects, all in an attacker's hands."""

    def __init__(self, console: Console) -> None:
        self.console = console
        store = console.lab.store
        self.client = AppClient(console, APP)
        self.application = store.applications[store.named[APP]]
        principal = store.service_principals.by_alternate(self.client.app_id)
        assert principal is not None
        self.principal = principal
        self.secrets = [store.secrets[console.key_id(f"{APP}:{label}")].value for label in ("primary", "secondary")]
        self.stolen = [Stolen(), Stolen()]
        for holder, one in zip((self.application, self.principal), self.stolen, strict=True):
            holder["keyCredentials"] = [one.as_credential()]
        fic = {"id": Stolen().key_id, "name": "deploy", "issuer": GITHUB, "subject": JOB, "audiences": [AUDIENCE]}
        store.federated_credentials[self.application["id"]] = [{**fic, "description": None}]

    def old(self) -> list[int]:
        """What each old credential gets: two secrets, two certificates, the job."""
        by_secret = [self.client.with_secret(text) for text in self.secrets]
        by_key = [self.client.with_key(one.key, one.certificate) for one in self.stolen]
        return [*by_secret, *by_key, self.client.as_job(JOB)]

    def new(self) -> list[int]:
        """What the latest secret and the latest certificate of the vault get."""
        vault = self.console.lab.store.vault
        name = f"app-{self.client.app_id}"
        pair = vault[f"{name}-certificate"][-1]
        assert pair["contentType"] == "application/x-pem-file"
        return [self.client.with_secret(vault[name][-1]["value"]), self.client.with_pem(pair["value"])]

    def credentials(self) -> tuple[int, int]:
        """How many secrets and certificates both objects have."""
        holders = (self.application, self.principal)
        return (
            sum(len(one.get("passwordCredentials") or []) for one in holders),
            sum(len(one.get("keyCredentials") or []) for one in holders),
        )

    def row(self, kind: str = "client-secret", key: str = "") -> Path:
        """A list with one of its credentials."""
        return self.console.credentials(f"{kind},{self.client.app_id},{key},")


def _once(console: Console, plan: Path) -> Any:
    """Apply, verify; a second apply writes nothing."""
    applied = console.apply(plan)
    assert applied.code == 0, applied.out + applied.err
    sent = len(console.lab.writes)
    assert console.apply(plan).code == 0
    assert console.run("verify").code == 0
    assert len(console.lab.writes) == sent
    assert console.run("audit", "verify").code == 0
    return applied.json


@pytest.mark.parametrize("kind", ["client-secret", "certificate", "federated-credential"])
def test_contained(console: Console, kind: str) -> None:
    """Whichever of them leaked: every old one is refused, only the new ones sign in, and nothing of it is undone."""
    incident = Incident(console)
    assert incident.old() == [0, 0, 0, 0, 0]
    planned, plan = console.plan("contain-app-credential", "--credentials", incident.row(kind))
    assert planned.code == 0, planned.err
    assert [change["action"] for change in planned.json["changes"]] == [
        "disable_service_principal",
        "remove_federated_credentials",
        "remove_app_credentials",
        "rotate_app_secret",
        "rotate_app_certificate",
        "enable_service_principal",
    ]
    assert planned.json["cases"][0]["state"] == "changes"
    results = _once(console, plan)["results"]
    assert {result["status"] for result in results} == {"verified"}
    assert results[2]["proof"]["credentials_left"] == 0
    assert incident.old() == [NO_SECRET, NO_SECRET, NO_CERTIFICATE, NO_CERTIFICATE, NO_JOB]
    assert incident.new() == [0, 0]
    assert incident.credentials() == (1, 1)
    undone = console.run("undo", "-o", console.folder / "undo.plan.json", "--json")
    assert {change["action"] for change in undone.json["changes"]} <= {
        "disable_service_principal",
        "enable_service_principal",
        "remove_federated_credentials",
    }


def test_disabled_until_all_is_done(console: Console) -> None:
    """When one step fails the application stays disabled: nobody signs in, with whatever credential."""
    incident = Incident(console)
    _, plan = console.plan("contain-app-credential", "--credentials", incident.row())
    fault = {"service": "vault", "method": "PUT", "path": "/secrets/", "kind": "status", "status": 403, "times": None}
    console.lab.set_faults([fault])
    applied = console.apply(plan)
    assert applied.code in (3, 9), applied.out
    assert applied.json["results"][-1]["status"] == "skipped"
    failed = next(one for one in applied.json["results"] if "compensated" in one["reason"] or "vault" in one["reason"])
    assert "still in place" not in failed["reason"]
    assert set(incident.old()) == {7000112, NO_JOB}
    assert incident.principal["accountEnabled"] is False


def test_what_was_disabled_before_stays_so(console: Console) -> None:
    """Containing does not let anything in that somebody had stopped before."""
    console.lab.store.service_principals.by_alternate(console.app_id("paused-app"))
    row = f"client-secret,{console.app_id('paused-app')},,"
    planned, plan = console.plan("contain-app-credential", "--credentials", console.credentials(row))
    assert "enable_service_principal" not in [change["action"] for change in planned.json["changes"]]
    assert "stopped before this plan" in str(planned.json["skips"])
    _once(console, plan)
    principal = console.lab.store.service_principals.by_alternate(console.app_id("paused-app"))
    assert principal is not None
    assert principal["accountEnabled"] is False


def test_allowed_job_goes_on(console: Console) -> None:
    """A copy of the playbook with the own pipeline in `keep` leaves it working."""
    text = builtin_bytes("contain-app-credential").decode()
    assert "keep: []" in text
    copy = console.folder / "contain.yaml"
    copy.write_text(text.replace("keep: []", f"keep: ['{GITHUB}|repo:contoso/deploy:*']"), encoding="utf-8")
    row = f"federated-credential,{console.app_id('github-deploy')},github-release,"
    planned, plan = console.plan(str(copy), "--credentials", console.credentials(row))
    assert planned.code == 0, planned.out
    assert console.apply(plan).code == 0
    client = AppClient(console, "github-deploy")
    jobs = [client.as_job(f"repo:contoso/deploy:ref:refs/heads/{branch}") for branch in ("main", "release")]
    assert jobs == [0, NO_JOB]


def test_rotated_without_an_outage(console: Console) -> None:
    """Both old and new work while the overlap lasts; then only the new ones do. The service principal is never off."""
    incident = Incident(console)
    text = builtin_bytes("rotate-app-credential").decode()
    assert len(re.findall("overlap: PT30M", text)) == 2
    copy = console.folder / "rotate.yaml"
    copy.write_text(text.replace("overlap: PT30M", "overlap: PT0.2S"), encoding="utf-8")
    planned, plan = console.plan(str(copy), "--credentials", incident.row("federated-credential"))
    assert planned.code == 0, planned.out
    assert len(planned.json["changes"]) == 3
    _once(console, plan)
    assert incident.old() == [NO_SECRET, NO_SECRET, NO_CERTIFICATE, NO_CERTIFICATE, NO_JOB]
    assert incident.new() == [0, 0]
    assert incident.credentials() == (1, 1)
    bodies = [write.summary for write in console.lab.effects if "accountEnabled" in write.summary]
    assert bodies == []
