"""A whole collection is read where that costs less, and finds what asking for each would find."""

from collections.abc import Callable

import pytest

from azremediate.core.credential import CredentialKind
from azremediate.core.errors import PermissionMissing, ServiceFailing, TenantError
from azremediate.core.json_value import text_at
from azremediate.core.target import Resolved, Unresolvable, Unresolved
from azremediate.resolve import lookup
from azremediate.resolve.identity import Resolver
from azremediate.resolve.lookup import Looking
from azremediate.resolve.whole_collection import look_through, pages_cost_less, worth_counting
from tests.fakes import START, FakeTenant
from tests.resolve.directory import a_directory, app_id, application_id, row, user_id

CERTIFICATE, SECRET = CredentialKind.CERTIFICATE, CredentialKind.CLIENT_SECRET


def _lookings(count: int, certificates: int = 0) -> list[Looking]:
    return [lookup.applications(app_id(number), certificates=number < certificates) for number in range(count)]


@pytest.mark.parametrize(
    ("lookings", "certificates", "objects", "pages"),
    [
        (1, 0, 1, False),
        (300, 0, 10, False),
        (1_000, 0, 20_000, False),
        (1_000, 0, 900, True),
        (20_000, 0, 20_000, True),
        (5_000, 0, 300_000, False),
        (140, 140, 20_000, False),
        (200, 200, 20_000, True),
        (1_000, 160, 20_000, True),
        (200, 200, 400_000, False),
    ],
)
def test_the_cheaper_way(lookings: int, certificates: int, objects: int, pages: bool) -> None:
    """From the numbers of look-ups, of those that want certificates, and of objects."""
    wanted = _lookings(lookings, certificates)
    assert pages_cost_less(wanted, objects) is pages
    assert worth_counting(wanted) or not pages


IDENTITIES = [app_id(1), app_id(2).upper(), application_id(3), "data portal", "O'Brien's APP", "nobody", app_id(8)]


@pytest.mark.parametrize("half", [lookup.applications, lookup.service_principals])
async def test_it_finds_what_asking_finds(half: Callable[[str], Looking]) -> None:
    """By appId, object id and name, in any letters, and in the order in which they were asked."""
    tenant = a_directory()
    wanted = [half(identity) for identity in IDENTITIES]
    asked = await tenant.batch([one.read for one in wanted])
    through = await look_through(tenant, wanted)
    for answer, rows in zip(asked, through, strict=True):
        assert not isinstance(answer, TenantError)
        assert [text_at(one, "id") for one in rows] == [one["id"] for one in answer["value"]]  # type: ignore[call-overload,index,union-attr]


async def test_users_are_found_by_each_name() -> None:
    """By id, user principal name and display name."""
    wanted = [lookup.users(name) for name in (user_id(1), "O'Neil@contoso.test", "Sam", "nobody@contoso.test")]
    through = await look_through(a_directory(), wanted)
    assert [[text_at(one, "id") for one in rows] for rows in through] == [
        [user_id(1)],
        [user_id(2)],
        [user_id(4), user_id(5)],
        [],
    ]


def _many(count: int = 200) -> list[str]:
    return [app_id(1), *(app_id(number) for number in range(1000, 1000 + count))]


async def _resolved(tenant: FakeTenant, kind: CredentialKind) -> list[Resolved | Unresolved]:
    return await Resolver(tenant, START).resolve([row(identity, kind) for identity in _many()])


async def test_many_certificates_are_read_by_pages() -> None:
    """Two hundred look-ups would wait for the quota of certificates; one page of each collection does not."""
    tenant = a_directory()
    results = await _resolved(tenant, CERTIFICATE)
    assert isinstance(results[0], Resolved)
    assert {one.why for one in results[1:] if isinstance(one, Unresolved)} == {Unresolvable.NOT_FOUND}
    keyed = [read for read in tenant.reads if lookup.CERTIFICATES in read.query.get("$select", "")]
    assert [read.path for read in keyed] == ["/applications", "/servicePrincipals"]
    assert all("$filter" not in read.query for read in keyed)


async def test_secrets_are_looked_up_without_certificates() -> None:
    """What nobody asked for is not selected."""
    tenant = a_directory()
    results = await _resolved(tenant, SECRET)
    assert isinstance(results[0], Resolved)
    assert not [read for read in tenant.reads if lookup.CERTIFICATES in read.query.get("$select", "")]


async def test_a_page_that_fails_is_told_with_each_row() -> None:
    """As a look-up that fails is; nothing is called missing that was not looked for."""
    tenant = a_directory()
    tenant.failing["/applications"] = ServiceFailing("503")
    results = await _resolved(tenant, CERTIFICATE)
    assert {one.why for one in results if isinstance(one, Unresolved)} == {Unresolvable.NOT_LOOKED}
    tenant.failing["/applications"] = PermissionMissing("not allowed")
    with pytest.raises(PermissionMissing):
        await _resolved(tenant, CERTIFICATE)
