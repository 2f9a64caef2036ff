"""Directory roles and Azure roles of compromised identities, taken away and given back on the simulated tenant."""

from datetime import timedelta

import pytest

from azremediate.lab.clock import wire_time
from azremediate.lab.store import Store
from tests.end_to_end.console import Console, Ran

GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
DIRECTORY = "remove_directory_role_assignment"
ROW = "99999999-0000-4000-8000-000000000001"


def _upn(console: Console, name: str) -> str:
    return f"{name}@{console.lab.store.domain}"


def _run(console: Console, action: str, target: str, *given: str) -> Ran:
    words = [word for one in given for word in ("--with", one)]
    confirmed = ("--apply", "--yes", "--confirm-tenant", console.lab.store.tenant_id, "--json")
    return console.run("run", action, target, *words, *confirmed)


def _undo(console: Console, run: str) -> Ran:
    """Plan the inverse of a run and apply it."""
    file = console.folder / f"undo-{run}.plan.json"
    planned = console.run("undo", run, "-o", file, "--json")
    assert planned.code == 0, planned.out + planned.err
    assert len(planned.json["changes"]) == 1, planned.out
    return console.apply(file)


def _roles(store: Store, name: str) -> set[tuple[str, str, str | None]]:
    """What somebody holds: active or eligible, which role, until when."""
    rows = [("active", row) for row in store.role_assignments.values()]
    rows += [("eligible", row) for row in store.role_eligibility.values()]
    return {
        (hold, row["roleDefinitionId"], row.get("endDateTime"))
        for hold, row in rows
        if row["principalId"] == store.named[name]
    }


def _everybody(store: Store) -> set[str]:
    return {*store.role_assignments, *store.role_eligibility}


def _assign(store: Store, row_id: str, name: str, role: str, **more: object) -> None:
    store.role_assignments[row_id] = {
        "id": row_id,
        "principalId": store.named[name],
        "roleDefinitionId": role,
        "directoryScopeId": "/",
        **more,
    }


@pytest.mark.parametrize("name", ["bob.admin", "amira.user"], ids=["active", "eligible"])
def test_a_role_goes_and_comes_back(console: Console, name: str) -> None:
    """Nobody else loses anything; given back it has a new id, and can be taken away again."""
    store = console.lab.store
    before, all_before = _roles(store, name), _everybody(store)
    assert before
    ran = _run(console, DIRECTORY, _upn(console, name))
    assert ran.code == 0, ran.out + ran.err
    assert _roles(store, name) == set()
    assert len(all_before - _everybody(store)) == len(before)
    given_back = _undo(console, ran.json["run_id"])
    assert given_back.code == 0, given_back.out + given_back.err
    assert _roles(store, name) == before
    (new,) = _everybody(store) - all_before
    assert list(given_back.json["results"][0]["proof"].values()) == [new]
    again = _undo(console, given_back.json["run_id"])
    assert again.code == 0, again.out
    assert _roles(store, name) == set()
    assert console.run("audit", "verify").code == 0


def test_assigned_until_a_date(console: Console) -> None:
    """What Privileged Identity Management assigned for a time goes by a request, and comes back until the same time."""
    store = console.lab.store
    end = wire_time(store.clock.now() + timedelta(days=3))
    _assign(store, ROW, "kate.user", "29232cdf-9323-42fd-ade2-1d097af3e4de", endDateTime=end)
    before = _roles(store, "kate.user")
    ran = _run(console, DIRECTORY, _upn(console, "kate.user"))
    assert ran.code == 0, ran.out + ran.err
    assert _roles(store, "kate.user") == set()
    assert [one.path.rsplit("/", 1)[-1] for one in console.lab.effects] == ["roleAssignmentScheduleRequests"]
    assert _undo(console, ran.json["run_id"]).code == 0
    assert _roles(store, "kate.user") == before


def test_an_activated_role_is_not_given_back(console: Console) -> None:
    """Its holder activates it; taken away goes first what it could be activated from."""
    store = console.lab.store
    end = wire_time(store.clock.now() + timedelta(hours=3))
    role = "29232cdf-9323-42fd-ade2-1d097af3e4de"
    _assign(store, ROW, "amira.user", role, endDateTime=end, assignmentType="Activated")
    ran = _run(console, DIRECTORY, _upn(console, "amira.user"))
    assert ran.code == 0, ran.out + ran.err
    assert _roles(store, "amira.user") == set()
    assert [one.path.rsplit("/", 1)[-1] for one in console.lab.effects] == [
        "roleEligibilityScheduleRequests",
        "roleAssignmentScheduleRequests",
    ]
    assert _undo(console, ran.json["run_id"]).code == 0
    assert _roles(store, "amira.user") == {("eligible", role, None)}


def test_an_application(console: Console) -> None:
    """A service principal's roles go as a user's do."""
    store = console.lab.store
    principal = store.service_principals.by_alternate(console.app_id("payroll-api"))
    assert principal is not None
    store.named["payroll-principal"] = principal["id"]
    _assign(store, ROW, "payroll-principal", "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3")
    ran = _run(console, DIRECTORY, console.app_id("payroll-api"))
    assert ran.code == 0, ran.out + ran.err
    assert ROW not in store.role_assignments


def test_roles_through_a_group(console: Console) -> None:
    """They are named and left to a person, and that is not called done."""
    ran = console.run("run", DIRECTORY, _upn(console, "erin.admin"), "--json")
    (skip,) = ran.json["skips"]
    assert not skip["done"]
    assert "Tier 0 Administrators" in skip["reason"]


@pytest.mark.parametrize("when", ["after", "before"])
@pytest.mark.parametrize(
    ("name", "method", "path"),
    [
        ("bob.admin", "DELETE", "/roleManagement/directory/roleAssignments/"),
        ("amira.user", "POST", "/roleManagement/directory/roleEligibilityScheduleRequests"),
    ],
    ids=["active", "eligible"],
)
def test_lost_answer(console: Console, name: str, method: str, path: str, when: str) -> None:
    """It is settled by reading, and done once."""
    store = console.lab.store
    fault = {"method": method, "path": path, "kind": "status", "status": 503, "times": 1, "when": when}
    console.lab.set_faults([fault])
    ran = _run(console, DIRECTORY, _upn(console, name))
    assert ran.code == 0, ran.out + ran.err
    assert _roles(store, name) == set()
    assert len(console.lab.effects) == 1


def test_guards(console: Console) -> None:
    """Break-glass accounts are refused, and administrators where no break-glass account could help afterwards."""
    store = console.lab.store
    assert _run(console, DIRECTORY, _upn(console, "break-glass-1")).code == 4
    store.users[store.named["break-glass-2"]]["accountEnabled"] = False
    assert _run(console, DIRECTORY, _upn(console, "bob.admin")).code == 4
    assert console.lab.effects == []


@pytest.mark.fault("G3")
def test_the_last_administrators(console: Console) -> None:
    """A plan that takes the role from so many that fewer than two people keep it cannot be applied."""
    store = console.lab.store
    for row_id, row in list(store.role_assignments.items()):
        if row["roleDefinitionId"] == GLOBAL_ADMINISTRATOR:
            del store.role_assignments[row_id]
    store.role_eligibility.clear()
    names = ("alice.admin", "bob.admin", "carol.admin")
    for number, name in enumerate(names):
        _assign(store, ROW[:-1] + str(number), name, GLOBAL_ADMINISTRATOR)
    playbook = console.folder / "roles.yaml"
    playbook.write_text(f"name: x\ndescription: x\nversion: 1\nsteps:\n  - action: {DIRECTORY}\n", encoding="utf-8")
    leaked = console.credentials(*[f"session,{_upn(console, name)},," for name in names[:2]])
    planned, plan = console.plan(str(playbook), "--credentials", leaked)
    assert planned.code == 4, planned.out
    assert "last-administrator" in planned.out
    assert console.apply(plan).code == 4
    assert console.lab.effects == []
    one = console.credentials(f"session,{_upn(console, names[0])},,", name="one.csv")
    planned, plan = console.plan(str(playbook), "--credentials", one)
    assert planned.code == 0, planned.out


def test_without_the_licence(console: Console) -> None:
    """A tenant without Privileged Identity Management has active roles only."""
    store = console.lab.store
    store.premium = False
    ran = _run(console, DIRECTORY, _upn(console, "bob.admin"))
    assert ran.code == 0, ran.out + ran.err
    assert _roles(store, "bob.admin") == set()
