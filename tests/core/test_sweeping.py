"""What comes to its effect after reading had said that it had none is found once more at the end of the run."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from azremediate.actions.require_phishing_resistant_mfa import ACTION as REQUIRE_MFA
from azremediate.actions.rotate_app_certificate import ACTION as ROTATE_CERTIFICATE
from azremediate.actions.rotate_app_secret import ACTION as ROTATE
from azremediate.core.action import Action
from azremediate.core.break_glass import Account
from azremediate.core.change import Change
from azremediate.core.config import GuardSettings
from azremediate.core.errors import (
    ObjectMissing,
    OutcomeUnknown,
    OutcomeUnresolved,
    PermissionMissing,
    ServiceFailing,
    Stopped,
)
from azremediate.core.events import ignore
from azremediate.core.execution import Execution
from azremediate.core.executor import apply_plan
from azremediate.core.exit_code import ExitCode
from azremediate.core.guards import GuardFacts, OwnIdentity
from azremediate.core.plan import Plan
from azremediate.core.ports import SignIn, SignInAnswer
from azremediate.core.record import StepIntent
from azremediate.core.result import ChangeResult, ChangeStatus
from azremediate.core.secret import Secret
from azremediate.core.sweeping import Unswept, sweep
from azremediate.core.target import Target
from azremediate.core.write import SecretWrite, StepState
from tests.actions.certificate_stage import (
    OLD,
    a_tenant_with_certificates,
    certificate,
    certificate_ids,
    with_leaked_certificates,
)
from tests.actions.policy_stage import GLASS, POLICIES, TARGET
from tests.actions.stage import APP_ID, LEAKED, SETTINGS, a_tenant, an_application, change_of, key_ids, secret
from tests.core.plans import a_plan
from tests.core.stage import Ledger
from tests.fakes import TENANT_ID, FakeTenant

STRAY = "eeeeeeee-0000-4000-8000-00000000000f"
OWN = OwnIdentity("cccccccc-0000-4000-8000-000000000008", "cccccccc-0000-4000-8000-000000000009")


@dataclass
class Stage:
    """One change that was applied, before the last look."""

    tenant: FakeTenant
    ledger: Ledger
    change: Change
    plan: Plan
    execution: Execution
    result: ChangeResult

    async def look(self) -> tuple[Unswept, ...]:
        """The last look."""
        return await sweep(self.execution, self.plan, {self.change.change_id: self.result})

    def holder(self) -> dict[str, Any]:
        """The application."""
        return self.tenant.collections["/applications"][0]

    def late_secret(self, attempt: int = 1) -> None:
        """An attempt that had been given up comes to its effect."""
        self.holder()["passwordCredentials"].append(secret(STRAY, f"{self.change.tag}-{attempt}"))

    def noted(self) -> list[str]:
        """The events of failed looks."""
        return [note.reason for note in self.ledger.notes if note.event == "sweep.failed"]


async def _applied(
    tenant: FakeTenant, action: Action = ROTATE, target: Target | None = None, *, lost: str = "add-1"
) -> Stage:
    """The change of one action; the first answer of the step `lost` never came, and reading found no effect."""
    ledger = Ledger()
    tenant.journal = ledger  # type: ignore[assignment]  # all that is used of it are its open intents
    change = await change_of(action, target or an_application(), tenant)
    change = replace(change, target=replace(change.target, tenant_id=TENANT_ID))
    if lost:
        tenant.fail[lost] = (OutcomeUnknown("no answer"), False)
    plan = a_plan(change)
    execution = Execution(
        tenant=tenant,
        actions={action.name: action},
        journal=ledger,
        clock=ledger.clock,
        settings=SETTINGS,
        guards=GuardSettings(break_glass=GLASS),
        facts=GuardFacts(
            OWN,
            tuple(Account(glass, exists=True, enabled=True) for glass in GLASS),
            frozenset(),
            global_administrators=frozenset(GLASS),
        ),
        listener=ignore,
        stopping=lambda: False,
    )
    (result,) = await apply_plan(execution, plan)
    return Stage(tenant, ledger, change, plan, execution, result)


@pytest.mark.fault("N22")
async def test_late_effect_is_removed_at_the_end() -> None:
    """The secret whose answer was lost appears after the change has ended, and goes; the proven one stays."""
    stage = await _applied(a_tenant())
    assert stage.result.status is ChangeStatus.VERIFIED, stage.result.reason
    assert stage.result.proof is not None
    stage.late_secret()
    assert await stage.look() == ()
    assert STRAY not in key_ids(stage.tenant)
    assert stage.result.proof["new_key_id"] in key_ids(stage.tenant)
    assert stage.ledger.states(stage.change)[f"discard-{STRAY}"] is StepState.PERFORMED


async def test_nothing_is_looked_at_where_every_answer_came() -> None:
    """A run without a lost answer does not look: what comes later is somebody else's."""
    stage = await _applied(a_tenant(), lost="")
    stage.late_secret()
    assert await stage.look() == ()
    assert STRAY in key_ids(stage.tenant)


@pytest.mark.fault("N22")
async def test_the_stray_of_a_change_that_failed_is_removed_too() -> None:
    """The new secret did not sign in and was taken back; the lost attempt comes to its effect after that."""
    tenant = a_tenant()
    tenant.prover.answers = [SignInAnswer(SignIn.REFUSED, "AADSTS7000215")] * 100
    stage = await _applied(tenant)
    assert stage.result.status is ChangeStatus.COMPENSATED, stage.result.reason
    stage.late_secret()
    assert await stage.look() == ()
    assert STRAY not in key_ids(tenant)
    assert LEAKED in key_ids(tenant)


async def test_a_secret_that_lies_in_the_vault_stays() -> None:
    """Another host that applies the same plan has the same tag: its secret is in use."""
    stage = await _applied(a_tenant())
    stage.late_secret()
    tags = {"azr-change": stage.change.change_id, "azr-keyid": STRAY}
    name = stage.tenant.secrets.name_for(APP_ID)
    intent = await stage.ledger.intend(stage.change, StepIntent("of another host", "vault", "PUT", "/"))
    await stage.tenant.secrets.store(SecretWrite("x", name, Secret("not a real one"), tags), intent)
    assert await stage.look() == ()
    assert STRAY in key_ids(stage.tenant)


async def test_a_vault_that_cannot_be_read_removes_nothing() -> None:
    """Whether the secret is in use is not known then; the run stays open and its results stand."""
    stage = await _applied(a_tenant())
    stage.late_secret()
    stage.tenant.secrets.unreadable = ServiceFailing("503")
    (left,) = await stage.look()
    assert left.again
    assert left.exit_code is ExitCode.UNRESOLVED
    assert STRAY in key_ids(stage.tenant)
    assert stage.noted()
    stage.tenant.secrets.unreadable = None
    assert await stage.look() == ()
    assert STRAY not in key_ids(stage.tenant)


@pytest.mark.parametrize(
    ("error", "again", "code"),
    [
        (PermissionMissing("not allowed to read"), False, ExitCode.UNRESOLVED),
        (ServiceFailing("503"), True, ExitCode.UNRESOLVED),
        (OutcomeUnresolved("not known"), True, ExitCode.UNRESOLVED),
        (Stopped("frozen"), True, ExitCode.STOPPED),
    ],
)
async def test_a_look_that_fails_loses_no_result(
    monkeypatch: pytest.MonkeyPatch, error: Exception, again: bool, code: ExitCode
) -> None:
    """What was changed and proven stands; that the look failed is recorded, told and, where it helps, done again."""

    async def refused(*_: object) -> None:
        raise error

    stage = await _applied(a_tenant())
    monkeypatch.setattr(type(ROTATE), "sweep", refused)
    (left,) = await stage.look()
    assert (left.change, left.again, left.exit_code) == (stage.change, again, code)
    assert stage.noted() == [left.reason]


async def test_an_application_that_is_gone_has_no_stray(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was on it went with it."""

    async def gone(*_: object) -> None:
        raise ObjectMissing("no such application")

    stage = await _applied(a_tenant())
    monkeypatch.setattr(type(ROTATE), "sweep", gone)
    assert await stage.look() == ()
    assert stage.noted() == []


@pytest.mark.fault("N22")
async def test_late_policy_is_deleted() -> None:
    """The lost attempt creates its policy after the second one was made and read back: one of the two goes."""
    stage = await _applied(a_tenant(), REQUIRE_MFA, TARGET, lost="create")
    assert stage.result.status is ChangeStatus.VERIFIED, stage.result.reason
    (made,) = stage.tenant.collections[POLICIES]
    stage.tenant.collections[POLICIES].append({**made, "id": STRAY})
    assert await stage.look() == ()
    assert [one["id"] for one in stage.tenant.collections[POLICIES]] == [made["id"]]


async def test_policies_of_a_change_that_nobody_planned_stay() -> None:
    """The look refuses what applying refuses."""
    stage = await _applied(a_tenant(), REQUIRE_MFA, TARGET, lost="create")
    stage.change = replace(stage.change, work={**stage.change.work, "exempt": []})
    stage.plan = replace(stage.plan, changes=(stage.change,))
    (left,) = await stage.look()
    assert not left.again
    assert len(stage.tenant.collections[POLICIES]) == 1


@pytest.mark.fault("N22")
async def test_certificates_that_a_late_write_of_the_list_brought_back_go_again() -> None:
    """A list is written as a whole: the lost attempt restores the exposed one when it arrives at last."""
    stage = await _applied(
        a_tenant_with_certificates(), ROTATE_CERTIFICATE, with_leaked_certificates(), lost="register"
    )
    assert stage.result.status is ChangeStatus.VERIFIED, stage.result.reason
    kept = certificate_ids(stage.tenant)
    stage.holder()["keyCredentials"].append(certificate(OLD))
    assert await stage.look() == ()
    assert sorted(certificate_ids(stage.tenant)) == sorted(kept)


@pytest.mark.fault("N22")
async def test_certificate_that_was_given_up_is_taken_off_again() -> None:
    """It did not sign in and was taken back; the lost attempt registers it after all."""
    tenant = a_tenant_with_certificates()
    tenant.prover.answers = [SignInAnswer(SignIn.REFUSED, "AADSTS7000215")] * 100
    stage = await _applied(tenant, ROTATE_CERTIFICATE, with_leaked_certificates(), lost="register")
    assert stage.result.status is ChangeStatus.COMPENSATED, stage.result.reason
    added = stage.ledger.kept[stage.change.change_id]
    assert "discard" in added
    before = certificate_ids(tenant)
    new = next(write for write in tenant.writes if write.step == "register")
    assert isinstance(new.body, dict)
    stage.holder()["keyCredentials"] = list(new.body["keyCredentials"])
    assert certificate_ids(tenant) != before
    assert await stage.look() == ()
    assert certificate_ids(tenant) == before
