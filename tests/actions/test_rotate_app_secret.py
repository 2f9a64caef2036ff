"""A rotation never removes an old secret before a new one is stored and proven, wherever it is interrupted."""

from dataclasses import replace
from datetime import timedelta

import pytest

from azremediate.actions._secrets import Remove
from azremediate.actions.rotate_app_secret import ACTION, Params
from azremediate.core.change import CannotUndo, Skip
from azremediate.core.errors import (
    TenantError,
)
from azremediate.core.ports import SignIn, SignInAnswer
from azremediate.core.target import Target, TargetKind
from tests.actions.stage import (
    APP_ID,
    APPLICATION,
    KEPT,
    LEAKED,
    LEAKED_ON_PRINCIPAL,
    PRINCIPAL,
    a_tenant,
    an_application,
    change_of,
    exposed,
    holds,
    key_ids,
    planned,
    run_of,
    secret,
)
from tests.fakes import FakeTenant, InstantClock

NAME = f"app-{APP_ID}"
STAGED = SignInAnswer(SignIn.REFUSED, "AADSTS7000215")


def _steps(tenant: FakeTenant) -> list[str]:
    return [write.step for write in tenant.writes]


async def test_new_secret_replaces_the_exposed_ones() -> None:
    """One new secret on the application, in the vault, proven; the exposed ones gone from both objects."""
    tenant = a_tenant()
    change = await change_of(ACTION, an_application(), tenant)
    run = run_of(change, tenant)
    await ACTION.apply(change, run)
    assert _steps(tenant) == ["add-1", f"remove-{LEAKED}", f"remove-{LEAKED_ON_PRINCIPAL}"]
    assert len(key_ids(tenant)) == 2
    assert KEPT in key_ids(tenant)
    assert run.proof["signed_in"] is True
    assert run.proof["new_key_id"] in key_ids(tenant)
    assert run.proof["vault_secret"] == NAME
    assert await holds(ACTION, change, tenant)
    tags = tenant.secrets.kept[NAME][0][0].tags
    assert tags == {
        "azr-change": change.change_id,
        "azr-keyid": run.proof["new_key_id"],
        "azr-app": APP_ID,
        "azr-attempt": "1",
    }


@pytest.mark.parametrize(
    ("collection", "values", "reason"),
    [
        ("/servicePrincipals", {"accountEnabled": False}, "disabled"),
        ("/applications", {"isDisabled": True}, "deactivated"),
    ],
    ids=["service principal disabled", "application deactivated"],
)
async def test_proof_by_reading_where_nobody_can_sign_in(
    collection: str, values: dict[str, object], reason: str
) -> None:
    """An application that cannot sign in is rotated all the same, and the result says how it was proven."""
    tenant = a_tenant()
    tenant.collections[collection][0].update(values)
    change = await change_of(ACTION, an_application(), tenant)
    assert any(reason in warning and "reading it back" in warning for warning in change.warnings)
    run = run_of(change, tenant)
    await ACTION.apply(change, run)
    assert tenant.prover.tries == 0
    assert (run.proof["signed_in"], run.proof["proof"]) == (False, "read-back")
    assert await holds(ACTION, change, tenant)


async def test_application_without_service_principal() -> None:
    """The application's own secrets are rotated, proven by reading."""
    tenant = a_tenant()
    tenant.collections["/servicePrincipals"].clear()
    target = replace(an_application(exposed(LEAKED)), service_principal_id="")
    change = await change_of(ACTION, target, tenant)
    await ACTION.apply(change, run_of(change, tenant))
    assert await holds(ACTION, change, tenant)


async def test_application_of_another_tenant_is_rotated_on_its_service_principal() -> None:
    """Where the application object is elsewhere the service principal gets the new secret."""
    tenant = a_tenant()
    tenant.collections["/applications"].clear()
    target = replace(
        an_application(exposed(LEAKED_ON_PRINCIPAL, TargetKind.SERVICE_PRINCIPAL)),
        kind=TargetKind.SERVICE_PRINCIPAL,
        id=PRINCIPAL,
        application_id="",
    )
    change = await change_of(ACTION, target, tenant)
    await ACTION.apply(change, run_of(change, tenant))
    assert tenant.writes[0].path == f"/servicePrincipals/{PRINCIPAL}/addPassword"
    assert await holds(ACTION, change, tenant)


async def test_overlap_keeps_the_old_secret_for_a_while() -> None:
    """The wait lies between the proof and the removal, and is not repeated after a crash."""
    tenant, clock = a_tenant(), InstantClock()
    change = await change_of(ACTION, an_application(), tenant, Params(overlap=timedelta(minutes=15)))
    await ACTION.apply(change, run_of(change, tenant, clock))
    assert clock.passed >= 900
    again = InstantClock()
    await ACTION.apply(change, run_of(change, tenant, again))
    assert again.passed < 900


async def test_remove_all() -> None:
    """`remove: all` leaves nothing but the new secret."""
    tenant = a_tenant()
    change = await change_of(ACTION, an_application(), tenant, Params(remove=Remove.ALL))
    await ACTION.apply(change, run_of(change, tenant))
    assert len(key_ids(tenant)) == 1
    assert await holds(ACTION, change, tenant)


async def test_removed_before_in_the_same_plan() -> None:
    """What an earlier step of a playbook removes still gets its successor."""
    tenant = a_tenant()
    tenant.collections["/applications"][0]["passwordCredentials"] = [secret(KEPT)]
    change = await change_of(ACTION, an_application(exposed(LEAKED)), tenant)
    assert change.work["removals"] == []
    await ACTION.apply(change, run_of(change, tenant))
    assert await holds(ACTION, change, tenant)


def _nothing_exposed() -> Target:
    return replace(an_application(), exposed=())


@pytest.mark.parametrize(
    ("target", "default_policy", "vault", "done", "says"),
    [
        pytest.param(_nothing_exposed(), None, "https://v", True, "no live client secret", id="nothing exposed"),
        pytest.param(an_application(), None, "", False, "secrets.vault_url", id="no vault"),
        pytest.param(an_application(), "passwordAddition", "https://v", False, "certificates", id="forbidden"),
    ],
)
async def test_skip(target: Target, default_policy: str | None, vault: str, done: bool, says: str) -> None:
    """Nothing is planned where nothing is to be done or nothing can be, and the reason is said."""
    tenant = a_tenant()
    tenant.secrets.vault_url = vault
    if default_policy:
        tenant.single["/policies/defaultAppManagementPolicy"] = {
            "isEnabled": True,
            "applicationRestrictions": {
                "passwordCredentials": [{"restrictionType": default_policy, "state": "enabled"}]
            },
        }
    outcome = await planned(ACTION, target, tenant)
    assert isinstance(outcome, Skip)
    assert outcome.done is done
    assert says in outcome.reason


async def test_plan_says_what_is_needed_and_cannot_be_undone() -> None:
    """Preconditions name each secret that goes; undo is refused; no value of a secret is in the change."""
    tenant = a_tenant()
    change = await change_of(ACTION, an_application(), tenant)
    assert [condition.value for condition in change.preconditions] == [LEAKED, LEAKED_ON_PRINCIPAL]
    state = await ACTION.observe(change.target, tenant)
    assert all(condition.broken_by(state) is None for condition in change.preconditions)
    assert isinstance(ACTION.undo(change, state), CannotUndo)
    assert change.after["applicationKeyIds"] == [KEPT]


async def test_missing_application_is_an_error() -> None:
    """An application that is gone is reported, not taken for one without secrets."""
    tenant = a_tenant()
    tenant.collections["/applications"].clear()
    with pytest.raises(TenantError, match=APPLICATION):
        await ACTION.observe(an_application(), tenant)


@pytest.mark.parametrize("case", ["old one is back", "second new one", "not in the vault"])
async def test_what_does_not_hold(case: str) -> None:
    """Done means: one new secret, in the vault, and none of the old."""
    tenant = a_tenant()
    change = await change_of(ACTION, an_application(), tenant)
    await ACTION.apply(change, run_of(change, tenant))
    held = tenant.collections["/applications"][0]["passwordCredentials"]
    if case == "old one is back":
        held.append(secret(LEAKED))
    elif case == "second new one":
        held.append(secret("eeeeeeee-0000-4000-8000-00000000000f", f"{change.tag}-2"))
    else:
        tenant.secrets.kept.clear()
    assert not await holds(ACTION, change, tenant)
