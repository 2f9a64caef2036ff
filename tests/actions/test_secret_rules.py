"""What app management policies forbid is known before a secret is asked for."""

from typing import Any

import pytest

from azremediate.actions._secret_rules import SecretRules, secret_rules
from azremediate.actions._secrets import Holder
from azremediate.core.errors import PermissionMissing, RequestRefused, TenantError
from azremediate.core.json_value import JsonObject
from azremediate.core.target import TargetKind

APPLICATION = Holder(TargetKind.APPLICATION, "aaaaaaaa-0000-4000-8000-000000000001")
PRINCIPAL = Holder(TargetKind.SERVICE_PRINCIPAL, "aaaaaaaa-0000-4000-8000-000000000002")
CREATED = "2023-01-01T00:00:00Z"
ADDITION = {"restrictionType": "passwordAddition", "state": "enabled"}


def _default(*entries: dict[str, Any], enabled: bool = True) -> JsonObject:
    return {"isEnabled": enabled, "applicationRestrictions": {"passwordCredentials": list(entries)}}


def _lifetime(text: str) -> dict[str, Any]:
    return {"restrictionType": "passwordLifetime", "state": "enabled", "maxLifetime": text}


DEFAULTS: dict[str, tuple[JsonObject, bool, int | None]] = {
    "nothing": (_default(), False, None),
    "no restrictions": ({"isEnabled": True, "applicationRestrictions": None}, False, None),
    "addition": (_default(ADDITION), True, None),
    "not enabled": (_default(ADDITION, enabled=False), False, None),
    "entry not enabled": (_default({**ADDITION, "state": "disabled"}), False, None),
    "for newer applications": (
        _default({**ADDITION, "restrictForAppsCreatedAfterDateTime": "2024-01-01T00:00:00Z"}),
        False,
        None,
    ),
    "for applications as new": (
        _default({**ADDITION, "restrictForAppsCreatedAfterDateTime": "2020-01-01T00:00:00Z"}),
        True,
        None,
    ),
    "somebody is exempt": (_default({**ADDITION, "excludeActors": {"customSecurityAttributes": []}}), False, None),
    "shortest lifetime": (_default(_lifetime("P90D"), _lifetime("P30D")), False, 30),
    "lifetime without length": (_default(_lifetime("P1Y")), False, None),
}


@pytest.mark.parametrize("name", DEFAULTS)
def test_tenant_default(name: str) -> None:
    """The default counts as far as it surely applies."""
    policy, forbidden, days = DEFAULTS[name]
    rules = secret_rules({"default-policy": policy}, APPLICATION, CREATED)
    assert (rules.forbidden, rules.longest.days if rules.longest else None) == (forbidden, days)


def test_own_policy_goes_before_the_default() -> None:
    """An application's own enabled policy replaces the tenant's."""
    own: JsonObject = {"appManagementPolicies": [{"isEnabled": True, "restrictions": {"passwordCredentials": []}}]}
    assert (
        secret_rules({"default-policy": _default(ADDITION), "own-policies": own}, APPLICATION, CREATED) == SecretRules()
    )


def test_service_principals_have_their_own_restrictions() -> None:
    """What is said of applications is not said of service principals."""
    assert not secret_rules({"default-policy": _default(ADDITION)}, PRINCIPAL, "").forbidden


def test_unreadable_policy_is_said() -> None:
    """Not being able to look is not "allowed": the reason is kept."""
    answers: dict[str, JsonObject | TenantError] = {"default-policy": RequestRefused("not in this cloud")}
    assert secret_rules(answers, APPLICATION, CREATED).not_read == "not in this cloud"


def test_missing_permission_is_raised() -> None:
    """A right that the tool should have is missed at once."""
    with pytest.raises(PermissionMissing):
        secret_rules({"default-policy": PermissionMissing("no")}, APPLICATION, CREATED)
