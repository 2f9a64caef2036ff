"""Who owns what in the demo tenant, and a few of the users' latest sign-ins."""

from __future__ import annotations

from typing import Final

from azremediate.lab.seed.builder import Builder

_OWNERS: Final = {
    "payroll-api": ("amira.user", "ben.user"),
    "billing-worker": ("chen.user",),
    "crm-connector": ("diego.user", "payroll-api"),
    "legacy-export": ("left.user",),
    "team-app-01": ("hana.hybrid",),
}
_SIGN_INS: Final = (("amira.user", 0.5), ("ben.user", 1.5), ("alice.admin", 0.2))


def add_owners(builder: Builder) -> None:
    """Add owners of applications and their service principals, and interactive sign-ins."""
    store = builder.store
    for name, owners in _OWNERS.items():
        application = store.applications[store.named[name]]
        principal = store.service_principals.by_alternate(application["appId"])
        ids = [_principal_id(builder, owner) for owner in owners]
        store.owners[application["id"]] = ids
        if principal is not None:
            store.owners[principal["id"]] = ids[:1]
    for name, days in _SIGN_INS:
        user = store.users[store.named[name]]
        store.sign_ins.insert(
            0,
            {
                "id": builder.new_id("signIn", name),
                "createdDateTime": builder.ago(days),
                "userId": user["id"],
                "userPrincipalName": user["userPrincipalName"],
                "userDisplayName": user["displayName"],
                "appId": "c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
                "appDisplayName": "Azure Portal",
                "ipAddress": "203.0.113.10",
                "clientAppUsed": "Browser",
                "isInteractive": True,
                "conditionalAccessStatus": "success",
                "status": {"errorCode": 0, "failureReason": "Other.", "additionalDetails": None},
            },
        )


def _principal_id(builder: Builder, name: str) -> str:
    """Return the id of a user, or of the service principal of an application."""
    store = builder.store
    object_id = store.named[name]
    if object_id not in store.applications:
        return object_id
    principal = store.service_principals.by_alternate(store.applications[object_id]["appId"])
    return object_id if principal is None else str(principal["id"])
