"""A policy stops an account when it is for it, does not leave it out, and asks for what it cannot show."""

from typing import Any

import pytest

from azremediate.core.errors import PermissionMissing
from azremediate.core.privilege import Hold, Privilege, System
from azremediate.resolve.policy_reach import Stop, stopping_policies
from tests.resolve.directory import a_directory, user_id

ONE, TWO = user_id(1), user_id(4)
GROUP, ROLE = "eeeeeeee-0000-4000-8000-000000000001", "62e90394-69f5-4237-9190-012177145e10"
ROSTER = (Privilege(ONE, ROLE, "Global Administrator", System.ENTRA, Hold.ACTIVE, "/"),)
EVERYBODY: dict[str, Any] = {"includeUsers": ["All"]}


def _policy(users: dict[str, Any], *, conditions: dict[str, Any] | None = None, **values: Any) -> dict[str, Any]:
    told = {
        "clientAppTypes": ["all"],
        "applications": {"includeApplications": ["All"]},
        "users": users,
        **(conditions or {}),
    }
    controls = {"operator": "OR", "builtInControls": ["block"]}
    return {"displayName": "Closed", "state": "enabled", "conditions": told, "grantControls": controls, **values}


def _asks(*controls: str, operator: str = "OR") -> dict[str, Any]:
    return {"grantControls": {"operator": operator, "builtInControls": list(controls)}}


CASES: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "everybody": (_policy(EVERYBODY), (ONE, TWO)),
    "by name": (_policy({"includeUsers": [TWO.upper()]}), (TWO,)),
    "by group": (_policy({"includeGroups": [GROUP]}), (TWO,)),
    "by role": (_policy({"includeRoles": [ROLE.upper()]}), (ONE,)),
    "left out by name": (_policy({**EVERYBODY, "excludeUsers": [ONE, TWO]}), ()),
    "left out by a group": (_policy({**EVERYBODY, "excludeGroups": [GROUP]}), (ONE,)),
    "left out by a role": (_policy({**EVERYBODY, "excludeRoles": [ROLE]}), (TWO,)),
    "a device": (_policy(EVERYBODY, **_asks("compliantDevice")), (ONE, TWO)),
    "a device or a second factor": (_policy(EVERYBODY, **_asks("compliantDevice", "mfa")), ()),
    "a device and a second factor": (_policy(EVERYBODY, **_asks("compliantDevice", "mfa", operator="AND")), (ONE, TWO)),
    "a second factor": (_policy(EVERYBODY, **_asks("mfa")), ()),
    "no controls": (_policy(EVERYBODY, grantControls=None), ()),
    "report-only": (_policy(EVERYBODY, state="enabledForReportingButNotEnforced"), ()),
    "legacy clients": (_policy(EVERYBODY, conditions={"clientAppTypes": ["other"]}), ()),
    "one application": (_policy(EVERYBODY, conditions={"applications": {"includeApplications": [GROUP]}}), ()),
}


def _tenant(*policies: dict[str, Any]) -> Any:
    tenant = a_directory()
    tenant.collections |= {
        "/identity/conditionalAccess/policies": list(policies),
        f"/users/{ONE}/transitiveMemberOf/microsoft.graph.group": [],
        f"/users/{TWO}/transitiveMemberOf/microsoft.graph.group": [{"id": GROUP.upper()}],
    }
    return tenant


@pytest.mark.fault("G4")
@pytest.mark.parametrize("name", CASES)
async def test_reach(name: str) -> None:
    """Who is stopped, by whichever way they are named."""
    policy, accounts = CASES[name]
    expected = (Stop("Closed", accounts, always=True),) if accounts else ()
    assert await stopping_policies(_tenant(policy), (ONE, TWO), ROSTER) == expected


async def test_conditions() -> None:
    """A policy with a place or a risk stops under its conditions only."""
    policy = _policy(EVERYBODY, conditions={"locations": {"includeLocations": ["All"]}})
    (stop,) = await stopping_policies(_tenant(policy), (ONE,), ROSTER)
    assert not stop.always


async def test_policies_that_cannot_be_looked_at() -> None:
    """Not being able to look is not "nothing stops them"."""
    tenant = _tenant()
    tenant.single["/identity/conditionalAccess/policies"] = PermissionMissing("no", status=403)
    with pytest.raises(PermissionMissing):
        await stopping_policies(tenant, (ONE,), ROSTER)
