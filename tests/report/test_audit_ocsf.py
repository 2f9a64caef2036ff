"""OCSF events: each has what its class of version 1.8.0 requires."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from azremediate.core.json_value import JsonObject
from azremediate.report.audit_ocsf import ocsf_events, ocsf_lines
from tests.report.audit_records import DIGEST, ended, event, written

BASE = ("activity_id", "category_uid", "class_uid", "type_uid", "severity_id", "time", "metadata")
REQUIRED: Mapping[int, tuple[str, ...]] = {
    3001: ("user",),
    3004: ("entity",),
    6002: ("app",),
    6003: ("actor", "api", "src_endpoint"),
    7001: ("command_uid",),
}
"""What each class requires beyond the base event."""

REQUIRED_WITHIN: Mapping[str, tuple[str, ...]] = {
    "metadata": ("product", "version"),
    "api": ("operation",),
    "app": ("name", "vendor_name"),
}
AT_LEAST_ONE: Mapping[str, tuple[str, ...]] = {
    "entity": ("name", "uid", "device", "group", "org", "policy", "user"),
    "user": ("name", "uid", "account"),
    "actor": ("process", "user", "session", "app_name", "app_uid"),
    "src_endpoint": ("ip", "uid", "name", "hostname"),
}
ACTIVITIES: Mapping[int, set[int]] = {
    3001: {*range(12), 99},
    3004: {*range(13), 99},
    6002: {*range(9), 99},
    6003: {0, 1, 2, 3, 4, 99},
    7001: {0, 1, 2, 3, 4, 99},
}

RECORDS = {
    "a write": written(),
    "an intent": written("write.intended", "unknown"),
    "a refused write": written("write.rejected", "failure"),
    "a rotation": ended("rotate_app_secret"),
    "a failed rotation": ended("rotate_app_secret", "failed"),
    "an open rotation": ended("rotate_app_secret", "needs_operator"),
    "a switch": ended("disable_service_principal", kind="servicePrincipal"),
    "a user": ended("revoke_sessions", kind="user"),
    "a policy": ended("require_phishing_resistant_mfa", kind="tenant"),
    "a block": ended("block_legacy_authentication", kind="tenant"),
    "a setting": ended("enable_security_defaults", kind="tenant"),
    "a password": ended("reset_password", kind="user"),
    "a start": event("run.started"),
    "an end": event("run.ended"),
    "a guard": event("guard.verdict"),
    "a heartbeat": event("run.heartbeat"),
}


def events_of(record: JsonObject) -> list[dict[str, Any]]:
    """The events as a reader of the lines gets them."""
    return [json.loads(line) for line in ocsf_lines(record, DIGEST)]


@pytest.mark.parametrize("name", RECORDS)
def test_required_fields(name: str) -> None:
    """Nothing that the schema requires is missing, and every number fits the others."""
    found = events_of(RECORDS[name])
    assert found
    for one in found:
        assert {*BASE, *REQUIRED[one["class_uid"]]} <= one.keys()
        assert one["category_uid"] == one["class_uid"] // 1000
        assert one["type_uid"] == one["class_uid"] * 100 + one["activity_id"]
        assert one["activity_id"] in ACTIVITIES[one["class_uid"]]
        assert one["time"] == 1712682000250
        assert one["metadata"]["version"] == "1.8.0"
        assert one["metadata"]["product"]["vendor_name"]
        for holder, names in REQUIRED_WITHIN.items():
            assert holder not in one or set(names) <= one[holder].keys()
        for holder, names in AT_LEAST_ONE.items():
            assert holder not in one or any(one[holder].get(name) for name in names)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a write", [(6003, 1, 1)]),
        ("an intent", [(6003, 1, 99)]),
        ("a refused write", [(6003, 1, 2)]),
        ("a rotation", [(7001, 2, 1), (3004, 3, 1)]),
        ("a failed rotation", [(7001, 2, 6)]),
        ("an open rotation", [(7001, 2, 0)]),
        ("a switch", [(7001, 2, 1), (3004, 9, 1)]),
        ("a user", [(7001, 2, 1), (3001, 99, 1)]),
        ("a policy", [(7001, 4, 1), (3004, 1, 1)]),
        ("a block", [(7001, 4, 1), (3004, 1, 1)]),
        ("a setting", [(7001, 4, 1), (3004, 8, 1)]),
        ("a password", [(7001, 2, 1), (3001, 4, 1)]),
        ("a start", [(6002, 3, 1)]),
        ("an end", [(6002, 4, 1)]),
        ("a guard", [(6002, 99, 1)]),
    ],
)
def test_classes(name: str, expected: list[tuple[int, int, int]]) -> None:
    """Class, activity and status of each kind of record."""
    found = [(one["class_uid"], one["activity_id"], one["status_id"]) for one in events_of(RECORDS[name])]
    assert found == expected


def test_place_in_the_chain() -> None:
    """Number, run, tenant, hash and predecessor go along; two events of one record have different ids."""
    first, second = events_of(RECORDS["a rotation"])
    assert first["metadata"]["sequence"] == 7
    assert first["metadata"]["correlation_uid"] == "R-1"
    assert first["metadata"]["uid"] == DIGEST != second["metadata"]["uid"]
    assert first["unmapped"]["azremediate"]["prev"] == "0" * 64
    assert first["command_uid"] == "c-1"


def test_strange_members() -> None:
    """A record whose members have other types still gives an event."""
    strange: JsonObject = {"event": 1, "time": "noon", "actor": [], "facts": "x", "seq": True}
    assert [one["time"] for one in ocsf_events(strange, DIGEST)] == [0]
