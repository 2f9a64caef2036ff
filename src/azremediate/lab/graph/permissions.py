"""Which Graph application permissions suffice for which operation, from Microsoft's published permission table.

Each constant is a set of alternatives; `A&B` means that both are needed. Permissions that only other products ask
for (device management, agent identities) are left out: holding one of them alone is refused here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

Terms = tuple[str, ...]

APPLICATION_READ: Final[Terms] = (
    "Application.Read.All",
    "Application.ReadWrite.All",
    "Application.ReadWrite.OwnedBy",
    "Directory.Read.All",
)
APPLICATION_WRITE: Final[Terms] = ("Application.ReadWrite.All", "Application.ReadWrite.OwnedBy")
CREDENTIAL_WRITE: Final[Terms] = (*APPLICATION_WRITE, "Directory.ReadWrite.All")
OWNER_ADD: Final[Terms] = (
    "Application.ReadWrite.All&Directory.Read.All",
    "Application.ReadWrite.OwnedBy&Directory.Read.All",
    "Directory.ReadWrite.All",
)
PRINCIPAL_TRANSITIVE: Final[Terms] = ("Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All")
FEDERATED_READ: Final[Terms] = ("Application.Read.All", *APPLICATION_WRITE)
# The table lists no read-only permission for one federated credential, though it does for the list.
FEDERATED_GET: Final[Terms] = APPLICATION_WRITE
APP_ROLE_DELETE: Final[Terms] = ("AppRoleAssignment.ReadWrite.All", "Application.ReadWrite.All")
APP_ROLE_ADD: Final[Terms] = (
    "AppRoleAssignment.ReadWrite.All&Application.Read.All&Directory.Read.All",
    "Application.ReadWrite.All",
)
USER_APP_ROLE_READ: Final[Terms] = ("AppRoleAssignment.ReadWrite.All", "Directory.Read.All")
USER_APP_ROLE_WRITE: Final[Terms] = ("AppRoleAssignment.ReadWrite.All",)
GRANT_READ: Final[Terms] = ("DelegatedPermissionGrant.ReadWrite.All", "Directory.Read.All")
GRANT_WRITE: Final[Terms] = ("DelegatedPermissionGrant.ReadWrite.All", "Directory.ReadWrite.All")

USER_READ: Final[Terms] = ("User.Read.All", "User.ReadWrite.All", "User.ReadBasic.All", "Directory.Read.All")
USER_UPDATE: Final[Terms] = (
    "User.ReadWrite.All",
    "Directory.ReadWrite.All",
    "User.EnableDisableAccount.All",
    "User-PasswordProfile.ReadWrite.All",
    "User-Mail.ReadWrite.All",
    "User-Phone.ReadWrite.All",
    "User.ManageIdentities.All",
)
USER_DELETE: Final[Terms] = ("User.DeleteRestore.All", "User.ReadWrite.All")
USER_REVOKE: Final[Terms] = ("User.RevokeSessions.All", "User.ReadWrite.All", "Directory.ReadWrite.All")
USER_MEMBER_OF: Final[Terms] = ("Directory.Read.All", "Group.ReadBasic.All", "GroupMember.ReadBasic.All")
USER_TRANSITIVE_MEMBER_OF: Final[Terms] = (
    "User.Read.All",
    "Directory.Read.All",
    "Group.Read.All",
    "GroupMember.Read.All",
)
USER_OWNED: Final[Terms] = ("User.Read.All", "User.ReadWrite.All", "Directory.Read.All")
AUTHENTICATION_METHOD_READ: Final[Terms] = (
    "UserAuthenticationMethod.Read.All",
    "UserAuthenticationMethod.ReadWrite.All",
)
# What of a user may be changed with which permission; the rest needs User.ReadWrite.All or Directory.ReadWrite.All.
USER_PROPERTY: Final[dict[str, str]] = {
    "accountEnabled": "User.EnableDisableAccount.All",
    "passwordProfile": "User-PasswordProfile.ReadWrite.All",
    "otherMails": "User-Mail.ReadWrite.All",
    "businessPhones": "User-Phone.ReadWrite.All",
    "mobilePhone": "User-Phone.ReadWrite.All",
    "identities": "User.ManageIdentities.All",
}

GROUP_READ: Final[Terms] = ("Group.Read.All", "GroupMember.Read.All", "Group.ReadBasic.All", "Directory.Read.All")
GROUP_MEMBERS: Final[Terms] = ("GroupMember.Read.All", "GroupMember.ReadBasic.All", "Group.Read.All")
GROUP_MEMBERS_READ: Final[Terms] = (*GROUP_MEMBERS, "Directory.Read.All")
GROUP_OWNERS_READ: Final[Terms] = ("GroupMember.Read.All", "Group.Read.All", "Directory.Read.All")
GROUP_CREATE: Final[Terms] = ("Group.Create", "Group.ReadWrite.All", "Directory.ReadWrite.All")
# The table has no row for adding a member by reference; that of removing one is taken.
GROUP_MEMBERS_WRITE: Final[Terms] = ("GroupMember.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All")
GROUP_MEMBER_OF: Final[Terms] = ("GroupMember.Read.All", "Group.Read.All", "Directory.Read.All")
GROUP_ELIGIBILITY_READ: Final[Terms] = ("PrivilegedEligibilitySchedule.Read.AzureADGroup",)
DIRECTORY_READ: Final[Terms] = ("Directory.Read.All",)
ORGANIZATION_READ: Final[Terms] = ("Organization.Read.All", "Directory.Read.All", "User.Read.All")
DOMAIN_READ: Final[Terms] = ("Domain.Read.All", "Directory.Read.All")
SKU_READ: Final[Terms] = ("LicenseAssignment.Read.All", "Organization.Read.All", "Directory.Read.All")

# The published table has no row for reading deletedItems; the permission to read the type itself is taken.
DELETED_READ: Final[Terms] = ("Application.Read.All", "User.Read.All", "Directory.Read.All")
DELETED_WRITE: Final[Terms] = ("Application.ReadWrite.All", "User.DeleteRestore.All", "User.ReadWrite.All")

RISKY_USER_READ: Final[Terms] = ("IdentityRiskyUser.Read.All",)
RISKY_USER_WRITE: Final[Terms] = ("IdentityRiskyUser.ReadWrite.All",)
RISKY_PRINCIPAL_READ: Final[Terms] = (
    "IdentityRiskyServicePrincipal.Read.All",
    "IdentityRiskyServicePrincipal.ReadWrite.All",
)
RISKY_PRINCIPAL_WRITE: Final[Terms] = ("IdentityRiskyServicePrincipal.ReadWrite.All",)

POLICY_READ: Final[Terms] = ("Policy.Read.All",)
APP_MANAGEMENT_WRITE: Final[Terms] = ("Policy.ReadWrite.ApplicationConfiguration",)
APP_MANAGEMENT_READ: Final[Terms] = (*POLICY_READ, *APP_MANAGEMENT_WRITE)
CONDITIONAL_ACCESS_WRITE: Final[Terms] = ("Policy.ReadWrite.ConditionalAccess&Policy.Read.All",)
STRENGTH_READ: Final[Terms] = (
    "Policy.Read.All",
    "Policy.Read.AuthenticationMethod",
    "Policy.ReadWrite.ConditionalAccess",
)
SECURITY_DEFAULTS_WRITE: Final[Terms] = (
    "Policy.ReadWrite.SecurityDefaults&Policy.Read.All",
    "Policy.ReadWrite.ConditionalAccess&Policy.Read.All",
)

ROLE_READ: Final[Terms] = ("RoleManagement.Read.Directory", "Directory.Read.All")
ROLE_WRITE: Final[Terms] = ("RoleManagement.ReadWrite.Directory",)
ROLE_SCHEDULE_READ: Final[Terms] = ("RoleAssignmentSchedule.Read.Directory", "RoleManagement.Read.Directory")
ROLE_ELIGIBILITY_READ: Final[Terms] = ("RoleEligibilitySchedule.Read.Directory", "RoleManagement.Read.Directory")
ROLE_ASSIGNMENT_REQUEST: Final[Terms] = (
    "RoleAssignmentSchedule.ReadWrite.Directory",
    "RoleManagement.ReadWrite.Directory",
)
# The table has this one beside those that may ask for anything; by its name it may only take away.
ROLE_ASSIGNMENT_REMOVAL: Final[Terms] = (*ROLE_ASSIGNMENT_REQUEST, "RoleAssignmentSchedule.Remove.Directory")
ROLE_ELIGIBILITY_REQUEST: Final[Terms] = (
    "RoleEligibilitySchedule.ReadWrite.Directory",
    "RoleManagement.ReadWrite.Directory",
)

SYNCHRONIZATION_READ: Final[Terms] = ("Synchronization.Read.All", "Application.ReadWrite.OwnedBy")

# The table also has Mail.ReadBasic.All for lists, which shows no text; it is not known here.
MAIL_READ: Final[Terms] = ("Mail.Read",)

AUDIT_READ: Final[Terms] = ("AuditLog.Read.All", "Directory.Read.All")
LOG_READ: Final[Terms] = ("AuditLog.Read.All",)


def suffices(held: Collection[str], terms: Iterable[str]) -> bool:
    """Return whether the permissions held satisfy one alternative; a ReadWrite stands for its Read as well."""
    granted = set(held)
    granted |= {name.replace(".ReadWrite", verb) for name in held for verb in (".Read", ".ReadBasic")}
    return any(granted.issuperset(term.split("&")) for term in terms)
