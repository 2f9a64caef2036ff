"""What report-only policies saw is counted for our own policies, since they report."""

from datetime import timedelta
from typing import Any

import pytest

from azremediate.core.clock import iso
from azremediate.core.errors import FeatureMissing, PermissionMissing, ServiceFailing
from azremediate.core.privilege import Measured, Person
from azremediate.resolve.report_only import measured
from tests.fakes import START, FakeTenant

POLICIES, SIGN_INS = "/identity/conditionalAccess/policies", "/auditLogs/signIns"
PERSON = Person("a", "a@x", False, (), False, ())


def _policy(name: str = "azr-1 MFA", state: str = "enabledForReportingButNotEnforced", **values: Any) -> dict[str, Any]:
    created = iso(START - timedelta(days=40))
    row = {"id": "p", "displayName": name, "state": state, "createdDateTime": created, "modifiedDateTime": None}
    return {**row, **values}


def _sign_in(number: int, result: str, *, days: float = 1, policy: str = "p", user: str = "a") -> dict[str, Any]:
    return {
        "id": str(number),
        "createdDateTime": iso(START - timedelta(days=days)),
        "userId": user,
        "userPrincipalName": f"{user}@x",
        "clientAppUsed": "Browser" if user == "a" else "IMAP4",
        "appliedConditionalAccessPolicies": [{"id": policy, "result": result}],
    }


def _tenant(policies: list[dict[str, Any]], *sign_ins: dict[str, Any]) -> FakeTenant:
    tenant = FakeTenant()
    tenant.collections = {POLICIES: policies, SIGN_INS: list(sign_ins)}
    return tenant


async def test_counted() -> None:
    """Judged are success, failure and interruption; failures name the person, each once, also by a legacy client."""
    sign_ins = (
        _sign_in(1, "reportOnlySuccess"),
        _sign_in(2, "reportOnlyInterrupted"),
        _sign_in(3, "reportOnlyFailure"),
        _sign_in(4, "reportOnlyFailure"),
        _sign_in(5, "reportOnlyNotApplied"),
        _sign_in(6, "reportOnlyFailure", policy="other"),
        _sign_in(7, "reportOnlyFailure", user="z"),
    )
    assert await measured(_tenant([_policy()], *sign_ins), (PERSON,), START) == (
        Measured("p", 40.0, 5, refused=("z@x", "a@x"), interrupted=1),
    )


async def test_only_since_the_last_change() -> None:
    """What happened before the policy was last changed says nothing of it."""
    policy = _policy(modifiedDateTime=iso(START - timedelta(days=3)))
    tenant = _tenant([policy], _sign_in(1, "reportOnlyFailure", days=4), _sign_in(2, "reportOnlySuccess", days=2))
    assert await measured(tenant, (PERSON,), START) == (Measured("p", 3.0, 1),)


@pytest.mark.parametrize("policy", [_policy(name="Company MFA"), _policy(state="enabled"), _policy(state="disabled")])
async def test_only_our_report_only_policies(policy: dict[str, Any]) -> None:
    """For others no sign-in is read."""
    tenant = _tenant([policy], _sign_in(1, "reportOnlyFailure"))
    assert await measured(tenant, (PERSON,), START) == ()
    assert [read.path for read in tenant.reads] == [POLICIES]


async def test_gaps() -> None:
    """Sign-ins that cannot be read are a gap of each policy; a missing permission is an error."""
    tenant = _tenant([_policy()])
    tenant.failing[SIGN_INS] = ServiceFailing("broken")
    (found,) = await measured(tenant, (PERSON,), START)
    assert (found.sign_ins, found.gap) == (0, "broken")
    tenant.failing[SIGN_INS] = PermissionMissing("no", status=403)
    with pytest.raises(PermissionMissing):
        await measured(tenant, (PERSON,), START)
    tenant.failing[POLICIES] = FeatureMissing("no licence")
    assert await measured(tenant, (PERSON,), START) == ()
