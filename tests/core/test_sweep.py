"""What comes to its effect after reading had said that it had none is found once more at the end of the run."""

from dataclasses import replace
from typing import Any

import pytest

from azremediate.actions.rotate_app_secret import ACTION
from azremediate.core.config import GuardSettings
from azremediate.core.errors import OutcomeUnknown, PermissionMissing
from azremediate.core.events import ChangeEnded, Event
from azremediate.core.execution import Execution
from azremediate.core.executor import apply_plan
from azremediate.core.guards import GuardFacts, OwnIdentity
from azremediate.core.result import ChangeStatus
from tests.actions.stage import SETTINGS, a_tenant, an_application, change_of, key_ids, secret
from tests.core.plans import a_plan
from tests.core.stage import Ledger
from tests.fakes import TENANT_ID, FakeTenant

STRAY = "eeeeeeee-0000-4000-8000-00000000000f"
OWN = OwnIdentity("cccccccc-0000-4000-8000-000000000008", "cccccccc-0000-4000-8000-000000000009")


async def _applied(tenant: FakeTenant, *, late: bool) -> tuple[str, Ledger]:
    """The new key id; `late` lets the first attempt come to its effect when the change has ended."""
    ledger = Ledger()
    tenant.journal = ledger  # type: ignore[assignment]  # all that is used of it are its open intents
    change = await change_of(ACTION, an_application(), tenant)
    change = replace(change, target=replace(change.target, tenant_id=TENANT_ID))

    def heard(event: Event) -> None:
        if late and isinstance(event, ChangeEnded):
            holder: dict[str, Any] = tenant.collections["/applications"][0]
            holder["passwordCredentials"].append(secret(STRAY, f"{change.tag}-1"))

    plan = a_plan(change)
    execution = Execution(
        tenant=tenant,
        actions={ACTION.name: ACTION},
        journal=ledger,
        clock=ledger.clock,
        settings=SETTINGS,
        guards=GuardSettings(),
        facts=GuardFacts(OWN, (), frozenset()),
        listener=heard,
        stopping=lambda: False,
    )
    (result,) = await apply_plan(execution, plan)
    assert result.status is ChangeStatus.VERIFIED, result.reason
    assert result.proof is not None
    return str(result.proof["new_key_id"]), ledger


@pytest.mark.fault("N22")
async def test_late_effect_is_removed_at_the_end() -> None:
    """The secret whose answer was lost appears after the change has ended, and goes; the proven one stays."""
    tenant = a_tenant()
    tenant.fail["add-1"] = (OutcomeUnknown("no answer"), False)
    kept, ledger = await _applied(tenant, late=True)
    assert STRAY not in key_ids(tenant)
    assert kept in key_ids(tenant)
    assert any(f"discard-{STRAY}" in steps for steps in ledger.kept.values())


async def test_nothing_is_looked_at_where_every_answer_came() -> None:
    """A run without a lost answer does not sweep: what comes later is somebody else's."""
    tenant = a_tenant()
    _, ledger = await _applied(tenant, late=True)
    assert STRAY in key_ids(tenant)
    assert not any(f"discard-{STRAY}" in steps for steps in ledger.kept.values())


async def test_a_sweep_that_is_refused_loses_no_result(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was changed and proven is reported, although looking once more was refused."""

    async def refused(*_: object) -> None:
        raise PermissionMissing("not allowed to read")

    monkeypatch.setattr(type(ACTION), "sweep", refused)
    tenant = a_tenant()
    tenant.fail["add-1"] = (OutcomeUnknown("no answer"), False)
    kept, _ = await _applied(tenant, late=True)
    assert kept in key_ids(tenant)
