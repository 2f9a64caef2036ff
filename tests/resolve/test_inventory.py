"""The inventory is the whole tenant or an error, and counts come with it."""

import pytest

from azremediate.core.errors import PermissionMissing, ServiceFailing, TenantError
from azremediate.core.playbook import Audience
from azremediate.core.target import TargetKind
from azremediate.resolve.inventory import Inventory, population
from tests.resolve.directory import a_directory, application_id, principal_id


async def test_every_service_principal() -> None:
    """Each service principal is a target that knows its application, read once."""
    tenant = a_directory()
    inventory = Inventory(tenant)
    targets = await inventory.service_principals()
    assert len(targets) == len(tenant.collections["/servicePrincipals"])
    assert {target.kind for target in targets} == {TargetKind.SERVICE_PRINCIPAL}
    assert targets[0].application_id == application_id(1)
    assert [target.display_name for target in targets if target.microsoft_owned] == ["Microsoft Graph"]
    assert [target.display_name for target in targets if target.managed_identity] == ["vm-build"]
    assert await inventory.service_principals() is targets
    assert len(tenant.reads) == 2


async def test_applications_by_audience() -> None:
    """Those registered here for an audience, as applications, also without a service principal; nothing read twice."""
    tenant = a_directory()
    rows = tenant.collections["/applications"]
    for number, audience in enumerate(["AzureADMultipleOrgs", "AzureADMyOrg", None]):
        rows[number]["signInAudience"] = audience
    inventory = Inventory(tenant)
    (found,) = await inventory.applications([Audience.ANY_TENANT])
    assert (found.kind, found.id, found.service_principal_id) == (
        TargetKind.APPLICATION,
        application_id(1),
        principal_id(1),
    )
    both = await inventory.applications([Audience.ANY_TENANT, Audience.OWN_TENANT])
    assert [target.application_id for target in both] == [row["id"] for row in rows[:2]]
    assert [target.service_principal_type for target in both] == ["Application", ""]
    assert len(tenant.reads) == 2


async def test_no_part_of_an_inventory() -> None:
    """A failure is raised, not taken for the end of the list."""
    tenant = a_directory()
    tenant.single["/servicePrincipals"] = ServiceFailing("broken")
    with pytest.raises(ServiceFailing):
        await Inventory(tenant).service_principals()


async def test_population() -> None:
    """Objects are counted by kind; what cannot be counted is missing, not zero."""
    tenant = a_directory()
    assert await population(tenant) == {
        TargetKind.TENANT: 1,
        TargetKind.APPLICATION: 5,
        TargetKind.SERVICE_PRINCIPAL: 8,
        TargetKind.USER: 5,
    }
    assert all(read.advanced for read in tenant.reads)
    tenant.single["/users"] = ServiceFailing("broken")
    tenant.single["/applications"] = {"value": []}
    assert set(await population(tenant)) == {TargetKind.TENANT, TargetKind.SERVICE_PRINCIPAL}


async def test_population_without_permission() -> None:
    """A missing right is said at once."""
    tenant = a_directory()
    refused: TenantError = PermissionMissing("no", status=403)
    tenant.single["/users"] = refused
    with pytest.raises(PermissionMissing):
        await population(tenant)
