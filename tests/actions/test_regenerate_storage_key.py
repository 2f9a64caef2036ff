"""Each exposed key is replaced and stored, the one in use last, whatever interrupts it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from azremediate.actions.regenerate_storage_key import ACTION, InUse, Params
from azremediate.core.change import CannotUndo, Skip
from azremediate.core.errors import ChangeFailed, OutcomeUnknown, PermissionMissing, ServiceFailing, TenantError
from tests.actions.stage import change_of, holds, planned, run_of
from tests.actions.storage_stage import ACCOUNT, FakeAzure, a_storage_tenant, an_account
from tests.fakes import Crash, FakeTenant, InstantClock


def _stored(tenant: FakeTenant, key: str) -> int:
    return len(tenant.secrets.kept.get(f"storage-contosopayroll-{key}", []))


def _vault_has(tenant: FakeTenant, azure: FakeAzure, key: str) -> bool:
    """Whether the newest version holds the key of now."""
    return tenant.secrets.kept[f"storage-contosopayroll-{key}"][-1][1] is azure.keys[key].value


@pytest.mark.parametrize(
    ("listed", "in_use", "order"),
    [
        (("key1", "key2"), InUse.KEY1, ["key2", "key1"]),
        (("key1", "key2"), InUse.KEY2, ["key1", "key2"]),
        (("key1",), InUse.KEY1, ["key1"]),
        (("key2",), InUse.KEY1, ["key2"]),
    ],
    ids=["both", "both, key2 in use", "the one in use", "the other one"],
)
async def test_order(listed: tuple[str, ...], in_use: InUse, order: list[str]) -> None:
    """Only listed keys go, the one in use last, and the vault has each before the next goes."""
    tenant, azure = a_storage_tenant()
    change = await change_of(ACTION, an_account(*listed), tenant, Params(in_use=in_use))
    assert not await holds(ACTION, change, tenant)
    await ACTION.apply(change, run_of(change, tenant))
    assert [write.step for write in azure.writes] == [f"regenerate-{key}" for key in order]
    assert {write.path for write in azure.writes} == {f"{ACCOUNT}/regenerateKey"}
    assert all(_vault_has(tenant, azure, key) for key in order)
    assert await holds(ACTION, change, tenant)


async def test_overlap_offers_the_other_key_first() -> None:
    """When only the key in use goes, there is something to move to while it is waited."""
    tenant, azure = a_storage_tenant()
    change = await change_of(ACTION, an_account("key1"), tenant, Params(overlap=timedelta(hours=1)))
    clock = InstantClock()
    await ACTION.apply(change, run_of(change, tenant, clock))
    assert clock.passed >= 3600
    assert _vault_has(tenant, azure, "key2")
    assert [write.step for write in azure.writes] == ["regenerate-key1"]


@pytest.mark.parametrize("after", [True, False], ids=["had effect", "had no effect"])
async def test_unknown_outcome(after: bool) -> None:
    """A lost answer is settled by the key's time of creation; the key is read and stored either way."""
    tenant, azure = a_storage_tenant()
    change = await change_of(ACTION, an_account("key1"), tenant)
    azure.fail["regenerate-key1"] = (OutcomeUnknown("no answer"), after)
    await ACTION.apply(change, run_of(change, tenant))
    assert len(azure.writes) == 1
    assert _vault_has(tenant, azure, "key1")
    assert await holds(ACTION, change, tenant)


async def test_every_crash_is_survived() -> None:
    """Killed at any point, the second attempt ends with new keys in the vault, each once regenerated."""
    for die_at in range(1, 40):
        tenant, azure = a_storage_tenant()
        change = await change_of(ACTION, an_account(), tenant)
        tenant.journal.die_at = die_at
        try:
            await ACTION.apply(change, run_of(change, tenant))
        except Crash:
            await ACTION.apply(change, run_of(change, tenant))
        assert await holds(ACTION, change, tenant)
        assert [_stored(tenant, "key1"), _stored(tenant, "key2")] == [1, 1]
        assert len(azure.writes) == 2


async def test_a_vault_that_refuses_is_told_and_no_further_key_goes() -> None:
    """The first key is new and its value stays readable in Azure; the second one is left alone."""
    tenant, azure = a_storage_tenant()
    change = await change_of(ACTION, an_account(), tenant)
    tenant.secrets.refuse = PermissionMissing("no permission", status=403)
    with pytest.raises(ChangeFailed, match="could not be stored"):
        await ACTION.apply(change, run_of(change, tenant))
    assert [write.step for write in azure.writes] == ["regenerate-key2"]
    assert not await holds(ACTION, change, tenant)


async def test_skips() -> None:
    """Without an exposed key there is nothing to do, without a vault nowhere to put a new one."""
    tenant, _ = a_storage_tenant()
    assert await planned(ACTION, replace(an_account(), exposed=()), tenant) == Skip("no key of it is listed")
    tenant.secrets.vault_url = ""
    outcome = await planned(ACTION, an_account(), tenant)
    assert isinstance(outcome, Skip)
    assert not outcome.done


async def test_warnings() -> None:
    """What dies with a key, and an account that takes none at the moment, are told."""
    tenant, azure = a_storage_tenant()
    azure.shared, azure.told = False, False
    said = "; ".join((await change_of(ACTION, an_account(), tenant)).warnings)
    for part in ("shared access signatures", "no overlap", "accepts no keys", "does not tell"):
        assert part in said


@pytest.mark.parametrize(
    "changes",
    [
        {"account": ACCOUNT.replace("payroll", "archive")},
        {"keys": ["key1", "key2", "kerb1"]},
        {"keys": []},
    ],
    ids=["another account", "a key that is not listed", "no key"],
)
async def test_an_altered_plan(changes: dict[str, object]) -> None:
    """A plan that names something else than its target is refused before anything is written."""
    tenant, azure = a_storage_tenant()
    change = await change_of(ACTION, an_account(), tenant)
    altered = replace(change, work={**change.work, **changes})  # type: ignore[dict-item]  # what an attacker writes
    with pytest.raises(ChangeFailed, match="nothing was written"):
        await ACTION.apply(altered, run_of(altered, tenant))
    assert azure.writes == []


@pytest.mark.parametrize(
    "target",
    [
        replace(an_account(), display_name="harmless"),
        replace(an_account(), id=f"{ACCOUNT}/../x"),
        replace(an_account(), id=ACCOUNT.upper()),
    ],
    ids=["another name", "another path", "another spelling"],
)
async def test_an_altered_target(target: object) -> None:
    """Guards judge name and id, so both have to be those of the account."""
    tenant, azure = a_storage_tenant()
    change = await change_of(ACTION, an_account(), tenant)
    altered = replace(change, target=target)  # type: ignore[arg-type]  # a target
    with pytest.raises((TenantError, ChangeFailed)):
        await ACTION.apply(altered, run_of(altered, tenant))
    assert azure.writes == []


async def test_another_answer_than_asked_for() -> None:
    """What Azure answers about another resource is not believed."""
    tenant, azure = a_storage_tenant()
    azure.answers_id = ACCOUNT.replace("payroll", "archive")
    with pytest.raises(TenantError):
        await planned(ACTION, an_account(), tenant)


async def test_a_list_that_lags() -> None:
    """The old key is not stored as the new one: it is waited for, and given up in time."""
    tenant, azure = a_storage_tenant()
    change = await change_of(ACTION, an_account("key1"), tenant)
    old = list(azure.keys.values())

    async def stale(account: str) -> list[object]:
        return list(old)

    azure.storage_keys = stale  # type: ignore[assignment,method-assign]  # a list that lags for ever
    with pytest.raises(ChangeFailed, match="does not list the new"):
        await ACTION.apply(change, run_of(change, tenant))
    assert _stored(tenant, "key1") == 0


async def test_a_failure_to_read() -> None:
    """Is raised as what it is."""
    tenant, azure = a_storage_tenant()

    async def down(path: str, api_version: str) -> dict[str, object]:
        raise ServiceFailing("broken")

    azure.get = down  # type: ignore[assignment,method-assign]  # Azure is down
    with pytest.raises(ServiceFailing):
        await planned(ACTION, an_account(), tenant)


async def test_never_undone() -> None:
    """An exposed key is not put back."""
    tenant, _ = a_storage_tenant()
    change = await change_of(ACTION, an_account(), tenant)
    assert isinstance(ACTION.undo(change, await ACTION.observe(an_account(), tenant)), CannotUndo)
