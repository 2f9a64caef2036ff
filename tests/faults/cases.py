"""The plans that are applied under harm: one for each action, and what the tenant holds in the end."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from azremediate.lab.sign_in import SignInVerdict
from azremediate.lab.store import Store
from tests.one_policy import ONE_POLICY

Order = tuple[str, tuple[str, ...]]
"""A built-in playbook's name or a playbook's text, and rows of a credential list."""


def _nothing(_store: Store) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Case:
    """One plan. prepare: changes the tenant before planning. reached: what is missing from the planned end state."""

    name: str
    order: Callable[[Store], Order]
    reached: Callable[[Store], list[str]]
    prepare: Callable[[Store], None] = _nothing


def _playbook(action: str, parameters: str = "") -> str:
    given = f"\n    with: {{{parameters}}}" if parameters else ""
    return f"name: one-step\ndescription: one step\nversion: 1\nsteps:\n  - action: {action}{given}\n"


def _app_id(store: Store, name: str) -> str:
    return str(store.applications[store.named[name]]["appId"])


def _secret_row(store: Store, name: str = "payroll-api") -> str:
    return f"client-secret,{_app_id(store, name)},{store.named[f'{name}:primary']},"


def _keys(store: Store, name: str = "payroll-api") -> list[str]:
    return [row["keyId"] for row in store.applications[store.named[name]]["passwordCredentials"]]


def _rotated(store: Store) -> list[str]:
    keys = _keys(store)
    app_id = _app_id(store, "payroll-api")
    missing = [] if len(keys) == 1 else [f"{len(keys)} secrets are live"]
    if store.named["payroll-api:primary"] in keys:
        missing.append("the old secret is live")
    latest = store.vault.get(f"app-{app_id}", [])[-1:]
    if not latest or store.check_secret(app_id, latest[0]["value"]) is not SignInVerdict.ok:
        missing.append("the latest version in the vault does not sign in")
    return missing


def _removed(store: Store) -> list[str]:
    return ["the secret is live"] if store.named["legacy-export:primary"] in _keys(store, "legacy-export") else []


def _user(store: Store) -> Any:
    return store.users[store.named["amira"]] if "amira" in store.named else store.users.by_alternate(_upn(store))


def _upn(store: Store) -> str:
    return f"amira.user@{store.domain}"


def _revoked(store: Store) -> list[str]:
    since = str(_user(store)["signInSessionsValidFromDateTime"])
    made = max((str(row.time.isoformat()) for row in store.writes if row.effect), default="")
    return [] if since[:13] == made[:13] else [f"sessions are valid from {since}"]


def _principal(store: Store) -> Any:
    return store.service_principals.by_alternate(_app_id(store, "team-app-01"))


def _switch_off(store: Store) -> None:
    _principal(store)["accountEnabled"] = False


def _switched(wanted: bool) -> Callable[[Store], list[str]]:
    return lambda store: [] if _principal(store)["accountEnabled"] is wanted else ["the switch is not where it belongs"]


def _one_policy(store: Store) -> list[str]:
    found = [row for row in store.ca_policies.values() if row["displayName"].startswith("azr-")]
    return [] if len(found) == 1 else [f"{len(found)} policies were made"]


def _used_vault_name(store: Store) -> None:
    """A secret lies in the vault already, so that a new one is staged before it takes its name."""
    app_id = _app_id(store, "payroll-api")
    moment = int(store.clock.now().timestamp()) - 1000
    store.vault[f"app-{app_id}"] = [
        {
            "value": "obviously-fake-old-value",
            "id": f"/secrets/app-{app_id}/00000000000000000000000000000001",
            "attributes": {"enabled": True, "created": moment, "updated": moment, "recoveryLevel": "Recoverable"},
            "tags": {},
        }
    ]


def _all_of_it(store: Store) -> list[str]:
    return [*_rotated(store), *_removed(store)]


CASES: Final = (
    Case("rotate_app_secret", lambda store: ("rotate-exposed-secrets", (_secret_row(store),)), _rotated),
    Case(
        "rotate_app_secret staged",
        lambda store: (_playbook("rotate_app_secret", "overlap: PT0.02S"), (_secret_row(store),)),
        _rotated,
        _used_vault_name,
    ),
    Case(
        "remove_app_secret",
        lambda store: (_playbook("remove_app_secret"), (_secret_row(store, "legacy-export"),)),
        _removed,
    ),
    Case("revoke_sessions", lambda store: ("revoke-exposed-sessions", (f"session,{_upn(store)},,",)), _revoked),
    Case(
        "disable_service_principal",
        lambda store: (
            _playbook("disable_service_principal"),
            (f"client-secret,{_app_id(store, 'team-app-01')},,",),
        ),
        _switched(wanted=False),
    ),
    Case(
        "enable_service_principal",
        lambda store: (
            _playbook("enable_service_principal"),
            (f"client-secret,{_app_id(store, 'team-app-01')},,",),
        ),
        _switched(wanted=True),
        _switch_off,
    ),
    Case("require_phishing_resistant_mfa", lambda _store: (ONE_POLICY, ()), _one_policy),
    Case(
        "whole playbook",
        lambda store: (
            "respond-to-exposed-credentials",
            (_secret_row(store), _secret_row(store, "legacy-export"), f"session,{_upn(store)},,"),
        ),
        _all_of_it,
    ),
)
