"""Revoking sessions moves the time from which they are valid, once, and says what it cannot do."""

from dataclasses import replace
from datetime import timedelta

import pytest

from azremediate.actions.revoke_sessions import ACTION, Params
from azremediate.core.action import in_effect
from azremediate.core.change import CannotUndo, Phase, Skip
from azremediate.core.clock import iso
from azremediate.core.errors import OutcomeUnknown, ServiceFailing
from azremediate.core.target import Target, TargetKind
from tests.actions.stage import USER, a_tenant, change_of, holds, planned, run_of
from tests.fakes import START, TENANT_ID, InstantClock

TARGET = Target(TENANT_ID, TargetKind.USER, USER, "Amira", user_principal_name="amira@contoso.test")


async def test_sessions_are_revoked() -> None:
    """The sessions are valid from now on, read back."""
    tenant = a_tenant()
    change = await change_of(ACTION, TARGET, tenant)
    assert not await holds(ACTION, change, tenant)
    await ACTION.apply(change, run_of(change, tenant))
    assert [write.path for write in tenant.writes] == [f"/users/{USER}/revokeSignInSessions"]
    assert await holds(ACTION, change, tenant)


async def test_once_more() -> None:
    """The second revocation is made although the first is there, comes after what is rotated, and moves on."""
    tenant = a_tenant()
    first = await change_of(ACTION, TARGET, tenant)
    second = await change_of(ACTION, TARGET, tenant, Params(again=True))
    assert (second.always, second.phase, second.change_id != first.change_id) == (True, Phase.RESTORE, True)
    clock = InstantClock()
    await ACTION.apply(first, run_of(first, tenant, clock))
    tenant.journal.records.clear()
    await ACTION.apply(second, run_of(second, tenant, clock))
    assert len(tenant.writes) == 2


async def test_a_second_revocation_that_had_no_effect_does_not_hold() -> None:
    """What the first one moved does not prove the second: only a later time does."""
    tenant = a_tenant()
    first = await change_of(ACTION, TARGET, tenant)
    second = await change_of(ACTION, TARGET, tenant, Params(again=True))
    clock = InstantClock()
    await ACTION.apply(first, run_of(first, tenant, clock))
    between = await ACTION.observe(TARGET, tenant)
    assert ACTION.holds(second, between)
    assert not in_effect(ACTION, second, between.facts, between)
    tenant.journal.records.clear()
    await ACTION.apply(second, run_of(second, tenant, clock))
    assert in_effect(ACTION, second, between.facts, await ACTION.observe(TARGET, tenant))
    assert in_effect(ACTION, first, between.facts, between)


async def test_user_who_never_had_sessions_revoked() -> None:
    """A time that was never set counts as earlier than any."""
    tenant = a_tenant()
    tenant.collections["/users"][0]["signInSessionsValidFromDateTime"] = None
    change = await change_of(ACTION, TARGET, tenant)
    assert not await holds(ACTION, change, tenant)
    await ACTION.apply(change, run_of(change, tenant))
    assert await holds(ACTION, change, tenant)


@pytest.mark.parametrize("after", [True, False], ids=["had effect", "had no effect"])
async def test_unknown_outcome(after: bool) -> None:
    """A revocation without an answer is recognised by the time, else sent again."""
    tenant = a_tenant()
    change = await change_of(ACTION, TARGET, tenant)
    tenant.fail["revoke"] = (OutcomeUnknown("no answer"), after)
    await ACTION.apply(change, run_of(change, tenant))
    assert len(tenant.writes) == 1
    assert await holds(ACTION, change, tenant)


@pytest.mark.parametrize(
    "values",
    [{"userType": "Guest"}, {"userPrincipalName": "amira_home.test#EXT#@contoso.test"}],
    ids=["guest", "external member"],
)
async def test_guest_is_for_the_home_tenant(values: dict[str, str]) -> None:
    """A guest's sessions are not ours to revoke, and that is not called done."""
    tenant = a_tenant()
    tenant.collections["/users"][0].update(values)
    outcome = await planned(ACTION, TARGET, tenant)
    assert isinstance(outcome, Skip)
    assert not outcome.done
    assert "home tenant" in outcome.reason


async def test_time_that_is_none_is_refused() -> None:
    """An answer that holds nonsense is not taken for a proof."""
    tenant = a_tenant()
    change = await change_of(ACTION, TARGET, tenant)
    tenant.collections["/users"][0]["signInSessionsValidFromDateTime"] = "soon"
    with pytest.raises(ServiceFailing):
        await holds(ACTION, change, tenant)


async def test_no_undo() -> None:
    """A revoked session is gone."""
    tenant = a_tenant()
    change = await change_of(ACTION, replace(TARGET), tenant)
    assert isinstance(ACTION.undo(change, await ACTION.observe(TARGET, tenant)), CannotUndo)
    assert any("60 to 90 minutes" in warning for warning in change.warnings)


@pytest.mark.parametrize(("ago", "waited"), [(0, 1.0), (-1, 2.0), (1, 0.0), (-60, 0.0)], ids=str)
async def test_second_revocation_within_a_second(ago: int, waited: float) -> None:
    """Sessions that were revoked a moment ago are revoked in the next second, for else nobody could tell."""
    tenant, clock = a_tenant(), InstantClock()
    tenant.collections["/users"][0]["signInSessionsValidFromDateTime"] = iso(START - timedelta(seconds=ago))
    change = await change_of(ACTION, TARGET, tenant)
    await ACTION.apply(change, run_of(change, tenant, clock))
    assert clock.passed == waited
    assert len(tenant.writes) == 1
