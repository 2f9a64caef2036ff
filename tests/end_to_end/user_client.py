"""Signs users in to the lab as a client would, with what an attacker may hold."""

import secrets
import ssl
from dataclasses import dataclass

import httpx

from azremediate.lab.server import Lab
from azremediate.lab.user_sign_in import AZURE_CLI, password_digest


@dataclass(frozen=True, slots=True)
class UserClient:
    """One user of the lab, by the name that the lab knows them under."""

    lab: Lab
    name: str

    @property
    def id(self) -> str:
        """The object id."""
        return self.lab.store.named[self.name]

    def give_password(self) -> str:
        """Give the user a password, as it was before the incident, and return it."""
        text = f"Old-{secrets.token_urlsafe(12)}"
        self.lab.store.user_passwords[self.id] = password_digest(self.id, text)
        return text

    def with_password(self, password: str) -> tuple[int, str]:
        """(AADSTS number or 0, refresh token) of a sign-in with a password."""
        upn = str(self.lab.store.users[self.id]["userPrincipalName"])
        return self._ask(grant_type="password", username=upn, password=password)

    def with_refresh_token(self, token: str) -> int:
        """AADSTS number, 0 when the session goes on."""
        return self._ask(grant_type="refresh_token", refresh_token=token)[0]

    def _ask(self, **form: str) -> tuple[int, str]:
        trust = ssl.create_default_context(cafile=str(self.lab.ca_bundle))
        address = f"{self.lab.endpoints['login']}/{self.lab.store.tenant_id}/oauth2/v2.0/token"
        fields = {"client_id": AZURE_CLI, "scope": "https://graph.microsoft.com/.default offline_access", **form}
        with httpx.Client(verify=trust, trust_env=False) as client:
            answer = client.post(address, data=fields).json()
        return (answer["error_codes"][0], "") if "error" in answer else (0, str(answer["refresh_token"]))
