"""Service principals without an application in the tenant: vendors, Microsoft's own, managed identities."""

from __future__ import annotations

from typing import Final

from azremediate.lab.objects import JsonObject
from azremediate.lab.seed.builder import Builder
from azremediate.lab.seed.directory_roles import RESPONDER_PERMISSIONS

MICROSOFT_TENANT: Final = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
GRAPH_APP_ID: Final = "00000003-0000-0000-c000-000000000000"

# name, display name, has a secret on the service principal
_VENDORS: Final = (
    ("acme-backup", "Acme Cloud Backup", True),
    ("globex-crm", "Globex CRM", True),
    ("initech-mail", "Initech Mail Archiver", True),
    ("umbrella-sso", "Umbrella Sign-on", False),
    ("hooli-analytics", "Hooli Analytics", False),
    ("vandelay-forms", "Vandelay Forms", False),
)
_MICROSOFT: Final = (
    ("microsoft-graph", "Microsoft Graph", GRAPH_APP_ID),
    ("exchange-online", "Office 365 Exchange Online", "00000002-0000-0ff1-ce00-000000000000"),
    ("sharepoint-online", "Office 365 SharePoint Online", "00000003-0000-0ff1-ce00-000000000000"),
    ("aad-graph", "Windows Azure Active Directory", "00000002-0000-0000-c000-000000000000"),
    ("azure-management", "Windows Azure Service Management API", "797f4846-ba00-4fd7-ba43-dac1f8f63013"),
    ("azure-key-vault", "Azure Key Vault", "cfa8b339-82a2-471a-a3c9-0fc0be7a4093"),
    ("azure-cli", "Microsoft Azure CLI", "04b07795-8ddb-461a-bbee-02f9e1bf7b46"),
    ("azure-powershell", "Microsoft Azure PowerShell", "1950a258-227b-4e31-a9cf-717495945fc2"),
)
_MANAGED: Final = ("vm-payroll", "func-invoices", "aks-orders", "logic-approvals", "automation-nightly")
_GRAPH_ROLES: Final = ("Mail.Read", "User.Read.All", "Directory.Read.All", "Application.ReadWrite.All")


def add_service_principals(builder: Builder) -> None:
    """Add all service principals that no application of the tenant stands behind."""
    for name, display, with_secret in _VENDORS:
        principal = _principal(builder, name, display, builder.new_id("appId", name), builder.new_id("tenant", name))
        if with_secret:
            builder.add_secret(principal, "primary", name=name)
    for name, display, app_id in _MICROSOFT:
        _principal(builder, name, display, app_id, MICROSOFT_TENANT)
    for name in _MANAGED:
        identity = _principal(builder, name, name, builder.new_id("appId", name), None)
        identity["servicePrincipalType"] = "ManagedIdentity"
        identity["alternativeNames"] = [
            "isExplicit=False",
            f"/subscriptions/{builder.new_id('subscription', 'production')}/resourceGroups/rg-prod/providers/"
            f"Microsoft.Compute/virtualMachines/{name}",
        ]
    _grant(builder)


def _principal(builder: Builder, name: str, display: str, app_id: str, owner: str | None) -> JsonObject:
    principal: JsonObject = {
        "id": builder.new_id("servicePrincipal", name),
        "deletedDateTime": None,
        "accountEnabled": True,
        "appId": app_id,
        "appDisplayName": display,
        "displayName": display,
        "appOwnerOrganizationId": owner,
        "appRoleAssignmentRequired": False,
        "servicePrincipalType": "Application",
        "servicePrincipalNames": [app_id],
        "signInAudience": "AzureADMultipleOrgs",
        "tags": [],
        "keyCredentials": [],
        "passwordCredentials": [],
    }
    builder.name(name, principal["id"])
    return builder.store.service_principals.add(principal)


def _grant(builder: Builder) -> None:
    """Publish some of Graph's app roles and give two applications permissions they are feared for."""
    store = builder.store
    graph = store.service_principals[store.named["microsoft-graph"]]
    graph["appRoles"] = [
        {
            "allowedMemberTypes": ["Application"],
            "description": value,
            "displayName": value,
            "id": builder.new_id("appRole", value),
            "isEnabled": True,
            "origin": "Application",
            "value": value,
        }
        for value in sorted({*_GRAPH_ROLES, *RESPONDER_PERMISSIONS})
    ]
    for name, value in (("payroll-api", "User.Read.All"), ("crm-connector", "Mail.Read")):
        client = store.service_principals.by_alternate(store.applications[store.named[name]]["appId"])
        if client is None:
            raise ValueError(f"the seed lost the service principal of {name}")
        store.app_permissions[client["appId"]] = {value}
        row_id = builder.new_id("appRoleAssignment", f"{name}/{value}")
        store.app_role_assignments[row_id] = {
            "id": row_id,
            "deletedDateTime": None,
            "appRoleId": builder.new_id("appRole", value),
            "createdDateTime": builder.ago(300),
            "principalDisplayName": client["displayName"],
            "principalId": client["id"],
            "principalType": "ServicePrincipal",
            "resourceDisplayName": graph["displayName"],
            "resourceId": graph["id"],
        }
    grant_id = builder.new_id("grant", "globex-crm")
    store.permission_grants[grant_id] = {
        "id": grant_id,
        "clientId": store.named["globex-crm"],
        "consentType": "AllPrincipals",
        "principalId": None,
        "resourceId": graph["id"],
        "scope": "User.Read Mail.Read",
    }
