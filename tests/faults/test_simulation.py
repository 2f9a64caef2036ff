"""Any schedule of outcomes, crashes and lags ends with one new secret that is known, or with the old one in place."""

import asyncio
from contextlib import suppress

import pytest
from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from azremediate.actions.rotate_app_secret import ACTION
from azremediate.core.change import Change
from azremediate.core.errors import ChangeFailed, OutcomeUnresolved, TenantError
from tests.actions.stage import (
    APPLICATION,
    LEAKED,
    LEAKED_ON_PRINCIPAL,
    a_tenant,
    an_application,
    change_of,
    holds,
    key_ids,
    run_of,
)
from tests.fakes import Crash, InstantClock
from tests.faults.storm import Luck, Storm, StormyTenant

OLD = {LEAKED, LEAKED_ON_PRINCIPAL}
DEALT = st.lists(st.sampled_from(Luck), max_size=14)
LAGS = st.sampled_from([0.0, 0.5, 1.0, 1.5])


def _tagged(tenant: StormyTenant, change: Change) -> list[str]:
    rows = tenant.find(f"/applications/{APPLICATION}")["passwordCredentials"]
    return [row["keyId"] for row in rows if row["displayName"].startswith(change.tag)]


def _stored(tenant: StormyTenant, key_id: str) -> bool:
    versions = [pair for kept in tenant.secrets.kept.values() for pair in kept]
    own = [value for version, value in versions if version.tags.get("azr-keyid") == key_id]
    return any(value is tenant.issued[key_id] for value in own)


def _check_old(tenant: StormyTenant, change: Change) -> None:
    """I3: an old secret is gone only when a new one is live, stored and was proven."""
    if not set(key_ids(tenant)) >= OLD:
        assert any(_stored(tenant, key_id) for key_id in _tagged(tenant, change))
        assert tenant.prover.tries


async def play(dealt: list[Luck], lag: float) -> str:
    clock = InstantClock()
    calm = a_tenant()
    change = await change_of(ACTION, an_application(), calm)
    tenant = StormyTenant(calm, Storm(dealt), clock, lag)
    ended = ""
    for _ in range(sum(luck.crash for luck in dealt) + 1):
        try:
            await ACTION.apply(change, run_of(change, tenant, clock))
            ended = "done"
        except Crash:
            ended = ""
        except OutcomeUnresolved:
            ended = "unresolved"
        except (ChangeFailed, TenantError):
            ended = "failed"
        _check_old(tenant, change)
        if ended:
            break
    assert ended, "more rounds than crashes"
    clock.passed += 10
    if ended == "done":
        await _check_done(tenant, change, clock)
    elif ended == "failed":
        _check_failed(tenant, change)
    else:
        await _check_open(tenant, change, clock)
    return ended


async def _check_done(tenant: StormyTenant, change: Change, clock: InstantClock) -> None:
    """I1, I2, I10: one new secret that is known, and a second application that writes nothing."""
    assert await holds(ACTION, change, tenant)
    new = _tagged(tenant, change)
    assert len(new) == 1
    assert _stored(tenant, new[0])
    before = (len(tenant.writes), sum(map(len, tenant.secrets.kept.values())))
    await ACTION.apply(change, run_of(change, tenant, clock))
    assert (len(tenant.writes), sum(map(len, tenant.secrets.kept.values()))) == before


async def _check_open(tenant: StormyTenant, change: Change, clock: InstantClock) -> None:
    """I11: what was left open is taken to an end as soon as the storm is over."""
    tenant.storm.end()
    try:
        await ACTION.apply(change, run_of(change, tenant, clock))
    except ChangeFailed as error:
        assert not isinstance(error, OutcomeUnresolved)
        clock.passed += 10
        _check_failed(tenant, change)
    else:
        clock.passed += 10
        await _check_done(tenant, change, clock)


def _check_failed(tenant: StormyTenant, change: Change) -> None:
    """I1, I2: at most one new secret, and none whose value is lost."""
    new = _tagged(tenant, change)
    assert len(new) <= 1
    assert all(_stored(tenant, key_id) for key_id in new)


@pytest.mark.fault("N19", "N12", "P1", "P6")
@settings(max_examples=150, deadline=None, derandomize=True)
@given(dealt=DEALT, lag=LAGS)
@example(dealt=[Luck.LOST_AFTER, Luck.CRASH_AFTER, Luck.CRASH_AFTER, Luck.LOST_AFTER], lag=1.5)
@example(dealt=[Luck.LOST_AFTER, Luck.LOST_BEFORE, Luck.LOST_BEFORE, Luck.THROTTLED], lag=0.0)
def test_any_schedule(dealt: list[Luck], lag: float) -> None:
    """Whatever happens to the writes of a rotation, the invariants hold after each crash and in the end."""
    event(asyncio.run(play(dealt, lag)))


@pytest.mark.fault("P1")
def test_calm() -> None:
    """Without any fault it is done in one round."""
    assert asyncio.run(play([], 0.0)) == "done"


def test_the_storm_can_be_felt() -> None:
    """A lag longer than the window in which an outcome is watched is noticed, not believed."""
    felt = []
    for lag in (0.0, 60.0):
        with suppress(AssertionError):
            felt.append(asyncio.run(play([Luck.LOST_AFTER], lag)))
    assert felt[:1] == ["done"]
    assert felt != ["done", "done"]
