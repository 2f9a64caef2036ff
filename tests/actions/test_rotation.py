"""The writes of a rotation end in the same state wherever they fail or are interrupted."""

from contextlib import suppress

import pytest

from azremediate.actions.rotate_app_secret import ACTION
from azremediate.core.change import Change
from azremediate.core.errors import (
    ChangeFailed,
    OutcomeUnknown,
    OutcomeUnresolved,
    PermissionMissing,
    RequestRefused,
    ServiceFailing,
)
from azremediate.core.ports import SignIn, SignInAnswer
from azremediate.core.secret import Secret
from azremediate.core.write import StepState
from tests.actions.stage import (
    APP_ID,
    KEPT,
    LEAKED,
    LEAKED_ON_PRINCIPAL,
    a_tenant,
    an_application,
    change_of,
    exposed,
    holds,
    key_ids,
    run_of,
    secret,
)
from tests.fakes import Crash, FakeTenant

NAME = f"app-{APP_ID}"
STAGED = SignInAnswer(SignIn.REFUSED, "AADSTS7000215")


def _steps(tenant: FakeTenant) -> list[str]:
    return [write.step for write in tenant.writes]


async def test_unproven_secret_never_lies_on_top_of_a_working_one() -> None:
    """Where the vault has a version already, the new value is staged beside it until it is proven."""
    tenant = a_tenant()
    first = await change_of(ACTION, an_application(), tenant)
    await ACTION.apply(first, run_of(first, tenant))
    tenant.journal.records.clear()
    second = await change_of(ACTION, an_application(exposed(KEPT)), tenant)
    tenant.prover.answers = [STAGED]
    versions: list[int] = []
    asked = tenant.prover.try_secret

    async def watched(app_id: str, secret: Secret) -> SignInAnswer:
        versions.append(len(tenant.secrets.kept[NAME]))
        return await asked(app_id, secret)

    tenant.prover.try_secret = watched  # type: ignore[method-assign]  # a spy on one method
    await ACTION.apply(second, run_of(second, tenant))
    assert versions == [1, 1]
    assert len(tenant.secrets.kept[NAME]) == 2
    assert len(tenant.secrets.kept[f"{NAME}--{second.tag}"]) == 1
    assert await holds(ACTION, second, tenant)


async def test_secret_that_does_not_sign_in_is_taken_back() -> None:
    """Past the deadline the new secret is removed and every old one is still there."""
    tenant = a_tenant()
    change = await change_of(ACTION, an_application(), tenant)
    tenant.prover.answers = [STAGED] * 100
    with pytest.raises(ChangeFailed, match=r"compensated.*AADSTS7000215.*still in place"):
        await ACTION.apply(change, run_of(change, tenant))
    assert sorted(key_ids(tenant)) == sorted([LEAKED, KEPT, LEAKED_ON_PRINCIPAL])
    assert not await holds(ACTION, change, tenant)


async def test_secret_that_cannot_be_stored_is_taken_back() -> None:
    """A vault that refuses costs nothing but the attempt."""
    tenant = a_tenant()
    change = await change_of(ACTION, an_application(), tenant)
    tenant.secrets.refuse = PermissionMissing("the vault says no", status=403)
    with pytest.raises(PermissionMissing, match=r"compensated.*the vault says no"):
        await ACTION.apply(change, run_of(change, tenant))
    assert sorted(key_ids(tenant)) == sorted([LEAKED, KEPT, LEAKED_ON_PRINCIPAL])


async def test_stray_that_cannot_be_taken_back_needs_a_person() -> None:
    """A new secret that nobody uses and that could not be removed is said to be there."""
    tenant = a_tenant()
    change = await change_of(ACTION, an_application(), tenant)
    tenant.secrets.refuse = RequestRefused("full", status=400)
    tenant.fail["discard-1"] = (PermissionMissing("no", status=403), False)
    with pytest.raises(OutcomeUnresolved, match="nobody uses it"):
        await ACTION.apply(change, run_of(change, tenant))
    assert LEAKED in key_ids(tenant)


@pytest.mark.parametrize("after", [True, False], ids=["had effect", "had no effect"])
@pytest.mark.parametrize("step", ["add-1", f"remove-{LEAKED}"])
async def test_unknown_outcome_is_settled_by_reading(step: str, after: bool) -> None:
    """A write without an answer is looked for; a secret whose value was lost is removed and made anew."""
    tenant = a_tenant()
    change = await change_of(ACTION, an_application(), tenant)
    tenant.fail[step] = (OutcomeUnknown("no answer"), after)
    await ACTION.apply(change, run_of(change, tenant))
    assert await holds(ACTION, change, tenant)
    assert len(key_ids(tenant)) == 2
    if step == "add-1" and after:
        assert _steps(tenant)[:3] == ["add-1", "discard-1", "add-2"]


async def test_lost_secret_that_cannot_be_removed_stays_open() -> None:
    """While a secret that nobody has is live the change has no final failure; made again, it removes it first."""
    tenant = a_tenant()
    change = await change_of(ACTION, an_application(), tenant)
    tenant.fail["add-1"] = (OutcomeUnknown("no answer"), True)
    tenant.fail["discard-1"] = (PermissionMissing("no", status=403), False)
    with pytest.raises(OutcomeUnresolved, match="nobody has it"):
        await ACTION.apply(change, run_of(change, tenant))
    assert LEAKED in key_ids(tenant)
    await ACTION.apply(change, run_of(change, tenant))
    assert await holds(ACTION, change, tenant)
    assert len(key_ids(tenant)) == 2


async def test_lost_answer_of_the_vault_is_found_by_its_tags() -> None:
    """A version that was stored although no answer came is used, not stored again."""
    tenant = a_tenant()
    change = await change_of(ACTION, an_application(), tenant)
    tenant.secrets.refuse, tenant.secrets.late = OutcomeUnknown("no answer"), True
    await ACTION.apply(change, run_of(change, tenant))
    assert len(tenant.secrets.kept[NAME]) == 1
    assert await holds(ACTION, change, tenant)


@pytest.mark.parametrize("again", [0, 3], ids=["killed once", "killed twice"])
@pytest.mark.parametrize("call", range(1, 9))
async def test_killed_anywhere_it_ends_the_same(call: int, again: int) -> None:
    """Killed at any journal entry and resumed: one new secret, stored and proven, no stray, the exposed ones gone."""
    tenant = a_tenant()
    change = await change_of(ACTION, an_application(), tenant)
    for die_at in [call, call + again][: 1 + bool(again)]:
        tenant.journal.die_at = die_at
        with suppress(Crash):
            await ACTION.apply(change, run_of(change, tenant))
        assert tenant.journal.calls >= call
        old = {LEAKED, LEAKED_ON_PRINCIPAL} <= set(key_ids(tenant))
        assert old or tenant.prover.tries, "an old secret went before a new one was proven"
    await ACTION.apply(change, run_of(change, tenant))
    assert await holds(ACTION, change, tenant)
    assert len(key_ids(tenant)) == 2


@pytest.mark.parametrize("after", [True, False], ids=["after its effect", "before its effect"])
@pytest.mark.parametrize("step", ["add-1", f"remove-{LEAKED}", f"remove-{LEAKED_ON_PRINCIPAL}"])
async def test_killed_while_a_write_is_under_way(step: str, after: bool) -> None:
    """The same where the process dies between a request and its answer."""
    tenant = a_tenant()
    change = await change_of(ACTION, an_application(), tenant)
    tenant.fail[step] = (Crash(), after)
    with pytest.raises(Crash):
        await ACTION.apply(change, run_of(change, tenant))
    await ACTION.apply(change, run_of(change, tenant))
    assert await holds(ACTION, change, tenant)
    assert len(key_ids(tenant)) == 2


async def test_only_working_secret_is_never_taken_back() -> None:
    """Resumed after an exposed secret went, with sign-in down, the new one stays: it may be the only one that works."""
    tenant = a_tenant()
    change = await change_of(ACTION, an_application(), tenant)
    tenant.fail[f"remove-{LEAKED_ON_PRINCIPAL}"] = (Crash(), False)
    with pytest.raises(Crash):
        await ACTION.apply(change, run_of(change, tenant))
    assert LEAKED not in key_ids(tenant)
    new = set(key_ids(tenant)) - {KEPT, LEAKED_ON_PRINCIPAL}
    tenant.prover.answers = [STAGED] * 100
    with pytest.raises(OutcomeUnresolved, match="the new one stays"):
        await ACTION.apply(change, run_of(change, tenant))
    assert new <= set(key_ids(tenant))
    tenant.prover.answers = []
    await ACTION.apply(change, run_of(change, tenant))
    assert await holds(ACTION, change, tenant)


async def test_stray_of_an_earlier_run_is_removed() -> None:
    """A secret that carries this change's tag and is not the new one goes too."""
    tenant = a_tenant()
    change = await change_of(ACTION, an_application(), tenant)
    stray = "eeeeeeee-0000-4000-8000-00000000000f"
    tenant.collections["/applications"][0]["passwordCredentials"].append(secret(stray, f"{change.tag}-2"))
    await ACTION.apply(change, run_of(change, tenant))
    assert stray not in key_ids(tenant)
    assert await holds(ACTION, change, tenant)


async def _killed_after_adding() -> tuple[FakeTenant, Change]:
    """A rotation that died when its new secret was recorded and not yet stored: nobody has the value."""
    tenant = a_tenant()
    change = await change_of(ACTION, an_application(), tenant)
    tenant.journal.die_at = 3
    with pytest.raises(Crash):
        await ACTION.apply(change, run_of(change, tenant))
    assert tenant.journal.records["add-1"].state is StepState.PERFORMED
    assert len(key_ids(tenant)) == 4
    return tenant, change


@pytest.mark.fault("N30")
async def test_name_that_was_deleted_after_a_secret_was_added() -> None:
    """Made again, the change takes its secret back: the check of the vault is for a change that has added none."""
    tenant, change = await _killed_after_adding()
    tenant.secrets.purging.add(NAME)
    tenant.secrets.refuse = RequestRefused("a deleted secret has this name", status=409)
    with pytest.raises(ChangeFailed, match="compensated"):
        await ACTION.apply(change, run_of(change, tenant))
    assert sorted(key_ids(tenant)) == sorted([LEAKED, KEPT, LEAKED_ON_PRINCIPAL])


@pytest.mark.fault("N28")
async def test_vault_that_is_down_when_a_secret_was_added() -> None:
    """Made again, the change stays open while a secret that nobody has is live; with the vault back it ends."""
    tenant, change = await _killed_after_adding()
    tenant.secrets.unreadable = ServiceFailing("the vault is down", status=503)
    with pytest.raises(OutcomeUnresolved, match="the vault is down"):
        await ACTION.apply(change, run_of(change, tenant))
    tenant.secrets.unreadable = None
    await ACTION.apply(change, run_of(change, tenant))
    assert await holds(ACTION, change, tenant)
    assert len(key_ids(tenant)) == 2


@pytest.mark.fault("N30")
async def test_name_that_is_deleted_already() -> None:
    """Nothing is added that could not be stored."""
    tenant = a_tenant()
    change = await change_of(ACTION, an_application(), tenant)
    tenant.secrets.purging.add(NAME)
    with pytest.raises(ChangeFailed, match="deleted secret"):
        await ACTION.apply(change, run_of(change, tenant))
    assert tenant.writes == []
