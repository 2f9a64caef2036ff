"""Holders of privileged Azure roles are in a group, and a policy is for that group."""

from dataclasses import replace
from typing import Any

import pytest

from azremediate.actions._azure_group import NICKNAME
from azremediate.actions._conditional_access import ENABLED, Mode
from azremediate.actions.require_mfa_for_azure_roles import ACTION, Params
from azremediate.core.change import CannotUndo, Change, Skip
from azremediate.core.cloud import Cloud
from azremediate.core.errors import ChangeFailed, OutcomeUnknown
from azremediate.core.lock_out import LockOut
from azremediate.core.write import Receipt, Write
from tests.actions.policy_stage import ALICE, BOB, POLICIES, TARGET, target_with
from tests.actions.stage import a_tenant, change_of, holds, planned, run_of
from tests.fakes import FakeTenant

TARGETED = target_with(ALICE, BOB)
STRANGER = "dddddddd-0000-4000-8000-0000000000ff"


def _tenant() -> FakeTenant:
    """A tenant whose groups have members and owners."""
    tenant = a_tenant()
    tenant.collections["/groups"] = []
    effect = tenant._effect

    def with_groups(write: Write) -> Receipt:
        body: Any = write.body
        if write.path.endswith("/members/$ref"):
            member = {"id": body["@odata.id"].rpartition("/")[2]}
            tenant.collections[write.path.removesuffix("/$ref")].append(member)
            return Receipt({}, status=204)
        receipt = effect(write)
        for group in tenant.collections["/groups"]:
            for part in ("members", "owners"):
                tenant.collections.setdefault(f"/groups/{group['id']}/{part}", [])
        return receipt

    tenant._effect = with_groups  # type: ignore[method-assign]  # a service that knows groups
    return tenant


def _members(tenant: FakeTenant) -> list[str]:
    (group,) = tenant.collections["/groups"]
    return sorted(row["id"] for row in tenant.collections[f"/groups/{group['id']}/members"])


async def _made(tenant: FakeTenant, params: Params | None = None) -> Change:
    change = await change_of(ACTION, TARGETED, tenant, params)
    await ACTION.apply(change, run_of(change, tenant))
    tenant.journal.records.clear()
    return change


LOST = ["group", f"member-{ALICE.id}", "create"]


@pytest.mark.parametrize("after", [True, False], ids=["had effect", "had no effect"])
@pytest.mark.parametrize("lost", LOST)
async def test_made_once(lost: str, after: bool) -> None:
    """One group with everybody in it and one policy for it, whichever answer is lost; undo disables the policy."""
    tenant = _tenant()
    change = await change_of(ACTION, TARGETED, tenant)
    tenant.fail[lost] = (OutcomeUnknown("no answer"), after)
    await ACTION.apply(change, run_of(change, tenant))
    assert _members(tenant) == [ALICE.id, BOB.id]
    (group,) = tenant.collections["/groups"]
    assert (group["mailNickname"], group["securityEnabled"], group["mailEnabled"]) == (NICKNAME, True, False)
    (policy,) = tenant.collections[POLICIES]
    assert policy["conditions"]["users"]["includeGroups"] == [group["id"]]
    assert "includeUsers" not in policy["conditions"]["users"]
    assert await holds(ACTION, change, tenant)
    tenant.journal.records.clear()
    back = ACTION.undo(change, await ACTION.observe(TARGETED, tenant))
    assert isinstance(back, Change)
    await ACTION.apply(back, run_of(back, tenant))
    assert policy["state"] == "disabled"


async def test_who_got_a_role_since_is_added() -> None:
    """The policy stays as it is; nobody is taken out again."""
    tenant = _tenant()
    change = await _made(tenant)
    zoe = replace(BOB, id=STRANGER, name="zoe@x")
    later = target_with(ALICE, BOB, zoe)
    joining = await change_of(ACTION, later, tenant)
    assert joining.before == {"missing": ["zoe@x"]}
    await ACTION.apply(joining, run_of(joining, tenant))
    assert _members(tenant) == [ALICE.id, BOB.id, STRANGER]
    assert await holds(ACTION, joining, tenant)
    assert await holds(ACTION, change, tenant)
    assert isinstance(ACTION.undo(joining, await ACTION.observe(later, tenant)), CannotUndo)
    outcome = await planned(ACTION, later, tenant)
    assert isinstance(outcome, Skip)
    assert outcome.done


async def test_enabled() -> None:
    """Our own policy is switched on; with who is missing in the group still to be added, that comes first."""
    tenant = _tenant()
    await _made(tenant)
    accepted = Params(state=Mode.ENABLED, lock_out=LockOut.ACCEPT)
    group = tenant.collections["/groups"][0]["id"]
    tenant.collections[f"/groups/{group}/members"].pop()
    assert (await change_of(ACTION, TARGETED, tenant, accepted)).work["operation"] == "join"
    await _made(tenant, accepted)
    await _made(tenant, accepted)
    assert [policy["state"] for policy in tenant.collections[POLICIES]] == [ENABLED]


async def test_nobody_to_protect() -> None:
    """Nobody found is not nobody there."""
    outcome = await planned(ACTION, target_with(replace(ALICE, azure=False)), _tenant())
    assert isinstance(outcome, Skip)
    assert (outcome.done, "azure.subscriptions" in outcome.reason) == (False, True)


@pytest.mark.parametrize(
    ("case", "says"),
    [("owners", "has owners"), ("twin", "2 groups"), ("dynamic", "assigned members"), ("mail", "assigned members")],
)
async def test_a_group_that_people_could_slip_out_of(case: str, says: str) -> None:
    """It is not used: neither planned with, nor written to when it became so since."""
    tenant = _tenant()
    change = await change_of(ACTION, TARGETED, tenant)
    group: dict[str, Any] = {"id": STRANGER, "mailNickname": NICKNAME, "securityEnabled": True, "groupTypes": []}
    tenant.collections["/groups"] = [group]
    tenant.collections |= {f"/groups/{STRANGER}/members": [], f"/groups/{STRANGER}/owners": []}
    if case == "owners":
        tenant.collections[f"/groups/{STRANGER}/owners"] = [{"id": ALICE.id}]
    elif case == "twin":
        tenant.collections["/groups"].append({**group, "id": ALICE.id})
    elif case == "dynamic":
        group["groupTypes"] = ["DynamicMembership"]
    else:
        group["securityEnabled"] = False
    outcome = await planned(ACTION, TARGETED, tenant)
    assert isinstance(outcome, Skip)
    assert (outcome.done, says in outcome.reason) == (False, True)
    with pytest.raises(ChangeFailed, match=says):
        await ACTION.apply(change, run_of(change, tenant))
    assert not tenant.writes


@pytest.mark.parametrize("altered", ["members", "no id", "tenant", "exempt"])
async def test_altered(altered: str) -> None:
    """Only those whom the guards judged get into the group; nothing is written for a change that no planner makes."""
    tenant = _tenant()
    change = await change_of(ACTION, TARGETED, tenant)
    if altered == "members":
        change = replace(change, work={**change.work, "members": [STRANGER]})
    elif altered == "no id":
        target = target_with(replace(ALICE, id="../users"))
        change = replace(change, target=target, work={**change.work, "members": ["../users"]})
    elif altered == "tenant":
        change = replace(change, target=replace(TARGETED, id=STRANGER))
    else:
        change = replace(change, target=replace(TARGETED, exempt=()), work={**change.work, "exempt": []})
    with pytest.raises(ChangeFailed, match="refused"):
        await ACTION.apply(change, run_of(change, tenant))
    assert not tenant.writes


@pytest.mark.parametrize(
    ("cloud", "root"),
    [(Cloud.PUBLIC, "https://graph.microsoft.com"), (Cloud.USGOV_DOD, "https://dod-graph.microsoft.us")],
)
async def test_references_name_the_cloud(cloud: Cloud, root: str) -> None:
    """A member is named by its address in the same cloud."""
    tenant = _tenant()
    tenant.cloud = cloud
    await _made(tenant)
    bodies: list[Any] = [write.body for write in tenant.writes if write.path.endswith("$ref")]
    assert {body["@odata.id"].partition("/v1.0/")[0] for body in bodies} == {root}
    assert TARGET.readiness.people == ()
