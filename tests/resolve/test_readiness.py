"""What people registered decides who could sign in; not knowing is said, and is not taken for ready."""

from dataclasses import replace

import pytest

from azremediate.core.errors import FeatureMissing, PermissionMissing, ServiceFailing
from azremediate.core.privilege import Person
from azremediate.resolve.readiness import SignInReadiness
from tests.fakes import START, FakeTenant

REPORT = "/reports/authenticationMethods/userRegistrationDetails"
PERSON = Person("a", "a@x", False, (), False, ("Global Administrator",))


def _tenant(*methods: str, capable: bool = False, admin: bool = True) -> FakeTenant:
    tenant = FakeTenant()
    row = {"id": "A" if admin else "a", "isAdmin": admin, "isMfaCapable": capable, "methodsRegistered": list(methods)}
    tenant.collections = {REPORT: [row], "/identity/conditionalAccess/policies": []}
    return tenant


async def _of(tenant: FakeTenant, *people: Person) -> tuple[Person, ...]:
    return (await SignInReadiness(tenant, START).of(people or (PERSON,))).people


@pytest.mark.parametrize(
    ("methods", "capable", "resistant", "multifactor"),
    [
        (("fido2SecurityKey",), False, True, True),
        (("passKeyDeviceBoundAuthenticator", "email"), True, True, True),
        (("windowsHelloForBusiness",), True, True, True),
        (("x509CertificateMultiFactor",), True, True, True),
        (("microsoftAuthenticatorPush", "mobilePhone"), True, False, True),
        (("email",), False, False, False),
        ((), False, False, False),
    ],
)
@pytest.mark.parametrize("admin", [True, False], ids=["listed", "asked for alone"])
async def test_methods(
    methods: tuple[str, ...], capable: bool, resistant: bool, multifactor: bool, admin: bool
) -> None:
    """Only keys, certificates and Windows Hello resist phishing; who is no administrator is asked for alone."""
    (person,) = await _of(_tenant(*methods, capable=capable, admin=admin))
    assert (person.resistant, person.multifactor, person.gap) == (resistant, multifactor, "")


async def test_who_is_not_in_the_report() -> None:
    """Is not known, with the reason."""
    (person,) = await _of(_tenant("fido2SecurityKey"), replace(PERSON, id="b"))
    assert (person.resistant, person.multifactor) == (None, None)
    assert "does not have this person" in person.gap


@pytest.mark.parametrize("error", [FeatureMissing("no licence"), ServiceFailing("broken")])
async def test_no_report(error: Exception) -> None:
    """Nobody is known, with the reason."""
    tenant = _tenant("fido2SecurityKey")
    tenant.failing[REPORT] = error
    (person,) = await _of(tenant)
    assert person.resistant is None
    assert str(error) in person.gap


async def test_no_permission() -> None:
    """A missing permission is no gap: it is to be granted."""
    tenant = _tenant()
    tenant.failing[REPORT] = PermissionMissing("no", status=403)
    with pytest.raises(PermissionMissing):
        await _of(tenant)


async def test_read_once() -> None:
    """Several steps of one playbook ask for the same people."""
    tenant = _tenant("fido2SecurityKey")
    readiness = SignInReadiness(tenant, START)
    first = await readiness.of((PERSON,))
    count = len(tenant.reads)
    assert await readiness.of((PERSON,)) == first
    assert len(tenant.reads) == count
