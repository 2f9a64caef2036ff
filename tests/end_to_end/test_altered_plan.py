"""Whoever can write a plan file can seal it again; guards still judge what the tenant has."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from azremediate.core.json_value import canonical, digest
from tests.end_to_end.console import Console
from tests.one_policy import ONE_POLICY


def _seal(file: Path, alter: Callable[[dict[str, Any]], None]) -> None:
    """Alter the plan's only change and make its id fit again."""
    plan = json.loads(file.read_bytes())
    alter(plan["changes"][0])
    plan["plan_id"] = digest({name: value for name, value in plan.items() if name != "plan_id"})
    file.write_bytes(canonical(plan) + b"\n")


def _rotation(console: Console) -> Path:
    row = f"client-secret,{console.app_id('hr-sync')},{console.key_id('hr-sync:primary')},"
    ran, plan = console.plan("rotate-exposed-secrets", "--credentials", console.credentials(row))
    assert ran.code == 0, ran.err
    return plan


def test_protected_by_name_under_another_name(console: Console) -> None:
    """A protected application stays protected when the plan calls it otherwise."""
    console.change_config("guards:", "guards:\n  protected: ['payroll*']")
    store = console.lab.store
    application = store.applications[store.named["payroll-api"]]
    principal = store.service_principals.by_alternate(application["appId"])
    assert principal is not None

    def alter(change: dict[str, Any]) -> None:
        ids = {"id": application["id"], "application_id": application["id"], "app_id": application["appId"]}
        change["target"] |= {**ids, "service_principal_id": principal["id"]}
        change["work"] |= {"app_id": application["appId"], "holder_id": application["id"], "removals": []}
        change["preconditions"] = []

    plan = _rotation(console)
    _seal(plan, alter)
    assert console.apply(plan).code == 4
    assert console.lab.effects == []


def test_secret_of_another_application(console: Console) -> None:
    """What a change removes is on its target, whatever its work says."""
    store = console.lab.store
    application = store.applications[store.named["payroll-api"]]

    def alter(change: dict[str, Any]) -> None:
        keys = [secret["keyId"] for secret in application["passwordCredentials"]]
        change["work"]["removals"] = [
            {"holder": "application", "holder_id": application["id"], "key_id": key} for key in keys
        ]
        change["preconditions"] = []

    plan = _rotation(console)
    _seal(plan, alter)
    assert console.apply(plan).code == 3
    assert console.lab.effects == []


def test_somebody_else_left_out(console: Console) -> None:
    """A policy leaves out the configured break-glass accounts and nobody that a plan names."""
    others = sorted(console.lab.store.users)[:2]

    def alter(change: dict[str, Any]) -> None:
        change["target"]["exempt"] = change["work"]["exempt"] = others
        change["params"]["state"] = "enabled"

    ran, plan = console.plan(ONE_POLICY)
    assert ran.code == 0, ran.err
    _seal(plan, alter)
    assert console.apply(plan).code == 4
    assert console.lab.effects == []
