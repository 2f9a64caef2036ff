"""Users contained on the simulated tenant: what is done, what a guard refuses, and what is left to a person."""

from datetime import timedelta

import pytest

from azremediate.lab.clock import wire_time
from azremediate.lab.store import Store
from tests.end_to_end.console import Console
from tests.end_to_end.user_client import UserClient

GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
ABOVE_ADMINISTRATORS = "7be44c8a-adaf-4e2a-84d6-ab2649e08a13"
PLAYBOOK = "name: disable\ndescription: disable\nversion: 1\nsteps:\n  - action: disable_user\n"


def _confirmed(console: Console) -> list[str]:
    return ["--apply", "--yes", "--confirm-tenant", console.lab.store.tenant_id, "--json"]


def _upn(console: Console, name: str) -> str:
    return f"{name}@{console.lab.store.domain}"


def _assign(store: Store, principal_id: str, role: str) -> None:
    name = f"{principal_id}/{role}"
    store.role_assignments[name] = {
        "id": name,
        "principalId": principal_id,
        "roleDefinitionId": role,
        "directoryScopeId": "/",
    }


def _may_touch_administrators(store: Store) -> None:
    assert store.responder is not None
    _assign(store, store.responder.service_principal_id, ABOVE_ADMINISTRATORS)


def _three_in_charge(store: Store) -> None:
    """Alice, Bob and Carol are the Global Administrators, nobody else."""
    for key, row in list(store.role_assignments.items()):
        if row["roleDefinitionId"] == GLOBAL_ADMINISTRATOR:
            del store.role_assignments[key]
    for key, row in list(store.role_eligibility.items()):
        if row["roleDefinitionId"] == GLOBAL_ADMINISTRATOR:
            del store.role_eligibility[key]
    for name in ("alice.admin", "bob.admin", "carol.admin", "erin.admin"):
        _assign(store, store.named[name], GLOBAL_ADMINISTRATOR)


@pytest.mark.fault("G3")
def test_two_plans_that_together_take_away_the_last_administrators(console: Console) -> None:
    """Each leaves two people in charge when it is made; the second is refused when it is applied after the first."""
    store = console.lab.store
    _three_in_charge(store)
    _may_touch_administrators(store)
    playbook = console.folder / "disable.yaml"
    playbook.write_text(PLAYBOOK, encoding="utf-8")
    plans = []
    for number, names in enumerate((("alice.admin", "bob.admin"), ("carol.admin", "erin.admin"))):
        rows = [f"session,{_upn(console, name)},," for name in names]
        leaked = console.credentials(*rows, name=f"{number}.csv")
        planned, plan = console.plan(str(playbook), "--credentials", leaked, name=f"{number}.plan.json")
        assert planned.code == 0, planned.out
        assert len(planned.json["changes"]) == 2
        plans.append(plan)
    assert console.apply(plans[0]).code == 0
    written = len(console.lab.effects)
    refused = console.apply(plans[1])
    assert refused.code == 4, refused.out
    assert {result["status"] for result in refused.json["results"]} == {"refused"}
    assert "last-administrator" in refused.out
    assert len(console.lab.effects) == written
    assert store.users[store.named["carol.admin"]]["accountEnabled"] is True


def test_all_administrators_in_one_plan(console: Console) -> None:
    """A plan that would disable every Global Administrator cannot be applied at all."""
    _three_in_charge(console.lab.store)
    playbook = console.folder / "disable.yaml"
    playbook.write_text(PLAYBOOK, encoding="utf-8")
    names = ("alice.admin", "bob.admin", "carol.admin", "erin.admin")
    leaked = console.credentials(*[f"session,{_upn(console, name)},," for name in names])
    planned, plan = console.plan(str(playbook), "--credentials", leaked)
    assert planned.code == 4
    assert planned.json["applicable"] is False
    assert console.apply(plan).code == 4
    assert console.lab.effects == []


@pytest.mark.parametrize("action", ["disable_user", "reset_password"])
def test_guards(console: Console, action: str) -> None:
    """Break-glass accounts, protected users and, without usable break-glass accounts, administrators are refused."""
    store = console.lab.store
    console.change_config("guards:", f'guards:\n  protected: ["{_upn(console, "kate.user")}"]')
    for name in ("break-glass-1", "kate.user"):
        assert console.run("run", action, _upn(console, name), *_confirmed(console)).code == 4
    store.users[store.named["break-glass-2"]]["accountEnabled"] = False
    for name in ("alice.admin", "dave.admin"):
        assert console.run("run", action, _upn(console, name), *_confirmed(console)).code == 4
    assert console.lab.effects == []


def test_administrator_without_the_directory_role(console: Console) -> None:
    """An administrator is out of reach for an identity without a high role: exit 9, and nothing was written."""
    ran = console.run("run", "disable_user", _upn(console, "bob.admin"), *_confirmed(console))
    assert ran.code == 9, ran.out + ran.err
    assert console.lab.effects == []
    _may_touch_administrators(console.lab.store)
    assert console.run("run", "disable_user", _upn(console, "carol.admin"), *_confirmed(console)).code == 0


def test_contained_user_has_no_way_left(console: Console) -> None:
    """Password, session and what was registered since the exposure open nothing; older methods and others stay."""
    store = console.lab.store
    user, other = UserClient(console.lab, "lena.user"), UserClient(console.lab, "marek.user")
    old, others = user.give_password(), other.give_password()
    _, session = user.with_password(old)
    _, others_session = other.with_password(others)
    day = wire_time(store.clock.now() - timedelta(days=7))
    leaked = console.folder / "users.csv"
    leaked.write_text(f"kind,identity,exposed_at\nuser-password,{_upn(console, 'lena.user')},{day}\n", encoding="utf-8")
    planned, plan = console.plan("contain-user", "--credentials", leaked)
    assert planned.code == 0, planned.out
    applied = console.apply(plan)
    assert applied.code == 0, applied.out
    assert [result["status"] for result in applied.json["results"]] == ["verified"] * 6
    assert user.with_password(old)[0] in (50057, 50126)
    assert user.with_refresh_token(session) in (50057, 50173)
    kinds = [one["@odata.type"].rpartition(".")[2] for one in store.authentication_methods[user.id]]
    assert kinds == ["passwordAuthenticationMethod"]
    assert store.risky_users[user.id]["riskState"] == "confirmedCompromised"
    assert other.with_refresh_token(others_session) == 0
    assert console.apply(plan).json["already_applied"] is True
    undo = console.folder / "undo.plan.json"
    undone = console.run("undo", "-o", undo, "--json")
    assert {change["action"] for change in undone.json["changes"]} == {"enable_user", "confirm_user_compromised"}


def test_listed_password_is_replaced(console: Console) -> None:
    """Sessions end before and after the reset; what Active Directory masters stays open with the steps there."""
    user = UserClient(console.lab, "kate.user")
    old = user.give_password()
    rows = [f"user-password,{_upn(console, name)},," for name in ("kate.user", "hana.hybrid")]
    planned, plan = console.plan("respond-to-exposed-credentials", "--credentials", console.credentials(*rows))
    assert [case["state"] for case in planned.json["cases"]] == ["changes", "left-out"]
    assert console.apply(plan).code == 0
    assert user.with_password(old)[0] == 50126
    revoked = [one for one in console.lab.effects if one.path.endswith("revokeSignInSessions") and user.id in one.path]
    assert len(revoked) == 2


def test_risk_without_its_licence(console: Console) -> None:
    """What the licence lacks is left out with the reason, and the rest goes on."""
    console.lab.store.premium = False
    rows = [f"user-password,{_upn(console, 'kate.user')},,"]
    planned, _ = console.plan("respond-password-spray", "--credentials", console.credentials(*rows))
    assert planned.code == 0, planned.out + planned.err
    left = {skip["action"]: skip["reason"] for skip in planned.json["skips"]}
    assert "licence" in left["confirm_user_compromised"]
    assert {change["action"] for change in planned.json["changes"]} == {"revoke_sessions", "reset_password"}


def test_hybrid_user_is_for_a_person(console: Console) -> None:
    """What Active Directory masters is listed with the steps to take there, and not called done."""
    leaked = console.credentials(f"session,{_upn(console, 'hana.hybrid')},,")
    playbook = console.folder / "disable.yaml"
    playbook.write_text(PLAYBOOK, encoding="utf-8")
    planned, _ = console.plan(str(playbook), "--credentials", leaked)
    assert [skip["done"] for skip in planned.json["skips"]] == [False]
    assert "Disable-ADAccount" in planned.json["skips"][0]["reason"]


def test_old_password_is_refused_and_new_one_works(console: Console) -> None:
    """After the reset the leaked password opens nothing, its session is over, and the one in the vault works."""
    user = UserClient(console.lab, "kate.user")
    old = user.give_password()
    number, session = user.with_password(old)
    assert (number, user.with_refresh_token(session)) == (0, 0)
    upn = _upn(console, "kate.user")
    ran = console.run("run", "reset_password", upn, "--with", "force_change=false", *_confirmed(console))
    assert ran.code == 0, ran.out + ran.err
    assert ran.json["results"][0]["proof"]["password_set"] is True
    assert user.with_password(old)[0] == 50126
    assert user.with_refresh_token(session) == 50173
    (version,) = console.lab.store.vault[f"user-{user.id}"]
    assert user.with_password(version["value"])[0] == 0
    assert version["value"] not in "".join(console.seen)


def test_password_changed_by_somebody_since_the_plan(console: Console) -> None:
    """An attacker who changes the password between plan and apply does not keep it: the reset is made all the same."""
    user = UserClient(console.lab, "kate.user")
    playbook = console.folder / "reset.yaml"
    playbook.write_text(PLAYBOOK.replace("disable_user", "reset_password"), encoding="utf-8")
    leaked = console.credentials(f"user-password,{_upn(console, 'kate.user')},,")
    _, plan = console.plan(str(playbook), "--credentials", leaked)
    attackers = user.give_password()
    now = console.lab.store.clock.now()
    console.lab.store.users[user.id]["lastPasswordChangeDateTime"] = wire_time(now + timedelta(seconds=1))
    applied = console.apply(plan)
    assert [result["status"] for result in applied.json["results"]] == ["verified"]
    assert user.with_password(attackers)[0] == 50126


def test_reset_whose_answer_is_lost(console: Console) -> None:
    """It is sent again with the same password, and the vault holds one version."""
    user = UserClient(console.lab, "kate.user")
    fault = {"method": "PATCH", "path": "/users/", "kind": "status", "status": 503, "when": "after", "times": 1}
    console.lab.set_faults([fault])
    ran = console.run("run", "reset_password", _upn(console, "kate.user"), *_confirmed(console))
    assert ran.code == 0, ran.out + ran.err
    (version,) = console.lab.store.vault[f"user-{user.id}"]
    assert user.with_password(version["value"])[0] == 50055
