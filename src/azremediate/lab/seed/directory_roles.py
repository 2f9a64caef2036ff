"""Who administers the demo tenant: role definitions, assignments, eligibility, groups, and the tool's own identity."""

from __future__ import annotations

from typing import Final

from azremediate.lab.objects import JsonObject
from azremediate.lab.seed.applications import App, add_application
from azremediate.lab.seed.builder import Builder
from azremediate.lab.seed.role_table import ROLES
from azremediate.lab.seed.users import BREAK_GLASS
from azremediate.lab.store import Responder

# What the demo grants to the tool's identity; removing one by the control path shows a 403.
RESPONDER_PERMISSIONS: Final = (
    "AppRoleAssignment.ReadWrite.All",
    "Application.ReadWrite.All",
    "AuditLog.Read.All",
    "DelegatedPermissionGrant.ReadWrite.All",
    "Directory.Read.All",
    "Group.Create",
    "GroupMember.ReadWrite.All",
    "IdentityRiskyServicePrincipal.ReadWrite.All",
    "IdentityRiskyUser.Read.All",
    "IdentityRiskyUser.ReadWrite.All",
    "LicenseAssignment.Read.All",
    "Mail.Read",
    "Organization.Read.All",
    "Policy.Read.All",
    "Policy.ReadWrite.ApplicationConfiguration",
    "Policy.ReadWrite.ConditionalAccess",
    "Policy.ReadWrite.SecurityDefaults",
    "PrivilegedEligibilitySchedule.Read.AzureADGroup",
    "RoleEligibilitySchedule.Read.Directory",
    "RoleManagement.Read.Directory",
    "RoleManagement.ReadWrite.Directory",
    "Synchronization.Read.All",
    "User-PasswordProfile.ReadWrite.All",
    "User.EnableDisableAccount.All",
    "User.Read.All",
    "User.RevokeSessions.All",
    "UserAuthMethod-Email.ReadWrite.All",
    "UserAuthMethod-External.ReadWrite.All",
    "UserAuthMethod-MicrosoftAuthApp.ReadWrite.All",
    "UserAuthMethod-Passkey.ReadWrite.All",
    "UserAuthMethod-Phone.ReadWrite.All",
    "UserAuthMethod-PlatformCred.ReadWrite.All",
    "UserAuthMethod-SoftwareOATH.ReadWrite.All",
    "UserAuthMethod-TAP.ReadWrite.All",
    "UserAuthMethod-WindowsHello.ReadWrite.All",
    "UserAuthenticationMethod.Read.All",
)

_ACTIVE: Final = (
    *((name, "Global Administrator") for name in BREAK_GLASS),
    ("alice.admin", "Global Administrator"),
    ("bob.admin", "Privileged Role Administrator"),
    ("carol.admin", "Conditional Access Administrator"),
    ("frank.admin", "User Administrator"),
    ("sync-account", "Directory Synchronization Accounts"),
)
_ELIGIBLE: Final = (("dave.admin", "Global Administrator"), ("amira.user", "Exchange Administrator"))
# name, display name, can hold roles, members
_GROUPS: Final = (
    ("tier-0-admins", "Tier 0 Administrators", True, ("erin.admin", "grace.admin")),
    ("azure-owners", "Azure Owners", False, ("ben.user", "cloud-team")),
    ("cloud-team", "Cloud Team", False, ("chen.user", "diego.user")),
    ("payroll-team", "Payroll Team", False, ("elif.user", "fatou.user", "george.user")),
    ("ca-exclusions", "Conditional Access Exclusions", False, BREAK_GLASS),
)


def add_roles(builder: Builder) -> None:
    """Add groups, role definitions and everybody's roles."""
    for name, display, assignable, _ in _GROUPS:
        _add_group(builder, name, display, assignable=assignable)
    for name, _, _, members in _GROUPS:
        ids = [builder.store.named[member] for member in members]
        builder.store.group_members[builder.store.named[name]] = ids
    for template, display in ROLES.items():
        builder.store.role_definitions[template] = _definition(template, display)
    for name, role in (*_ACTIVE, ("tier-0-admins", "Application Administrator")):
        row = _assignment(builder, name, role)
        builder.store.role_assignments[row["id"]] = row
    for name, role in _ELIGIBLE:
        row = _eligibility(builder, name, role)
        builder.store.role_eligibility[row["id"]] = row


def add_responder(builder: Builder) -> None:
    """Add the application the tool itself signs in as."""
    store = builder.store
    application = add_application(builder, App("azremediate-responder", "azremediate responder", age=30))
    secret = builder.add_secret(application, "primary", name="azremediate-responder", created=30)
    principal = store.service_principals.by_alternate(application["appId"])
    if principal is None:
        raise ValueError("the seed lost the responder's service principal")
    store.app_permissions[application["appId"]] = set(RESPONDER_PERMISSIONS)
    store.responder = Responder(application["appId"], application["id"], principal["id"], secret)


def _role_id(display: str) -> str:
    return next(template for template, name in ROLES.items() if name == display)


def _add_group(builder: Builder, name: str, display: str, *, assignable: bool) -> None:
    group: JsonObject = {
        "id": builder.new_id("group", name),
        "deletedDateTime": None,
        "createdDateTime": builder.ago(600),
        "displayName": display,
        "groupTypes": [],
        "isAssignableToRole": True if assignable else None,
        "mailEnabled": False,
        "mailNickname": name,
        "securityEnabled": True,
        "visibility": "Private" if assignable else None,
    }
    builder.store.groups.add(group)
    builder.name(name, group["id"])


def _definition(template: str, display: str) -> JsonObject:
    return {
        "id": template,
        "templateId": template,
        "displayName": display,
        "description": f"Built-in role {display}.",
        "isBuiltIn": True,
        "isEnabled": True,
        "resourceScopes": ["/"],
        "rolePermissions": [{"allowedResourceActions": ["microsoft.directory/users/standard/read"], "condition": None}],
        "version": "1",
    }


def _assignment(builder: Builder, name: str, role: str) -> JsonObject:
    return {
        "id": builder.new_id("roleAssignment", f"{name}/{role}"),
        "principalId": builder.store.named[name],
        "roleDefinitionId": _role_id(role),
        "directoryScopeId": "/",
        "appScopeId": None,
        "condition": None,
        "principalOrganizationId": builder.store.tenant_id,
    }


def _eligibility(builder: Builder, name: str, role: str) -> JsonObject:
    row_id = builder.new_id("roleEligibility", f"{name}/{role}")
    return {
        "id": row_id,
        "principalId": builder.store.named[name],
        "roleDefinitionId": _role_id(role),
        "directoryScopeId": "/",
        "appScopeId": None,
        "startDateTime": builder.ago(100),
        "endDateTime": None,
        "memberType": "Direct",
        "roleEligibilityScheduleId": row_id,
    }
