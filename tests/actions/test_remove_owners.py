"""Owners go that came after the exposure, or that are named; who has an unknown age is left to a person."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from azremediate.actions.remove_owners import ACTION, Params
from azremediate.core.change import CannotUndo, Change, Skip
from azremediate.core.clock import iso
from azremediate.core.errors import ChangeFailed, InputInvalid, OutcomeUnknown, TenantError
from azremediate.core.ownership import Owners
from azremediate.core.target import TargetKind
from tests.actions.stage import (
    APPLICATION,
    PRINCIPAL,
    USER,
    a_tenant,
    an_application,
    change_of,
    holds,
    planned,
    run_of,
)
from tests.fakes import START, FakeTenant

BEN = "dddddddd-0000-4000-8000-000000000002"
CI = "cccccccc-0000-4000-8000-000000000009"
STRANGER = "dddddddd-0000-4000-8000-00000000000f"
ON_APPLICATION, ON_PRINCIPAL = f"/applications/{APPLICATION}/owners", f"/servicePrincipals/{PRINCIPAL}/owners"
SINCE = iso(START - timedelta(days=5))
TARGET = replace(an_application(), exposed_since=SINCE)
ALL = Params(owners=Owners.ALL)


def _user(owner: str, name: str) -> dict[str, Any]:
    return {"@odata.type": "#microsoft.graph.user", "id": owner, "displayName": name, "userPrincipalName": f"{name}@x"}


def _made_owner(owner: str, holder: str, days_ago: float) -> dict[str, Any]:
    changed = {"displayName": "owners", "oldValue": None, "newValue": f'"{owner}"'}
    return {
        "id": holder,  # what the filter of the fake tenant goes by
        "activityDisplayName": "Add owner to application",
        "activityDateTime": iso(START - timedelta(days=days_ago)),
        "targetResources": [{"id": holder, "modifiedProperties": [changed]}],
    }


def _tenant(*events: dict[str, Any], log_days: float = 29) -> FakeTenant:
    """Amira and Ben own the application, a job owns its service principal."""
    tenant = a_tenant()
    tenant.collections[ON_APPLICATION] = [_user(USER, "amira"), _user(BEN, "ben")]
    job = {"@odata.type": "#microsoft.graph.servicePrincipal", "id": CI, "displayName": "ci"}
    tenant.collections[ON_PRINCIPAL] = [job]
    begin = {"id": "begin", "activityDisplayName": "", "activityDateTime": iso(START - timedelta(days=log_days))}
    tenant.collections["/auditLogs/directoryAudits"] = [begin, *events]
    return tenant


def _owners(tenant: FakeTenant) -> list[str]:
    return [row["id"] for path in (ON_APPLICATION, ON_PRINCIPAL) for row in tenant.collections[path]]


@pytest.mark.parametrize("failing", [None, False, True], ids=["answered", "lost before", "lost after"])
async def test_added_after_the_exposure(failing: bool | None) -> None:
    """Only who came since goes, written once; undo makes the same one owner again, and undoing that takes it away."""
    tenant = _tenant(_made_owner(BEN, APPLICATION, 2))
    change = await change_of(ACTION, TARGET, tenant)
    if failing is not None:
        step = next(iter(await _steps(change)))
        tenant.fail[step] = (OutcomeUnknown("no answer"), failing)
    await ACTION.apply(change, run_of(change, tenant))
    assert [(write.method, write.path) for write in tenant.writes] == [("DELETE", f"{ON_APPLICATION}/{BEN}/$ref")]
    assert _owners(tenant) == [USER, CI]
    assert await holds(ACTION, change, tenant)
    tenant.journal.records.clear()
    back = ACTION.undo(change, await ACTION.observe(TARGET, tenant))
    assert isinstance(back, Change)
    await ACTION.apply(back, run_of(back, tenant))
    assert _owners(tenant) == [USER, BEN, CI]
    assert isinstance(ACTION.undo(change, await ACTION.observe(TARGET, tenant)), CannotUndo)
    assert isinstance(ACTION.undo(back, await ACTION.observe(TARGET, tenant)), Change)


async def _steps(change: Change) -> list[str]:
    """The names of a change's writes, seen by making it somewhere else."""
    elsewhere = _tenant()
    await ACTION.apply(change, run_of(change, elsewhere))
    return [write.step for write in elsewhere.writes]


async def test_what_the_log_says_of_the_other_object() -> None:
    """Who was made owner of the service principal need not be a new owner of the application."""
    tenant = _tenant(_made_owner(CI, PRINCIPAL, 1), _made_owner(BEN, PRINCIPAL, 1), _made_owner(USER, APPLICATION, 9))
    change = await change_of(ACTION, TARGET, tenant)
    await ACTION.apply(change, run_of(change, tenant))
    assert _owners(tenant) == [USER, BEN]
    assert any("service principal is left without owners" in warning for warning in change.warnings)


@pytest.mark.parametrize(
    ("since", "log_days", "said"),
    [("", 29, "exposed_at"), (SINCE, 2, "whole from 2024-04-08"), (SINCE, 5, "whole from 2024-04-05")],
    ids=["no time", "short log", "not the whole day"],
)
async def test_unknown_ages_are_for_a_person(since: str, log_days: float, said: str) -> None:
    """Nobody goes whose age is not known; they are named with the reason."""
    outcome = await planned(ACTION, replace(TARGET, exposed_since=since), _tenant(log_days=log_days))
    assert isinstance(outcome, Skip)
    assert not outcome.done
    assert "amira@x" in outcome.reason
    assert said in outcome.reason


async def test_known_and_unknown_ages() -> None:
    """Who is known to be new goes, and the others are named in the plan."""
    change = await change_of(ACTION, TARGET, _tenant(_made_owner(BEN, APPLICATION, 1), log_days=2))
    assert change.work["ownersTaken"] == [BEN]
    assert "person to judge" in change.warnings[0]


async def test_old_owners_stay() -> None:
    """Where the log is whole, who is not in it came before."""
    outcome = await planned(ACTION, TARGET, _tenant())
    assert isinstance(outcome, Skip)
    assert outcome.done


async def test_a_time_as_parameter() -> None:
    """The parameter goes before the list's time."""
    tenant = _tenant(_made_owner(BEN, APPLICATION, 8))
    change = await change_of(ACTION, TARGET, tenant, Params(since=iso(START - timedelta(days=10))))
    assert change.work["ownersTaken"] == [BEN]
    with pytest.raises(InputInvalid):
        Params(since="lately")


async def test_an_application_that_is_newer_than_the_exposure() -> None:
    """All its owners came after it."""
    tenant = _tenant(log_days=1)
    tenant.collections["/applications"][0]["createdDateTime"] = iso(START - timedelta(days=3))
    assert (await change_of(ACTION, TARGET, tenant)).work["ownersTaken"] == [CI, USER, BEN]


@pytest.mark.parametrize(
    ("params", "left"),
    [
        (ALL, [STRANGER]),
        (replace(ALL, keep=(BEN.upper(),)), [BEN, STRANGER]),
        (Params(only=(BEN, CI)), [USER, STRANGER]),
        (Params(only=(BEN,), keep=(BEN,)), None),
        (Params(only=(APPLICATION,)), None),
    ],
    ids=["all", "keep", "only", "both", "a stranger"],
)
async def test_who_is_named(params: Params, left: list[str] | None) -> None:
    """Who has to stay whatever is asked is never taken."""
    tenant = _tenant()
    tenant.collections[ON_PRINCIPAL].append(_user(STRANGER, "glass"))
    outcome = await planned(ACTION, replace(TARGET, exempt=(STRANGER,)), tenant, params)
    if left is None:
        assert isinstance(outcome, Skip)
        return
    assert isinstance(outcome, Change)
    await ACTION.apply(outcome, run_of(outcome, tenant))
    assert sorted(_owners(tenant)) == sorted(left)


async def test_nobody_owns_it() -> None:
    """Then the log is not even read."""
    tenant = _tenant()
    tenant.collections[ON_APPLICATION] = tenant.collections[ON_PRINCIPAL] = []
    assert await planned(ACTION, TARGET, tenant, ALL) == Skip("it has no owner")
    assert not any("auditLogs" in read.path for read in tenant.reads)


async def test_a_log_that_cannot_be_read() -> None:
    """It is said, and nobody's age is known."""
    tenant = _tenant()
    tenant.failing["/auditLogs/directoryAudits"] = TenantError("no log today")
    outcome = await planned(ACTION, TARGET, tenant)
    assert isinstance(outcome, Skip)
    assert "no log today" in outcome.reason


async def test_an_altered_plan_is_refused() -> None:
    """Rows of other objects, a list for the guard that lacks somebody and other targets: nothing is written."""
    tenant = _tenant()
    change = await change_of(ACTION, TARGET, tenant, ALL)
    row: Any = change.work["rows"]
    for altered in (
        replace(change, work={**change.work, "ownersTaken": []}),
        replace(change, work={**change.work, "rows": [{**row[0], "list": "groups"}]}),
        replace(change, work={"operation": "restore", "rows": [{**row[0], "owner": "x/../y"}]}),
        replace(change, target=replace(TARGET, kind=TargetKind.USER)),
        replace(change, target=replace(TARGET, app_id="bbbbbbbb-0000-4000-8000-00000000000f")),
    ):
        with pytest.raises(ChangeFailed, match="refused, nothing was written"):
            await ACTION.apply(altered, run_of(altered, tenant))
    assert not tenant.writes
