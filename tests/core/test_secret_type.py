"""The words of notices as kinds of credentials."""

import pytest

from azremediate.core.credential import CredentialKind
from azremediate.core.secret_type import kind_of


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Client Secret", CredentialKind.CLIENT_SECRET),
        ("clientSecret", CredentialKind.CLIENT_SECRET),
        ("AAD_app_secrets", CredentialKind.CLIENT_SECRET),
        ("X.509 certificate", CredentialKind.CERTIFICATE),
        ("Passwords", CredentialKind.USER_PASSWORD),
        ("Username/Password", CredentialKind.USER_PASSWORD),
        ("refresh token", CredentialKind.SESSION),
        ("Session cookie", CredentialKind.SESSION),
        ("Storage account key", CredentialKind.STORAGE_KEY),
        ("Database password", CredentialKind.OTHER),
        ("SQL connection string", CredentialKind.OTHER),
        ("GitHub personal access token", CredentialKind.OTHER),
        ("certain", CredentialKind.OTHER),
        ("", CredentialKind.OTHER),
    ],
)
def test_kind(words: str, kind: CredentialKind) -> None:
    """Whole words count, in any spelling; a password of a database is none of a user."""
    assert kind_of(words) is kind
