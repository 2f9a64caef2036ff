"""What was read ahead counts for a moment only, and only for the changes that it was read for."""

import pytest

from azremediate.cli import read_ahead as module
from azremediate.cli import session as session_module
from azremediate.cli.read_ahead import KnownFacts, ReadAhead, read_ahead
from azremediate.cli.session import Session
from azremediate.core.config import Config
from azremediate.core.errors import PermissionMissing
from azremediate.core.events import ignore
from azremediate.core.guards import GuardFacts, OwnIdentity
from azremediate.core.plan import plan_bytes
from azremediate.resolve.tenant_profile import TenantProfile
from tests.core.plans import a_change, a_plan
from tests.fakes import TENANT_ID, FakeTenant, InstantClock

ONE, TWO = a_change(1), a_change(2)
PROFILE = TenantProfile(TENANT_ID, "Contoso", "contoso.test", "contoso.test")
FACTS = GuardFacts(
    OwnIdentity("cccccccc-0000-4000-8000-000000000008", "cccccccc-0000-4000-8000-000000000009"), (), frozenset()
)


async def test_it_is_used_at_once_and_not_later() -> None:
    """Who waited for a lock or for an answer reads again."""
    clock = InstantClock()
    ahead = ReadAhead(clock, KnownFacts(FACTS, clock.monotonic()), {}, frozenset({ONE.change_id}), b"")
    assert ahead.covers([ONE])
    await clock.sleep(6)
    assert not ahead.covers([ONE])


def test_it_is_not_used_for_what_was_not_read() -> None:
    """A later phase is looked at when its turn comes."""
    clock = InstantClock()
    ahead = ReadAhead(clock, KnownFacts(FACTS, clock.monotonic()), {}, frozenset({ONE.change_id}), b"")
    assert not ahead.covers([ONE, TWO])


@pytest.mark.parametrize("refused", [False, True])
async def test_the_first_phase_is_read_with_the_guards_facts(monkeypatch: pytest.MonkeyPatch, refused: bool) -> None:
    """What cannot be read ahead stops nothing: it is asked for, and told, where it is needed."""

    async def gathered(*_: object) -> GuardFacts:
        if refused:
            raise PermissionMissing("not allowed to read roles")
        return FACTS

    monkeypatch.setattr(module, "gather_guard_facts", gathered)
    tenant = FakeTenant()
    tenant.collections["/servicePrincipals"] = [{"id": ONE.target.id, "appId": ONE.target.app_id}]
    tenant.collections["/applications"] = []
    plan = a_plan(ONE)
    ahead = await read_ahead(plan, tenant, Config(tenant_id=TENANT_ID), {}, InstantClock())
    if refused:
        assert ahead is None
        return
    assert ahead is not None
    assert ahead.covers([ONE])
    assert not ahead.covers([TWO])
    assert list(ahead.targets) == [ONE.change_id]
    assert ahead.content == plan_bytes(plan)


async def test_guards_judge_twice_by_one_reading_within_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """And read again after a wait, for instance for somebody's answer."""
    readings = []

    async def gathered(*_: object) -> GuardFacts:
        readings.append(1)
        return FACTS

    monkeypatch.setattr(session_module, "gather_guard_facts", gathered)
    clock, tenant = InstantClock(), FakeTenant()
    session = Session(Config(tenant_id=TENANT_ID), clock, tenant, {}, PROFILE, ignore)  # type: ignore[arg-type]  # nothing but reading is used
    await session.guard_facts()
    await session.guard_facts()
    once = len(readings)
    await clock.sleep(6)
    await session.guard_facts()
    assert (once, len(readings)) == (1, 2)
