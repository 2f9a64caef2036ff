"""The demo tenant: the same every time, and with every story a responder meets."""

from __future__ import annotations

from datetime import timedelta

import pytest

from azremediate.lab.clock import LabClock, parse_time
from azremediate.lab.schema.directory import APPLICATION, GROUP, SERVICE_PRINCIPAL, USER
from azremediate.lab.schema.entity import EntityType
from azremediate.lab.schema.validation import check_value
from azremediate.lab.seed import RESPONDER_PERMISSIONS, demo_store
from azremediate.lab.sign_in import SignInVerdict
from azremediate.lab.store import Store


@pytest.fixture(scope="module")
def store() -> Store:
    """A demo tenant that the tests of this file only read."""
    return demo_store()


def test_same_seed() -> None:
    """The same seed and start give the same tenant to the last byte; another seed gives other ids and secrets."""
    start = LabClock().now()
    first, second, other = (demo_store(seed, clock=LabClock(start)) for seed in (1, 1, 2))
    assert first.named == second.named
    assert {key: row.value for key, row in first.secrets.items()} == {
        key: row.value for key, row in second.secrets.items()
    }
    assert not first.named.keys() - other.named.keys()
    assert first.secrets.keys().isdisjoint(other.secrets)


def test_size(store: Store) -> None:
    """The tenant is as large as its documentation says."""
    counts = [len(shelf) for shelf in (store.applications, store.service_principals, store.users, store.groups)]
    assert counts == [40, 58, 49, 5]


@pytest.mark.parametrize(
    ("shelf", "entity"),
    [
        ("applications", APPLICATION),
        ("service_principals", SERVICE_PRINCIPAL),
        ("users", USER),
        ("groups", GROUP),
    ],
)
def test_objects_fit(store: Store, shelf: str, entity: EntityType) -> None:
    """Every object has only properties of its type, with values of their kinds."""
    for row in getattr(store, shelf).values():
        for name, value in row.items():
            check_value(value, entity.kinds[name], name)


@pytest.mark.parametrize(
    ("name", "label", "verdict"),
    [
        ("payroll-api", "primary", SignInVerdict.ok),
        ("billing-worker", "secondary", SignInVerdict.ok),
        ("hr-sync", "primary", SignInVerdict.ok),
        ("hr-sync", "on-principal", SignInVerdict.ok),
        ("orphan-app", "primary", SignInVerdict.sp_missing),
        ("paused-app", "primary", SignInVerdict.sp_disabled),
        ("deactivated-app", "primary", SignInVerdict.app_disabled),
        ("expired-app", "expired", SignInVerdict.expired),
        ("azremediate-responder", "primary", SignInVerdict.ok),
    ],
)
def test_sign_in(store: Store, name: str, label: str, verdict: SignInVerdict) -> None:
    """Each application signs in, or does not, as its story says."""
    app_id = store.applications[store.named[name]]["appId"]
    assert store.check_secret(app_id, store.secrets[store.named[f"{name}:{label}"]].value) is verdict


def test_certificate(store: Store) -> None:
    """A registered certificate signs in by its thumbprint, in any case, and no other does."""
    application = store.applications[store.named["cert-gateway"]]
    thumbprint = application["keyCredentials"][0]["customKeyIdentifier"]
    assert store.check_certificate(application["appId"], thumbprint.lower()) is SignInVerdict.ok
    assert store.check_certificate(application["appId"], "0" * 40) is SignInVerdict.wrong_secret


def test_hints(store: Store) -> None:
    """Two secrets of the billing worker cannot be told apart by their hints; hints are the secrets' beginnings."""
    credentials = store.applications[store.named["billing-worker"]]["passwordCredentials"]
    assert credentials[0]["hint"] == credentials[1]["hint"]
    assert credentials[0]["keyId"] != credentials[1]["keyId"]
    for shelf in (store.applications, store.service_principals):
        for row in (row for owner in shelf.values() for row in owner["passwordCredentials"]):
            assert store.secrets[row["keyId"]].value.startswith(row["hint"])


def last_use(store: Store, name: str, kind: str = "lastSignInActivity") -> timedelta | None:
    """Return how long ago an application was used, None when its row has no date."""
    app_id = store.applications[store.named[name]]["appId"]
    activity = store.sign_in_activities[app_id][kind]
    return None if activity is None else store.clock.now() - parse_time(activity["lastSignInDateTime"])


def test_usage(store: Store) -> None:
    """There are applications used lately, long ago, never, as a resource only, and without data."""
    long_ago, lately = last_use(store, "legacy-export"), last_use(store, "payroll-api")
    assert long_ago is not None
    assert long_ago > timedelta(days=200)
    assert lately is not None
    assert lately < timedelta(days=2)
    assert last_use(store, "batch-reports") is None
    assert last_use(store, "orders-api", "applicationAuthenticationResourceSignInActivity") is not None
    assert last_use(store, "orders-api", "applicationAuthenticationClientSignInActivity") is None
    for name in ("nightly-etl", "fresh-bot"):
        assert store.applications[store.named[name]]["appId"] not in store.sign_in_activities


def test_administrators(store: Store) -> None:
    """Emergency accounts are cloud-only Global Administrators; roles are held directly, by group, and eligibly."""
    global_administrator = "62e90394-69f5-4237-9190-012177145e10"
    for name in ("break-glass-1", "break-glass-2"):
        assert global_administrator in store.directory_roles_of(store.named[name])
        assert not store.users[store.named[name]]["onPremisesSyncEnabled"]
    assert store.directory_roles_of(store.named["erin.admin"])
    assert not store.directory_roles_of(store.named["dave.admin"])
    eligible = {row["principalId"] for row in store.role_eligibility.values()}
    assert store.named["dave.admin"] in eligible
    assert store.role_holders() >= {store.named[name] for name in ("alice.admin", "erin.admin", "grace.admin")}


def test_responder(store: Store) -> None:
    """The tool's identity is an application of the tenant with exactly the permissions it is documented to need."""
    assert store.responder is not None
    assert store.roles_of(store.responder.app_id) == sorted(RESPONDER_PERMISSIONS)
    assert store.applications[store.responder.application_id]["appId"] == store.responder.app_id
    assert store.responder.secret not in repr(store.responder)


def test_references(store: Store) -> None:
    """Owners, members, role holders and Azure principals all exist."""
    ids = {member for members in store.group_members.values() for member in members}
    ids |= {owner for owners in store.owners.values() for owner in owners}
    ids |= {row["principalId"] for row in (*store.role_assignments.values(), *store.role_eligibility.values())}
    ids |= {row["properties"]["principalId"] for row in store.azure.role_assignments.values()}
    assert [object_id for object_id in ids if store.find_object(object_id) is None] == []
