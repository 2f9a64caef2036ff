"""The demo tenant's Azure side: two subscriptions and who holds which role on them."""

from __future__ import annotations

from typing import Final

from azremediate.lab.objects import JsonObject
from azremediate.lab.seed.builder import Builder

# guid, name, control-plane actions, data-plane actions
_DEFINITIONS: Final[tuple[tuple[str, str, list[str], list[str]], ...]] = (
    ("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "Owner", ["*"], []),
    ("b24988ac-6180-42a0-ab88-20f7382dd24c", "Contributor", ["*"], []),
    ("acdd72a7-3385-48ef-bd42-f606fba81ae7", "Reader", ["*/read"], []),
    ("18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", "User Access Administrator", ["*/read", "Microsoft.Authorization/*"], []),
    (
        "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
        "Role Based Access Control Administrator",
        ["Microsoft.Authorization/roleAssignments/write", "*/read"],
        [],
    ),
    ("00482a5a-887f-4fb3-b363-3b7fe8e74483", "Key Vault Administrator", [], ["Microsoft.KeyVault/vaults/*"]),
    ("b86a8fe4-44ce-4948-aee5-eccb2c155cd7", "Key Vault Secrets Officer", [], ["Microsoft.KeyVault/vaults/secrets/*"]),
    (
        "4633458b-17de-408a-b874-0445c86b69e6",
        "Key Vault Secrets User",
        [],
        ["Microsoft.KeyVault/vaults/secrets/getSecret/action"],
    ),
)
_SUBSCRIPTIONS: Final = (("production", "Contoso Production"), ("development", "Contoso Development"))


def add_azure(builder: Builder) -> None:
    """Add subscriptions, role definitions and assignments."""
    store = builder.store
    for guid, name, actions, data_actions in _DEFINITIONS:
        store.azure.role_definitions[guid] = _definition(guid, name, actions, data_actions)
    for name, display in _SUBSCRIPTIONS:
        subscription_id = builder.new_id("subscription", name)
        store.azure.subscriptions[subscription_id] = {
            "id": f"/subscriptions/{subscription_id}",
            "subscriptionId": subscription_id,
            "tenantId": store.tenant_id,
            "displayName": display,
            "state": "Enabled",
        }
        builder.name(f"subscription-{name}", subscription_id)
    _add_assignments(builder)


def _add_assignments(builder: Builder) -> None:
    store = builder.store
    production = f"/subscriptions/{store.named['subscription-production']}"
    development = f"/subscriptions/{store.named['subscription-development']}"
    vault = f"{production}/resourceGroups/rg-security/providers/Microsoft.KeyVault/vaults/contoso-responder"
    payroll = store.service_principals.by_alternate(store.applications[store.named["payroll-api"]]["appId"])
    if payroll is None or store.responder is None:
        raise ValueError("the seed lost the principals of its Azure assignments")
    responder = store.responder.service_principal_id
    for scope, role, principal, principal_type in (
        (production, "Owner", store.named["alice.admin"], "User"),
        (production, "Owner", store.named["azure-owners"], "Group"),
        (production, "Contributor", payroll["id"], "ServicePrincipal"),
        (production, "Reader", responder, "ServicePrincipal"),
        (vault, "Key Vault Secrets Officer", responder, "ServicePrincipal"),
        (development, "Owner", store.named["hiro.user"], "User"),
        (development, "User Access Administrator", store.named["ines.user"], "User"),
        (development, "Contributor", store.named["func-invoices"], "ServicePrincipal"),
        (development, "Reader", responder, "ServicePrincipal"),
        (production, "Role Based Access Control Administrator", responder, "ServicePrincipal"),
        (development, "Role Based Access Control Administrator", responder, "ServicePrincipal"),
        ("/", "User Access Administrator", store.named["alice.admin"], "User"),
    ):
        row = _assignment(builder, scope, role, principal, principal_type)
        store.azure.role_assignments[row["id"]] = row
    builder.store.named["key-vault"] = vault


def _definition(guid: str, name: str, actions: list[str], data_actions: list[str]) -> JsonObject:
    return {
        "id": f"/providers/Microsoft.Authorization/roleDefinitions/{guid}",
        "name": guid,
        "type": "Microsoft.Authorization/roleDefinitions",
        "properties": {
            "roleName": name,
            "type": "BuiltInRole",
            "description": f"Built-in role {name}.",
            "assignableScopes": ["/"],
            "permissions": [
                {"actions": actions, "notActions": [], "dataActions": data_actions, "notDataActions": []},
            ],
        },
    }


def _assignment(builder: Builder, scope: str, role: str, principal: str, principal_type: str) -> JsonObject:
    guid = builder.new_id("azureAssignment", f"{scope}/{role}/{principal}")
    role_guid = next(row[0] for row in _DEFINITIONS if row[1] == role)
    prefix = "" if scope == "/" else scope
    subscription = "/".join(scope.split("/")[:3]) if scope.startswith("/subscriptions/") else ""
    return {
        "id": f"{prefix}/providers/Microsoft.Authorization/roleAssignments/{guid}",
        "name": guid,
        "type": "Microsoft.Authorization/roleAssignments",
        "properties": {
            "scope": scope,
            "roleDefinitionId": f"{subscription}/providers/Microsoft.Authorization/roleDefinitions/{role_guid}",
            "principalId": principal,
            "principalType": principal_type,
            "condition": None,
            "conditionVersion": None,
            "createdOn": builder.ago(200),
            "updatedOn": builder.ago(200),
            "createdBy": builder.store.named["alice.admin"],
            "updatedBy": builder.store.named["alice.admin"],
            "delegatedManagedIdentityResourceId": None,
            "description": None,
        },
    }
