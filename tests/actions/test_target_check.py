"""No action writes to another object than its target, whatever a plan that was altered and sealed again says."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from azremediate.actions.disable_service_principal import ACTION as DISABLE
from azremediate.actions.enable_service_principal import ACTION as ENABLE
from azremediate.actions.remove_app_secret import ACTION as REMOVE
from azremediate.actions.revoke_sessions import ACTION as REVOKE
from azremediate.actions.rotate_app_secret import ACTION as ROTATE
from azremediate.core.action import Action
from azremediate.core.change import Change
from azremediate.core.errors import ChangeFailed
from azremediate.core.target import MICROSOFT_TENANTS, Target, TargetKind
from tests.actions.stage import APP_ID, LEAKED, PRINCIPAL, USER, a_tenant, an_application, change_of, run_of, secret
from tests.fakes import TENANT_ID, FakeTenant

OTHER_APP_ID = "bbbbbbbb-0000-4000-8000-000000000009"
OTHER = "aaaaaaaa-0000-4000-8000-000000000009"
OTHER_PRINCIPAL = "cccccccc-0000-4000-8000-000000000009"
OTHER_KEY = "eeeeeeee-0000-4000-8000-000000000009"
AMIRA = Target(TENANT_ID, TargetKind.USER, USER, "Amira", user_principal_name="amira@contoso.test")

Altered = Callable[[Change], Change]


def _tenant() -> FakeTenant:
    """The usual tenant, and an application that nobody listed."""
    tenant = a_tenant()
    for path, object_id in (("/applications", OTHER), ("/servicePrincipals", OTHER_PRINCIPAL)):
        row = {**tenant.collections[path][0], "id": object_id, "appId": OTHER_APP_ID, "displayName": "Protected"}
        tenant.collections[path].append({**row, "passwordCredentials": [secret(OTHER_KEY)]})
    return tenant


def _target_of(action: Action) -> Target:
    seen = AMIRA if action is REVOKE else an_application().seen_as(action.targets)
    assert seen is not None
    return seen


async def _planned(action: Action, tenant: FakeTenant) -> Change:
    if action is ENABLE:
        tenant.collections["/servicePrincipals"][0]["accountEnabled"] = False
    return await change_of(action, _target_of(action), tenant)


def _work(**values: Any) -> Altered:
    return lambda change: replace(change, work={**change.work, **values})


def _target(**values: Any) -> Altered:
    return lambda change: replace(change, target=replace(change.target, **values))


def _removal(holder: str, holder_id: str, key_id: str = OTHER_KEY) -> Altered:
    return _work(removals=[{"holder": holder, "holder_id": holder_id, "key_id": key_id}])


_ROTATE_ONLY: list[tuple[str, Action, Altered]] = [
    ("another application", ROTATE, _work(holder_id=OTHER)),
    ("another kind of holder", ROTATE, _work(holder="servicePrincipal", holder_id=OTHER_PRINCIPAL)),
    ("no holder at all", ROTATE, lambda change: replace(change, work={})),
    ("another application's place in the vault", ROTATE, _work(app_id=OTHER_APP_ID)),
    ("a duration that is none", ROTATE, lambda change: replace(change, params={**change.params, "overlap": "soon"})),
]
_SWITCHES: list[tuple[str, Action, Altered]] = [
    ("the other way round", DISABLE, _work(accountEnabled=True)),
    ("the other way round", ENABLE, _work(accountEnabled=False)),
    ("another application's service principal", DISABLE, _target(id=OTHER_PRINCIPAL)),
    ("its service principal named otherwise", DISABLE, _target(service_principal_id=OTHER_PRINCIPAL)),
    ("kind", DISABLE, _target(kind=TargetKind.USER)),
    ("kind", ENABLE, _target(kind=TargetKind.APPLICATION)),
]
_BOTH: list[tuple[str, Action, Altered]] = [
    (name, action, altered)
    for action in (ROTATE, REMOVE)
    for name, altered in (
        ("a secret of another application", _removal("application", OTHER)),
        ("a secret of another service principal", _removal("servicePrincipal", OTHER_PRINCIPAL)),
        ("a user as holder", _removal("user", USER)),
        ("kind", _target(kind=TargetKind.USER)),
        ("the application by another appId", _target(app_id=OTHER_APP_ID)),
        ("another application by this appId", _target(application_id=OTHER, id=OTHER)),
    )
]
ALTERED = [*_ROTATE_ONLY, *_SWITCHES, *_BOTH, ("kind", REVOKE, _target(kind=TargetKind.SERVICE_PRINCIPAL))]


@pytest.mark.parametrize(
    ("action", "altered"),
    [(action, altered) for _, action, altered in ALTERED],
    ids=[f"{action.name}: {name}" for name, action, _ in ALTERED],
)
async def test_altered_plan_writes_nothing(action: Action, altered: Altered) -> None:
    """What was put into the plan afterwards is refused before the first write."""
    tenant = _tenant()
    change = altered(await _planned(action, tenant))
    with pytest.raises(ChangeFailed, match="nothing was written"):
        await action.apply(change, run_of(change, tenant))
    assert tenant.writes == []
    assert tenant.secrets.kept == {}


@pytest.mark.parametrize("action", [DISABLE, REMOVE, ROTATE], ids=lambda action: action.name)
@pytest.mark.parametrize(
    "values",
    [{"appOwnerOrganizationId": min(MICROSOFT_TENANTS).upper()}, {"servicePrincipalType": "ManagedIdentity"}],
    ids=["Microsoft's own", "managed identity"],
)
async def test_owner_and_type_are_read_again(action: Action, values: dict[str, str]) -> None:
    """What the directory says of owner and type counts when writing, not what the plan says."""
    tenant = _tenant()
    change = await _planned(action, tenant)
    tenant.collections["/servicePrincipals"][0].update(values)
    with pytest.raises(ChangeFailed, match="nothing was written"):
        await action.apply(change, run_of(change, tenant))
    assert tenant.writes == []


@pytest.mark.parametrize("longest", [1e300, -1, 0, "P1D"], ids=str)
async def test_lifetime_that_is_none(longest: object) -> None:
    """A lifetime that the plan cannot have had neither stops a rotation halfway nor makes a secret live longer."""
    tenant = _tenant()
    change = _work(longest_seconds=longest)(await _planned(ROTATE, tenant))
    await ROTATE.apply(change, run_of(change, tenant))
    body: Any = tenant.writes[0].body
    assert body["passwordCredential"]["endDateTime"].startswith("2024-10-06")


async def test_switch_of_an_upper_case_id_is_made() -> None:
    """Ids are equal whatever their case; the check refuses nobody for it."""
    tenant = _tenant()
    change = _target(app_id=APP_ID.upper())(await _planned(DISABLE, tenant))
    await DISABLE.apply(change, run_of(change, tenant))
    assert [write.path for write in tenant.writes] == [f"/servicePrincipals/{PRINCIPAL}"]


async def test_object_without_holder_is_no_crash_when_verified() -> None:
    """A plan that names no holder is refused by the question whether it holds, too."""
    tenant = _tenant()
    change = _removal("group", OTHER, LEAKED)(await _planned(REMOVE, tenant))
    with pytest.raises(ChangeFailed):
        REMOVE.holds(change, await REMOVE.observe(change.target, tenant))
