"""Which events are findings, however Microsoft writes their names, and which are not."""

from typing import Any

import pytest

from azremediate.core.foothold import Severity
from azremediate.resolve.sweep_rules import rule_for


def _event(activity: str, changed: str = "", value: str = '["x"]') -> dict[str, Any]:
    modified = [{"displayName": changed, "oldValue": None, "newValue": value}] if changed else []
    return {"activityDisplayName": activity, "targetResources": [{"id": "o", "modifiedProperties": modified}]}


@pytest.mark.parametrize(
    ("activity", "changed", "kind"),
    [
        ("Add service principal credentials", "", "credential-added"),
        ("Update application \u2013 Certificates and secrets management ", "", "credential-added"),
        ("Update application - Certificates and secrets management", "", "credential-added"),
        ("Update application", "FederatedIdentityCredentials", "federated-credential"),
        ("Update application", "AppAddress", "redirect-changed"),
        ("Add owner to service principal", "", "owner-added"),
        ("Consent to application", "", "access-granted"),
        ("Add app role assignment grant to user", "", "access-granted"),
        ("Add member to role", "", "role-assigned"),
        ("Add member to role completed (PIM activation)", "", "role-assigned"),
        ("Add eligible member to role in PIM completed (permanent)", "", "role-assigned"),
        ("Add member to group", "", "member-added"),
        ("Update conditional access policy", "", "policy-changed"),
        ("Admin registered security info", "", "method-registered"),
        ("Add device", "", "device-registered"),
        ("Set federation settings on domain", "", "domain-changed"),
        ("Add a partner to cross-tenant access setting", "", "cross-tenant-changed"),
        ("Add application", "", "principal-created"),
        ("Invite external user", "", "principal-created"),
        ("Enable account", "", "enabled-again"),
        ("Restore application", "", "restored"),
    ],
)
def test_findings(activity: str, changed: str, kind: str) -> None:
    """Dashes, spaces and what Microsoft appends to a name make no difference."""
    rule = rule_for(_event(activity, changed))
    assert rule is not None
    assert rule.kind == kind
    assert rule.severity in Severity


@pytest.mark.parametrize(
    ("activity", "changed", "value"),
    [
        ("Remove service principal credentials", "", ""),
        ("Update application", "", ""),
        ("Update application", "DisplayName", '"x"'),
        ("Update application", "FederatedIdentityCredentials", "null"),
        ("Update application", "AppAddress", "[]"),
        ("Add user sponsor", "", ""),
        ("Disable account", "", ""),
        ("", "", ""),
    ],
)
def test_no_findings(activity: str, changed: str, value: str) -> None:
    """What takes something away, or changes what opens no way in, is none."""
    assert rule_for(_event(activity, changed, value)) is None
