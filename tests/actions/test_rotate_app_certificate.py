"""A new certificate is stored, registered and proven before an exposed one goes, wherever it is interrupted."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from azremediate.actions._secrets import Remove
from azremediate.actions.rotate_app_certificate import ACTION, Params
from azremediate.core.change import CannotUndo, Change, Skip
from azremediate.core.clock import iso
from azremediate.core.errors import ChangeFailed
from azremediate.core.observed import State
from azremediate.core.ports import KeyForm, SignIn, SignInAnswer
from azremediate.core.target import TargetKind
from tests.actions.certificate_stage import (
    OLD,
    ON_PRINCIPAL,
    OTHER,
    SIGN,
    a_tenant_with_certificates,
    add_signing,
    certificate_ids,
    leaked_certificate,
    with_leaked_certificates,
)
from tests.actions.stage import APP_ID, PRINCIPAL, change_of, holds, planned, run_of
from tests.fakes import START, FakeTenant

NAME = f"app-{APP_ID}-certificate"
REFUSED = SignInAnswer(SignIn.REFUSED, "AADSTS700027")
BOTH = (leaked_certificate(), leaked_certificate(ON_PRINCIPAL, TargetKind.SERVICE_PRINCIPAL))


def _new(tenant: FakeTenant) -> list[dict[str, Any]]:
    rows = (*tenant.collections["/applications"], *tenant.collections["/servicePrincipals"])
    return [key for row in rows for key in row["keyCredentials"] if str(key["displayName"]).startswith("azr-")]


def _steps(tenant: FakeTenant) -> list[str]:
    return [write.step for write in tenant.writes]


async def test_replaces_the_exposed_ones() -> None:
    """In the vault first, then on the application, then the old ones go; the others keep their keys."""
    tenant = a_tenant_with_certificates()
    other = tenant.collections["/applications"][0]["keyCredentials"][1]
    change = await change_of(ACTION, with_leaked_certificates(*BOTH), tenant)
    run = run_of(change, tenant)
    await ACTION.apply(change, run)
    assert _steps(tenant) == ["register", "remove-application", "remove-servicePrincipal"]
    ((version, _),) = tenant.secrets.kept[NAME]
    (new,) = _new(tenant)
    assert (new["keyId"], version.tags["azr-app"]) == (version.tags["azr-keyid"], APP_ID)
    assert tenant.collections["/applications"][0]["keyCredentials"] == [other, new]
    assert certificate_ids(tenant) == [OTHER, new["keyId"]]
    assert (run.proof["proof"], run.proof["vault_secret"]) == ("sign-in", NAME)
    assert await holds(ACTION, change, tenant)
    assert new["endDateTime"] == iso(START + timedelta(days=180) - timedelta(minutes=5))


@pytest.mark.parametrize("form", list(KeyForm))
async def test_form(form: KeyForm) -> None:
    """The form that consumers expect is asked for."""
    tenant = a_tenant_with_certificates()
    change = await change_of(ACTION, with_leaked_certificates(), tenant, Params(form=form))
    await ACTION.apply(change, run_of(change, tenant))
    assert tenant.keys.forms == [form]


async def test_all() -> None:
    """Every old one goes but those that sign SAML tokens."""
    tenant = a_tenant_with_certificates()
    add_signing(tenant)
    change = await change_of(ACTION, with_leaked_certificates(), tenant, Params(remove=Remove.ALL))
    await ACTION.apply(change, run_of(change, tenant))
    (new,) = _new(tenant)
    assert {*certificate_ids(tenant)} == {new["keyId"], SIGN, SIGN[:-1] + "5"}


async def test_after_everything_was_removed() -> None:
    """Where an earlier step of the plan removes them all, there still is one to replace."""
    tenant = a_tenant_with_certificates()
    state = await ACTION.observe(with_leaked_certificates(), tenant)
    emptied: State = state.overlaid({"applicationCertificateIds": [], "servicePrincipalCertificateIds": []})
    change = ACTION.plan(with_leaked_certificates(), emptied, Params(remove=Remove.ALL))
    assert isinstance(change, Change)
    assert change.work["certificates"] == []
    assert change.work["replaces"] == [OLD, OTHER, ON_PRINCIPAL]


async def test_vendors_application() -> None:
    """On the service principal when the application lives in another tenant."""
    tenant = a_tenant_with_certificates()
    tenant.collections["/applications"].clear()
    target = replace(
        with_leaked_certificates(BOTH[1]), kind=TargetKind.SERVICE_PRINCIPAL, id=PRINCIPAL, application_id=""
    )
    change = await change_of(ACTION, target, tenant)
    await ACTION.apply(change, run_of(change, tenant))
    assert [key["keyId"] for key in _new(tenant)] == certificate_ids(tenant)
    assert await holds(ACTION, change, tenant)


@pytest.mark.parametrize("disabled", [True, False], ids=["disabled", "sign-in says so"])
async def test_proof_by_reading_back(disabled: bool) -> None:
    """Where nobody can sign in, what the directory lists is compared with what the vault holds."""
    tenant = a_tenant_with_certificates()
    tenant.collections["/servicePrincipals"][0]["accountEnabled"] = not disabled
    tenant.prover.answers = [SignInAnswer(SignIn.DISABLED, "AADSTS7000112")]
    change = await change_of(ACTION, with_leaked_certificates(), tenant)
    run = run_of(change, tenant)
    await ACTION.apply(change, run)
    assert (run.proof["proof"], run.proof["signed_in"]) == ("read-back", False)
    assert await holds(ACTION, change, tenant)


async def test_lifetime_is_capped_by_policy() -> None:
    """A policy's shortest life counts, and the plan says so."""
    tenant = a_tenant_with_certificates()
    limits = {
        "keyCredentials": [{"restrictionType": "asymmetricKeyLifetime", "state": "enabled", "maxLifetime": "P30D"}]
    }
    tenant.single["/policies/defaultAppManagementPolicy"] = {"isEnabled": True, "applicationRestrictions": limits}
    change = await change_of(ACTION, with_leaked_certificates(), tenant)
    assert "an app management policy shortens its life to 30 days" in change.warnings
    await ACTION.apply(change, run_of(change, tenant))
    (new,) = _new(tenant)
    assert new["endDateTime"] == iso(START + timedelta(days=30) - timedelta(minutes=5))


async def test_refused_or_nothing_to_do() -> None:
    """No vault, trusted authorities only, a listed signing certificate: left to a person; nothing exposed: nothing."""
    tenant = a_tenant_with_certificates()
    add_signing(tenant)
    nothing = await planned(ACTION, replace(with_leaked_certificates(), exposed=()), tenant)
    signing = await planned(ACTION, with_leaked_certificates(leaked_certificate(SIGN)), tenant)
    tenant.secrets.vault_url = ""
    homeless = await planned(ACTION, with_leaked_certificates(), tenant)
    rule = {"restrictionType": "trustedCertificateAuthority", "state": "enabled"}
    tenant.single["/policies/defaultAppManagementPolicy"] = {
        "isEnabled": True,
        "applicationRestrictions": {"keyCredentials": [rule]},
    }
    forbidden = await planned(ACTION, with_leaked_certificates(), tenant)
    for skip, said in ((signing, "signs SAML"), (homeless, "secrets.vault_url"), (forbidden, "trusted authorities")):
        assert isinstance(skip, Skip)
        assert (skip.done, said in skip.reason) == (False, True)
    assert isinstance(nothing, Skip)
    assert nothing.done


async def test_always_adds_one() -> None:
    """An application without certificates gets one when asked: the way out where secrets are forbidden."""
    tenant = a_tenant_with_certificates()
    target = replace(with_leaked_certificates(), exposed=())
    assert isinstance(await planned(ACTION, target, tenant), Skip)
    change = await change_of(ACTION, target, tenant, Params(always=True))
    await ACTION.apply(change, run_of(change, tenant))
    assert len(certificate_ids(tenant)) == 4
    assert await holds(ACTION, change, tenant)


async def test_altered_plan_is_refused() -> None:
    """Another holder, another object's certificate, parameters that cannot be read: nothing is sent."""
    tenant = a_tenant_with_certificates()
    change = await change_of(ACTION, with_leaked_certificates(), tenant)
    foreign = [{"holder": "application", "holder_id": PRINCIPAL, "key_id": OLD}]
    for altered in (
        replace(change, work={**change.work, "holder_id": PRINCIPAL}),
        replace(change, work={**change.work, "certificates": foreign}),
        replace(change, params={**change.params, "lifetime": "forever"}),
        replace(change, params={**change.params, "lifetime": "PT1M"}),
    ):
        with pytest.raises(ChangeFailed):
            await ACTION.apply(altered, run_of(altered, tenant))
    assert tenant.writes == []
    assert tenant.secrets.kept == {}


async def test_cannot_be_undone() -> None:
    """And says so."""
    tenant = a_tenant_with_certificates()
    change = await change_of(ACTION, with_leaked_certificates(), tenant)
    assert isinstance(ACTION.undo(change, await ACTION.observe(change.target, tenant)), CannotUndo)
