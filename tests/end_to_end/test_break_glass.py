"""No road leads to a break-glass account: not by its id, not by a group, nested or dynamic, not by a policy."""

import json
from pathlib import Path
from typing import Any

import pytest

from azremediate.core.json_value import canonical, digest
from azremediate.lab.store import Store
from tests.end_to_end.caught import caught
from tests.end_to_end.console import Console
from tests.end_to_end.privileged_people import look_at_azure, report_for_a_week

pytestmark = pytest.mark.fault("G2")
AZURE_GROUP = "azremediate-azure-administrators"


def _glass(store: Store) -> list[str]:
    return [store.named["break-glass-1"], store.named["break-glass-2"]]


def _give_azure_roles(console: Console) -> None:
    """One break-glass account owns a subscription by itself, the other through a group in a group."""
    store = console.lab.store
    one, two = _glass(store)
    key, row = next(iter(store.azure.role_assignments.items()))
    properties = {**row["properties"], "principalId": one, "principalType": "User"}
    store.azure.role_assignments[f"{key}-glass"] = {**row, "id": f"{row['id']}-glass", "properties": properties}
    store.group_members[store.named["cloud-team"]].append(two)
    look_at_azure(console)


def _azure_group(store: Store) -> str:
    (group,) = (one["id"] for one in store.groups.values() if one["mailNickname"] == AZURE_GROUP)
    return str(group)


def _a_group(store: Store, name: str, members: list[str], **values: Any) -> str:
    """A new group of the tenant."""
    group = {**store.groups[store.named["payroll-team"]], "displayName": name, "mailNickname": name, **values}
    group["id"] = f"99999999-0000-4000-8000-{len(store.groups):012d}"
    store.groups.add(group)
    store.group_members[group["id"]] = members
    return str(group["id"])


@pytest.mark.parametrize("road", ["direct", "nested", "dynamic"])
def test_no_policy_is_for_them(console: Console, road: str) -> None:
    """They hold Azure roles and somebody puts them into the group that a policy is for: they are left out by name."""
    _give_azure_roles(console)
    report_for_a_week(console)
    store = console.lab.store
    members = store.group_members[_azure_group(store)]
    assert not set(_glass(store)) & set(members)
    if road == "direct":
        members += _glass(store)
    elif road == "nested":
        members.append(_a_group(store, "inner", [_a_group(store, "innermost", _glass(store))]))
    else:
        rule = {"groupTypes": ["DynamicMembership"], "membershipRule": '(user.displayName -startsWith "Break")'}
        members.append(_a_group(store, "by-rule", _glass(store), **rule))
    planned, plan = console.plan("enable-privileged-mfa")
    assert len(planned.json["changes"]) == 3, planned.out
    assert console.apply(plan).code == 0
    assert [caught(store, one) for one in _glass(store)] == [[], []]
    assert len(caught(store, store.named["alice.admin"])) == 3
    assert not any(
        one in str(write) for write in console.lab.effects for one in _glass(store) if "/members/" in write.path
    )


@pytest.mark.parametrize("road", ["direct", "nested", "dynamic"])
def test_a_group_in_the_configuration(console: Console, road: str) -> None:
    """Its members are as safe as the accounts; policies, which can leave out accounts only, are refused."""
    store = console.lab.store
    kate = store.named["kate.user"]
    if road == "direct":
        group = _a_group(store, "emergency", [kate])
    elif road == "nested":
        group = _a_group(store, "emergency", [_a_group(store, "inner", [kate])])
    else:
        group = _a_group(store, "emergency", [kate], groupTypes=["DynamicMembership"], membershipRule="(true)")
    order = ("run", "disable_user", f"kate.user@{store.domain}", "--json")
    made, early = console.plan("enforce-privileged-mfa", name="early.plan.json")
    assert (made.code, console.run(*order).code) == (0, 0)
    console.change_config("break_glass:\n", f'break_glass:\n    - "{group}"\n')
    refused = console.run(*order, "--apply", "--yes", "--confirm-tenant", store.tenant_id)
    assert refused.code == 4, refused.out
    assert f"it is in the group {group}" in refused.out
    other = console.run("run", "disable_user", f"hiro.user@{store.domain}", "--json")
    assert other.code == 0, other.out
    policies, plan = console.plan("enforce-privileged-mfa")
    assert (policies.code, policies.json["changes"]) == (4, [])
    assert f"names the group {group}" in policies.out
    assert console.apply(plan).code == 4
    assert console.apply(early).code == 5
    (check,) = (one for one in console.run("doctor", "--json").json["checks"] if one["name"] == "break-glass accounts")
    assert (check["health"], group in check["found"]) == ("WARN", True)
    assert console.lab.effects == []


def test_who_gets_into_the_group_after_the_plan(console: Console) -> None:
    """The group is read again before the first write."""
    store = console.lab.store
    group = _a_group(store, "emergency", [])
    console.change_config("break_glass:\n", f'break_glass:\n    - "{group}"\n')
    row = f"session,kate.user@{store.domain},,"
    planned, plan = console.plan("contain-user", "--credentials", console.credentials(row))
    assert planned.json["changes"], planned.out
    store.group_members[group].append(_a_group(store, "inner", [store.named["kate.user"]]))
    applied = console.apply(plan)
    assert applied.code == 4, applied.out
    assert console.lab.effects == []


def test_an_altered_plan_puts_nobody_of_them_into_the_group(console: Console) -> None:
    """They hold privileged roles, so that only their being break-glass accounts keeps them out."""
    _give_azure_roles(console)
    _, file = console.plan("enforce-privileged-mfa")
    plan = json.loads(Path(file).read_bytes())
    (one, _) = _glass(console.lab.store)
    for change in plan["changes"]:
        for person in change["target"]["readiness"]["people"]:
            if person["name"].startswith("hiro."):
                person["id"] = one
        if change["action"] == "require_mfa_for_azure_roles":
            people = change["target"]["readiness"]["people"]
            change["work"]["members"] = sorted(person["id"] for person in people if person["azure"])
    plan["plan_id"] = digest({name: value for name, value in plan.items() if name != "plan_id"})
    Path(file).write_bytes(canonical(plan) + b"\n")
    applied = console.apply(file)
    assert applied.code == 4
    assert "whom no policy may be for" in applied.out
    assert console.lab.effects == []


def test_an_account_without_the_role_opens_no_door(console: Console) -> None:
    """Whoever takes Global Administrator from one of them stops policies, which only that role can repair."""
    store = console.lab.store
    one, _ = _glass(store)
    gone = [key for key, row in store.role_assignments.items() if row["principalId"] == one]
    for key in gone:
        del store.role_assignments[key]
    planned, _ = console.plan("enforce-privileged-mfa")
    assert (planned.code, planned.json["changes"]) == (4, [])
    assert "1 is no Global Administrator" in planned.out
    assert console.run("run", "revoke_sessions", f"alice.admin@{store.domain}", "--json").code == 0


@pytest.mark.fault("G4")
def test_policies_of_the_tenant_that_stop_them(console: Console) -> None:
    """Left out by a group they get in, until it is emptied; `doctor` reads it again each time."""
    store = console.lab.store
    exclusions = store.named["ca-exclusions"]
    policy = next(iter(store.ca_policies.values()))
    users = {**policy["conditions"]["users"], "includeUsers": ["All"], "excludeGroups": [exclusions]}
    conditions = {**policy["conditions"], "clientAppTypes": ["all"], "users": users}
    controls = {**policy["grantControls"], "operator": "OR", "builtInControls": ["block"]}
    more = {"displayName": "Closed", "state": "enabled", "conditions": conditions, "grantControls": controls}
    one = "99999999-0000-4000-8000-0000000000aa"
    store.ca_policies[one] = {**policy, "id": one, **more}

    def checked() -> Any:
        (found,) = (
            one for one in console.run("doctor", "--json").json["checks"] if one["name"] == "break-glass sign-in"
        )
        return found

    assert checked()["health"] == "OK"
    inner = _a_group(store, "inner", store.group_members[exclusions][:])
    store.group_members[exclusions] = [inner]
    assert checked()["health"] == "OK"
    store.group_members[inner] = [_glass(store)[1]]
    found = checked()
    assert (found["health"], found["found"]) == ("WARN", f"'Closed' stops break-glass-1@{store.domain}")
