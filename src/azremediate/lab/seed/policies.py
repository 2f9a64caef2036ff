"""The demo tenant's policies and licences."""

from __future__ import annotations

from typing import Final

from azremediate.lab.graph.conditional_access import shown_policy
from azremediate.lab.objects import JsonObject
from azremediate.lab.seed.builder import Builder

_STRONG: Final = ("windowsHelloForBusiness", "fido2", "x509CertificateMultiFactor")
_STRENGTHS: Final = (
    (
        "00000000-0000-0000-0000-000000000002",
        "Multifactor authentication",
        (*_STRONG, "password,microsoftAuthenticatorPush", "password,softwareOath", "password,sms"),
    ),
    ("00000000-0000-0000-0000-000000000003", "Passwordless MFA", (*_STRONG, "deviceBasedPush")),
    ("00000000-0000-0000-0000-000000000004", "Phishing-resistant MFA", _STRONG),
)
_DEFAULTS_ID: Final = "00000000-0000-0000-0000-000000000005"


def add_policies(builder: Builder) -> None:
    """Add strengths, tenant-wide policies, two Conditional Access policies and the licence behind them."""
    store = builder.store
    for strength_id, display, combinations in _STRENGTHS:
        store.strengths[strength_id] = {
            "id": strength_id,
            "createdDateTime": "2021-12-01T00:00:00Z",
            "modifiedDateTime": "2021-12-01T00:00:00Z",
            "displayName": display,
            "description": f"Built-in authentication strength {display}.",
            "policyType": "builtIn",
            "requirementsSatisfied": "mfa",
            "allowedCombinations": list(combinations),
        }
    store.policies["securityDefaults"] = {
        "id": _DEFAULTS_ID,
        "displayName": "Security Defaults",
        "description": "Basic identity security for the whole tenant.",
        "isEnabled": False,
    }
    store.policies["defaultAppManagementPolicy"] = {
        "id": "00000000-0000-0000-0000-000000000000",
        "displayName": "Default app management tenant policy",
        "description": "Restrictions on the credentials of applications.",
        "isEnabled": False,
        "applicationRestrictions": {"passwordCredentials": [], "keyCredentials": []},
        "servicePrincipalRestrictions": {"passwordCredentials": [], "keyCredentials": []},
    }
    store.policies["authorizationPolicy"] = _authorization()
    for name, policy in (("ca-admin-mfa", _admin_mfa()), ("ca-legacy-block", _legacy_block())):
        row = shown_policy(store, policy)
        row.update(id=builder.new_id("policy", name), createdDateTime=builder.ago(365))
        store.ca_policies[row["id"]] = row
        builder.name(name, row["id"])
    _license(builder)


def _authorization() -> JsonObject:
    return {
        "id": "authorizationPolicy",
        "displayName": "Authorization Policy",
        "description": "What users and guests may do by default.",
        "allowedToSignUpEmailBasedSubscriptions": True,
        "allowedToUseSSPR": True,
        "allowEmailVerifiedUsersToJoinOrganization": False,
        "allowInvitesFrom": "adminsAndGuestInviters",
        "allowUserConsentForRiskyApps": None,
        "blockMsolPowerShell": True,
        "guestUserRoleId": "10dae51f-b6af-4016-8d66-8c2a99b929b3",
        "defaultUserRolePermissions": {
            "allowedToCreateApps": True,
            "allowedToCreateSecurityGroups": True,
            "allowedToCreateTenants": False,
            "allowedToReadBitlockerKeysForOwnedDevice": True,
            "allowedToReadOtherUsers": True,
            "permissionGrantPoliciesAssigned": [],
        },
    }


def _admin_mfa() -> JsonObject:
    """An older policy: any second factor, for Global Administrators only."""
    return {
        "displayName": "Require MFA for Global Administrators (2021)",
        "state": "enabled",
        "conditions": {
            "clientAppTypes": ["all"],
            "applications": {"includeApplications": ["All"]},
            "users": {"includeRoles": ["62e90394-69f5-4237-9190-012177145e10"]},
        },
        "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
    }


def _legacy_block() -> JsonObject:
    return {
        "displayName": "Block legacy authentication",
        "state": "enabledForReportingButNotEnforced",
        "conditions": {
            "clientAppTypes": ["exchangeActiveSync", "other"],
            "applications": {"includeApplications": ["All"]},
            "users": {"includeUsers": ["All"]},
        },
        "grantControls": {"operator": "OR", "builtInControls": ["block"]},
    }


def _license(builder: Builder) -> None:
    sku_id = "84a661c4-e949-4bd2-a560-ed7766fcaf2b"
    row_id = f"{builder.store.tenant_id}_{sku_id}"
    builder.store.subscribed_skus[row_id] = {
        "id": row_id,
        "accountId": builder.store.tenant_id,
        "accountName": builder.store.display_name,
        "appliesTo": "User",
        "capabilityStatus": "Enabled",
        "consumedUnits": 50,
        "prepaidUnits": {"enabled": 100, "lockedOut": 0, "suspended": 0, "warning": 0},
        "servicePlans": [
            _plan("eec0eb4f-6444-4f95-aba0-50c24d67f998", "AAD_PREMIUM_P2"),
            _plan("41781fb2-bc02-4b7c-bd55-b576c07bb09d", "AAD_PREMIUM"),
        ],
        "skuId": sku_id,
        "skuPartNumber": "AAD_PREMIUM_P2",
        "subscriptionIds": [],
    }


def _plan(plan_id: str, name: str) -> JsonObject:
    return {
        "appliesTo": "User",
        "provisioningStatus": "Success",
        "servicePlanId": plan_id,
        "servicePlanName": name,
    }
