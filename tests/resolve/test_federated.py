"""A row with a federated credential leads to it on the application, by id, by name, or to all of them."""

import pytest

from azremediate.core.credential import CredentialKind
from azremediate.core.errors import PermissionMissing, ServiceFailing
from azremediate.core.target import Resolved, Unresolvable, Unresolved
from azremediate.resolve.identity import Resolver
from tests.fakes import START, FakeTenant
from tests.resolve.directory import a_directory, app_id, application_id, principal_id, row

FEDERATED = CredentialKind.FEDERATED_CREDENTIAL
PATH = f"/applications/{application_id(1)}/federatedIdentityCredentials"
ONE, TWO = "ffffffff-0000-4000-8000-000000000001", "ffffffff-0000-4000-8000-000000000002"


def _directory() -> FakeTenant:
    tenant = a_directory()
    tenant.single[PATH] = {"value": [{"id": ONE, "name": "github-main"}, {"id": TWO, "name": "github-release"}]}
    return tenant


async def _resolve(identity: str, key: str, tenant: FakeTenant) -> Resolved | Unresolved:
    (result,) = await Resolver(tenant, START).resolve([row(identity, FEDERATED, key)])
    return result


@pytest.mark.parametrize(
    ("key", "ids", "note"),
    [
        (ONE, [ONE], ""),
        (TWO.upper(), [TWO], ""),
        ("GitHub-Release", [TWO], ""),
        ("", [ONE, TWO], "names neither id nor name, so all 2 live federated credentials"),
        ("gone", [], "this id or name is not (or no longer) on the application"),
    ],
    ids=["id", "id in capitals", "name", "all", "none"],
)
@pytest.mark.parametrize("identity", [app_id(1), principal_id(1), "Payroll"], ids=["appId", "principal", "name"])
async def test_match(identity: str, key: str, ids: list[str], note: str) -> None:
    """However the application is called."""
    result = await _resolve(identity, key, _directory())
    assert isinstance(result, Resolved)
    assert [one.key_id for one in result.target.exposed] == ids
    assert {one.holder_id for one in result.target.exposed} <= {application_id(1)}
    assert note in result.note


async def test_lives_with_the_vendor() -> None:
    """An application of another tenant has its federated credentials there."""
    result = await _resolve(app_id(5), "", _directory())
    assert isinstance(result, Unresolved)
    assert result.why is Unresolvable.OTHER_TENANT


async def test_could_not_look() -> None:
    """A failure to read them is a result of its own, a missing permission an error."""
    tenant = _directory()
    tenant.failing[PATH] = ServiceFailing("busy")
    result = await _resolve(app_id(1), "", tenant)
    assert isinstance(result, Unresolved)
    assert result.why is Unresolvable.NOT_LOOKED
    tenant.failing[PATH] = PermissionMissing("no")
    with pytest.raises(PermissionMissing):
        await _resolve(app_id(1), "", tenant)


async def test_not_read_without_need() -> None:
    """Rows of other kinds cost no further read."""
    tenant = _directory()
    await Resolver(tenant, START).resolve([row(app_id(1))])
    assert PATH not in {read.path for read in tenant.reads}
