"""A plan is applied where, when and with the settings it was made for, and nowhere else."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from azremediate.core.binding import check_applicable, check_binding, failing
from azremediate.core.cloud import Cloud
from azremediate.core.config import Config, GuardSettings
from azremediate.core.errors import GuardRefused, PlanUnusable
from azremediate.core.plan import Plan, Verdict
from tests.core.plans import NOW, TENANT_ID, a_change, a_plan

CONFIG = Config(TENANT_ID, Cloud.CUSTOM)
OTHER_TENANT = "99999999-2222-4333-8444-555555555555"


def _plan(config: Config = CONFIG) -> Plan:
    plan = a_plan(a_change())
    return replace(plan, origin=replace(plan.origin, config_sha256=config.sha256))


@pytest.mark.parametrize("tenant", [TENANT_ID, TENANT_ID.upper()])
@pytest.mark.parametrize("now", [NOW, NOW + timedelta(hours=3, minutes=59), NOW - timedelta(minutes=5)])
def test_fits(tenant: str, now: datetime) -> None:
    """The same tenant in any writing, until it expires, with clocks a little apart."""
    check_binding(_plan(), CONFIG, tenant, now)


@pytest.mark.parametrize(
    ("config", "token", "now", "said"),
    [
        (CONFIG, OTHER_TENANT, NOW, "answered the sign-in"),
        (CONFIG, "", NOW, "answered the sign-in"),
        (replace(CONFIG, tenant_id=OTHER_TENANT), TENANT_ID, NOW, "the configuration names"),
        (replace(CONFIG, tenant_id=OTHER_TENANT), OTHER_TENANT, NOW, "the configuration names"),
        (replace(CONFIG, cloud=Cloud.PUBLIC), TENANT_ID, NOW, "for lab in the custom cloud"),
        (replace(CONFIG, guards=GuardSettings(max_changes=1)), TENANT_ID, NOW, "changed since"),
        (CONFIG, TENANT_ID, NOW + timedelta(hours=4), "expired"),
        (CONFIG, TENANT_ID, NOW - timedelta(minutes=6), "in the future"),
    ],
    ids=["token", "no token", "configuration", "another tenant", "cloud", "guards", "expired", "future"],
)
def test_does_not_fit(config: Config, token: str, now: datetime, said: str) -> None:
    """Anything else is told with what differs."""
    with pytest.raises(PlanUnusable, match=said):
        check_binding(_plan(), config, token, now)


def test_inapplicable() -> None:
    """The guards' reasons are told, and a plan without objection passes."""
    plan = _plan()
    check_applicable(plan)
    guards = (Verdict("max-changes", False, "too many"), Verdict("protected", True, "fine"))
    refused = replace(plan, applicable=False, guards=guards)
    with pytest.raises(GuardRefused, match="max-changes: too many") as raised:
        check_applicable(refused)
    assert "fine" not in raised.value.message
    assert failing(refused) == [guards[0]]


def test_an_interrupted_run_outlives_its_plan() -> None:
    """What was begun may be finished after the plan expired; everything else about the plan still has to fit."""
    late = NOW + timedelta(hours=5)
    check_binding(_plan(), CONFIG, TENANT_ID, late, begun=True)
    with pytest.raises(PlanUnusable, match="answered the sign-in"):
        check_binding(_plan(), CONFIG, OTHER_TENANT, late, begun=True)
