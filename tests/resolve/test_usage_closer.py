"""A report's word that an application is unused is held against logs, provisioning and single sign-on."""

from datetime import timedelta
from typing import Any

import pytest

from azremediate.core.clock import iso
from azremediate.core.errors import PermissionMissing, ServiceFailing, SignInFailed
from azremediate.core.playbook import Usage
from azremediate.core.ports import Version
from azremediate.core.survey import Grade, UsageVerdict
from azremediate.core.target import Target, TargetKind
from azremediate.resolve.usage import UsageEvidence
from tests.fakes import START, TENANT_ID, FakeTenant
from tests.resolve.directory import a_directory, app_id, principal_id

PRINCIPAL = f"/servicePrincipals/{principal_id(1)}"
REPORT = "/reports/servicePrincipalSignInActivities"
CREDENTIALS = "/reports/appCredentialSignInActivities"
SIGN_INS = "/auditLogs/signIns"
AUDITS = "/auditLogs/directoryAudits"
TARGET = Target(
    TENANT_ID,
    TargetKind.SERVICE_PRINCIPAL,
    principal_id(1),
    "x",
    app_id=app_id(1),
    service_principal_id=principal_id(1),
    owner_tenant_id=TENANT_ID,
)


def _ago(days: float) -> str:
    return iso(START - timedelta(days=days))


def _tenant(**properties: Any) -> FakeTenant:
    """An application that the report calls unused, and every source readable and silent."""
    tenant = a_directory()
    tenant.find(PRINCIPAL).update(properties)
    tenant.collections |= {
        REPORT: [
            {"id": "r", "appId": app_id(1), "lastSignInActivity": {"lastSignInDateTime": _ago(200)}},
            {"id": "s", "appId": app_id(2), "lastSignInActivity": {"lastSignInDateTime": _ago(1)}},
        ],
        CREDENTIALS: [],
        f"{PRINCIPAL}/owners": [{"id": "o", "displayName": "Ana", "mail": "ana@contoso.example"}],
        f"{PRINCIPAL}/appRoleAssignedTo": [],
        f"{PRINCIPAL}/synchronization/jobs": [],
    }
    tenant.single |= {SIGN_INS: {"value": [_sign_in(120, number=7)]}, AUDITS: {"value": []}}
    return tenant


def _sign_in(days: float, *, code: int = 0, number: int = 1) -> dict[str, Any]:
    return {
        "id": f"s-{days}",
        "createdDateTime": _ago(days),
        "appId": app_id(number).upper(),
        "status": {"errorCode": code},
    }


async def _verdict(tenant: FakeTenant) -> UsageVerdict:
    return (await UsageEvidence(tenant, START).verdicts([TARGET], unused_days=90))[app_id(1)]


async def test_every_source_agrees() -> None:
    """Then the evidence is strong, owners are named, and nothing is missing."""
    verdict = await _verdict(_tenant())
    assert (verdict.usage, verdict.grade, verdict.gaps) == (Usage.UNUSED, Grade.STRONG, ())
    assert verdict.evidence[0] == "owners: ana@contoso.example"


async def test_a_credential_that_was_used() -> None:
    """The report of credentials knows better than that of applications."""
    tenant = _tenant()
    tenant.collections[CREDENTIALS] = [
        {"id": "c", "appId": app_id(1).upper(), "signInActivity": {"lastSignInDateTime": _ago(2)}}
    ]
    assert (await _verdict(tenant)).usage is Usage.ACTIVE


async def test_a_credential_that_was_used_of_an_application_without_a_row() -> None:
    """A date within the threshold is enough to know; an old one is not."""
    tenant = _tenant()
    tenant.collections[REPORT] = tenant.collections[REPORT][1:]
    row = {"id": "c", "appId": app_id(1), "signInActivity": {"lastSignInDateTime": _ago(2)}}
    tenant.collections[CREDENTIALS] = [row]
    assert (await _verdict(tenant)).usage is Usage.ACTIVE
    row["signInActivity"] = {"lastSignInDateTime": _ago(200)}
    assert (await _verdict(tenant)).usage is Usage.UNKNOWN


async def test_a_sign_in_in_the_log() -> None:
    """The log is fresher than the reports."""
    tenant = _tenant()
    tenant.single[SIGN_INS] = {"value": [_sign_in(120, number=7), _sign_in(3)]}
    verdict = await _verdict(tenant)
    assert (verdict.usage, verdict.last_seen[:10]) == (Usage.ACTIVE, _ago(3)[:10])
    asked = [read for read in tenant.reads if read.path == SIGN_INS]
    assert {read.version for read in asked} == {Version.BETA}
    assert all("signInEventTypes" in read.query["$filter"] for read in asked)


async def test_a_refused_sign_in_is_no_use_but_is_told() -> None:
    """Nobody keeps an application alive by knocking at it, but its owner may be the one who knocks."""
    tenant = _tenant()
    tenant.single[SIGN_INS] = {"value": [_sign_in(120, number=7), _sign_in(5, code=7000222), _sign_in(3, code=7000215)]}
    verdict = await _verdict(tenant)
    assert verdict.usage is Usage.UNUSED
    assert any("AADSTS7000215" in said for said in verdict.evidence)


async def test_a_write_in_the_audit_log() -> None:
    """What changes the directory is in use."""
    tenant = _tenant()
    initiator = {"user": None, "app": {"appId": app_id(1)}}
    tenant.single[AUDITS] = {"value": [{"id": "a", "activityDateTime": _ago(9), "initiatedBy": initiator}]}
    assert (await _verdict(tenant)).usage is Usage.ACTIVE


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({"preferredSingleSignOnMode": "saml"}, "SAML"),
        ({"preferredSingleSignOnMode": "password"}, "password-based"),
        ({"preferredSingleSignOnMode": "notSupported"}, "linked"),
        ({"tags": ["HideApp", "WindowsAzureActiveDirectoryOnPremApp"]}, "application proxy"),
        ({"displayName": "ConnectSyncProvisioning_DC01_1a2b"}, "directory synchronisation"),
        ({"servicePrincipalType": "Legacy"}, "legacy"),
        ({"servicePrincipalType": "ManagedIdentity"}, "managed identity"),
        ({"disabledByMicrosoftStatus": "DisabledDueToViolationOfServicesAgreement"}, "Microsoft disabled it"),
    ],
)
async def test_exempt(properties: dict[str, Any], said: str) -> None:
    """What works without a sign-in in any report is not unused."""
    verdict = await _verdict(_tenant(**properties))
    assert (verdict.usage, said in verdict.reason) == (Usage.EXEMPT, True), verdict.reason


@pytest.mark.parametrize(
    "properties",
    [{"tags": ["HideApp"]}, {"disabledByMicrosoftStatus": "NotDisabled"}, {"preferredSingleSignOnMode": "oidc"}],
)
async def test_not_exempt(properties: dict[str, Any]) -> None:
    """A tag that only hides it, or a normal state, says nothing."""
    assert (await _verdict(_tenant(**properties))).usage is Usage.UNUSED


async def test_provisioning() -> None:
    """A job that provisions users is active in the provisioning log only."""
    tenant = _tenant()
    tenant.collections[f"{PRINCIPAL}/synchronization/jobs"] = [{"id": "scim.1"}]
    assert (await _verdict(tenant)).usage is Usage.EXEMPT


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (CREDENTIALS, "credentials' last use"),
        (SIGN_INS, "the sign-in log could not be read"),
        (AUDITS, "the audit log could not be read"),
        (f"{PRINCIPAL}/owners", "its owners could not be looked at"),
        (f"{PRINCIPAL}/synchronization/jobs", "whether it provisions could not be looked at"),
    ],
)
async def test_a_source_that_cannot_be_read(path: str, said: str) -> None:
    """It is named, and the evidence is no longer strong."""
    tenant = _tenant()
    tenant.failing[path] = PermissionMissing("no permission", status=403)
    verdict = await _verdict(tenant)
    assert (verdict.usage, verdict.grade) == (Usage.UNUSED, Grade.MODERATE)
    assert any(said in gap for gap in verdict.gaps), verdict.gaps


async def test_an_object_that_cannot_be_read() -> None:
    """Without its properties nobody knows whether it is exempt: unknown is never unused."""
    tenant = _tenant()
    tenant.failing[PRINCIPAL] = ServiceFailing("broken")
    assert (await _verdict(tenant)).usage is Usage.UNKNOWN


async def test_ages_are_told() -> None:
    """How far the log reaches back, and how old the newest entry of the report is."""
    tenant = _tenant()
    tenant.single[SIGN_INS] = {"value": [_sign_in(29, number=7)]}
    tenant.collections[REPORT].pop()
    verdict = await _verdict(tenant)
    assert any("reaches back to" in gap for gap in verdict.gaps)
    assert any("may be behind" in gap for gap in verdict.gaps)


async def test_a_failed_sign_in_of_our_own_is_raised() -> None:
    """Without a token nothing can be known."""
    tenant = _tenant()
    tenant.failing[SIGN_INS] = SignInFailed("refused")
    with pytest.raises(SignInFailed):
        await _verdict(tenant)
