"""Quotas: costs per request, buckets that refill, and profiles from files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from azremediate.lab.files import LabFileError
from azremediate.lab.throttle import PROFILES, Quota, Throttle, cost_of, load_profile


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.seconds


@pytest.mark.parametrize(
    ("method", "path", "options", "cost"),
    [
        pytest.param("GET", "/applications", {}, (2, 0), id="list applications"),
        pytest.param("GET", "/applications", {"$select": "id", "$top": "5"}, (1, 0), id="never below one"),
        pytest.param("GET", "/applications/1", {}, (1, 0), id="one application"),
        pytest.param("GET", "/groups/1/transitiveMembers", {"$select": "id"}, (4, 0), id="select is cheaper"),
        pytest.param("GET", "/users/1/memberOf", {"$expand": "x"}, (3, 0), id="expand is dearer"),
        pytest.param("POST", "/directoryObjects/getByIds", {}, (3, 0), id="a POST that reads"),
        pytest.param("POST", "/applications/1/addPassword", {}, (1, 1), id="write"),
    ],
)
def test_cost(method: str, path: str, options: dict[str, str], cost: tuple[int, int]) -> None:
    """Costs follow the published table."""
    assert cost_of(method, path, options) == cost


def test_bucket_refills_evenly() -> None:
    """After the time that Retry-After names, the request is admitted."""
    clock = Clock()
    throttle = Throttle(PROFILES["tight"], "tenant", now=clock)
    assert [throttle.admit("GET", "/reports/x", {}, "app").refusal is None for _ in range(3)] == [True, True, False]
    assert throttle.admit("GET", "/reports/x", {}, "other app").refusal is None
    refusal = throttle.admit("GET", "/reports/x", {}, "app").refusal
    assert refusal is not None
    clock.seconds += float(refusal.header("retry-after") or 0)
    assert throttle.admit("GET", "/reports/x", {}, "app").refusal is None


def test_conditional_access_is_shared_and_keeps_quiet() -> None:
    """One request a second for the whole tenant, and no Retry-After."""
    throttle = Throttle(PROFILES["published"], "tenant", now=Clock())
    path = "/identity/conditionalAccess/policies"
    assert throttle.admit("GET", path, {}, "one").refusal is None
    refusal = throttle.admit("GET", path, {}, "two").refusal
    assert refusal is not None
    assert (refusal.status, refusal.header("retry-after")) == (429, None)


def test_usage_is_announced_when_it_gets_tight() -> None:
    """Above four fifths the share is in a header."""
    throttle = Throttle(PROFILES["tight"], "tenant", now=Clock())
    headers = [dict(throttle.admit("POST", "/users/1", {}, "app").headers) for _ in range(12)]
    shares = [found.get("x-ms-throttle-limit-percentage") for found in headers]
    assert shares[:9] == [None] * 9
    assert shares[-1] == "1.00"


def test_profiles_by_name_and_file(tmp_path: Path) -> None:
    """Names are built in; a file changes single quotas and scales the rest."""
    assert load_profile("none") is None
    assert load_profile("tight") is PROFILES["tight"]
    path = tmp_path / "quotas.json"
    path.write_text(json.dumps({"scale": 0.5, "writes": {"units": 10, "seconds": 1}}), encoding="utf-8")
    profile = load_profile(str(path))
    assert profile is not None
    assert (profile.writes, profile.resource_units) == (Quota(5, 1), Quota(1750, 10))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[]", "expected an object"),
        ('{"mail": {}}', "unknown quota 'mail'"),
        ('{"writes": {"units": 1}}', "expected units, seconds"),
        ('{"writes": {"units": 0, "seconds": 1}}', "above 0"),
        ('{"scale": "x"}', "scale must be a number"),
        ("{", "line 1"),
    ],
)
def test_bad_profile_is_described(tmp_path: Path, content: str, message: str) -> None:
    """A bad file is one sentence."""
    path = tmp_path / "quotas.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(LabFileError, match=message):
        load_profile(str(path))


def test_certificates_are_read_150_times_a_minute() -> None:
    """For the whole tenant, each collection for itself, and only where they are selected."""
    clock = Clock()
    throttle = Throttle(PROFILES["published"], "tenant", now=clock)
    options = {"$select": "id,keyCredentials"}
    taken = [throttle.admit("GET", "/applications", options, f"app {number}").refusal for number in range(151)]
    assert [refusal is None for refusal in taken] == [*[True] * 150, False]
    assert taken[-1] is not None
    assert taken[-1].header("retry-after") == "1"
    assert throttle.admit("GET", "/servicePrincipals/a", options, "app").refusal is None
    assert throttle.admit("GET", "/applications", {"$select": "id"}, "app").refusal is None
    assert throttle.admit("PATCH", "/applications/a", options, "app").refusal is None
