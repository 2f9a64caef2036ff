"""The words with which notices call a secret, as kinds of credentials."""

import re

from azremediate.core.credential import CredentialKind

_KINDS: tuple[tuple[CredentialKind, tuple[str, ...]], ...] = (
    (CredentialKind.STORAGE_KEY, ("storage key", "storage account", "account key", "storage access key")),
    (CredentialKind.OTHER, ("database", "sql", "connection string", "sas token", "shared access", "api key", "ssh")),
    (CredentialKind.OTHER, ("github", "personal access", "webhook", "private key", "access pass")),
    (CredentialKind.CLIENT_SECRET, ("client secret", "app secret", "application secret", "application password")),
    (CredentialKind.CLIENT_SECRET, ("app registration", "service principal", "entra secret", "aad secret")),
    (CredentialKind.CERTIFICATE, ("certificate", "cert", "pfx", "x 509", "x509")),
    (CredentialKind.SESSION, ("session", "cookie", "refresh token", "access token", "bearer", "jwt", "oauth token")),
    (CredentialKind.USER_PASSWORD, ("password", "passwd", "pwd", "passphrase", "user credential", "login", "username")),
)
"""The first line that fits counts: `database password` is no password of a user."""


def kind_of(secret_type: str) -> CredentialKind:
    """The kind that a notice's word means, `other` when it means none that azremediate knows."""
    words = _words(secret_type)
    for kind, names in _KINDS:
        if any(f" {name} " in words or f" {name}s " in words for name in names):
            return kind
    return CredentialKind.OTHER


def _words(text: str) -> str:
    """The words in lower case between single spaces; `ClientSecret` and `client_secret` are two words."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).casefold()
    return f" {' '.join(re.findall(r'[a-z0-9]+', apart))} "
