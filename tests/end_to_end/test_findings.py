"""From leaked mail to a closed door: scan finds, links, plan takes the findings, apply closes what was found."""

import csv
import json
from typing import Any

from tests.end_to_end.app_client import AppClient
from tests.end_to_end.console import Console
from tests.end_to_end.leaked_mail import LeakedMail

PLAYBOOK = "respond-to-exposed-credentials"


def scanned(console: Console, mail: LeakedMail, *more: str) -> list[dict[str, Any]]:
    """The findings of the mail."""
    ran = console.run("scan", mail.write(), "-o", console.folder / "f.jsonl", "--jobs", "1", *more)
    assert ran.code == 0, ran.err
    return [json.loads(line) for line in (console.folder / "f.jsonl").read_text(encoding="utf-8").splitlines()]


def test_mail_to_closed_door(console: Console) -> None:
    """The secret from the mail does not sign in any more, and its value is in no file and no output."""
    mail = LeakedMail(console)
    value = mail.secret_of("payroll-api:primary")
    client = AppClient(console, "payroll-api")
    mail.add(f"Hi, for the app {client.app_id} use this secret: {value}")
    mail.add(f"> as I wrote, the app {client.app_id} uses\n> {value}\n")
    assert client.with_secret(value) == 0
    assert len(scanned(console, mail)) == 2
    ran, plan = console.plan(PLAYBOOK, "--findings", console.folder / "f.jsonl")
    assert ran.code == 0, ran.err
    assert "1 credentials = 1 used + 0 left out" in ran.err
    assert console.key_id("payroll-api:primary") in plan.read_text(encoding="utf-8")
    assert console.apply(plan).code == 0
    assert client.with_secret(value) != 0
    files = [file for file in console.folder.rglob("*") if file.suffix in (".jsonl", ".json", ".csv")]
    texts = [file.read_text(encoding="utf-8") for file in files]
    assert not any(value in text for text in [*texts, *console.seen])


def test_what_is_doubtful_waits(console: Console) -> None:
    """A token of another tenant, a secret that fits nothing and a guess are left out with their reasons."""
    mail = LeakedMail(console)
    mail.add(f"token: {mail.token(tid='99999999-0000-4000-8000-000000000009', upn='x@y.example')}")
    mail.add("sign in at the portal with amy / Gr33n!Field9 as ever")
    mail.add(f"Hi, for the app {console.app_id('payroll-api')} use {mail.secret_of('payroll-api:primary')}")
    assert [one["tier"] for one in scanned(console, mail)] == ["T1", "T3", "T1"]
    ran, plan = console.plan(PLAYBOOK, "--findings", console.folder / "f.jsonl")
    assert "3 credentials = 1 used + 2 left out" in ran.err
    warnings = json.loads(plan.read_text(encoding="utf-8"))["warnings"]
    assert sum(text.startswith("1 finding left out: ") for text in warnings) == 2  # who reviews the plan has to know
    assert "another tenant" in ran.err
    assert "only stands near a telling word" in ran.err
    accepted, _ = console.plan(PLAYBOOK, "--findings", console.folder / "f.jsonl", "--accept", "T3")
    assert "3 credentials = 2 used + 1 left out" in accepted.err


def test_link_writes_list_and_ranks(console: Console) -> None:
    """scan --link puts the links into the findings, writes the list for plan and ranks by what can be reached."""
    mail = LeakedMail(console)
    mail.add(f"secret: {mail.secret_of('payroll-api:primary')}")
    found = scanned(console, mail, "--link", "--json")
    assert found[0]["link"]["state"] == "probable"
    assert found[0]["link"]["identity"] == console.app_id("payroll-api")
    with (console.folder / "credentials.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["kind"], row["identity"], row["key_id"], row["confidence"]) for row in rows] == [
        ("client-secret", console.app_id("payroll-api"), console.key_id("payroll-api:primary"), "suspected")
    ]
    summary = json.loads(console.seen[-2])
    assert summary["links"][0]["impact"]["valid"] == "yes"
    listed, _ = console.plan(PLAYBOOK, "--credentials", console.folder / "credentials.csv", "--strict")
    assert listed.code == 0, listed.err
