"""Mail of the lab's mailboxes is searched: what is found is real there, nothing is missed, and no value gets out."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from azremediate.cli.catalog import readers
from azremediate.core.exit_code import ExitCode
from azremediate.core.mailbox import READER
from azremediate.lab.server import Lab
from tests.end_to_end.console import Console
from tests.graph_contract import needs_checker, violations

DOMAIN = "contoso.onmicrosoft.com"
OMAR, PETRA, ELIF = (f"{name}.user@{DOMAIN}" for name in ("omar", "petra", "elif"))
ADMIN = f"alice.admin@{DOMAIN}"
ALL = ("--mailbox", OMAR, "--mailbox", PETRA, "--mailbox", ELIF)


def _scan(console: Console, *arguments: str | Path, code: int = ExitCode.DONE) -> dict[str, Any]:
    ran = console.run("scan", *arguments, "-o", console.folder / "f.jsonl", "--engine", "re", "--jobs", "1", "--json")
    assert ran.code == code, ran.err
    result: dict[str, Any] = ran.json
    return result


def _lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def _findings(console: Console) -> list[dict[str, Any]]:
    return _lines(console.folder / "f.jsonl")


def _unanalysed(console: Console) -> list[tuple[str, str]]:
    return [(row["source"], row["reason"]) for row in _lines(console.folder / "f.unanalysed.jsonl")]


def _mime_reads(lab: Lab) -> int:
    return sum(int(row["count"]) for row in lab.request_counts() if str(row["path"]).endswith("/$value"))


def test_whole_mailboxes(console: Console) -> None:
    """Every secret of the story is found, no decoy, and linked to what it opens; no value is in any output."""
    summary = _scan(console, *ALL, "--link")
    store = console.lab.store
    kinds = sorted((row["kind"], row["source"]) for row in _findings(console))
    assert kinds == [
        ("client-secret", f"mailbox:{ELIF}"),
        ("client-secret", f"mailbox:{OMAR}"),
        ("jwt", f"mailbox:{OMAR}"),
        ("password", f"mailbox:{PETRA}"),
        ("storage-key", f"mailbox:{OMAR}"),
    ]
    assert summary["messages"] == sum(len(rows) for rows in store.mailboxes.values())
    linked = {row["link"]["identity"] for row in _findings(console) if row["link"]["state"] == "confirmed"}
    assert console.app_id("payroll-api") in linked
    seen = "".join(console.seen) + "".join(
        file.read_text(encoding="utf-8") for file in console.folder.glob("*") if file.suffix in (".jsonl", ".csv")
    )
    keys = [key["value"] for rows in store.azure.storage_keys.values() for key in rows]
    values = [*keys, *(row.value for row in store.secrets.values() if row.owner_id != _responder(console))]
    assert [value for value in values if value in seen] == []
    assert "Fake#" not in seen
    assert store.unknown_requests == []
    assert store.writes == []


def _responder(console: Console) -> str:
    responder = console.lab.store.responder
    assert responder is not None
    return responder.application_id


def test_addresses_and_dates(console: Console) -> None:
    """Only mail from or to, and of the days, that are asked for is fetched."""
    now = console.lab.store.clock.now()
    day = (now.date().toordinal() - 31, now.date().toordinal() - 25)
    since, until = (type(now.date()).fromordinal(one).isoformat() for one in day)
    assert _scan(console, "--mailbox", OMAR, "--to", "fabrikam.example", "--since", since, "--until", until)[
        "messages"
    ] == len([row for row in _to_vendor(console) if since <= row["receivedDateTime"][:10] <= until])
    assert _scan(console, "--mailbox", OMAR, "--from", "support@fabrikam.example")["messages"] == 3
    assert _scan(console, "--mailbox", OMAR, "--from", "support@fabrikam.example", "--to", PETRA)["messages"] == 0


def _to_vendor(console: Console) -> list[dict[str, Any]]:
    rows = console.lab.store.mailboxes[console.lab.store.named["omar.user"]]
    return [row for row in rows if "fabrikam" in row["toRecipients"][0]["emailAddress"]["address"]]


def test_a_notice(console: Console) -> None:
    """The messages of a notice are fetched by their ids; those that are not there are listed."""
    store = console.lab.store
    wanted = store.mailboxes[store.named["omar.user"]][1]["internetMessageId"].strip("<>")
    notice = console.folder / "notice.csv"
    notice.write_text(
        f"Internet Message ID,Mailbox\n<{wanted}>,{OMAR}\n<lost@x.example>,{OMAR}\n<other@x.example>,{ADMIN}\n",
        encoding="utf-8",
    )
    messages = console.folder / "messages.jsonl"
    assert console.run("intake", notice, "--messages", messages).code == 0
    summary = _scan(console, "--notice", messages)
    assert summary["messages"] == 1
    assert [row["kind"] for row in _findings(console)] == ["client-secret"]
    assert _unanalysed(console) == [
        (f"mailbox:{ADMIN}", "there is no such mailbox, or it is not in Exchange Online"),
        (f"mailbox:{OMAR}", "not in the mailbox: deleted, moved to an archive, or another mailbox"),
    ]


def test_goes_on_where_it_was_stopped(console: Console) -> None:
    """After the sign-in failed in the middle the same command fetches the rest only, and finds everything.

    Eight messages of the three mailboxes are under way at first; the ninth is asked for when one of them is kept.
    """
    lab = console.lab
    lab.set_faults(
        [{"method": "GET", "path": r"/\$value$", "kind": "status", "status": 401, "after": 8, "times": None}]
    )
    stopped = console.run("scan", *ALL, "-o", console.folder / "f.jsonl", "--engine", "re", "--jobs", "1")
    assert stopped.code == ExitCode.SIGN_IN
    kept = len(list((console.folder / "f.jsonl.parts").iterdir()))
    assert kept > 0
    lab.set_faults([])
    before = _mime_reads(lab)
    summary = _scan(console, *ALL)
    total = sum(len(rows) for rows in lab.store.mailboxes.values())
    assert (summary["messages"], _mime_reads(lab) - before) == (total, total - kept)
    assert summary["findings"] == 5


def test_what_is_gone_is_listed(console: Console) -> None:
    """A message that is deleted after it was listed, and a mailbox that is not there, stop nothing."""
    lab = console.lab
    lab.set_faults([{"method": "GET", "path": r"/\$value$", "kind": "status", "status": 404, "times": 1}])
    summary = _scan(console, "--mailbox", OMAR, "--mailbox", ADMIN)
    assert summary["messages"] == len(lab.store.mailboxes[lab.store.named["omar.user"]]) - 1
    assert sorted(reason for _, reason in _unanalysed(console)) == [
        "moved out of the mailbox or deleted after it was listed",
        "there is no such mailbox, or it is not in Exchange Online",
    ]


def test_without_the_permission(console: Console) -> None:
    """When every mailbox is refused that is an error with the way out, not an empty result."""
    responder = console.lab.store.responder
    assert responder is not None
    console.lab.store.app_permissions[responder.app_id] -= {"Mail.Read"}
    ran = console.run("scan", "--mailbox", OMAR, "-o", console.folder / "f.jsonl")
    assert ran.code == ExitCode.SIGN_IN
    assert "Mail.Read" in ran.err
    assert not (console.folder / "f.jsonl").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--mailbox", "../../me"), "no user principal name"),
        (("--mailbox", OMAR, "--since", "yesterday"), "is no date"),
        (("--mailbox", OMAR, "--since", "2024-05-02", "--until", "2024-05-01"), "not after"),
        (("--mailbox", OMAR, "--since", "2024-05-02T10:00"), "without a zone"),
        (("--mailbox", OMAR, "--from", "a b"), "neither an address nor a domain"),
        (("--from", "x.example"), "need --mailbox"),
        (("--notice", "m.jsonl", "--since", "2024-05-02"), "whole mailboxes"),
        (("--mailbox", OMAR, "--scheduler", "tcp://x:1"), "searches files"),
        (("--notice", "none.jsonl"), "none.jsonl"),
        ((), "--mailbox"),
    ],
)
def test_wrong_use(console: Console, arguments: tuple[str, ...], said: str) -> None:
    """What cannot be meant is refused before anything is asked of the tenant."""
    ran = console.run("scan", *arguments, "-o", console.folder / "f.jsonl")
    assert ran.code == ExitCode.USAGE
    assert said in " ".join(ran.err.split())
    assert console.lab.request_counts() == []


@pytest.mark.parametrize(
    ("name", "granted", "health", "said"),
    [
        (OMAR, True, "WARN", "whole tenant"),
        (ADMIN, True, "WARN", "no such mailbox"),
        (OMAR, False, "FAIL", "Mail.Read is missing"),
        ("../../me", True, "FAIL", "not usable"),
    ],
    ids=["wide", "none", "refused", "hostile"],
)
def test_doctor(console: Console, name: str, granted: bool, health: str, said: str) -> None:
    """The doctor asks the mailbox itself."""
    responder = console.lab.store.responder
    assert responder is not None
    if not granted:
        console.lab.store.app_permissions[responder.app_id] -= {"Mail.Read"}
    checks = {check["name"]: check for check in console.run("doctor", "--mailbox", name, "--json").json["checks"]}
    check = checks[f"mailbox {name}"]
    assert (check["health"], said in check["found"]) == (health, True)


def test_doctor_without_a_mailbox(console: Console) -> None:
    """No mailbox is opened, and Mail.Read is not missed, when nobody asks for mail."""
    responder = console.lab.store.responder
    assert responder is not None
    console.lab.store.app_permissions[responder.app_id] -= {"Mail.Read"}
    assert console.run("doctor").code == 0
    assert not any("/messages" in str(row["path"]) for row in console.lab.request_counts())


def test_reveal(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    """A value is shown at a terminal from the message as it lies in the mailbox, and not when that is gone."""
    _scan(console, "--mailbox", OMAR)
    (finding,) = (row for row in _findings(console) if row["kind"] == "client-secret")
    monkeypatch.setattr("azremediate.cli.output.Output.interactive", True)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setattr("azremediate.cli.output.Output.ask", lambda *_: finding["finding_id"])
    arguments = ("scan", "--reveal", finding["finding_id"], "-o", console.folder / "f.jsonl", "--engine", "re")
    ran = console.run(*arguments)
    store = console.lab.store
    assert (ran.code, ran.out.split()) == (0, [store.secrets[store.named["payroll-api:primary"]].value])
    store.mailboxes[store.named["omar.user"]].clear()
    gone = console.run(*arguments)
    assert (gone.code, "not in the mailbox any more" in gone.err) == (ExitCode.USAGE, True)


@pytest.fixture
def own_lab(tmp_path: Path) -> Iterator[Lab]:
    """A lab whose recording holds nothing but what this test did."""
    with Lab(directory=tmp_path / "own", record=tmp_path / "recording.jsonl") as own:
        yield own


@needs_checker
def test_schema_and_permissions(own_lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Mailboxes are read with what is declared, and within Microsoft's schema."""
    console = Console(own_lab, tmp_path, capsys)
    _scan(console, *ALL, "--since", "2020-01-01")
    declared = {name for reader in (*readers().values(), READER) for name in reader.needs.graph}
    own_lab.close()
    assert (tmp_path / "recording.jsonl").read_text(encoding="utf-8").count("/messages") > 10
    assert violations(tmp_path / "recording.jsonl", frozenset(declared)) == ""
