"""What was added after the exposure is told from the audit log; what the log does not reach is unknown, never old."""

from datetime import timedelta
from typing import Any

import pytest

from azremediate.actions._added_since import Age, Trail, read_trail, since_of
from azremediate.core.clock import iso
from azremediate.core.errors import InputInvalid, PermissionMissing, ServiceFailing
from tests.actions.stage import APPLICATION, a_tenant
from tests.fakes import START, FakeTenant

AUDITS = "/auditLogs/directoryAudits"
OWNER = "dddddddd-0000-4000-8000-000000000007"
EXPOSED = iso(START - timedelta(days=10))


def _event(activity: str, days_ago: int, *, old: str = "", new: str = "", also: str = "") -> dict[str, Any]:
    targets: list[dict[str, Any]] = [{"id": APPLICATION, "modifiedProperties": [{"oldValue": old, "newValue": new}]}]
    if also:
        targets.append({"id": also, "modifiedProperties": []})
    when = iso(START - timedelta(days=days_ago))
    return {"activityDateTime": when, "activityDisplayName": activity, "targetResources": targets}


def _tenant(*events: dict[str, Any]) -> FakeTenant:
    """A tenant whose log holds these; the fake applies no filter, so only events since the exposure are given."""
    tenant = a_tenant()
    tenant.single[AUDITS] = {"value": list(events)}
    return tenant


async def test_added_after() -> None:
    """An event since the exposure that puts it on the object says after."""
    trail = await read_trail(_tenant(_event("Add owner to application", 3, new=f'"{OWNER}"')), [APPLICATION], EXPOSED)
    assert trail.age_of(OWNER.upper()) is Age.AFTER


async def test_named_as_a_target() -> None:
    """Entra names who was added as one of the event's targets."""
    trail = await read_trail(_tenant(_event("Add owner to application", 3, also=OWNER)), [APPLICATION], EXPOSED)
    assert trail.age_of(OWNER) is Age.AFTER


@pytest.mark.parametrize(
    "event",
    [
        _event("Remove owner from application", 3, new=f'"{OWNER}"'),
        _event("Update application", 3, old=OWNER, new=OWNER),
        _event("Update application", 3, also=OWNER),
        _event("Add owner to application", 3, new="somebody else"),
    ],
    ids=["removed", "kept", "only named", "somebody else"],
)
async def test_not_an_addition(event: dict[str, Any]) -> None:
    """What takes off, keeps or only names it does not date it."""
    trail = Trail(EXPOSED, (event,), whole=True)
    assert trail.age_of(OWNER) is Age.BEFORE
    assert Trail(EXPOSED, (event,)).age_of(OWNER) is Age.UNKNOWN


@pytest.mark.parametrize(("oldest", "age"), [(11, Age.BEFORE), (9, Age.UNKNOWN)], ids=["reaches back", "too young"])
async def test_log_that_says_nothing(oldest: int, age: Age) -> None:
    """Silence means before only where the log reaches back to the exposure."""
    trail = await read_trail(_tenant(_event("Update user", oldest)), [APPLICATION], EXPOSED)
    assert trail.age_of(OWNER) is age
    assert bool(trail.gap) is (age is Age.UNKNOWN)


async def test_no_time_of_exposure() -> None:
    """Without one nothing is read and every age is unknown."""
    tenant = _tenant(_event("Add owner to application", 3, also=OWNER))
    trail = await read_trail(tenant, [APPLICATION], "")
    assert trail.age_of(OWNER) is Age.UNKNOWN
    assert tenant.reads == []
    assert "no time of exposure" in trail.gap


async def test_log_that_cannot_be_read() -> None:
    """It is said, and ages are unknown; a missing permission is for the whole plan to say."""
    tenant = a_tenant()
    tenant.single[AUDITS] = ServiceFailing("the service is busy")
    trail = await read_trail(tenant, [APPLICATION], EXPOSED)
    assert trail.age_of(OWNER) is Age.UNKNOWN
    assert "the service is busy" in trail.gap
    tenant.single[AUDITS] = PermissionMissing("no")
    with pytest.raises(PermissionMissing):
        await read_trail(tenant, [APPLICATION], EXPOSED)


def test_own_time_of_creation_wins() -> None:
    """Where Graph gives a time, it decides."""
    trail = Trail(EXPOSED)
    assert trail.age_of(OWNER, created=iso(START)) is Age.AFTER
    assert trail.age_of(OWNER, created=iso(START - timedelta(days=11))) is Age.BEFORE


@pytest.mark.parametrize("asked", ["yesterday", "2024-01-19T10:00:00", "2024-13-01"])
def test_since_that_is_no_time(asked: str) -> None:
    """It is refused with an example."""
    with pytest.raises(InputInvalid):
        since_of("", asked)


def test_since() -> None:
    """The parameter comes before the list."""
    assert since_of(EXPOSED, "") == EXPOSED
    assert since_of(EXPOSED, "2024-01-19") == "2024-01-19T00:00:00.000Z"
    assert since_of("", "2024-01-19T10:00:00+02:00") == "2024-01-19T08:00:00.000Z"
