"""What no action does stays open in every report until somebody says how it was done."""

import json

import pytest

from tests.end_to_end.console import Console

LIST = """kind,identity,owner,due
other,Jenkins API token,Build team,2024-04-30
other,Payment webhook secret,,
"""


@pytest.fixture
def tasks(console: Console) -> list[dict[str, str]]:
    """The tasks of a plan that was applied."""
    leaked = console.folder / "other.csv"
    leaked.write_text(LIST, encoding="utf-8")
    planned, plan = console.plan("respond-to-exposed-credentials", "--credentials", leaked)
    assert planned.json["warnings"] == []
    applied = console.apply(plan)
    assert applied.code == 0, applied.err
    found: list[dict[str, str]] = planned.json["manual_tasks"]
    return found


def test_open_until_evidence_is_recorded(console: Console, tasks: list[dict[str, str]]) -> None:
    """Owner and due date stand in plan and report; evidence closes one task and leaves the other open."""
    assert (tasks[0]["owner"], tasks[0]["due"][:10]) == ("Build team", "2024-04-30")
    text = console.run("report").out
    assert text.startswith("0 of 2 listed credentials closed; 2 need a person")
    assert f"task {tasks[0]['task_id']}  owner Build team  due 2024-04-30 00:00 UTC" in text
    proof = console.folder / "proof.txt"
    proof.write_text("revoked", encoding="utf-8")
    sent = len(console.lab.writes)
    ran = console.run("runs", "task", tasks[0]["task_id"], "--evidence", "INC-4711", "--file", proof, "--json")
    assert ran.code == 0, ran.err
    assert len(console.lab.writes) == sent
    report = console.run("report", "--json").json
    assert report["answer"]["text"] == "1 of 2 listed credentials closed; 1 needs a person"
    told = {task["task_id"]: task["evidence"] for task in report["manual_tasks"]}
    assert told[tasks[1]["task_id"]] is None
    evidence = told[tasks[0]["task_id"]]
    assert (evidence["evidence"], evidence["file"]) == ("INC-4711", "proof.txt")
    assert len(evidence["file_sha256"]) == 64
    assert "[x] other Jenkins API token" in console.run("report").out


def test_evidence_is_in_the_audit_log(console: Console, tasks: list[dict[str, str]]) -> None:
    """It is a record of the chain: altered afterwards, the log does not verify."""
    assert console.run("runs", "task", tasks[0]["task_id"], "--evidence", "INC-4711").code == 0
    assert console.run("audit", "verify").code == 0
    records = [json.loads(line) for line in console.run("audit", "show", "--json").out.splitlines()]
    (record,) = [record for record in records if record["event"] == "task.done"]
    assert record["facts"]["evidence"] == "INC-4711"
    assert record["actor"]["os_user"]
    (file,) = (console.folder / ".azremediate" / "audit").rglob("*.jsonl")
    file.write_text(file.read_text(encoding="utf-8").replace("INC-4711", "INC-9999"), encoding="utf-8")
    assert console.run("report").code == 7


def test_the_latest_word_counts(console: Console, tasks: list[dict[str, str]]) -> None:
    """A second record corrects the first, and both stay in the log."""
    for word in ("INC-1", "INC-2"):
        assert console.run("runs", "task", tasks[1]["task_id"], "--evidence", word).code == 0
    told = {task["task_id"]: task["evidence"] for task in console.run("report", "--json").json["manual_tasks"]}
    assert told[tasks[1]["task_id"]]["evidence"] == "INC-2"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("000000000000", "--evidence", "INC-1"), "no manual task"),
        (("TASK", "--evidence", " "), "is empty"),
        (("TASK", "--evidence", "a\u202eb"), "control character"),
        (("TASK", "--evidence", f"new value abc8Q~{'x' * 34}"), "looks like a client secret"),
        (("TASK", "--evidence", "INC-1", "--file", "not-there.pdf"), "does not exist"),
        (("TASK", "--evidence", "INC-1", "--run", "R-1"), "there is no run"),
    ],
    ids=["unknown task", "empty", "hidden", "secret", "no file", "no run"],
)
def test_refused(console: Console, tasks: list[dict[str, str]], arguments: tuple[str, ...], said: str) -> None:
    """What names nothing, says nothing or may be a secret is not recorded."""
    words = [tasks[0]["task_id"] if word == "TASK" else word for word in arguments]
    ran = console.run("runs", "task", *words)
    assert (ran.code, said in ran.err) == (2, True), ran.err
    assert console.run("report", "--json").json["answer"]["person"] == 2


def test_without_any_run(console: Console) -> None:
    """There is nothing to record a task of, and no state directory is made."""
    ran = console.run("runs", "task", "000000000000", "--evidence", "INC-1")
    assert ran.code == 2
    assert not (console.folder / ".azremediate").exists()
