"""Which permissions of applications make a consent grant or an app role assignment worth an attacker's while.

Source: Microsoft Learn, "App consent grant investigation" (the permissions of consent phishing), and CISA ScubaGear's
RiskyAppPermissions for those that lead to more rights.
"""

from fnmatch import fnmatchcase

_MAIL_AND_FILES = (
    "Mail.*",
    "MailboxSettings.*",
    "Contacts.*",
    "People.*",
    "Files.*",
    "Notes.*",
    "Sites.*",
)
_MORE_RIGHTS = (
    "Application.ReadWrite.*",
    "AppRoleAssignment.ReadWrite.All",
    "DelegatedPermissionGrant.ReadWrite.All",
    "Directory.ReadWrite.All",
    "Directory.AccessAsUser.All",
    "Domain.ReadWrite.All",
    "EduRoster.ReadWrite.All",
    "Group.ReadWrite.All",
    "Member.Read.Hidden",
    "Policy.ReadWrite.*",
    "RoleManagement.ReadWrite.*",
    "User.ReadWrite.All",
    "User.ManageCreds.All",
    "User-PasswordProfile.ReadWrite.All",
    "UserAuthenticationMethod.ReadWrite.All",
)
RISKY_SCOPES = (*_MAIL_AND_FILES, *_MORE_RIGHTS, "user_impersonation", "full_access_as_user", "EWS.AccessAsUser.All")
"""Delegated permissions, as patterns without regard to case."""

RISKY_APP_ROLES = (
    *_MAIL_AND_FILES,
    *_MORE_RIGHTS,
    "full_access_as_app",
    "Exchange.ManageAsApp",
    "*.ReadWrite",
    "*.ReadWrite.*",
    "*.FullControl.*",
    "*.Manage.*",
    "*.Send",
)
"""Application permissions, as patterns without regard to case: whatever writes counts."""

HARMLESS = ("Mail.ReadBasic", "Mail.ReadBasic.*")
"""What the patterns would take and must not: names and times of mail without its content."""


def risky_scopes(scope: str) -> list[str]:
    """The risky ones among delegated permissions, which Graph separates by spaces."""
    return [name for name in scope.split() if _among(name, RISKY_SCOPES)]


def is_risky_app_role(value: str) -> bool:
    """Whether an application permission, by the value of its app role, is risky; one without a value is not."""
    return _among(value, RISKY_APP_ROLES)


def _among(name: str, patterns: tuple[str, ...]) -> bool:
    folded = name.casefold()
    if any(fnmatchcase(folded, pattern.casefold()) for pattern in HARMLESS):
        return False
    return any(fnmatchcase(folded, pattern.casefold()) for pattern in patterns)
