"""An application is deleted with its service principal, recorded before, and both are restored while they can be."""

from dataclasses import replace
from typing import Any

import pytest

from azremediate.actions.delete_application import ACTION
from azremediate.core.change import CannotUndo, Change, Skip
from azremediate.core.errors import ChangeFailed, OutcomeUnknown, RequestRefused, TenantError
from azremediate.core.target import TargetKind
from azremediate.core.write import Receipt, Write
from tests.actions.stage import (
    APPLICATION,
    KEPT,
    LEAKED,
    LEAKED_ON_PRINCIPAL,
    PRINCIPAL,
    USER,
    a_tenant,
    an_application,
    change_of,
    holds,
    planned,
    run_of,
)
from tests.fakes import FakeTenant

TARGET = an_application()
BIN = "/directory/deletedItems"
OF_PRINCIPAL = f"/servicePrincipals/{PRINCIPAL}"
GRANT = {"id": "grant-1", "clientId": PRINCIPAL, "consentType": "AllPrincipals", "resourceId": USER, "scope": "x"}


class Directory(FakeTenant):
    """With deleted items; a restored service principal loses its grants when `forgets`."""

    forgets = False
    both_at_once = False

    def _effect(self, write: Write) -> Receipt:
        parent, _, last = write.path.rpartition("/")
        if write.method == "DELETE":
            self._move(write.path, BIN)
            self._move(OF_PRINCIPAL, BIN)
            return Receipt({}, status=204)
        if last == "restore":
            if self.both_at_once and PRINCIPAL in parent:
                raise RequestRefused("it is not there", status=400)
            self._move(parent, "/applications" if APPLICATION in parent else "/servicePrincipals")
            if self.both_at_once:
                self._move(f"{BIN}/{PRINCIPAL}", "/servicePrincipals")
            if self.forgets:
                self.collections[f"{OF_PRINCIPAL}/oauth2PermissionGrants"] = []
            return Receipt({}, status=200)
        return super()._effect(write)

    def _move(self, path: str, collection: str) -> None:
        row = self.find(path)
        self.collections[path.rpartition("/")[0]].remove(row)
        self.collections.setdefault(collection, []).append(row)


def _tenant(**principal: Any) -> Directory:
    tenant = Directory()
    tenant.collections = a_tenant().collections
    tenant.collections[BIN] = []
    tenant.collections["/applications"][0]["signInAudience"] = "AzureADMyOrg"
    tenant.collections["/servicePrincipals"][0].update(principal)
    for path in ("owners", "federatedIdentityCredentials"):
        tenant.collections[f"/applications/{APPLICATION}/{path}"] = []
    lists = ("owners", "oauth2PermissionGrants", "appRoleAssignments", "appRoleAssignedTo", "synchronization/jobs")
    for path in lists:
        tenant.collections[f"{OF_PRINCIPAL}/{path}"] = []
    tenant.collections[f"{OF_PRINCIPAL}/oauth2PermissionGrants"] = [GRANT]
    return tenant


@pytest.mark.parametrize("failing", [None, False, True], ids=["answered", "lost before", "lost after"])
async def test_deleted_and_restored(failing: bool | None) -> None:
    """One write deletes both; two bring them back; undoing that deletes them again."""
    tenant = _tenant()
    change = await change_of(ACTION, TARGET, tenant)
    if failing is not None:
        tenant.fail["delete"] = (OutcomeUnknown("no answer"), failing)
    run = run_of(change, tenant)
    await ACTION.apply(change, run)
    assert [(write.method, write.path) for write in tenant.writes] == [("DELETE", f"/applications/{APPLICATION}")]
    assert run.proof == {"restorable until, as a rule": "2024-05-09T17:00:00.000Z"} or failing is not None
    assert await holds(ACTION, change, tenant)
    assert await planned(ACTION, TARGET, tenant) == Skip("it is deleted already")
    back = ACTION.undo(change, await ACTION.observe(TARGET, tenant))
    assert isinstance(back, Change)
    tenant.journal.records.clear()
    run = run_of(back, tenant)
    await ACTION.apply(back, run)
    paths = [f"{BIN}/{APPLICATION}/restore", f"{BIN}/{PRINCIPAL}/restore"]
    assert [write.path for write in tenant.writes[1:]] == paths
    assert run.proof == {}
    assert await holds(ACTION, back, tenant)
    again = ACTION.undo(back, await ACTION.observe(TARGET, tenant))
    assert isinstance(again, Change)
    assert again.work == change.work
    assert isinstance(ACTION.undo(change, await ACTION.observe(TARGET, tenant)), CannotUndo)


async def test_what_there_was_is_recorded() -> None:
    """Owners, grants and the ids of its credentials stand in the plan, and no value of a credential."""
    tenant = _tenant()
    tenant.collections[f"/applications/{APPLICATION}/owners"] = [{"id": USER, "displayName": "Amira"}]
    change = await change_of(ACTION, TARGET, tenant)
    image: Any = change.before["image"]
    assert [one["id"] for one in image["credentials"]] == [LEAKED, KEPT, LEAKED_ON_PRINCIPAL]
    assert (image["owners"][0]["id"], image["consentGrants"]) == (USER, [{**GRANT, "principalId": ""}])
    assert any("1 consentGrants" in warning for warning in change.warnings)


@pytest.mark.parametrize(
    "values",
    [
        {"disabledByMicrosoftStatus": "DisabledDueToViolationOfServicesAgreement"},
        {"servicePrincipalType": "ManagedIdentity"},
        {"servicePrincipalType": "Legacy"},
        {"preferredSingleSignOnMode": "saml"},
        {"displayName": "ConnectSyncProvisioning_host"},
        {"tags": ["WindowsAzureActiveDirectoryOnPremApp"]},
    ],
    ids=lambda values: str(*values.values()),
)
async def test_never_deleted(values: dict[str, Any]) -> None:
    """What Microsoft disabled and what others depend on without a sign-in stays, also when a plan says otherwise."""
    tenant = _tenant()
    change = await change_of(ACTION, TARGET, tenant)
    tenant.collections["/servicePrincipals"][0].update(values)
    outcome = await planned(ACTION, TARGET, tenant)
    assert isinstance(outcome, Skip)
    assert not outcome.done
    with pytest.raises(ChangeFailed, match="refused, nothing was written"):
        await ACTION.apply(change, run_of(change, tenant))
    assert not tenant.writes


async def test_other_reasons_to_keep_it() -> None:
    """A provisioning job, and a status that only the application shows; what could not be read is no permission."""
    tenant = _tenant()
    tenant.collections[f"{OF_PRINCIPAL}/synchronization/jobs"] = [{"id": "scim", "templateId": "scim"}]
    assert isinstance(await planned(ACTION, TARGET, tenant), Skip)
    tenant = _tenant()
    tenant.collections["/applications"][0]["disabledByMicrosoftStatus"] = "DisabledDueToViolationOfServicesAgreement"
    assert isinstance(await planned(ACTION, TARGET, tenant), Skip)
    tenant = _tenant()
    tenant.failing[f"{OF_PRINCIPAL}/synchronization/jobs"] = TenantError("not today")
    with pytest.raises(TenantError, match="not today"):
        await planned(ACTION, TARGET, tenant)


async def _deleted(tenant: Directory) -> Change:
    change = await change_of(ACTION, TARGET, tenant)
    await ACTION.apply(change, run_of(change, tenant))
    tenant.journal.records.clear()
    return change


async def test_what_did_not_come_back_is_counted() -> None:
    """A restored service principal may have lost what was bound to it."""
    tenant = _tenant()
    tenant.forgets = True
    back = ACTION.undo(await _deleted(tenant), await ACTION.observe(TARGET, tenant))
    assert isinstance(back, Change)
    run = run_of(back, tenant)
    await ACTION.apply(back, run)
    assert run.proof == {"consentGrants that did not come back": 1}


async def test_both_halves_restored_at_once() -> None:
    """Where the service restores the service principal too, its refusal to do it again is no failure."""
    tenant = _tenant()
    tenant.both_at_once = True
    back = ACTION.undo(await _deleted(tenant), await ACTION.observe(TARGET, tenant))
    assert isinstance(back, Change)
    await ACTION.apply(back, run_of(back, tenant))
    assert await holds(ACTION, back, tenant)


async def test_gone_for_good() -> None:
    """What is not among the deleted items any more cannot be undone; a service principal alone is named."""
    tenant = _tenant()
    change = await _deleted(tenant)
    tenant.collections[BIN] = [row for row in tenant.collections[BIN] if row["id"] != PRINCIPAL]
    back = ACTION.undo(change, await ACTION.observe(TARGET, tenant))
    assert isinstance(back, Change)
    assert back.work["restore"] == ["application"]
    assert any("made again by consent" in warning for warning in back.warnings)
    tenant.collections[BIN] = []
    assert isinstance(ACTION.undo(change, await ACTION.observe(TARGET, tenant)), CannotUndo)


async def test_an_application_without_service_principal() -> None:
    """There is only one half to delete and to restore."""
    tenant = _tenant()
    tenant.collections["/servicePrincipals"] = []
    target = replace(TARGET, service_principal_id="")
    state = await ACTION.observe(target, tenant)
    assert (state.facts["application"], state.facts["servicePrincipal"]) == ("present", "absent")
    assert isinstance(ACTION.plan(target, state, ACTION.params()), Change)


@pytest.mark.parametrize(
    "values",
    [
        {"work": {"operation": "purge"}},
        {"work": {"operation": "restore", "restore": []}},
        {"work": {"operation": "restore", "restore": ["user"], "image": {}}},
        {"target": replace(TARGET, kind=TargetKind.SERVICE_PRINCIPAL, id=PRINCIPAL)},
        {"target": replace(TARGET, app_id="bbbbbbbb-0000-4000-8000-00000000000f")},
    ],
    ids=["work", "nothing", "something else", "kind", "another application"],
)
async def test_an_altered_plan_is_refused(values: dict[str, Any]) -> None:
    """A change that no planner makes is refused before anything is written."""
    tenant = _tenant()
    change = replace(await change_of(ACTION, TARGET, tenant), **values)
    with pytest.raises(ChangeFailed, match="refused, nothing was written"):
        await ACTION.apply(change, run_of(change, tenant))
    assert not tenant.writes


async def test_restoring_another_one_is_refused() -> None:
    """What lies among the deleted items has to be the application that the plan describes."""
    tenant = _tenant()
    back = ACTION.undo(await _deleted(tenant), await ACTION.observe(TARGET, tenant))
    assert isinstance(back, Change)
    altered = replace(back, target=replace(TARGET, app_id="bbbbbbbb-0000-4000-8000-00000000000f"))
    with pytest.raises(ChangeFailed, match="not the one that the plan describes"):
        await ACTION.apply(altered, run_of(altered, tenant))
