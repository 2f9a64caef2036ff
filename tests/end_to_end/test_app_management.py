"""App management policies on the simulated tenant: what they forbid stands in the plan, and certificates are used."""

from typing import Any

import pytest

from tests.end_to_end.app_client import AppClient
from tests.end_to_end.console import Console, Ran

APP = "payroll-api"
NO_SECRETS = {"restrictionType": "passwordAddition", "state": "enabled"}
THIRTY_DAYS = {"restrictionType": "asymmetricKeyLifetime", "state": "enabled", "maxLifetime": "P30D"}


def _default(console: Console, *, secrets: list[dict[str, Any]], keys: list[dict[str, Any]] | None = None) -> None:
    restrictions = {"passwordCredentials": secrets, "keyCredentials": keys or []}
    policy = console.lab.store.policies["defaultAppManagementPolicy"]
    policy |= {"isEnabled": True, "applicationRestrictions": restrictions, "servicePrincipalRestrictions": restrictions}


def _own(console: Console, *, secrets: list[dict[str, Any]]) -> None:
    """A policy of the application itself."""
    policy = {"id": "aaaaaaaa-1111-4111-8111-111111111111", "displayName": "own", "description": "own"}
    restrictions = {"passwordCredentials": secrets, "keyCredentials": []}
    console.lab.store.app_management[console.lab.store.named[APP]] = [
        {**policy, "isEnabled": True, "restrictions": restrictions}
    ]


def _created_after(moment: str) -> dict[str, Any]:
    return {**NO_SECRETS, "restrictForAppsCreatedAfterDateTime": moment}


def _rotate(console: Console) -> Ran:
    row = f"client-secret,{console.app_id(APP)},{console.key_id(f'{APP}:primary')},"
    return console.plan("rotate-exposed-secrets", "--credentials", console.credentials(row))[0]


@pytest.mark.parametrize(
    ("default", "own", "forbidden"),
    [
        ([NO_SECRETS], None, True),
        ([NO_SECRETS], [], False),
        ([], [NO_SECRETS], True),
        ([_created_after("2000-01-01T00:00:00Z")], None, True),
        ([_created_after("2099-01-01T00:00:00Z")], None, False),
        ([], [_created_after("2099-01-01T00:00:00Z")], False),
    ],
    ids=["default", "own allows", "own forbids", "newer than the rule", "older than the rule", "own, older"],
)
def test_new_secrets(console: Console, default: list[Any], own: list[Any] | None, forbidden: bool) -> None:
    """A plan knows what the tenant would refuse, and names the way out; else what is planned is accepted."""
    _default(console, secrets=default)
    if own is not None:
        _own(console, secrets=own)
    planned = _rotate(console)
    assert planned.code == 0, planned.err
    if forbidden:
        (left,) = planned.json["skips"]
        assert (left["done"], "use certificates" in left["reason"]) == (False, True)
        assert planned.json["cases"][0]["state"] == "left-out"
        return
    applied = console.apply(console.folder / "test.plan.json")
    assert applied.code == 0, applied.out


def test_tenant_refuses_what_the_plan_did_not_know(console: Console) -> None:
    """A policy that came after the plan costs nothing: the old secret still works."""
    assert _rotate(console).code == 0
    _default(console, secrets=[NO_SECRETS])
    applied = console.apply(console.folder / "test.plan.json")
    assert applied.code == 3
    old = console.lab.store.secrets[console.key_id(f"{APP}:primary")].value
    assert AppClient(console, APP).with_secret(old) == 0


def test_certificate_instead(console: Console) -> None:
    """Where secrets are forbidden the application gets a certificate, no longer valid than the policy allows."""
    _default(console, secrets=[NO_SECRETS], keys=[THIRTY_DAYS])
    confirm = ("--apply", "--yes", "--confirm-tenant", console.lab.store.tenant_id, "--json")
    ran = console.run("run", "rotate_app_certificate", console.app_id(APP), "--with", "always=true", *confirm)
    assert ran.code == 0, ran.out
    assert "shortens its life to 30 days" in ran.err
    pair = console.lab.store.vault[f"app-{console.app_id(APP)}-certificate"][-1]["value"]
    assert AppClient(console, APP).with_pem(pair) == 0


def test_contained_application_stays_off(console: Console) -> None:
    """Without a way to a new secret it is not enabled again, which the plan says beforehand."""
    _default(console, secrets=[NO_SECRETS])
    row = f"client-secret,{console.app_id(APP)},,"
    planned, plan = console.plan("contain-app-credential", "--credentials", console.credentials(row))
    assert "enable_service_principal" not in [change["action"] for change in planned.json["changes"]]
    assert "rotate_app_secret is left out" in str(planned.json["skips"])
    assert console.apply(plan).code == 0
    principal = console.lab.store.service_principals.by_alternate(console.app_id(APP))
    assert principal is not None
    assert principal["accountEnabled"] is False
