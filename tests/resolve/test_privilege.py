"""Administrators are found on every road, and a road that could not be looked down is named."""

from collections.abc import Sequence
from typing import Any

import pytest

from azremediate.core.errors import FeatureMissing, PermissionMissing, ServiceFailing
from azremediate.core.json_value import JsonObject
from azremediate.resolve.privilege import find_privileged
from azremediate.resolve.privileged_roles import PRIVILEGED_ROLES
from tests.fakes import FakeTenant

ACTIVE, ELIGIBLE = (
    "/roleManagement/directory/roleAssignments",
    "/roleManagement/directory/roleEligibilityScheduleInstances",
)
GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
REPORTS_READER = "4a5d8f65-41da-4de4-8968-e035b65339cf"
OWNER, READER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "acdd72a7-3385-48ef-bd42-f606fba81ae7"
DIRECT, PIM, BY_GROUP, GROUP, OTHER_GROUP, AZURE, HARMLESS = (
    "direct",
    "pim",
    "by-group",
    "group",
    "other",
    "azure",
    "no",
)


class _Azure:
    """Azure role assignments of one subscription."""

    def __init__(self, *rows: tuple[str, str, str], error: Exception | None = None) -> None:
        self.rows, self.error = rows, error

    async def role_assignments(self, scope: str) -> Sequence[JsonObject]:
        """As ARM shows them."""
        if self.error:
            raise self.error
        prefix = f"{scope}/providers/Microsoft.Authorization/roleDefinitions/"
        return [
            {"properties": {"principalId": principal, "roleDefinitionId": prefix + role, "principalType": kind}}
            for principal, role, kind in self.rows
        ]


def _assignment(principal: str, role: str) -> dict[str, Any]:
    return {"id": f"{principal}-{role}", "principalId": principal.upper(), "roleDefinitionId": role}


def _tenant() -> FakeTenant:
    tenant = FakeTenant()
    tenant.collections = {
        ACTIVE: [
            _assignment(DIRECT, GLOBAL_ADMINISTRATOR),
            _assignment(HARMLESS, REPORTS_READER),
            _assignment(GROUP, GLOBAL_ADMINISTRATOR),
        ],
        ELIGIBLE: [_assignment(PIM, GLOBAL_ADMINISTRATOR), _assignment(HARMLESS, REPORTS_READER)],
        "/groups": [
            {"id": GROUP, "isAssignableToRole": True},
            {"id": OTHER_GROUP, "isAssignableToRole": True},
            {"id": "plain", "isAssignableToRole": None},
        ],
        f"/groups/{GROUP}/transitiveMembers": [{"id": BY_GROUP}, {"id": "by-group-2"}],
        f"/groups/{OTHER_GROUP}/transitiveMembers": [{"id": HARMLESS}],
    }
    return tenant


async def test_every_road() -> None:
    """Active, eligible and by group; a harmless role does not count, nor a group without a privileged one."""
    found = await find_privileged(_tenant())
    assert found.holders == {DIRECT, PIM, GROUP, BY_GROUP, "by-group-2"}
    assert found.global_administrators == found.holders
    assert found.gaps == ()
    assert found.looked == ("active roles", "eligible roles", f"members of the group {GROUP}")


async def test_only_that_role_counts_as_global_administrator() -> None:
    """Another privileged role makes an administrator, and no Global Administrator."""
    tenant = _tenant()
    tenant.collections[ACTIVE].append(_assignment("helpdesk", "729827e3-9c14-49f7-bb1b-9608f156bbb8"))
    tenant.collections[ACTIVE].append(_assignment(OTHER_GROUP, "729827e3-9c14-49f7-bb1b-9608f156bbb8"))
    found = await find_privileged(tenant)
    assert found.holders - found.global_administrators == {"helpdesk", OTHER_GROUP, HARMLESS}


async def test_azure_roles() -> None:
    """Owners of configured subscriptions count, also by group; readers do not."""
    tenant = _tenant()
    tenant.azure = _Azure((AZURE, OWNER, "User"), (HARMLESS, READER, "User"), (OTHER_GROUP, OWNER.upper(), "Group"))
    found = await find_privileged(tenant, ("sub-1",))
    assert {AZURE, OTHER_GROUP, HARMLESS} <= found.holders


@pytest.mark.parametrize(
    "error",
    [FeatureMissing("no licence"), PermissionMissing("no permission", status=403), ServiceFailing("broken")],
    ids=["licence", "permission", "failure"],
)
@pytest.mark.parametrize("road", ["eligible", "groups", "members", "azure"])
async def test_gap(road: str, error: Exception) -> None:
    """What could not be looked at is named with the reason; it is not taken for nobody."""
    tenant = _tenant()
    paths: dict[str, str] = {
        "eligible": ELIGIBLE,
        "groups": "/groups",
        "members": f"/groups/{GROUP}/transitiveMembers",
    }
    if road == "azure":
        tenant.azure = _Azure(error=error)
    else:
        tenant.failing[paths[road]] = error
    found = await find_privileged(tenant, ("sub-1",) if road == "azure" else ())
    assert len(found.gaps) == 1
    assert str(error) in found.gaps[0]
    assert DIRECT in found.holders


async def test_active_roles_are_needed() -> None:
    """Without the active assignments nothing can be judged."""
    tenant = _tenant()
    tenant.failing[ACTIVE] = PermissionMissing("no", status=403)
    with pytest.raises(PermissionMissing):
        await find_privileged(tenant)


def test_roles() -> None:
    """The list holds the roles that matter most, and not the account of directory synchronization."""
    assert GLOBAL_ADMINISTRATOR in PRIVILEGED_ROLES
    assert "d29b2b05-8046-44ba-8758-1e26182fcf32" not in PRIVILEGED_ROLES
    assert len(PRIVILEGED_ROLES) == 32
