"""The writes of a certificate's rotation end in the same state wherever they fail or are interrupted."""

from contextlib import suppress
from typing import Any

import pytest

from azremediate.actions.rotate_app_certificate import ACTION
from azremediate.core.errors import ChangeFailed, OutcomeUnknown, OutcomeUnresolved, PermissionMissing, RequestRefused
from azremediate.core.ports import SignIn, SignInAnswer
from azremediate.core.target import TargetKind
from tests.actions.certificate_stage import (
    OLD,
    ON_PRINCIPAL,
    OTHER,
    SIGN,
    a_tenant_with_certificates,
    certificate,
    certificate_ids,
    leaked_certificate,
    with_leaked_certificates,
)
from tests.actions.stage import APP_ID, change_of, holds, run_of
from tests.fakes import Crash, FakeTenant

NAME = f"app-{APP_ID}-certificate"
REFUSED = SignInAnswer(SignIn.REFUSED, "AADSTS700027")
BOTH = (leaked_certificate(), leaked_certificate(ON_PRINCIPAL, TargetKind.SERVICE_PRINCIPAL))


def _new(tenant: FakeTenant) -> list[dict[str, Any]]:
    rows = (*tenant.collections["/applications"], *tenant.collections["/servicePrincipals"])
    return [key for row in rows for key in row["keyCredentials"] if str(key["displayName"]).startswith("azr-")]


def _steps(tenant: FakeTenant) -> list[str]:
    return [write.step for write in tenant.writes]


async def test_unproven_pair_never_lies_on_top_of_a_working_one() -> None:
    """Where the vault has a version already, the new pair is staged beside it until it is proven."""
    tenant = a_tenant_with_certificates()
    first = await change_of(ACTION, with_leaked_certificates(), tenant)
    await ACTION.apply(first, run_of(first, tenant))
    tenant.journal.records.clear()
    second = await change_of(ACTION, with_leaked_certificates(leaked_certificate(OTHER)), tenant)
    await ACTION.apply(second, run_of(second, tenant))
    assert len(tenant.secrets.kept[NAME]) == 2
    assert len(tenant.secrets.kept[f"{NAME}--{second.tag}"]) == 1
    assert await holds(ACTION, second, tenant)


async def test_certificate_that_does_not_sign_in_is_taken_back() -> None:
    """Past the deadline the new one is gone again and every old one is still there."""
    tenant = a_tenant_with_certificates()
    change = await change_of(ACTION, with_leaked_certificates(), tenant)
    tenant.prover.answers = [REFUSED] * 100
    with pytest.raises(ChangeFailed, match=r"compensated.*AADSTS700027"):
        await ACTION.apply(change, run_of(change, tenant))
    assert certificate_ids(tenant) == [OLD, OTHER, ON_PRINCIPAL]


async def test_refused_registration() -> None:
    """When the directory refuses the certificate nothing is changed, and the error says which right is missing."""
    tenant = a_tenant_with_certificates()
    change = await change_of(ACTION, with_leaked_certificates(), tenant)
    tenant.fail["register"] = (PermissionMissing("no right", status=403), False)
    with pytest.raises(PermissionMissing, match=r"compensated.*no right"):
        await ACTION.apply(change, run_of(change, tenant))
    assert certificate_ids(tenant) == [OLD, OTHER, ON_PRINCIPAL]


async def test_one_that_cannot_be_taken_back_needs_a_person() -> None:
    """It is said to be there, with its key id."""
    tenant = a_tenant_with_certificates()
    change = await change_of(ACTION, with_leaked_certificates(), tenant)
    tenant.prover.answers = [REFUSED] * 100
    tenant.fail["discard"] = (RequestRefused("no", status=400), False)
    with pytest.raises(OutcomeUnresolved, match="could not be removed again"):
        await ACTION.apply(change, run_of(change, tenant))


@pytest.mark.parametrize("after", [True, False], ids=["had effect", "had no effect"])
@pytest.mark.parametrize("step", ["register", "remove-application"])
async def test_unknown_outcome(step: str, after: bool) -> None:
    """A write without an answer is looked for, and repeated only if it had no effect."""
    tenant = a_tenant_with_certificates()
    change = await change_of(ACTION, with_leaked_certificates(), tenant)
    tenant.fail[step] = (OutcomeUnknown("no answer"), after)
    await ACTION.apply(change, run_of(change, tenant))
    assert _steps(tenant) == ["register", "remove-application"]
    assert await holds(ACTION, change, tenant)


@pytest.mark.parametrize("late", [True, False], ids=["stored", "not stored"])
async def test_unknown_outcome_of_storing(late: bool) -> None:
    """A pair that may have been stored is looked for; there is one version in the end."""
    tenant = a_tenant_with_certificates()
    change = await change_of(ACTION, with_leaked_certificates(), tenant)
    tenant.secrets.refuse, tenant.secrets.late = OutcomeUnknown("no answer"), late
    await ACTION.apply(change, run_of(change, tenant))
    assert len(tenant.secrets.kept[NAME]) == 1
    assert await holds(ACTION, change, tenant)


async def test_killed_anywhere() -> None:
    """Wherever the process dies, going on ends with one new certificate, stored, and without the exposed ones."""
    for point in range(1, 30):
        tenant = a_tenant_with_certificates()
        change = await change_of(ACTION, with_leaked_certificates(*BOTH), tenant)
        tenant.journal.die_at = point
        with suppress(Crash):
            await ACTION.apply(change, run_of(change, tenant))
        finished = tenant.journal.calls < point
        tenant.journal.die_at = -1
        await ACTION.apply(change, run_of(change, tenant))
        (new,) = _new(tenant)
        assert certificate_ids(tenant) == [OTHER, new["keyId"]], point
        assert await holds(ACTION, change, tenant), point
        if finished:
            break
    assert finished


@pytest.mark.parametrize("after", [True, False], ids=["after its effect", "before its effect"])
@pytest.mark.parametrize("step", ["register", "remove-application", "remove-servicePrincipal"])
async def test_killed_while_a_write_is_under_way(step: str, after: bool) -> None:
    """The same where the process dies between a request and its answer."""
    tenant = a_tenant_with_certificates()
    change = await change_of(ACTION, with_leaked_certificates(*BOTH), tenant)
    tenant.fail[step] = (Crash(), after)
    with pytest.raises(Crash):
        await ACTION.apply(change, run_of(change, tenant))
    await ACTION.apply(change, run_of(change, tenant))
    assert await holds(ACTION, change, tenant)
    assert len(certificate_ids(tenant)) == 2


async def test_only_working_certificate_is_never_taken_back() -> None:
    """Resumed after an exposed one went, with sign-in down, the new one stays."""
    tenant = a_tenant_with_certificates()
    change = await change_of(ACTION, with_leaked_certificates(*BOTH), tenant)
    tenant.fail["remove-servicePrincipal"] = (Crash(), False)
    with pytest.raises(Crash):
        await ACTION.apply(change, run_of(change, tenant))
    tenant.prover.answers = [REFUSED] * 100
    with pytest.raises(OutcomeUnresolved, match="the new one stays"):
        await ACTION.apply(change, run_of(change, tenant))
    assert len(_new(tenant)) == 1
    tenant.prover.answers = []
    await ACTION.apply(change, run_of(change, tenant))
    assert await holds(ACTION, change, tenant)


async def test_stray_of_an_earlier_run_is_removed() -> None:
    """A certificate that carries this change's tag and is not the new one goes too."""
    tenant = a_tenant_with_certificates()
    change = await change_of(ACTION, with_leaked_certificates(), tenant)
    stray = {**certificate(SIGN), "displayName": f"{change.tag}-1"}
    tenant.collections["/applications"][0]["keyCredentials"].append(stray)
    await ACTION.apply(change, run_of(change, tenant))
    assert SIGN not in certificate_ids(tenant)
    assert await holds(ACTION, change, tenant)
