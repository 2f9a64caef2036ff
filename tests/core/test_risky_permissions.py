"""Which permissions attackers ask for; what only looks like one is let pass."""

import pytest

from azremediate.core.risky_permissions import is_risky_app_role, risky_scopes


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("User.Read openid profile offline_access email", []),
        ("openid Mail.Read", ["Mail.Read"]),
        ("mail.send Files.Read.All", ["mail.send", "Files.Read.All"]),
        ("Mail.ReadBasic Mail.ReadBasic.Shared", []),
        ("Directory.AccessAsUser.All user_impersonation", ["Directory.AccessAsUser.All", "user_impersonation"]),
        ("", []),
    ],
)
def test_scopes(scope: str, expected: list[str]) -> None:
    """Delegated permissions, separated by spaces."""
    assert risky_scopes(scope) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Application.ReadWrite.OwnedBy", True),
        ("RoleManagement.ReadWrite.Directory", True),
        ("full_access_as_app", True),
        ("Calendars.ReadWrite", True),
        ("Mail.ReadBasic.All", False),
        ("User.Read.All", False),
        ("Directory.Read.All", False),
        ("", False),
    ],
)
def test_app_roles(value: str, expected: bool) -> None:
    """Application permissions: whatever writes, and whatever reads mail or files."""
    assert is_risky_app_role(value) is expected
