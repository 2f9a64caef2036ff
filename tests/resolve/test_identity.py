"""Each row leads to exactly one object of the tenant, or to the reason why not; none is dropped."""

from collections.abc import Sequence

import pytest

from azremediate.core.credential import CredentialKind
from azremediate.core.errors import PermissionMissing, RequestRefused, ServiceFailing, TenantError
from azremediate.core.json_value import JsonObject
from azremediate.core.ports import Read
from azremediate.core.target import Resolved, Target, TargetKind, Unresolvable, Unresolved
from azremediate.resolve.identity import Resolver
from tests.fakes import START, TENANT_ID, FakeTenant
from tests.resolve.directory import (
    VENDOR,
    a_directory,
    app_id,
    application_id,
    key_id,
    principal_id,
    row,
    user_id,
)

SECRET, SESSION = CredentialKind.CLIENT_SECRET, CredentialKind.SESSION


async def _one(
    identity: str, kind: CredentialKind = SECRET, key: str = "", *, any_target: bool = False
) -> Resolved | Unresolved:
    results = await Resolver(a_directory(), START, any_target=any_target).resolve([row(identity, kind, key)])
    assert len(results) == 1
    return results[0]


async def _target(identity: str, kind: CredentialKind = SECRET, key: str = "", *, any_target: bool = False) -> Target:
    result = await _one(identity, kind, key, any_target=any_target)
    assert isinstance(result, Resolved), result
    return result.target


@pytest.mark.parametrize(
    "identity",
    [app_id(1), app_id(1).upper(), application_id(1), principal_id(1), "Payroll", " payroll "],
    ids=["appId", "appId in capitals", "object id", "id of the service principal", "name", "name in other letters"],
)
async def test_application_of_this_tenant(identity: str) -> None:
    """Whatever it is called by, both of its halves are found, with the exposed secret."""
    target = await _target(identity)
    assert (target.kind, target.id) == (TargetKind.APPLICATION, application_id(1))
    assert (target.app_id, target.application_id) == (app_id(1), application_id(1))
    assert target.service_principal_id == principal_id(1)
    assert (target.owner_tenant_id, target.service_principal_type) == (TENANT_ID, "Application")
    assert [one.key_id for one in target.exposed] == [key_id(1)]


async def test_application_without_service_principal() -> None:
    """An application that nobody can sign in with has credentials all the same."""
    target = await _target("Alone")
    assert (target.id, target.service_principal_id) == (application_id(2), "")


@pytest.mark.fault("X6")
async def test_quotes_in_names() -> None:
    """A quote in a name is part of the name and not of the query."""
    assert (await _target("O'Brien's app")).app_id == app_id(9)
    assert (await _target("o'neil@contoso.test", SESSION)).id == user_id(2)


@pytest.mark.fault("X9")
async def test_ambiguous_name() -> None:
    """Several objects of one name are listed with their ids, and none is taken."""
    result = await _one("Data Portal")
    assert isinstance(result, Unresolved)
    assert result.why is Unresolvable.AMBIGUOUS
    assert result.candidates == (
        f"appId {app_id(3)} (id {application_id(3)})",
        f"appId {app_id(4)} (id {application_id(4)})",
    )
    users = await _one("Sam", SESSION)
    assert isinstance(users, Unresolved)
    assert users.why is Unresolvable.AMBIGUOUS
    assert len(users.candidates) == 2


@pytest.mark.parametrize(
    ("identity", "kind", "why"),
    [
        pytest.param(app_id(99), SECRET, Unresolvable.NOT_FOUND, id="unknown id"),
        pytest.param("no such app", SECRET, Unresolvable.NOT_FOUND, id="unknown name"),
        pytest.param("nobody@contoso.test", SESSION, Unresolvable.NOT_FOUND, id="unknown user"),
        pytest.param("x" * 10_000, SECRET, Unresolvable.NOT_FOUND, id="longer than any name"),
        pytest.param(user_id(1), SECRET, Unresolvable.WRONG_KIND, id="a user with a client secret"),
        pytest.param("amira@contoso.test", SECRET, Unresolvable.WRONG_KIND, id="a user's name with a client secret"),
        pytest.param(app_id(1), SESSION, Unresolvable.WRONG_KIND, id="an application with a session"),
        pytest.param(principal_id(5), SESSION, Unresolvable.WRONG_KIND, id="a service principal with a session"),
        pytest.param(app_id(5), SECRET, Unresolvable.OTHER_TENANT, id="a vendor's"),
        pytest.param(app_id(7), SECRET, Unresolvable.MICROSOFT_OWNED, id="Microsoft's own"),
        pytest.param("anything", CredentialKind.OTHER, Unresolvable.WRONG_KIND, id="no object behind it"),
        pytest.param("anything", CredentialKind.STORAGE_KEY, Unresolvable.NOT_FOUND, id="no resource id"),
    ],
)
async def test_unresolved(identity: str, kind: CredentialKind, why: Unresolvable) -> None:
    """Each reason has its own name and sentence."""
    result = await _one(identity, kind)
    assert isinstance(result, Unresolved)
    assert result.why is why
    assert result.reason
    if why is Unresolvable.OTHER_TENANT:
        assert VENDOR in result.reason


async def test_vendor_with_a_secret_here() -> None:
    """What is on the service principal in this tenant is ours to remove, wherever the application lives."""
    target = await _target(app_id(6))
    assert (target.kind, target.id, target.application_id) == (TargetKind.SERVICE_PRINCIPAL, principal_id(6), "")
    assert [(one.holder, one.key_id) for one in target.exposed] == [(TargetKind.SERVICE_PRINCIPAL, key_id(6))]


@pytest.mark.parametrize("number", [5, 7], ids=["vendor's", "Microsoft's"])
async def test_any_target(number: int) -> None:
    """An action on one object may name what has no credential here; guards judge it then."""
    target = await _target(app_id(number), any_target=True)
    assert target.id == principal_id(number)
    assert target.microsoft_owned is (number == 7)


async def test_managed_identity_is_marked() -> None:
    """A managed identity is resolved, for a guard to refuse."""
    assert (await _target("vm-build")).managed_identity


@pytest.mark.parametrize(
    ("identity", "number"),
    [(user_id(1), 1), ("AMIRA@contoso.test", 1), ("Amira", 1), ("kim_home.test#EXT#@contoso.test", 3)],
    ids=["object id", "user principal name", "name", "guest"],
)
async def test_user(identity: str, number: int) -> None:
    """A user is found by id, user principal name or unique name."""
    target = await _target(identity, SESSION)
    assert (target.kind, target.id) == (TargetKind.USER, user_id(number))
    assert target.guest is (number == 3)


async def test_synchronised_user_is_marked() -> None:
    """What is mastered on premises says so."""
    assert (await _target(user_id(2), SESSION)).on_premises


async def test_order_and_count_are_kept() -> None:
    """One result for each row, in order; the same identity is looked up once."""
    tenant = a_directory()
    rows = [row("Payroll", key=key_id(1)), row(app_id(99)), row("PAYROLL"), row(user_id(1), SESSION)]
    results = await Resolver(tenant, START).resolve(rows)
    assert [result.credential for result in results] == rows
    assert [isinstance(result, Resolved) for result in results] == [True, False, True, True]
    names = [read for read in tenant.reads if "ayroll" in read.query["$filter"].casefold()]
    assert len(names) == 2


class _Failing(FakeTenant):
    """A tenant that cannot answer for one application."""

    error: TenantError = ServiceFailing("the service failed")

    async def batch(self, reads: Sequence[Read]) -> Sequence[JsonObject | TenantError]:
        answers = list(await super().batch(reads))
        for number, read in enumerate(reads):
            if app_id(1) in read.query["$filter"]:
                answers[number] = self.error
        return answers


async def test_failure_to_look_is_a_result() -> None:
    """One identity that could not be looked up is said so; the others go on."""
    tenant = _Failing()
    tenant.collections = a_directory().collections
    failed, fine = await Resolver(tenant, START).resolve([row(app_id(1)), row(app_id(2))])
    assert isinstance(failed, Unresolved)
    assert failed.why is Unresolvable.NOT_LOOKED
    assert "the service failed" in failed.reason
    assert isinstance(fine, Resolved)


async def test_missing_permission_stops() -> None:
    """Without the right to look, nothing can be said of anything."""
    tenant = _Failing()
    tenant.collections = a_directory().collections
    tenant.error = PermissionMissing("no", status=403)
    with pytest.raises(PermissionMissing):
        await Resolver(tenant, START).resolve([row(app_id(1))])
    tenant.error = RequestRefused("no", status=400)
    assert isinstance((await Resolver(tenant, START).resolve([row(app_id(1))]))[0], Unresolved)
