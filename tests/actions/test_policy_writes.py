"""A policy is switched only if it is azremediate's own, and enabled only if it locks nobody out."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from azremediate.actions._conditional_access import ENABLED, REPORT_ONLY, Mode
from azremediate.actions.require_phishing_resistant_mfa import ACTION, Params
from azremediate.core.change import Change, Skip
from azremediate.core.errors import ChangeFailed
from azremediate.core.lock_out import LockOut
from azremediate.core.target import Target, TargetKind
from azremediate.core.write import Receipt, Write
from tests.actions.stage import USER, a_tenant, change_of, holds, planned, run_of
from tests.fakes import TENANT_ID, FakeTenant

POLICIES = "/identity/conditionalAccess/policies"
GLASS = ("dddddddd-0000-4000-8000-00000000000a", "dddddddd-0000-4000-8000-00000000000b")
TARGET = Target(TENANT_ID, TargetKind.TENANT, TENANT_ID, "Contoso", exempt=GLASS)
COMPANY = "aaaaaaaa-0000-4000-8000-0000000000cc"


def _work(**values: Any) -> Callable[[Change], Change]:
    return lambda change: replace(change, work={**change.work, **values})


def _target(**values: Any) -> Callable[[Change], Change]:
    return lambda change: replace(change, target=replace(change.target, **values))


async def _reporting() -> tuple[FakeTenant, Change]:
    """A tenant with our report-only policy and one of the company, and the change that enables ours."""
    tenant = a_tenant()
    first = await change_of(ACTION, TARGET, tenant)
    await ACTION.apply(first, run_of(first, tenant))
    tenant.journal.records.clear()
    tenant.writes.clear()
    company = {"id": COMPANY, "displayName": "Block legacy sign-in", "state": "enabled", "createdDateTime": ""}
    tenant.collections[POLICIES].append(company)
    return tenant, await change_of(ACTION, TARGET, tenant, Params(state=Mode.ENABLED, lock_out=LockOut.ACCEPT))


@pytest.mark.parametrize(
    "altered",
    [
        _work(policy_id=COMPANY, state="disabled"),
        _work(policy_id=COMPANY),
        _work(state="off"),
        _target(exempt=()),
        _target(exempt=(USER,)),
        _target(kind=TargetKind.USER),
        _target(id=USER),
        lambda change: replace(change, params={**change.params, "roles": []}),
        lambda change: replace(change, params={**change.params, "grant": "none"}),
    ],
    ids=[
        "the company's policy disabled",
        "the company's policy enabled",
        "a state that is none",
        "nobody left out",
        "the attacker left out",
        "kind",
        "another tenant",
        "no roles",
        "a grant that is none",
    ],
)
async def test_altered_switch_is_refused(altered: Callable[[Change], Change]) -> None:
    """What was put into the plan afterwards changes no policy."""
    tenant, change = await _reporting()
    change = altered(change)
    with pytest.raises(ChangeFailed, match="nothing was written"):
        await ACTION.apply(change, run_of(change, tenant))
    assert tenant.writes == []


EDITED: dict[str, dict[str, list[str]]] = {
    "nobody left out": {"excludeUsers": []},
    "the attacker left out": {"excludeUsers": [GLASS[0], USER]},
    "left out by a group, which can be emptied": {"excludeUsers": [], "excludeGroups": [COMPANY]},
    "left out by a role": {"excludeUsers": [], "excludeRoles": [COMPANY]},
    "everybody": {"includeUsers": ["All"]},
    "a group": {"includeGroups": [COMPANY]},
}


@pytest.mark.fault("G4")
@pytest.mark.parametrize("users", EDITED.values(), ids=EDITED)
async def test_policy_that_was_edited_since_is_not_enabled(users: dict[str, list[str]]) -> None:
    """Whoever edits our report-only policy after the plan cannot have it enabled by us."""
    tenant, change = await _reporting()
    tenant.collections[POLICIES][0]["conditions"]["users"].update(users)
    with pytest.raises(ChangeFailed, match="nothing was written"):
        await ACTION.apply(change, run_of(change, tenant))
    assert tenant.collections[POLICIES][0]["state"] == REPORT_ONLY


@pytest.mark.fault("G4")
@pytest.mark.parametrize("when", ["before the write", "in an attempt before"])
@pytest.mark.parametrize("users", EDITED.values(), ids=EDITED)
async def test_policy_that_was_edited_while_it_was_enabled_is_disabled(users: dict[str, list[str]], when: str) -> None:
    """What is stored counts: it is judged again after the write, also by a run that goes on."""
    tenant, change = await _reporting()
    policy = tenant.collections[POLICIES][0]
    effect = tenant._effect

    def edited(write: Write) -> Receipt:
        receipt = effect(write)
        if write.step == "set-state":
            policy["conditions"]["users"].update(users)
        return receipt

    if when == "before the write":
        tenant._effect = edited  # type: ignore[method-assign]  # somebody edits it at the same moment
    else:
        policy["conditions"]["users"].update(users)
        policy["state"] = ENABLED
    with pytest.raises(ChangeFailed, match="disabled again"):
        await ACTION.apply(change, run_of(change, tenant))
    assert policy["state"] == "disabled"
    assert [write.step for write in tenant.writes] == ["set-state", "disable"]


@pytest.mark.fault("G4")
async def test_policy_that_is_not_shown_is_not_enabled() -> None:
    """What it says cannot be judged."""
    tenant, change = await _reporting()
    del tenant.collections[POLICIES][0]
    with pytest.raises(ChangeFailed, match="nothing was written"):
        await ACTION.apply(change, run_of(change, tenant))
    assert tenant.writes == []


@pytest.mark.fault("G4")
@pytest.mark.parametrize("users", EDITED.values(), ids=EDITED)
async def test_policy_that_was_edited_later_does_not_hold(users: dict[str, list[str]]) -> None:
    """`verify` says so, and `undo` puts it back to report-only all the same."""
    tenant, change = await _reporting()
    await ACTION.apply(change, run_of(change, tenant))
    assert await holds(ACTION, change, tenant)
    policy = tenant.collections[POLICIES][0]
    kept = {name: list(policy["conditions"]["users"].get(name, ())) for name in users}
    policy["conditions"]["users"].update(users)
    assert not await holds(ACTION, change, tenant)
    policy["conditions"]["users"].update({**kept, "excludeUsers": [*GLASS, USER]})
    assert not await holds(ACTION, change, tenant)
    tenant.journal.records.clear()
    back = ACTION.undo(change, await ACTION.observe(TARGET, tenant))
    assert isinstance(back, Change)
    await ACTION.apply(back, run_of(back, tenant))
    assert policy["state"] == REPORT_ONLY


@pytest.mark.fault("G4")
@pytest.mark.parametrize("left_out", [True, False])
async def test_policy_of_others_that_catches_the_break_glass_accounts_is_named(left_out: bool) -> None:
    """It is not ours to change; whoever reads the plan learns what it does."""
    tenant = a_tenant()
    first = await change_of(ACTION, TARGET, tenant)
    await ACTION.apply(first, run_of(first, tenant))
    policy = tenant.collections[POLICIES][0]
    policy |= {"displayName": "Administrators", "state": ENABLED}
    if not left_out:
        policy["conditions"]["users"]["excludeUsers"] = []
    outcome = await planned(ACTION, TARGET, tenant)
    assert isinstance(outcome, Skip)
    assert ("of the break-glass accounts too" in outcome.reason) is not left_out


async def test_unaltered_switch_is_made() -> None:
    """The checks let through what the planner made."""
    tenant, change = await _reporting()
    await ACTION.apply(change, run_of(change, tenant))
    assert tenant.collections[POLICIES][0]["state"] == ENABLED


@pytest.mark.parametrize(
    "altered",
    [_work(exempt=[USER]), _work(exempt=[]), _target(exempt=(USER,)), _target(exempt=GLASS[:1])],
    ids=["the attacker left out", "nobody left out", "another target", "one account"],
)
async def test_altered_creation_is_refused(altered: Callable[[Change], Change]) -> None:
    """A new policy leaves out exactly the accounts of its target, and at least two."""
    tenant = a_tenant()
    change = altered(await change_of(ACTION, TARGET, tenant, Params(state=Mode.ENABLED, lock_out=LockOut.ACCEPT)))
    with pytest.raises(ChangeFailed, match="nothing was written"):
        await ACTION.apply(change, run_of(change, tenant))
    assert tenant.writes == []
