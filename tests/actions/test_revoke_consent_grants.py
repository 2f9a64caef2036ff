"""Consent grants go by id and come back by content; risky ones are told by their permissions, new ones by the log."""

from dataclasses import replace
from typing import Any

import pytest

from azremediate.actions._which_rows import Which
from azremediate.actions.revoke_consent_grants import _HOLDINGS, ACTION, Params
from azremediate.core.change import CannotUndo, Change, Skip
from azremediate.core.errors import ChangeFailed, ObjectMissing, OutcomeUnknown, TenantError
from azremediate.core.target import Target, TargetKind
from tests.actions.stage import PRINCIPAL, USER, a_tenant, an_application, change_of, holds, planned, run_of
from tests.fakes import TENANT_ID, FakeTenant

RESOURCE = "cccccccc-0000-4000-8000-000000000008"
AMIRA = Target(TENANT_ID, TargetKind.USER, USER, "Amira", user_principal_name="amira@contoso.test")
MAIL = "aaaaaaaa-1111-4000-8000-000000000001"
PROFILE = "aaaaaaaa-1111-4000-8000-000000000002"
FOREIGN = "aaaaaaaa-1111-4000-8000-000000000003"


def _grant(row_id: str, scope: str, user: str | None = None, client: str = PRINCIPAL) -> dict[str, Any]:
    kind = "AllPrincipals" if user is None else "Principal"
    sides = {"clientId": client, "principalId": user, "resourceId": RESOURCE}
    return {"id": row_id, "consentType": kind, "scope": scope, **sides}


def _target() -> Target:
    seen = an_application().seen_as(ACTION.targets)
    assert seen is not None
    return seen


def _tenant(*grants: dict[str, Any]) -> FakeTenant:
    """The fake shows each list under one path; here all three are the same."""
    tenant = a_tenant()
    rows = list(grants) or [_grant(MAIL, " Mail.Read"), _grant(PROFILE, "User.Read", USER)]
    for path in ("", f"/servicePrincipals/{PRINCIPAL}", f"/users/{USER}"):
        tenant.collections[f"{path}/oauth2PermissionGrants"] = rows
    tenant.collections["/servicePrincipals"].append({"id": RESOURCE, "displayName": "Microsoft Graph"})
    return tenant


def _ids(tenant: FakeTenant) -> list[str]:
    return [row["id"] for row in tenant.collections["/oauth2PermissionGrants"]]


async def test_all_go_and_come_back() -> None:
    """One deletion each; given back with everything that was in it, and taken away again under the new id."""
    tenant = _tenant()
    change = await change_of(ACTION, _target(), tenant)
    assert "Mail.Read of Microsoft Graph to Payroll for everybody" in str(change.before)
    await ACTION.apply(change, run_of(change, tenant))
    assert {write.path for write in tenant.writes} == {f"/oauth2PermissionGrants/{one}" for one in (MAIL, PROFILE)}
    assert await holds(ACTION, change, tenant)
    back = ACTION.undo(change, await ACTION.observe(_target(), tenant))
    assert isinstance(back, Change)
    tenant.journal.records.clear()
    run = run_of(back, tenant)
    await ACTION.apply(back, run)
    assert await holds(ACTION, back, tenant)
    assert {key.removeprefix("new id of "): new for key, new in run.proof.items()} == dict(
        zip((MAIL, PROFILE), _ids(tenant), strict=True)
    )
    first = tenant.collections["/oauth2PermissionGrants"][0]
    assert (first["scope"], first["principalId"], first["consentType"]) == ("Mail.Read", None, "AllPrincipals")
    again = ACTION.undo(back, await ACTION.observe(_target(), tenant))
    assert isinstance(again, Change)
    tenant.journal.records.clear()
    await ACTION.apply(again, run_of(again, tenant))
    assert _ids(tenant) == []


@pytest.mark.parametrize("after", [True, False], ids=["had effect", "had no effect"])
async def test_unknown_outcome(after: bool) -> None:
    """It is settled by reading, and a grant that is given back is there once."""
    tenant = _tenant(_grant(MAIL, "Mail.Read"))
    change = await change_of(ACTION, _target(), tenant)
    (step,) = [f"remove-{one}" for one in _steps(change)]
    tenant.fail[step] = (OutcomeUnknown("no answer"), after)
    await ACTION.apply(change, run_of(change, tenant))
    assert (len(tenant.writes), _ids(tenant)) == (1, [])
    back = ACTION.undo(change, await ACTION.observe(_target(), tenant))
    assert isinstance(back, Change)
    tenant.journal.records.clear()
    (step,) = [f"restore-{one}" for one in _steps(back)]
    tenant.fail[step] = (OutcomeUnknown("no answer"), after)
    await ACTION.apply(back, run_of(back, tenant))
    assert len(_ids(tenant)) == 1


def _steps(change: Change) -> list[str]:
    return [_HOLDINGS.step("x", row).removeprefix("x-") for row in _HOLDINGS.planned(change)]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        (Params(), {MAIL, PROFILE}),
        (Params(which=Which.RISKY), {MAIL}),
        (Params(only=(PROFILE.upper(),)), {PROFILE}),
    ],
    ids=["all", "risky", "only"],
)
async def test_which(params: Params, expected: set[str]) -> None:
    """What the parameters name, and nothing else."""
    tenant = _tenant()
    change = await change_of(ACTION, _target(), tenant, params)
    await ACTION.apply(change, run_of(change, tenant))
    assert {MAIL, PROFILE} - set(_ids(tenant)) == expected


@pytest.mark.parametrize(
    ("params", "done"),
    [
        (Params(only=(FOREIGN,)), False),
        (Params(which=Which.RISKY, only=(PROFILE,)), True),
        (Params(which=Which.ADDED_AFTER), False),
    ],
    ids=["a grant that it does not have", "not a risky one", "no time of exposure"],
)
async def test_none(params: Params, done: bool) -> None:
    """What cannot be told is not called done."""
    outcome = await planned(ACTION, _target(), _tenant(), params)
    assert isinstance(outcome, Skip)
    assert outcome.done is done


async def test_consents_of_a_user() -> None:
    """They are found and checked by the user's side."""
    tenant = _tenant(_grant(PROFILE, "User.Read", USER))
    change = await change_of(ACTION, AMIRA, tenant)
    await ACTION.apply(change, run_of(change, tenant))
    assert _ids(tenant) == []


async def test_gone_already() -> None:
    """A deletion that finds nothing is done."""
    tenant = _tenant(_grant(MAIL, "Mail.Read"))
    change = await change_of(ACTION, _target(), tenant)
    tenant.collections["/oauth2PermissionGrants"].clear()
    tenant.fail["remove-" + _steps(change)[0]] = (ObjectMissing("gone", status=404), False)
    await ACTION.apply(change, run_of(change, tenant))
    assert await holds(ACTION, change, tenant)


async def test_granted_again_by_somebody() -> None:
    """A change does not hold when the same is there under another id, and there is nothing to give back."""
    tenant = _tenant(_grant(MAIL, "Mail.Read"))
    change = await change_of(ACTION, _target(), tenant)
    await ACTION.apply(change, run_of(change, tenant))
    tenant.collections["/oauth2PermissionGrants"].append(_grant(FOREIGN, "User.Read"))
    assert not await holds(ACTION, change, tenant)
    assert isinstance(ACTION.undo(change, await ACTION.observe(_target(), tenant)), CannotUndo)


@pytest.mark.parametrize(
    "work",
    [
        {"operation": "remove", "rows": [{"id": FOREIGN}]},
        {"operation": "remove", "rows": [{"id": "../users/x"}]},
        {"operation": "restore", "rows": [_grant(MAIL, "Mail.Read", client=RESOURCE)]},
        {"operation": "grant", "rows": [_grant(MAIL, "Mail.Read")]},
    ],
    ids=["another's grant", "another path", "a grant to another", "another operation"],
)
async def test_altered_plan(work: dict[str, Any]) -> None:
    """A plan that names somebody else's grant sends nothing."""
    tenant = _tenant(_grant(MAIL, "Mail.Read"), _grant(FOREIGN, "Mail.Read", client=RESOURCE))
    change = replace(await change_of(ACTION, _target(), tenant, Params(only=(MAIL,))), work=work)
    with pytest.raises((ChangeFailed, TenantError)):
        await ACTION.apply(change, run_of(change, tenant))
    assert tenant.writes == []
