"""What was registered since the exposure is removed, in an order that the service takes; the rest is named."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from azremediate.actions.remove_authentication_methods import ACTION, Params, Which
from azremediate.core.change import CannotUndo, Change, Skip
from azremediate.core.clock import iso
from azremediate.core.cloud import Cloud
from azremediate.core.errors import ChangeFailed, FeatureMissing, OutcomeUnknown, RequestRefused
from azremediate.core.target import Target, TargetKind
from tests.actions.stage import USER, a_tenant, change_of, holds, planned, run_of
from tests.fakes import START, TENANT_ID, FakeTenant

METHODS = f"/users/{USER}/authentication/methods"
EXPOSED = iso(START - timedelta(days=10))
TARGET = Target(TENANT_ID, TargetKind.USER, USER, "Amira", user_principal_name="a@contoso.test", exposed_since=EXPOSED)
PHONE, ALTERNATE = "3179e48a-750b-4051-897c-87b9720928f7", "b6332ec1-7057-4abe-9331-3d72feddfe41"
KEY = "-2_GRUg2-HYz6_1YG4YRAQ2"


def _method(kind: str, method: str, days_ago: float | None, **more: str) -> dict[str, Any]:
    created = None if days_ago is None else iso(START - timedelta(days=days_ago))
    return {
        "@odata.type": f"#microsoft.graph.{kind}AuthenticationMethod",
        "id": method,
        "createdDateTime": created,
        **more,
    }


def _tenant(*methods: dict[str, Any]) -> FakeTenant:
    tenant = a_tenant()
    tenant.collections[METHODS] = [_method("password", "28c10230-6103-485e-b985-444c60001490", 900), *methods]
    for collection in ("phoneMethods", "fido2Methods"):
        tenant.collections[f"/users/{USER}/authentication/{collection}"] = tenant.collections[METHODS]
    return tenant


async def test_what_came_since_the_exposure() -> None:
    """The new phone goes, the old key and the password stay."""
    tenant = _tenant(_method("phone", PHONE, 3, phoneType="mobile"), _method("fido2", KEY, 300, displayName="Key"))
    change = await change_of(ACTION, TARGET, tenant)
    assert [one["id"] for one in change.work["methods"]] == [PHONE]  # type: ignore[union-attr, index, call-overload]  # a list
    await ACTION.apply(change, run_of(change, tenant))
    assert [(one.method, one.path) for one in tenant.writes] == [
        ("DELETE", f"/users/{USER}/authentication/phoneMethods/{PHONE}")
    ]
    assert await holds(ACTION, change, tenant)
    assert isinstance(ACTION.undo(change, await ACTION.observe(TARGET, tenant)), CannotUndo)


async def test_all_of_them() -> None:
    """On request the old ones go too, an alternate phone before the mobile one."""
    tenant = _tenant(
        _method("phone", PHONE, 300, phoneType="mobile"), _method("phone", ALTERNATE, 300, phoneType="alternateMobile")
    )
    change = await change_of(ACTION, TARGET, tenant, Params(which=Which.ALL))
    await ACTION.apply(change, run_of(change, tenant))
    assert [one.path.rpartition("/")[2] for one in tenant.writes] == [ALTERNATE, PHONE]


async def test_refused_until_the_others_are_gone() -> None:
    """The default method is refused at first; alone at the end, a refusal is a failure."""
    tenant = _tenant(_method("fido2", KEY, 3), _method("phone", PHONE, 3, phoneType="mobile"))
    change = await change_of(ACTION, TARGET, tenant)
    tenant.fail[f"remove-fido2-{KEY}"] = (RequestRefused("it is the default", status=400), False)
    await ACTION.apply(change, run_of(change, tenant))
    assert await holds(ACTION, change, tenant)
    tenant = _tenant(_method("fido2", KEY, 3))
    alone = await change_of(ACTION, TARGET, tenant)
    tenant.fail[f"remove-fido2-{KEY}"] = (RequestRefused("it is the default", status=400), False)
    with pytest.raises(RequestRefused):
        await ACTION.apply(alone, run_of(alone, tenant))


@pytest.mark.parametrize("after", [True, False], ids=["had effect", "had no effect"])
async def test_unknown_outcome(after: bool) -> None:
    """It is settled by reading, and each method goes."""
    tenant = _tenant(_method("phone", PHONE, 3, phoneType="mobile"))
    change = await change_of(ACTION, TARGET, tenant)
    tenant.fail[f"remove-phone-{PHONE}"] = (OutcomeUnknown("no answer"), after)
    await ACTION.apply(change, run_of(change, tenant))
    assert await holds(ACTION, change, tenant)


@pytest.mark.parametrize(
    ("methods", "target", "done", "said"),
    [
        ((), TARGET, True, "nothing but a password"),
        ((_method("fido2", KEY, 300),), TARGET, True, "nothing was registered since"),
        ((_method("fido2", KEY, None),), TARGET, False, "not known"),
        ((_method("fido2", KEY, 3),), replace(TARGET, exposed_since=""), False, "since when"),
        ((_method("somethingNew", "1", 3),), TARGET, False, "no way to remove"),
    ],
    ids=["only a password", "only old ones", "unknown age", "no time of exposure", "unknown type"],
)
async def test_nothing_that_it_can_do(
    methods: tuple[dict[str, Any], ...], target: Target, done: bool, said: str
) -> None:
    """What a person has to look at is not called done."""
    outcome = await planned(ACTION, target, _tenant(*methods))
    assert isinstance(outcome, Skip)
    assert (outcome.done, said in outcome.reason) == (done, True)


async def test_unknown_age_is_named() -> None:
    """What stays because nobody knows when it came is in the plan."""
    tenant = _tenant(_method("phone", PHONE, 3, phoneType="mobile"), _method("fido2", KEY, None, displayName="Key"))
    change = await change_of(ACTION, TARGET, tenant)
    assert any("fido2 'Key'" in warning for warning in change.warnings)


@pytest.mark.parametrize("method", [{"id": "../x", "type": "phone"}, {"id": "1", "type": "password"}], ids=str)
async def test_altered_plan(method: dict[str, str]) -> None:
    """Neither another path nor the password is touched."""
    tenant = _tenant(_method("phone", PHONE, 3))
    change = replace(await change_of(ACTION, TARGET, tenant), work={"methods": [method]})
    with pytest.raises(ChangeFailed):
        await ACTION.apply(change, run_of(change, tenant))
    assert tenant.writes == []


async def test_cloud_without_methods() -> None:
    """It is said when planning."""
    tenant = _tenant()
    tenant.cloud = Cloud.CHINA
    with pytest.raises(FeatureMissing):
        await ACTION.observe(TARGET, tenant)


async def test_no_number_is_kept() -> None:
    """A phone number is nobody's business in a plan."""
    tenant = _tenant(_method("phone", PHONE, 3, phoneType="mobile", phoneNumber="+1 5550100"))
    change = await change_of(ACTION, TARGET, tenant)
    assert isinstance(change, Change)
    assert "5550100" not in repr(change)


AUDITS = "/auditLogs/directoryAudits"


def _event(activity: str, days_ago: float) -> dict[str, Any]:
    moment = iso(START - timedelta(days=days_ago))
    targets = [{"id": USER, "modifiedProperties": []}]
    # The filter of the fake tenant goes by the id.
    return {"id": USER, "activityDisplayName": activity, "activityDateTime": moment, "targetResources": targets}


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ((_event("Update user", 3),), "nothing was registered since"),
        ((_event("User registered security info", 3),), "not known"),
        ((), "not known"),
    ],
    ids=["whole log without a registration", "a registration since", "no log"],
)
async def test_method_without_a_time(events: tuple[dict[str, Any], ...], said: str) -> None:
    """A whole log without a registration shows that it is old; else a person has to look."""
    tenant = _tenant(_method("fido2", KEY, None))
    tenant.collections[AUDITS] = [_event("Add user", 60), *events] if events else []
    outcome = await planned(ACTION, TARGET, tenant)
    assert isinstance(outcome, Skip)
    assert said in outcome.reason


async def test_external_methods_are_removed_in_the_global_cloud_only() -> None:
    """Elsewhere Graph has no way to remove them, and the plan says so."""
    tenant = _tenant(_method("external", ALTERNATE, 3))
    assert isinstance(await planned(ACTION, TARGET, tenant), Change)
    tenant.cloud = Cloud.USGOV
    outcome = await planned(ACTION, TARGET, tenant)
    assert isinstance(outcome, Skip)
    assert "no way to remove" in outcome.reason
