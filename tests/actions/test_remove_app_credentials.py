"""Every secret and certificate goes that has to, the SAML pair stays and is named, and what is left is proven."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from azremediate.actions._secrets import Remove
from azremediate.actions.remove_app_credentials import ACTION, Params
from azremediate.core.change import CannotUndo, Skip
from azremediate.core.clock import iso
from azremediate.core.errors import ChangeFailed, Conflict, InputInvalid, OutcomeUnknown, TenantError
from azremediate.core.ports import Read
from azremediate.core.target import TargetKind
from azremediate.core.write import Intent, Receipt, Write
from tests.actions.certificate_stage import (
    OLD,
    ON_PRINCIPAL,
    OTHER,
    SIGN,
    SIGN_PASSWORD,
    TWIN,
    a_tenant_with_certificates,
    add_signing,
    certificate,
    certificate_ids,
    leaked_certificate,
    with_leaked_certificates,
)
from tests.actions.stage import KEPT, LEAKED, an_application, change_of, holds, key_ids, planned, run_of, secret
from tests.fakes import START, FakeTenant

NEW = "cececece-0000-4000-8000-0000000000aa"
TWENTY_DAYS = iso(START - timedelta(days=20))
CASES: dict[str, tuple[Params, list[str], list[str]]] = {
    "all": (Params(), [], []),
    "older": (Params(older_than=TWENTY_DAYS), [], [OTHER]),
    "exposed": (Params(remove=Remove.EXPOSED), [KEPT], [OTHER, ON_PRINCIPAL]),
}


@pytest.mark.parametrize("name", CASES)
async def test_what_goes(name: str) -> None:
    """Secrets and certificates of both objects; the rest is left as it was, with its keys."""
    params, secrets, keys = CASES[name]
    tenant = a_tenant_with_certificates()
    target = an_application(*an_application().exposed, leaked_certificate())
    change = await change_of(ACTION, target, tenant, params)
    assert not await holds(ACTION, change, tenant)
    run = run_of(change, tenant)
    await ACTION.apply(change, run)
    assert (key_ids(tenant), certificate_ids(tenant)) == (secrets, keys)
    assert await holds(ACTION, change, tenant)
    assert run.proof["credentials_left"] == len(secrets) + len(keys)
    left = [one for row in tenant.collections["/applications"] for one in row["keyCredentials"]]
    assert left == ([certificate(OTHER, days=10)] if OTHER in keys else [])


async def test_listed_ones_go_whatever_their_age() -> None:
    """The cut-off spares no exposed credential; what it spares is named."""
    target = with_leaked_certificates(leaked_certificate(OTHER))
    params = Params(older_than=iso(START - timedelta(days=200)))
    tenant = a_tenant_with_certificates()
    change = await change_of(ACTION, target, tenant, params)
    await ACTION.apply(change, run_of(change, tenant))
    assert certificate_ids(tenant) == [OLD, ON_PRINCIPAL]
    assert "5 newer credentials stay" in change.warnings[0]
    assert OLD in change.warnings[0]


async def test_signing_pair_stays() -> None:
    """Both halves of a SAML certificate and its password stay unless asked for, and the plan names them."""
    tenant = a_tenant_with_certificates()
    add_signing(tenant)
    change = await change_of(ACTION, an_application(), tenant)
    assert all(one in change.warnings[0] for one in (SIGN, TWIN, SIGN_PASSWORD))
    await ACTION.apply(change, run_of(change, tenant))
    assert (key_ids(tenant), certificate_ids(tenant)) == ([SIGN_PASSWORD], [SIGN, TWIN])
    everything = await change_of(ACTION, an_application(), tenant, Params(sign_keys=True))
    tenant.journal.records.clear()
    await ACTION.apply(everything, run_of(everything, tenant))
    assert (key_ids(tenant), certificate_ids(tenant)) == ([], [])


async def test_certificate_in_disguise_goes() -> None:
    """One that only claims the identifier of a signing certificate is not taken for its other half."""
    tenant = a_tenant_with_certificates()
    add_signing(tenant)
    twin = tenant.collections["/servicePrincipals"][0]["keyCredentials"][-1]
    disguised = {**certificate(NEW), "customKeyIdentifier": twin["customKeyIdentifier"]}
    tenant.collections["/servicePrincipals"][0]["keyCredentials"].append(disguised)
    change = await change_of(ACTION, an_application(), tenant)
    await ACTION.apply(change, run_of(change, tenant))
    assert certificate_ids(tenant) == [SIGN, TWIN]


@pytest.mark.parametrize("listed", [True, False], ids=["listed", "key not shown"])
async def test_signing_certificate_is_for_a_person(listed: bool) -> None:
    """A listed one is not called closed; a list that cannot be sent back whole is not touched."""
    tenant = a_tenant_with_certificates()
    add_signing(tenant, key=listed)
    target = with_leaked_certificates(leaked_certificate(SIGN if listed else OLD, TargetKind.SERVICE_PRINCIPAL))
    skip = await planned(ACTION, target, tenant)
    assert isinstance(skip, Skip)
    assert not skip.done
    assert SIGN in skip.reason


class _Meddling(FakeTenant):
    """Somebody adds a credential just after the first removal."""

    added: Any = None

    async def write(self, write: Write, intent: Intent) -> Receipt:
        """The write, then the other's."""
        receipt = await super().write(write, intent)
        if self.added:
            self.collections["/applications"][0]["keyCredentials"].append(self.added)
            self.added = None
        return receipt


async def test_added_in_between() -> None:
    """Whoever adds a certificate while the others go is noticed; it is kept, and the change does not count as done."""
    tenant = _Meddling()
    tenant.collections = a_tenant_with_certificates().collections
    change = await change_of(ACTION, an_application(), tenant)
    tenant.added = certificate(NEW)
    with pytest.raises(ChangeFailed, match=NEW):
        await ACTION.apply(change, run_of(change, tenant))
    assert certificate_ids(tenant) == [NEW]


async def test_list_is_read_anew_for_each_attempt() -> None:
    """After a conflict the list is read again: the certificate that came in between is not lost."""
    tenant = _Meddling()
    tenant.collections = a_tenant_with_certificates().collections
    change = await change_of(ACTION, an_application(), tenant, Params(remove=Remove.EXPOSED))
    change = replace(change, work={**change.work, "certificates": [_removal(OLD)]})
    tenant.added = certificate(NEW)
    tenant.fail["certificates-application"] = (Conflict("another write"), False)
    await ACTION.apply(change, run_of(change, tenant))
    assert certificate_ids(tenant) == [OTHER, NEW, ON_PRINCIPAL]


def _removal(key_id: str) -> dict[str, Any]:
    return {"holder": "application", "holder_id": an_application().id, "key_id": key_id}


async def test_lost_update_is_noticed() -> None:
    """When the list that was written does not read back whole, the change has failed."""

    class Losing(FakeTenant):
        async def write(self, write: Write, intent: Intent) -> Receipt:
            receipt = await super().write(write, intent)
            if write.method == "PATCH":
                self.collections["/applications"][0]["keyCredentials"] = []
            return receipt

    tenant = Losing()
    tenant.collections = a_tenant_with_certificates().collections
    change = await change_of(ACTION, with_leaked_certificates(), tenant, Params(remove=Remove.EXPOSED))
    with pytest.raises(ChangeFailed, match="at the same time"):
        await ACTION.apply(change, run_of(change, tenant))


@pytest.mark.parametrize("after", [True, False], ids=["had effect", "had no effect"])
@pytest.mark.parametrize("step", [f"remove-{LEAKED}", "certificates-application"])
async def test_unknown_outcome(step: str, after: bool) -> None:
    """A write without an answer is looked for, and repeated only if it had no effect."""
    tenant = a_tenant_with_certificates()
    change = await change_of(ACTION, an_application(), tenant)
    tenant.fail[step] = (OutcomeUnknown("no answer"), after)
    await ACTION.apply(change, run_of(change, tenant))
    assert len(tenant.writes) == 5
    assert await holds(ACTION, change, tenant)


async def test_list_that_cannot_be_read_is_not_written() -> None:
    """A failure to read the list just before the write is the write's failure."""

    class Unreadable(FakeTenant):
        async def get(self, read: Read) -> Any:
            if read.query.get("$select") == "id,keyCredentials":
                raise TenantError("busy")
            return await super().get(read)

    tenant = Unreadable()
    tenant.collections = a_tenant_with_certificates().collections
    change = await change_of(ACTION, with_leaked_certificates(), tenant, Params(remove=Remove.EXPOSED))
    with pytest.raises((TenantError, ChangeFailed)):
        await ACTION.apply(change, run_of(change, tenant))
    assert certificate_ids(tenant) == [OLD, OTHER, ON_PRINCIPAL]


async def test_nothing_to_remove() -> None:
    """An application without credentials needs nothing."""
    tenant = a_tenant_with_certificates()
    for row in (*tenant.collections["/applications"], *tenant.collections["/servicePrincipals"]):
        row |= {"keyCredentials": [], "passwordCredentials": []}
    skip = await planned(ACTION, an_application(), tenant)
    assert isinstance(skip, Skip)
    assert skip.done


async def test_altered_plan_is_refused() -> None:
    """A certificate of another object is not touched, whatever the plan's work says."""
    tenant = a_tenant_with_certificates()
    change = await change_of(ACTION, with_leaked_certificates(), tenant, Params(remove=Remove.EXPOSED))
    bad = {**change.work, "certificates": [{**_removal(OLD), "holder_id": NEW}]}
    with pytest.raises(ChangeFailed):
        await ACTION.apply(replace(change, work=bad), run_of(change, tenant))
    assert tenant.writes == []


async def test_cannot_be_undone() -> None:
    """And says so."""
    tenant = a_tenant_with_certificates()
    change = await change_of(ACTION, an_application(), tenant)
    assert change.warnings == ("it has no client secret and no certificate left then",)
    assert isinstance(ACTION.undo(change, await ACTION.observe(change.target, tenant)), CannotUndo)


def test_cut_off_is_checked_where_it_is_given() -> None:
    """What is no time is refused."""
    with pytest.raises(InputInvalid):
        Params(older_than="yesterday")
    assert secret(KEPT)["startDateTime"] < TWENTY_DAYS
