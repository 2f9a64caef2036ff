"""Usage verdicts: what is not known is never unused, and what is young, Microsoft's or managed is exempt."""

from datetime import timedelta
from typing import Any

import pytest

from azremediate.core.clock import iso
from azremediate.core.cloud import Cloud
from azremediate.core.errors import PermissionMissing, ServiceFailing, SignInFailed, TenantError
from azremediate.core.playbook import Usage
from azremediate.core.target import Target, TargetKind
from azremediate.resolve.usage import UsageEvidence
from tests.fakes import START, TENANT_ID, FakeTenant
from tests.resolve.directory import MICROSOFT, VENDOR, a_directory, app_id, principal_id

REPORT = "/reports/servicePrincipalSignInActivities"
COLUMNS = (
    "lastSignInActivity",
    "delegatedClientSignInActivity",
    "delegatedResourceSignInActivity",
    "applicationAuthenticationClientSignInActivity",
    "applicationAuthenticationResourceSignInActivity",
)


def _target(number: int, owner: str = TENANT_ID, kind: str = "Application") -> Target:
    return Target(
        TENANT_ID,
        TargetKind.SERVICE_PRINCIPAL,
        principal_id(number),
        "x",
        app_id=app_id(number),
        service_principal_type=kind,
        owner_tenant_id=owner,
    )


def _tenant(*rows: dict[str, Any]) -> FakeTenant:
    tenant = a_directory()
    tenant.collections[REPORT] = [{"id": str(number), **one} for number, one in enumerate(rows)]
    return tenant


def _activity(days: float, column: str = COLUMNS[0], number: int = 1) -> dict[str, Any]:
    empty = dict.fromkeys(COLUMNS)
    return {"appId": app_id(number).upper(), **empty, column: {"lastSignInDateTime": iso(START - timedelta(days=days))}}


async def _verdict(tenant: FakeTenant, target: Target, days: int = 90) -> tuple[Usage, str]:
    verdicts = await UsageEvidence(tenant, START).verdicts([target], unused_days=days)
    verdict = verdicts[target.app_id]
    assert verdict.reason
    return verdict.usage, verdict.reason


@pytest.mark.parametrize("column", COLUMNS)
async def test_activity_counts_in_every_role(column: str) -> None:
    """An application that others call is used, though it never signs in itself."""
    assert (await _verdict(_tenant(_activity(3, column)), _target(1)))[0] is Usage.ACTIVE


@pytest.mark.parametrize(
    ("days", "usage"),
    [(89.9, Usage.ACTIVE), (90, Usage.ACTIVE), (90.1, Usage.UNUSED), (-1, Usage.ACTIVE)],
    ids=["just inside", "on the day", "just outside", "in the future"],
)
async def test_threshold(days: float, usage: Usage) -> None:
    """Older than the threshold is unused."""
    assert (await _verdict(_tenant(_activity(days)), _target(1)))[0] is usage


async def test_latest_activity_decides() -> None:
    """One old column does not make an application unused that another shows in use."""
    row = _activity(400) | {COLUMNS[4]: {"lastSignInDateTime": iso(START - timedelta(days=1))}}
    assert (await _verdict(_tenant(row), _target(1)))[0] is Usage.ACTIVE


async def test_missing_row_is_unknown() -> None:
    """No row is no evidence."""
    assert (await _verdict(_tenant(_activity(3, number=2)), _target(1)))[0] is Usage.UNKNOWN


async def test_row_without_any_time() -> None:
    """A row without a time is never used, if it is known to be old enough, else unknown."""
    row = {"appId": app_id(1), **{column: {"lastSignInDateTime": None} for column in COLUMNS}}
    assert (await _verdict(_tenant(row), _target(1)))[0] is Usage.NEVER_USED
    vendors = {**row, "appId": app_id(5)}
    assert (await _verdict(_tenant(vendors), _target(5, VENDOR)))[0] is Usage.UNKNOWN


async def test_nonsense_is_unknown() -> None:
    """A time that is none is not taken for no time."""
    row = {"appId": app_id(1), COLUMNS[0]: {"lastSignInDateTime": "never"}}
    assert (await _verdict(_tenant(row), _target(1)))[0] is Usage.UNKNOWN


@pytest.mark.parametrize(
    "target",
    [_target(9), _target(7, MICROSOFT), _target(8, "", "ManagedIdentity")],
    ids=["young", "Microsoft's own", "managed identity"],
)
async def test_exempt(target: Target) -> None:
    """Never unused, whatever the report says."""
    number = int(target.app_id[-12:])
    assert (await _verdict(_tenant(_activity(400, number=number)), target))[0] is Usage.EXEMPT


@pytest.mark.parametrize(
    "error",
    [PermissionMissing("no permission", status=403), ServiceFailing("broken")],
    ids=["no permission", "failure"],
)
async def test_report_that_cannot_be_read(error: TenantError) -> None:
    """Not being able to look makes every verdict unknown, with the reason, and never unused."""
    tenant = a_directory()
    tenant.single[REPORT] = error
    usage, reason = await _verdict(tenant, _target(1))
    assert usage is Usage.UNKNOWN
    assert error.message in reason


async def test_failed_sign_in_is_raised() -> None:
    """Without a token nothing is known of anything."""
    tenant = a_directory()
    tenant.single[REPORT] = SignInFailed("no token")
    with pytest.raises(SignInFailed):
        await _verdict(tenant, _target(1))


@pytest.mark.parametrize("cloud", [Cloud.USGOV, Cloud.USGOV_DOD, Cloud.CHINA])
async def test_clouds_without_the_report(cloud: Cloud) -> None:
    """Only the global cloud has the report; elsewhere it is not even asked for."""
    tenant = _tenant(_activity(400))
    tenant.cloud = cloud
    assert (await _verdict(tenant, _target(1)))[0] is Usage.UNKNOWN
    assert tenant.reads == []


async def test_report_is_read_once() -> None:
    """Several steps of a playbook share one reading, with their own thresholds."""
    tenant = _tenant(_activity(100))
    evidence = UsageEvidence(tenant, START)
    first = await evidence.verdicts([_target(1)], unused_days=90)
    second = await evidence.verdicts([_target(1)], unused_days=120)
    assert (first[app_id(1)].usage, second[app_id(1)].usage) == (Usage.UNUSED, Usage.ACTIVE)
    assert len([read for read in tenant.reads if read.path == REPORT]) == 1
    assert first[app_id(1)].last_seen.startswith("2023-12-31")


async def test_many_targets() -> None:
    """For a whole tenant the applications are read as a list."""
    tenant = _tenant(_activity(400))
    targets = [_target(number) for number in range(1, 130)]
    verdicts = await UsageEvidence(tenant, START).verdicts(targets, unused_days=90)
    assert len(verdicts) == 129
    assert verdicts[app_id(1)].usage is Usage.UNUSED
    assert sum(read.path == "/applications" for read in tenant.reads) == 1
