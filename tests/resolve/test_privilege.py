"""Administrators are found on every road, and a road that could not be looked down is named."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from azremediate.core.errors import FeatureMissing, PermissionMissing, ServiceFailing
from azremediate.core.json_value import JsonObject
from azremediate.core.privilege import Hold, Kind, Link, Privilege, System, people_of
from azremediate.resolve.privilege import find_privileged
from azremediate.resolve.privileged_roles import PRIVILEGED_ROLES
from tests.fakes import FakeTenant

ACTIVE, ELIGIBLE = (
    "/roleManagement/directory/roleAssignments",
    "/roleManagement/directory/roleEligibilityScheduleInstances",
)
FOR_GROUPS = "/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances"
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
    """Azure roles of one subscription: active and eligible assignments, and custom role definitions."""

    def __init__(
        self,
        *rows: tuple[str, str, str],
        eligible: Sequence[tuple[str, str, str]] = (),
        custom: Sequence[JsonObject] = (),
        errors: Mapping[str, Exception] | None = None,
    ) -> None:
        self.rows, self.eligible, self.custom, self.errors = rows, eligible, custom, errors or {}

    async def role_assignments(self, scope: str) -> Sequence[JsonObject]:
        """As ARM shows them."""
        return self._shown("azure", scope, self.rows)

    async def role_eligibilities(self, scope: str) -> Sequence[JsonObject]:
        """As ARM shows them."""
        return self._shown("azure eligible", scope, self.eligible)

    async def role_definitions(self, scope: str) -> Sequence[JsonObject]:
        """The custom ones."""
        if "azure definitions" in self.errors:
            raise self.errors["azure definitions"]
        return self.custom

    def _shown(self, what: str, scope: str, rows: Sequence[tuple[str, str, str]]) -> Sequence[JsonObject]:
        if what in self.errors:
            raise self.errors[what]
        prefix = f"{scope}/providers/Microsoft.Authorization/roleDefinitions/"
        shown = {"scope": scope}
        return [
            {
                "properties": {
                    **shown,
                    "principalId": principal,
                    "roleDefinitionId": prefix + role,
                    "principalType": kind,
                }
            }
            for principal, role, kind in rows
        ]


def _custom(role: str, *actions: str, without: Sequence[str] = ()) -> JsonObject:
    permissions = [{"actions": list(actions), "notActions": list(without)}]
    return {"id": f"/x/{role}", "properties": {"roleName": f"custom {role}", "permissions": permissions}}


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
        f"/groups/{GROUP}/owners": [],
        f"/groups/{OTHER_GROUP}/owners": [],
        FOR_GROUPS: [],
    }
    return tenant


async def test_every_road() -> None:
    """Active, eligible and by group; a harmless role does not count, nor a group without a privileged one."""
    found = await find_privileged(_tenant())
    assert found.holders == {DIRECT, PIM, GROUP, BY_GROUP, "by-group-2"}
    assert found.global_administrators == found.holders
    assert found.gaps == ()
    assert found.looked == (
        "active roles",
        "eligible roles",
        f"members of the group {GROUP}",
        f"owners of the group {GROUP}",
        f"eligible members of the group {GROUP}",
    )


async def test_one_entry_for_each_road() -> None:
    """Whoever has a role twice is on the roster twice, with what holds it and how."""
    tenant = _tenant()
    tenant.collections[ELIGIBLE].append(_assignment(BY_GROUP, GLOBAL_ADMINISTRATOR))
    tenant.collections[ACTIVE][0]["directoryScopeId"] = "/administrativeUnits/one"
    found = await find_privileged(tenant)
    roads: dict[str, set[str]] = {entry.principal_id: set() for entry in found.roster}
    for entry in found.roster:
        roads[entry.principal_id].add(entry.road)
    assert roads[BY_GROUP] == {"Global Administrator (eligible)", "Global Administrator, member of the group group"}
    assert roads[DIRECT] == {"Global Administrator at /administrativeUnits/one"}


async def test_owners_and_eligible_members_of_groups() -> None:
    """Who can put himself into a group has a road to its role, but does not hold it; nested groups count."""
    tenant = _tenant()
    tenant.collections[f"/groups/{GROUP}/owners"] = [{"id": "owner"}]
    tenant.collections[f"/groups/{GROUP}/transitiveMembers"].append(
        {"id": "nested", "@odata.type": "#microsoft.graph.group"}
    )
    tenant.collections["/groups/nested/owners"] = [{"id": "nested-owner"}]
    tenant.collections[FOR_GROUPS] = [
        {"id": "1", "groupId": GROUP, "principalId": "PIM-MEMBER", "accessId": "member"},
        {"id": "2", "groupId": GROUP, "principalId": "pim-owner", "accessId": "owner"},
        {"id": "3", "groupId": OTHER_GROUP, "principalId": HARMLESS, "accessId": "owner"},
    ]
    found = await find_privileged(tenant)
    links = {entry.principal_id: entry.link for entry in found.roster if entry.group}
    assert links == {
        BY_GROUP: Link.MEMBER,
        "by-group-2": Link.MEMBER,
        "nested": Link.MEMBER,
        "owner": Link.OWNER,
        "nested-owner": Link.OWNER,
        "pim-member": Link.ELIGIBLE_MEMBER,
        "pim-owner": Link.ELIGIBLE_OWNER,
    }
    assert "pim-member" in found.global_administrators
    assert not found.global_administrators & {"owner", "nested-owner", "pim-owner"}
    assert found.gaps == ()


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
    (entry,) = (entry for entry in found.roster if entry.principal_id == HARMLESS)
    assert entry.road == f"Owner at /subscriptions/sub-1, member of the group {OTHER_GROUP}"


async def test_eligible_azure_roles() -> None:
    """Who can activate an Azure role counts as who has it."""
    tenant = _tenant()
    tenant.azure = _Azure(eligible=[(AZURE, OWNER, "User")])
    found = await find_privileged(tenant, ("sub-1",))
    (entry,) = (entry for entry in found.roster if entry.system is System.AZURE)
    assert (entry.principal_id, entry.hold) == (AZURE, Hold.ELIGIBLE)


CUSTOM: dict[str, tuple[JsonObject, bool]] = {
    "by name": (_custom("r", "Microsoft.Authorization/roleAssignments/write"), True),
    "any case": (_custom("r", "microsoft.authorization/ROLEASSIGNMENTS/write"), True),
    "pattern": (_custom("r", "Microsoft.Authorization/*"), True),
    "everything": (_custom("r", "*"), True),
    "elevate": (_custom("r", "Microsoft.Authorization/elevateAccess/action"), True),
    "taken away": (_custom("r", "*", without=["Microsoft.Authorization/*/Write", "*/elevateAccess/action"]), False),
    "reader": (_custom("r", "*/read"), False),
    "a dot is a dot": (_custom("r", "MicrosoftXAuthorization/roleAssignments/write"), False),
}


@pytest.mark.parametrize("case", CUSTOM)
async def test_custom_azure_roles(case: str) -> None:
    """A custom role that can give away access is privileged, whatever it is called."""
    definition, privileged = CUSTOM[case]
    tenant = _tenant()
    tenant.azure = _Azure((AZURE, "r", "User"), custom=[definition])
    assert (AZURE in (await find_privileged(tenant, ("sub-1",))).holders) is privileged


def test_people_of_a_roster() -> None:
    """One person for all roads; no group, no disabled account and nobody who is exempt is among them."""
    road = Privilege("a", "r", "Owner", System.AZURE, Hold.ACTIVE, "/s", name="a@x", kind=Kind.PERSON)
    roster = (
        road,
        replace(road, system=System.ENTRA, role="Helpdesk", scope="/"),
        replace(road, principal_id="g", name="g@x", kind=Kind.GUEST),
        replace(road, principal_id="d", kind=Kind.DISABLED),
        replace(road, principal_id="o", kind=Kind.OTHER),
        replace(road, principal_id="glass"),
    )
    people = people_of(roster, ["GLASS"])
    assert [(person.id, person.guest, person.roads) for person in people] == [
        ("a", False, ("Owner at /s", "Helpdesk")),
        ("g", True, ("Owner at /s",)),
    ]
    assert [(person.roles, person.azure) for person in people] == [(("r",), True), ((), True)]


@pytest.mark.parametrize(
    ("values", "roles"),
    [
        ({}, ("r",)),
        ({"hold": Hold.ELIGIBLE}, ("r",)),
        ({"link": Link.MEMBER, "group": "g"}, ("r",)),
        ({"link": Link.OWNER, "group": "g"}, ()),
        ({"scope": "/administrativeUnits/one"}, ()),
    ],
)
def test_roles_that_conditional_access_knows(values: dict[str, Any], roles: tuple[str, ...]) -> None:
    """Those of the whole directory that somebody has or can activate; not what the owner of a group could get."""
    road = Privilege("a", "r", "Helpdesk", System.ENTRA, Hold.ACTIVE, "/", name="a@x", kind=Kind.PERSON)
    (person,) = people_of([replace(road, **values)], [])
    assert person.roles == roles


@pytest.mark.parametrize(
    "error",
    [FeatureMissing("no licence"), PermissionMissing("no permission", status=403), ServiceFailing("broken")],
    ids=["licence", "permission", "failure"],
)
@pytest.mark.parametrize(
    "road",
    ["eligible", "groups", "members", "owners", "group eligibility", "azure", "azure eligible", "azure definitions"],
)
async def test_gap(road: str, error: Exception) -> None:
    """What could not be looked at is named with the reason; it is not taken for nobody."""
    tenant = _tenant()
    paths: dict[str, str] = {
        "eligible": ELIGIBLE,
        "groups": "/groups",
        "members": f"/groups/{GROUP}/transitiveMembers",
        "owners": f"/groups/{GROUP}/owners",
        "group eligibility": FOR_GROUPS,
    }
    if road not in paths:
        tenant.azure = _Azure(errors={road: error})
    else:
        tenant.failing[paths[road]] = error
    found = await find_privileged(tenant, ("sub-1",) if road not in paths else ())
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
