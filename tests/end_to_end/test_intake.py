"""From a notice to a plan on the lab, with the notice's hash in the audit log."""

import json
from hashlib import sha256

from tests.end_to_end.console import Console
from tests.intake.notices import HEADER


def test_a_plan_takes_the_list(console: Console) -> None:
    """A password is planned for its mailbox; every other secret is a task that names its message and how to find it."""
    person = next(iter(console.lab.store.users.values()))
    upn = str(person["userPrincipalName"])
    rows = [
        f"<p@x>,{upn},,,Hi,2024-01-15T10:00:00Z,Yes,Password,N-1",
        f"<c@x>,{upn},,,Hi,2024-01-15T10:00:00Z,Yes,Client Secret,N-1",
        f"<d@x>,{upn},,,Hi,2024-01-15T10:00:00Z,,suspected,N-1",
    ]
    notice, leaked = console.folder / "notice.csv", console.folder / "leaked.csv"
    notice.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    messages = console.folder / "messages.jsonl"
    taken = console.run("intake", notice, "--source", "microsoft", "-o", leaked, "--messages", messages, "--json")
    assert taken.code == 0, taken.err
    assert taken.json["recorded_in_audit_log"] is True
    planned, _ = console.plan("respond-to-exposed-credentials", "--credentials", leaked, "--strict")
    assert planned.code == 0, planned.err
    assert planned.json["warnings"] == []
    tasks = planned.json["manual_tasks"]
    assert [task["identity"] for task in tasks if task["kind"] == "other"] == [
        f"{upn}: message c@x",
        f"{upn}: message d@x",
    ]
    assert tasks[0]["task"].startswith("find the secret in message c@x")
    assert f"azremediate scan --mailbox {upn} --notice {messages}" in tasks[0]["task"]
    cases = {case["credential"]["kind"]: case["credential"] for case in planned.json["cases"]}
    assert (cases["user-password"]["identity"], cases["user-password"]["source"]) == (upn, "microsoft")
    text = console.run("plan", "respond-to-exposed-credentials", "--credentials", leaked).out
    assert "find the secret in message c@x" in text


def test_the_hash_is_in_the_audit_log(console: Console) -> None:
    """As a record of the chain, which verifies and can be exported."""
    notice = console.folder / "notice.csv"
    notice.write_text(f"{HEADER}\na@x,,,,,,,,\n,,,,,,,,x\n", encoding="utf-8")
    assert console.run("intake", notice, "--source", "ncijtf").code == 0
    assert console.run("audit", "verify").code == 0
    records = [json.loads(line) for line in console.run("audit", "show", "--json").out.splitlines()]
    (record,) = [record for record in records if record["event"] == "intake.read"]
    (told,) = record["facts"]["notices"]
    assert told["sha256"] == sha256(notice.read_bytes()).hexdigest()
    assert (told["source"], told["rows"], told["accepted"], told["rejected"]) == ("ncijtf", 2, 1, 1)
    assert record["actor"]["os_user"]
    for form in ("ocsf", "cef", "csv"):
        assert console.run("audit", "export", "--format", form).code == 0
    (file,) = (console.folder / ".azremediate" / "audit").rglob("*.jsonl")
    file.write_text(file.read_text(encoding="utf-8").replace(told["sha256"], "0" * 64), encoding="utf-8")
    assert console.run("audit", "verify").code == 7
