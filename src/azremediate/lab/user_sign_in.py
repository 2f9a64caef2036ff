"""Whether a user may sign in to the simulated tenant with a password or a refresh token, and why not."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from azremediate.lab.clock import parse_time
from azremediate.lab.objects import JsonObject
from azremediate.lab.store import Store

AZURE_CLI: Final = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
"""Microsoft's own client for command lines, which every tenant knows and which has no credential."""

Refusal = tuple[int, str]
"""An AADSTS number and its message."""

_REVOKED: Final = (50173, "The provided grant has expired due to it being revoked, a fresh auth token is needed.")
_EXPIRED: Final = (50055, "InvalidPasswordExpiredPassword - The password is expired.")
_DISABLED: Final = (50057, "The user account is disabled.")
_WRONG: Final = (50126, "Error validating credentials due to invalid username or password.")
_UNKNOWN: Final = (50034, "The user account does not exist in the directory.")


@dataclass(frozen=True, slots=True)
class _Grant:
    user_id: str
    app_id: str
    issued: datetime


def password_digest(user_id: str, text: str) -> str:
    """What the store keeps of a password, so that no state of the lab shows one."""
    return hashlib.pbkdf2_hmac("sha256", text.encode(), user_id.encode(), 1000).hex()


class UserSignIn:
    """The sessions of users: passwords open them, refresh tokens go on with them until they are revoked."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._grants: dict[str, _Grant] = {}

    def with_password(self, name: str, password: str) -> JsonObject | Refusal:
        """The user, or why the password opens nothing."""
        user = self._store.users.by_alternate(name)
        if user is None:
            return _UNKNOWN
        known = self._store.user_passwords.get(user["id"], "")
        if not hmac.compare_digest(known, password_digest(user["id"], password)):
            return _WRONG
        if user.get("accountEnabled") is False:
            return _DISABLED
        profile = user.get("passwordProfile") or {}
        return _EXPIRED if profile.get("forceChangePasswordNextSignIn") else user

    def with_refresh_token(self, token: str, app_id: str) -> JsonObject | Refusal:
        """The user, or why the session does not go on."""
        grant = self._grants.get(token)
        user = self._store.users.get(grant.user_id) if grant is not None and grant.app_id == app_id else None
        if grant is None or user is None:
            return _REVOKED
        if user.get("accountEnabled") is False:
            return _DISABLED
        ends = (user.get("signInSessionsValidFromDateTime"), user.get("lastPasswordChangeDateTime"))
        moment = grant.issued.replace(microsecond=0)  # the directory counts in seconds
        return _REVOKED if any(end and moment <= parse_time(end) for end in ends) else user

    def new_refresh_token(self, user: JsonObject, app_id: str) -> str:
        """A refresh token for a session that begins now."""
        token = f"0.lab-{secrets.token_urlsafe(32)}"
        self._grants[token] = _Grant(user["id"], app_id, self._store.clock.now())
        return token
