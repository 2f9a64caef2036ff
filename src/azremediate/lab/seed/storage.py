"""The demo tenant's storage accounts, each with two keys, and who may regenerate them."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Final

from azremediate.lab.arm_storage import KEY_NAMES, azure_time
from azremediate.lab.objects import JsonObject
from azremediate.lab.seed.builder import Builder

KEY_OPERATOR: Final = "81a9662b-bebf-436f-a333-f67b29880f12"
"""Storage Account Key Operator Service Role. Source: Azure's list of built-in roles."""

# name, subscription, resource group, whether keys are accepted
_ACCOUNTS: Final = (
    ("contosopayroll", "production", "rg-payroll", True),
    ("contosoarchive", "production", "rg-archive", False),
)


def add_storage(builder: Builder) -> None:
    """Add the accounts with their keys, the role and its assignment to the responder."""
    store = builder.store
    if store.responder is None:
        raise ValueError("the seed has storage accounts before it has a responder")
    _add_role(builder)
    for name, subscription, group, shared in _ACCOUNTS:
        scope = f"/subscriptions/{store.named[f'subscription-{subscription}']}/resourceGroups/{group}"
        account_id = f"{scope}/providers/Microsoft.Storage/storageAccounts/{name}"
        store.azure.storage_accounts[account_id.lower()] = {
            "id": account_id,
            "name": name,
            "type": "Microsoft.Storage/storageAccounts",
            "location": "westeurope",
            "kind": "StorageV2",
            "sku": {"name": "Standard_LRS", "tier": "Standard"},
            "properties": {"provisioningState": "Succeeded", "allowSharedKeyAccess": shared},
        }
        store.azure.storage_keys[account_id.lower()] = [_key(builder, name, key) for key in KEY_NAMES]
        builder.name(name, account_id)
        row = _assignment(builder, account_id, store.responder.service_principal_id)
        store.azure.role_assignments[row["id"]] = row


def _key(builder: Builder, account: str, key: str) -> JsonObject:
    value = bytes.fromhex(builder.digest(f"storage/{account}/{key}/a") + builder.digest(f"storage/{account}/{key}/b"))
    return {
        "keyName": key,
        "value": base64.b64encode(value).decode(),
        "permissions": "FULL",
        "creationTime": azure_time(builder.now - timedelta(days=500)),
    }


def _add_role(builder: Builder) -> None:
    builder.store.azure.role_definitions[KEY_OPERATOR] = {
        "id": f"/providers/Microsoft.Authorization/roleDefinitions/{KEY_OPERATOR}",
        "name": KEY_OPERATOR,
        "type": "Microsoft.Authorization/roleDefinitions",
        "properties": {
            "roleName": "Storage Account Key Operator Service Role",
            "type": "BuiltInRole",
            "description": "Built-in role Storage Account Key Operator Service Role.",
            "assignableScopes": ["/"],
            "permissions": [
                {
                    "actions": [
                        "Microsoft.Storage/storageAccounts/listkeys/action",
                        "Microsoft.Storage/storageAccounts/regeneratekey/action",
                    ],
                    "notActions": [],
                    "dataActions": [],
                    "notDataActions": [],
                }
            ],
        },
    }


def _assignment(builder: Builder, scope: str, principal: str) -> JsonObject:
    guid = builder.new_id("azureAssignment", f"{scope}/{KEY_OPERATOR}/{principal}")
    subscription = "/".join(scope.split("/")[:3])
    creator = builder.store.named["alice.admin"]
    return {
        "id": f"{scope}/providers/Microsoft.Authorization/roleAssignments/{guid}",
        "name": guid,
        "type": "Microsoft.Authorization/roleAssignments",
        "properties": {
            "scope": scope,
            "roleDefinitionId": f"{subscription}/providers/Microsoft.Authorization/roleDefinitions/{KEY_OPERATOR}",
            "principalId": principal,
            "principalType": "ServicePrincipal",
            "condition": None,
            "conditionVersion": None,
            "createdOn": builder.ago(200),
            "updatedOn": builder.ago(200),
            "createdBy": creator,
            "updatedBy": creator,
            "delegatedManagedIdentityResourceId": None,
            "description": None,
        },
    }
