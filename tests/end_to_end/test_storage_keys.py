"""A leaked key of a storage account opens nothing any more, and its successor lies in the vault."""

import pytest

from azremediate.lab.arm_storage import accepts_key
from tests.end_to_end.console import Console

LOST = {"service": "arm", "method": "POST", "path": "regenerateKey", "kind": "status", "status": 503}


def _account(console: Console, name: str = "contosopayroll") -> str:
    return console.lab.store.named[name]


def _value(console: Console, key: str = "key1") -> str:
    rows = console.lab.store.azure.storage_keys[_account(console).lower()]
    return next(str(row["value"]) for row in rows if row["keyName"] == key)


def _in_vault(console: Console, key: str) -> str:
    return str(console.lab.store.vault[f"storage-contosopayroll-{key}"][-1]["value"])


def _regenerations(console: Console) -> list[str]:
    return [write.path for write in console.lab.writes if write.service == "arm"]


def _confirm(console: Console) -> tuple[str, ...]:
    return ("--apply", "--yes", "--confirm-tenant", console.lab.store.tenant_id, "--json")


def test_both_keys_of_a_listed_account(console: Console) -> None:
    """The old keys are refused, the vault has the new ones, and no value is in any output or file."""
    store, account = console.lab.store, _account(console)
    old = [_value(console, key) for key in ("key1", "key2")]
    assert all(accepts_key(store, account, value) for value in old)
    leaked = console.credentials(f"storage-key,{account.upper()},,")
    planned, plan = console.plan("respond-to-exposed-credentials", "--credentials", leaked)
    assert planned.code == 0, planned.err
    (change,) = planned.json["changes"]
    assert change["work"]["keys"] == ["key2", "key1"]
    assert _regenerations(console) == []
    applied = console.apply(plan)
    assert applied.code == 0, applied.out + applied.err
    assert not any(accepts_key(store, account, value) for value in old)
    assert all(accepts_key(store, account, _in_vault(console, key)) for key in ("key1", "key2"))
    assert console.run("verify").code == 0
    assert console.run("report", "--json").json["answer"]["closed"] == 1
    assert len(_regenerations(console)) == 2
    assert console.apply(plan).code == 0
    assert len(_regenerations(console)) == 2
    new = [_in_vault(console, key) for key in ("key1", "key2")]
    written = "".join(console.seen) + "".join(
        file.read_bytes().decode("utf-8", "replace") for file in console.folder.rglob("*") if file.is_file()
    )
    assert not any(value in written for value in (*old, *new))


def test_one_key_and_its_undo(console: Console) -> None:
    """Only the named key goes; it cannot be put back."""
    other = _value(console, "key2")
    ran = console.run(
        "run", "regenerate_storage_key", _account(console), "--key-id", "key1", "--with", "overlap=PT0.1S",
        *_confirm(console),
    )  # fmt: skip
    assert ran.code == 0, ran.out + ran.err
    assert _value(console, "key2") == other
    assert _in_vault(console, "key2") == other
    undo = console.run("undo", "-o", console.folder / "undo.plan.json", "--json")
    assert undo.json["changes"] == []
    assert "not put back" in undo.out


@pytest.mark.fault("N7", "N12")
@pytest.mark.parametrize("when", ["after", "before"])
def test_unknown_outcome(console: Console, when: str) -> None:
    """An answer that never came is settled by the key's time of creation, and the key is regenerated once."""
    console.lab.set_faults([{**LOST, "when": when}])
    leaked = console.credentials(f"storage-key,{_account(console)},key1,")
    _, plan = console.plan("rotate-key-vault-exposed-secrets", "--credentials", leaked)
    applied = console.apply(plan)
    assert applied.code == 0, applied.out + applied.err
    assert accepts_key(console.lab.store, _account(console), _in_vault(console, "key1"))
    effects = [write for write in console.lab.writes if write.service == "arm" and write.effect]
    assert len(effects) == 1


@pytest.mark.parametrize(
    "entry", ["contosopay*", "*/resourcegroups/rg-payroll/*", "ID"], ids=["name", "resource group", "id"]
)
def test_protected(console: Console, entry: str) -> None:
    """An account is protected by its name, by its place or by its id."""
    protected = _account(console) if entry == "ID" else entry
    console.change_config("guards:", f"guards:\n  protected: ['{protected}']")
    ran = console.run("run", "regenerate_storage_key", _account(console), *_confirm(console))
    assert ran.code == 4, ran.out + ran.err
    assert _regenerations(console) == []


@pytest.mark.parametrize(
    ("identity", "why"),
    [
        ("contosopayroll", "not-found"),
        ("/subscriptions/x/resourceGroups/y", "not-found"),
        ("GONE", "not-found"),
        ("FOREIGN", "not-looked"),
    ],
    ids=["a name", "another resource", "gone", "no role there"],
)
def test_rows_without_an_account(console: Console, identity: str, why: str) -> None:
    """What is no resource id, does not exist or may not be read is listed with the reason, never dropped."""
    account = _account(console)
    foreign = console.lab.store.named["subscription-development"]
    named = {"GONE": account.replace("payroll", "nothere"), "FOREIGN": account.replace(account.split("/")[2], foreign)}
    if identity == "FOREIGN":
        console.lab.store.azure.role_assignments.clear()
    leaked = console.credentials(f"storage-key,{named.get(identity, identity)},,")
    planned, _ = console.plan("respond-to-exposed-credentials", "--credentials", leaked)
    assert planned.code == 0, planned.out + planned.err
    assert [row["why"] for row in planned.json["unresolved"]] == [why]
    assert planned.json["changes"] == []


def test_without_the_role(console: Console) -> None:
    """A caller who may only read the account changes nothing, and the report says so."""
    store = console.lab.store
    leaked = console.credentials(f"storage-key,{_account(console)},key1,")
    _, plan = console.plan("respond-to-exposed-credentials", "--credentials", leaked)
    store.azure.role_assignments = {
        key: row for key, row in store.azure.role_assignments.items() if "storageAccounts" not in key
    }
    applied = console.apply(plan)
    assert applied.code != 0
    assert not [write for write in console.lab.writes if write.service == "arm" and write.effect]


def test_drift(console: Console) -> None:
    """A key that somebody regenerated since the plan was made is left alone."""
    leaked = console.credentials(f"storage-key,{_account(console)},key1,")
    _, plan = console.plan("respond-to-exposed-credentials", "--credentials", leaked)
    console.lab.store.azure.storage_keys[_account(console).lower()][0]["creationTime"] = "2026-01-01T00:00:00.0000000Z"
    applied = console.apply(plan)
    assert applied.code == 5, applied.out
    assert _regenerations(console) == []


def test_nothing_listed_is_skipped(console: Console) -> None:
    """Without a vault nothing is regenerated, because nobody would have the new key."""
    console.change_config("secrets:\n  vault_url:", "secrets:\n  lifetime: P1D\n#")
    console.change_config("  vault: ", "  # vault: ")
    ran = console.run("run", "regenerate_storage_key", _account(console), *_confirm(console))
    assert ran.code == 0, ran.out + ran.err
    assert "set secrets.vault_url" in ran.out
    assert _regenerations(console) == []
