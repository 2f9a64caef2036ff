"""Azure roles of compromised identities, taken away and given back on the simulated tenant."""

from copy import deepcopy
from typing import Any

import pytest

from tests.end_to_end.console import Console, Ran
from tests.end_to_end.privileged_people import look_at_azure

AZURE = "remove_azure_role_assignment"
_BY_THE_SERVICE = ("createdOn", "updatedOn", "createdBy", "updatedBy")


@pytest.fixture(autouse=True)
def looked_at(console: Console) -> None:
    """Both subscriptions are configured."""
    look_at_azure(console)


def _upn(console: Console, name: str) -> str:
    return f"{name}@{console.lab.store.domain}"


def _run(console: Console, target: str, *given: str) -> Ran:
    words = [word for one in given for word in ("--with", one)]
    confirmed = ("--apply", "--yes", "--confirm-tenant", console.lab.store.tenant_id, "--json")
    return console.run("run", AZURE, target, *words, *confirmed)


def _undo(console: Console, run: str) -> Ran:
    """Plan the inverse of a run and apply it."""
    file = console.folder / f"undo-{run}.plan.json"
    planned = console.run("undo", run, "-o", file, "--json")
    assert planned.code == 0, planned.out + planned.err
    return console.apply(file)


def _said(console: Console) -> dict[str, dict[str, Any]]:
    """Every assignment by its id, without what the service notes of each writing."""
    rows = deepcopy(console.lab.store.azure.role_assignments)
    for row in rows.values():
        for name in _BY_THE_SERVICE:
            del row["properties"][name]
    return rows


def _of(console: Console, principal: str) -> set[str]:
    rows = console.lab.store.azure.role_assignments
    return {key for key, row in rows.items() if row["properties"]["principalId"] == principal}


def test_a_role_goes_and_comes_back(console: Console) -> None:
    """Nobody else loses anything; given back it is exactly what it was, under the same id."""
    before = _said(console)
    user = console.lab.store.named["hiro.user"]
    row = next(row for row in console.lab.store.azure.role_assignments.values() if user in str(row))
    row["properties"] |= {"condition": "((true))", "conditionVersion": "2.0", "description": "by hand"}
    before = _said(console)
    going = _of(console, user)
    ran = _run(console, _upn(console, "hiro.user"))
    assert ran.code == 0, ran.out + ran.err
    assert set(before) - set(console.lab.store.azure.role_assignments) == going
    assert [(one.service, one.method) for one in console.lab.effects] == [("arm", "DELETE")]
    given_back = _undo(console, ran.json["run_id"])
    assert given_back.code == 0, given_back.out + given_back.err
    assert _said(console) == before
    assert _undo(console, given_back.json["run_id"]).code == 0
    assert set(before) - set(console.lab.store.azure.role_assignments) == going
    assert console.run("audit", "verify").code == 0


def test_an_application(console: Console) -> None:
    """A service principal's roles go as a user's do."""
    store = console.lab.store
    principal = store.service_principals.by_alternate(console.app_id("payroll-api"))
    assert principal is not None
    assert _of(console, principal["id"])
    assert _run(console, console.app_id("payroll-api"), "which=risky").code == 0
    assert _of(console, principal["id"]) == set()


@pytest.mark.parametrize("when", ["after", "before"])
@pytest.mark.parametrize("method", ["DELETE", "PUT"])
def test_lost_answer(console: Console, method: str, when: str) -> None:
    """It is settled by reading, whether a role is taken away or given back."""
    before = _said(console)
    fault = {"service": "arm", "method": method, "kind": "status", "status": 503, "times": 1, "when": when}
    console.lab.set_faults([fault])
    ran = _run(console, _upn(console, "ines.user"))
    assert ran.code == 0, ran.out + ran.err
    assert _of(console, console.lab.store.named["ines.user"]) == set()
    assert _undo(console, ran.json["run_id"]).code == 0
    assert _said(console) == before
    assert len(console.lab.effects) == 2


def test_above_the_tools_own_rights(console: Console) -> None:
    """What lies above a subscription needs rights there: the rest is gone by then, and the run says what failed."""
    store = console.lab.store
    ran = _run(console, _upn(console, "alice.admin"))
    assert ran.code == 9, ran.out + ran.err
    (left,) = _of(console, store.named["alice.admin"])
    assert left.startswith("/providers/Microsoft.Authorization/")


def test_nothing_to_look_at(console: Console) -> None:
    """Without subscriptions nobody knows, and that is not called done."""
    text = console.config.read_text(encoding="utf-8")
    kept = [line for line in text.splitlines() if not line.startswith("azure:")]
    console.config.write_text("\n".join(kept) + "\n", encoding="utf-8")
    ran = console.run("run", AZURE, _upn(console, "hiro.user"), "--json")
    assert [skip["done"] for skip in ran.json["skips"]] == [False]
    assert console.run("run", AZURE, _upn(console, "hiro.user")).code == 0


def test_no_role(console: Console) -> None:
    """Whoever holds none has nothing taken away."""
    ran = _run(console, _upn(console, "kate.user"))
    assert ran.code == 0, ran.out
    assert "it has no Azure role" in ran.out
    assert console.lab.writes == []


def test_guards(console: Console) -> None:
    """Protected identities, and administrators where no break-glass account could help afterwards, are refused."""
    store = console.lab.store
    console.change_config("guards:\n", f'guards:\n  protected: ["{_upn(console, "ines.user")}"]\n')
    assert _run(console, _upn(console, "ines.user")).code == 4
    store.users[store.named["break-glass-2"]]["accountEnabled"] = False
    assert _run(console, _upn(console, "hiro.user")).code == 4
    assert console.lab.effects == []


def test_eligible_roles_are_named(console: Console) -> None:
    """They are left to a person."""
    store = console.lab.store
    held = deepcopy(next(iter(store.azure.role_assignments.values())))
    held["properties"] |= {"principalId": store.named["kate.user"], "memberType": "Direct"}
    store.azure.role_eligibilities["/x"] = held
    ran = console.run("run", AZURE, _upn(console, "kate.user"), "--json")
    (skip,) = ran.json["skips"]
    assert not skip["done"]
    assert "Privileged Identity Management" in skip["reason"]
