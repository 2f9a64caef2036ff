"""Users sprayed, restored, mastered elsewhere or from elsewhere: the playbooks for them."""

from datetime import timedelta
from pathlib import Path

import pytest

from azremediate.lab.clock import wire_time
from tests.end_to_end.console import Console
from tests.end_to_end.user_client import UserClient


def upn(console: Console, name: str) -> str:
    """The user principal name of a user of the lab."""
    return f"{name}@{console.lab.store.domain}"


def _spray_of(console: Console, *names: str) -> Path:
    day = wire_time(console.lab.store.clock.now() - timedelta(days=7))
    rows = [f"user-password,{upn(console, name)},{day}" for name in names]
    file = console.folder / "sprayed.csv"
    file.write_text("\n".join(["kind,identity,exposed_at", *rows]) + "\n", encoding="utf-8")
    return file


def test_password_spray(console: Console) -> None:
    """Nobody is disabled, and neither the old password nor an old session works; a second apply writes nothing."""
    user = UserClient(console.lab, "kate.user")
    old = user.give_password()
    _, session = user.with_password(old)
    planned, plan = console.plan("respond-password-spray", "--credentials", _spray_of(console, "kate.user"))
    assert planned.code == 0, planned.out
    assert console.apply(plan).code == 0
    assert console.lab.store.users[user.id]["accountEnabled"] is True
    assert user.with_password(old)[0] == 50126
    assert user.with_refresh_token(session) == 50173
    sent = len(console.lab.writes)
    assert console.apply(plan).json["already_applied"] is True
    assert (len(console.lab.writes), console.run("verify").code) == (sent, 0)


def test_contained_user_is_restored_and_containment_taken_back(console: Console) -> None:
    """restore-user enables again what contain-user disabled; the undo of contain-user does what can be undone."""
    user = UserClient(console.lab, "lena.user")
    old = user.give_password()
    sprayed = _spray_of(console, "lena.user")
    _, plan = console.plan("contain-user", "--credentials", sprayed)
    assert console.apply(plan).code == 0
    contained = console.run("runs", "list", "--json").json
    planned, back = console.plan("restore-user", "--credentials", sprayed, name="restore.plan.json")
    assert [change["action"] for change in planned.json["changes"]] == ["enable_user"]
    assert console.apply(back).code == 0
    assert console.lab.store.users[user.id]["accountEnabled"] is True
    assert user.with_password(old)[0] == 50126
    assert contained


def test_undo_of_containment(console: Console) -> None:
    """Undo enables the user and dismisses the risk; what is irreversible stays, and the old password stays refused."""
    user = UserClient(console.lab, "lena.user")
    old = user.give_password()
    _, plan = console.plan("contain-user", "--credentials", _spray_of(console, "lena.user"))
    assert console.apply(plan).code == 0
    undo = console.folder / "undo.plan.json"
    assert console.run("undo", "-o", undo, "--json").code == 0
    applied = console.apply(undo)
    assert applied.code == 0, applied.out
    assert console.lab.store.users[user.id]["accountEnabled"] is True
    assert console.lab.store.risky_users[user.id]["riskState"] != "confirmedCompromised"
    assert user.with_password(old)[0] == 50126


@pytest.mark.parametrize("playbook", ["contain-user", "contain-hybrid-user"])
def test_hybrid_user(console: Console, playbook: str) -> None:
    """Sessions, risk and methods are dealt with here; disabling and the password stay open with their steps."""
    user = UserClient(console.lab, "hana.hybrid")
    planned, plan = console.plan(playbook, "--credentials", _spray_of(console, "hana.hybrid"))
    assert planned.code == 0, planned.out
    made = {change["action"] for change in planned.json["changes"]}
    assert {"revoke_sessions", "confirm_user_compromised"} <= made <= {
        "revoke_sessions", "confirm_user_compromised", "remove_authentication_methods",
    }  # fmt: skip
    left = {skip["action"]: skip for skip in planned.json["skips"]}
    assert "Disable-ADAccount" in left["disable_user"]["reason"]
    assert left["disable_user"]["done"] is left["reset_password"]["done"] is False
    assert console.apply(plan).code == 0
    assert console.lab.store.users[user.id]["accountEnabled"] is True


def test_guest(console: Console) -> None:
    """A guest is disabled here; password and sessions belong to the home tenant, and the plan says so."""
    store = console.lab.store
    guest = next(one for one in store.users.values() if one.get("userType") == "Guest")
    leaked = console.credentials(f"user-password,{guest['id']},,")
    planned, plan = console.plan("contain-user", "--credentials", leaked)
    assert planned.code == 0, planned.out
    assert "disable_user" in {change["action"] for change in planned.json["changes"]}
    left = {skip["action"]: skip["reason"] for skip in planned.json["skips"]}
    assert "home tenant" in left["revoke_sessions"] and "home tenant" in left["reset_password"]
    assert console.apply(plan).code == 0
    assert guest["accountEnabled"] is False
